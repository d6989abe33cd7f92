//! What `qemu-img` writes, and what the inspector has to say about it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::path::{Path, PathBuf};
use std::process::Command;

use sextant_inspector::format::Format;

/// One kind of image.
pub struct Case {
    pub name: &'static str,
    /// A shell script that writes images of 4 MiB into its working directory.
    script: &'static str,
    /// The file of those written to look at, if it isn't `image`.
    file: &'static str,
    pub format: Format,
    pub virtual_size: Option<u64>,
    /// The safety checks that must fail.
    pub failing: &'static [&'static str],
    /// How much to keep in the fixture.
    pub rows: usize,
}

const SIZE: Option<u64> = Some(4 << 20);

const fn case(name: &'static str, format: Format, script: &'static str) -> Case {
    Case { name, script, file: "image", format, virtual_size: SIZE, failing: &[], rows: 200 }
}

impl Case {
    const fn file(self, file: &'static str) -> Self {
        Self { file, ..self }
    }

    const fn sized(self, virtual_size: u64) -> Self {
        Self { virtual_size: if virtual_size == 0 { None } else { Some(virtual_size) }, ..self }
    }

    const fn failing(self, failing: &'static [&'static str]) -> Self {
        Self { failing, ..self }
    }
}

pub const CASES: &[Case] = &[
    case("raw", Format::Raw, "qemu-img create -f raw image 4M"),
    case("qcow2-v3", Format::Qcow2, "qemu-img create -f qcow2 image 4M"),
    case("qcow2-v2", Format::Qcow2, "qemu-img create -f qcow2 -o compat=0.10 image 4M"),
    case("qcow2-zstd", Format::Qcow2, "qemu-img create -f qcow2 -o compression_type=zstd image 4M"),
    case("qcow2-lazy-refcounts", Format::Qcow2, "qemu-img create -f qcow2 -o lazy_refcounts=on image 4M"),
    case("qcow2-small-clusters", Format::Qcow2, "qemu-img create -f qcow2 -o cluster_size=512 image 4M"),
    case("qcow2-large-clusters", Format::Qcow2, "qemu-img create -f qcow2 -o cluster_size=2M image 4M"),
    case("qcow2-preallocated", Format::Qcow2, "qemu-img create -f qcow2 -o preallocation=metadata image 4M"),
    case(
        "qcow2-compressed",
        Format::Qcow2,
        "yes sextant | head -c 4194304 >data; qemu-img convert -c -O qcow2 data image",
    ),
    case(
        "qcow2-encrypted",
        Format::Qcow2,
        "qemu-img create -f qcow2 --object secret,id=s,data=x -o encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10 image 4M",
    ),
    case("qcow2-extended-l2", Format::Qcow2, "qemu-img create -f qcow2 -o extended_l2=on image 4M")
        .failing(&["unknown_features"]),
    case(
        "qcow2-backing",
        Format::Qcow2,
        "qemu-img create -f raw base 4M; qemu-img create -f qcow2 -b base -F raw image",
    )
    .failing(&["backing_file"]),
    case("qcow2-data-file", Format::Qcow2, "qemu-img create -f qcow2 -o data_file=data image 4M")
        .failing(&["data_file"]),
    case("qcow1", Format::Qcow2, "qemu-img create -f qcow image 4M").failing(&["unknown_features"]),
    case("qed", Format::Qed, "qemu-img create -f qed image 4M").sized(0).failing(&["banned"]),
    case(
        "vmdk-monolithic-sparse",
        Format::Vmdk,
        "qemu-img create -f vmdk -o subformat=monolithicSparse image 4M",
    ),
    case("vmdk-zeroed-grain", Format::Vmdk, "qemu-img create -f vmdk -o zeroed_grain=on image 4M"),
    case(
        "vmdk-stream-optimized",
        Format::Vmdk,
        "qemu-img create -f raw data 4M; qemu-img convert -O vmdk -o subformat=streamOptimized data image",
    ),
    case(
        "vmdk-sparse-full",
        Format::Vmdk,
        "yes sextant | head -c 4194304 >data; qemu-img convert -O vmdk data image",
    ),
    case(
        "vmdk-stream-full",
        Format::Vmdk,
        "yes sextant | head -c 4194304 >data; qemu-img convert -O vmdk -o subformat=streamOptimized data image",
    ),
    case(
        "vmdk-monolithic-flat",
        Format::Vmdk,
        "qemu-img create -f vmdk -o subformat=monolithicFlat image 4M",
    )
    .sized(0)
    .failing(&["descriptor"]),
    case(
        "vmdk-two-gb-sparse",
        Format::Vmdk,
        "qemu-img create -f vmdk -o subformat=twoGbMaxExtentSparse image 4M",
    )
    .sized(0)
    .failing(&["descriptor"]),
    case(
        "vmdk-two-gb-sparse-extent",
        Format::Vmdk,
        "qemu-img create -f vmdk -o subformat=twoGbMaxExtentSparse image.vmdk 4M",
    )
    .file("image-s001.vmdk")
    .sized(0)
    .failing(&["descriptor"]),
    case(
        "vmdk-two-gb-flat",
        Format::Vmdk,
        "qemu-img create -f vmdk -o subformat=twoGbMaxExtentFlat image.vmdk 4M",
    )
    .file("image.vmdk")
    .sized(0)
    .failing(&["descriptor"]),
    case(
        "vmdk-two-gb-flat-extent",
        Format::Raw,
        "qemu-img create -f vmdk -o subformat=twoGbMaxExtentFlat image.vmdk 4M",
    )
    .file("image-f001.vmdk"),
    case(
        "vmdk-backing",
        Format::Vmdk,
        "qemu-img create -f vmdk base 4M; qemu-img create -f vmdk -b base -F vmdk image",
    ),
    case("vhd-dynamic", Format::Vhd, "qemu-img create -f vpc image 4M").sized(4_212_736),
    case("vhd-dynamic-forced", Format::Vhd, "qemu-img create -f vpc -o force_size=on image 4M"),
    // With the footer, as Glance counts.
    case("vhd-fixed", Format::Raw, "qemu-img create -f vpc -o subformat=fixed image 4M").sized(4_213_248),
    case("vhdx-dynamic", Format::Vhdx, "qemu-img create -f vhdx image 4M"),
    case("vhdx-fixed", Format::Vhdx, "qemu-img create -f vhdx -o subformat=fixed image 4M"),
    case("vdi-dynamic", Format::Vdi, "qemu-img create -f vdi image 4M"),
    case("vdi-static", Format::Vdi, "qemu-img create -f vdi -o static=on image 4M"),
    case(
        "luks1",
        Format::Luks,
        "qemu-img create -f luks --object secret,id=s,data=x -o key-secret=s,iter-time=10 image 4M",
    ),
    case("parallels", Format::Raw, "qemu-img create -f parallels image 4M").sized(0),
];

/// Whether the tool is there.
pub fn qemu_img_is_installed() -> bool {
    Command::new("qemu-img").arg("--version").output().is_ok()
}

/// Makes the image in a folder of its own.
pub fn make(case: &Case, folder: &Path) -> PathBuf {
    let folder = folder.join(case.name);
    std::fs::create_dir(&folder).unwrap();
    let made = Command::new("sh").args(["-ec", case.script]).current_dir(&folder).output().unwrap();
    assert!(made.status.success(), "{}: {}", case.name, String::from_utf8_lossy(&made.stderr));
    folder.join(case.file)
}
