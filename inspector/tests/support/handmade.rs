//! Headers made by hand, for what `qemu-img` doesn't write, with what Glance must do about them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use crate::image::{Image, fixture};

/// An image, the formats seen in it, and Glance's decision for each of some declared formats.
pub struct Made {
    pub name: &'static str,
    pub image: Image,
    pub formats: &'static str,
    /// As "raw=accept iso=mismatch".
    pub decisions: &'static str,
}

const MIB: u64 = 1 << 20;

fn made(name: &'static str, image: Image, formats: &'static str, decisions: &'static str) -> Made {
    Made { name, image, formats, decisions }
}

pub fn all() -> Vec<Made> {
    [plain(), disks(), isos(), headers(), vmdk_sparse(), vmdk_text(), vhdx(), strangers()]
        .into_iter()
        .flatten()
        .collect()
}

fn plain() -> Vec<Made> {
    const RAW: &str = "raw=accept qcow2=mismatch gpt=mismatch ami=accept ploop=accept";
    vec![
        made("empty", Image::new(0), "raw", RAW),
        made("one-byte", Image::new(1), "raw", RAW),
        made("one-sector-less-one", Image::new(511).with(0, b"QFI\xfb"), "raw", RAW),
        made("zeros", Image::new(MIB), "raw", RAW),
        made("huge", Image::new(u64::MAX), "raw", RAW),
    ]
}

/// A boot sector with the signature and these partition entries.
fn disk(entries: &[[u8; 16]]) -> Image {
    Image::new(2 * MIB).with(446, entries.concat()).with(510, [0x55, 0xAA])
}

const fn entry(boot: u8, chs: [u8; 3], kind: u8, lba: u8) -> [u8; 16] {
    [boot, chs[0], chs[1], chs[2], kind, 0xFF, 0xFF, 0xFF, lba, 0, 0, 0, 100, 0, 0, 0]
}

const LINUX: [u8; 16] = entry(0x80, [32, 33, 0], 0x83, 8);
const PROTECTIVE: [u8; 16] = entry(0, [0, 2, 0], 0xEE, 1);

fn disks() -> Vec<Made> {
    const GOOD: &str = "raw=accept gpt=accept qcow2=mismatch iso=mismatch ami=mismatch";
    // Strict clouds refuse these: `strict_clouds_refuse_odd_partition_tables`.
    const TOLERATED: &str = "raw=accept gpt=accept qcow2=mismatch aki=mismatch";
    let gpt = |sector: u64| {
        disk(&[PROTECTIVE])
            .with(sector, b"EFI PART")
            .with(sector + 32, (2 * MIB / sector - 1).to_le_bytes())
            .with(2 * sector, b"\x28\x73\x2a\xc1\x1f\xf8\xd2\x11\xba\x4b\x00\xa0\xc9\x3e\xc9\x3b")
    };
    vec![
        made("mbr", disk(&[LINUX]), "gpt", GOOD),
        made("mbr-second-entry", disk(&[[0; 16], LINUX]), "gpt", GOOD),
        made("gpt", gpt(512), "gpt", GOOD),
        made("gpt-4096", gpt(4096), "gpt", GOOD),
        made("gpt-bios-boot", gpt(512).with(1152, b"Hah!IdontNeedEFI"), "gpt", GOOD),
        made(
            "gpt-data",
            gpt(512).with(1024, b"\xaf\x3d\xc6\x0f\x83\x84\x72\x47\x8e\x79\x3d\x69\xd8\x47\x7d\xe4"),
            "gpt",
            GOOD,
        ),
        made("gpt-hybrid", disk(&[PROTECTIVE, LINUX]), "gpt", TOLERATED),
        made("gpt-second-entry", disk(&[[0; 16], PROTECTIVE]), "gpt", TOLERATED),
        made("gpt-chs-0-1-0", disk(&[entry(0, [0, 1, 0], 0xEE, 1)]), "gpt", TOLERATED),
        made("gpt-lba-2", disk(&[entry(0, [0, 2, 0], 0xEE, 2)]), "gpt", TOLERATED),
        made("mbr-boot-flag", disk(&[LINUX, entry(1, [0, 0, 0], 0, 0)]), "gpt", TOLERATED),
        made("mbr-no-partitions", disk(&[]), "gpt", TOLERATED),
        made("mbr-cut", disk(&[LINUX]).cut(511), "raw", "raw=accept gpt=mismatch"),
        made("mbr-one-sector", disk(&[LINUX]).cut(512), "gpt", GOOD),
        made("kernel", kernel().with(0x198, [0xFF; 0x59]), "gpt", TOLERATED),
        made("kernel-like-mbr", kernel(), "gpt", GOOD),
        // Its boot code's messages stand in place of a table.
        made(
            "ntfs",
            disk(&[[b'!'; 16]; 4]).with(0, b"\xeb\x52\x90NTFS    ").with(0x15, [0xF8]),
            "gpt",
            TOLERATED,
        ),
        made("fat", disk(&[LINUX]).with(0x10, [2]).with(0x15, [0xF8]), "raw", "raw=accept gpt=mismatch"),
    ]
}

/// Debian's linux-image-6.1.0-53-cloud-amd64, from `setup_sects` of its header on. Before it are old kernels' zeros: the last entry of a
/// partition table that passes the checks.
fn kernel() -> Image {
    Image::new(14_156_288)
        .with(0, b"MZ")
        .with(0x1F1, b"\x27\x01\0\x20\x7b\x0d\0\0\0\xff\xff\0\0\x55\xaa\xeb\x6aHdrS")
}

/// A plain ISO 9660 of 1 MiB.
fn iso() -> Image {
    Image::new(MIB)
        .with(0x8000, b"\x01CD001\x01")
        .with(0x8000 + 80, 512_u32.to_le_bytes())
        .with(0x8000 + 128, 2048_u16.to_le_bytes())
}

fn isos() -> Vec<Made> {
    const GOOD: &str = "iso=accept raw=accept qcow2=mismatch gpt=mismatch ami=mismatch";
    // Declared raw, Glance asks for *the* format where there are two.
    const HYBRID: &str = "iso=accept raw=multiple gpt=mismatch qcow2=mismatch ami=mismatch";
    let boot = |image: Image| image.with(446, LINUX).with(510, [0x55, 0xAA]);
    vec![
        made("iso", iso(), "iso", GOOD),
        made("iso-el-torito", iso().with(0x8800, b"\0CD001\x01EL TORITO SPECIFICATION"), "iso", GOOD),
        made("iso-hybrid", boot(iso()), "iso gpt", HYBRID),
        made("iso-hybrid-bad-mbr", iso().with(510, [0x55, 0xAA]), "iso gpt", HYBRID),
        made("udf-2", iso().with(0x8001, b"NSR02"), "iso", GOOD),
        made("udf-3", iso().with(0x8001, b"NSR03"), "iso", GOOD),
        made("iso-not-primary", iso().with(0x8000, [2]), "iso", GOOD),
        made("iso-smallest", iso().cut(0x8800), "iso", GOOD),
        made("iso-cut", iso().cut(0x87FF), "raw", "raw=accept iso=mismatch"),
        made(
            "iso-in-qcow2",
            iso().with(0, b"QFI\xfb\0\0\0\x03"),
            "qcow2 iso",
            "qcow2=multiple iso=multiple raw=multiple",
        ),
        made(
            "iso-in-qcow2-disk",
            boot(iso()).with(0, b"QFI\xfb\0\0\0\x03"),
            "qcow2 iso gpt",
            "qcow2=multiple iso=multiple raw=multiple",
        ),
    ]
}

fn headers() -> Vec<Made> {
    let qcow2 = || fixture("qcow2-v3");
    const UNSAFE_QCOW2: &str = "qcow2=unsafe raw=unsafe iso=mismatch";
    vec![
        made("qcow2-version-4", qcow2().with(7, [4]), "qcow2", UNSAFE_QCOW2),
        made("qcow2-dirty-and-corrupt", qcow2().with(79, [3]), "qcow2", "qcow2=accept raw=accept"),
        made("qcow2-feature-63", qcow2().with(72, [0x80]), "qcow2", UNSAFE_QCOW2),
        made(
            "qcow2-v2-data-file",
            fixture("qcow2-v2").with(79, [4]),
            "qcow2",
            "qcow2=unsafe raw=unsafe ami=mismatch",
        ),
        made("qcow2-v2-features", fixture("qcow2-v2").with(72, [0xFF]), "qcow2", "qcow2=accept raw=accept"),
        made("qcow2-one-sector", qcow2().cut(512), "qcow2", "qcow2=accept raw=accept"),
        made("vhd-header-only", fixture("vhd-dynamic").cut(512), "vhd", "vhd=accept raw=accept"),
        made(
            "vhd-cut",
            fixture("vhd-dynamic").cut(511),
            "vhd",
            "vhd=incomplete raw=incomplete qcow2=mismatch",
        ),
        made("vdi-cut", fixture("vdi-dynamic").cut(511), "raw", "raw=accept vdi=mismatch"),
        made("vdi-header-only", fixture("vdi-dynamic").cut(512), "vdi", "raw=accept vdi=accept"),
        made("qed-cut", fixture("qed").cut(511), "raw", "raw=accept qed=mismatch"),
        made(
            "luks2",
            Image::new(16 * MIB).with(0, b"LUKS\xba\xbe\0\x02"),
            "luks",
            "luks=unsafe raw=unsafe qcow2=mismatch ami=mismatch",
        ),
        made("luks1-header-only", fixture("luks1").cut(592), "luks", "raw=accept luks=accept"),
        made("luks1-cut", fixture("luks1").cut(591), "luks", "raw=incomplete luks=incomplete"),
        made("luks1-cut-short", fixture("luks1").cut(100), "luks", "raw=incomplete luks=unreadable"),
    ]
}

fn vmdk_sparse() -> Vec<Made> {
    const UNSAFE: &str = "vmdk=unsafe raw=unsafe qcow2=mismatch";
    const INCOMPLETE: &str = "vmdk=incomplete raw=incomplete qcow2=mismatch";
    let sparse = || fixture("vmdk-monolithic-sparse");
    // qemu-img writes no footer. Others do: a marker, the header again with the place of the grain directory, and the end of the stream.
    let end = sparse().size + 1536;
    let stream = || {
        let image = sparse().cut(end).with(56, [0xFF; 8]).with(end - 1536 + 12, [3]);
        image.with(end - 1024, sparse().read(0..512))
    };
    let text = |text: &str| sparse().with(512, vec![0; 1024]).with(512, text);
    let good = "createType=\"monolithicSparse\"\nRW 8192 SPARSE \"image\"\n";
    vec![
        made("vmdk-version-0", sparse().with(4, [0]), "vmdk", UNSAFE),
        made("vmdk-version-4", sparse().with(4, [4]), "vmdk", UNSAFE),
        made("vmdk-version-2", sparse().with(4, [2]), "vmdk", "vmdk=accept raw=accept"),
        made("vmdk-descriptor-at-2", sparse().with(28, [2]), "vmdk", UNSAFE),
        made("vmdk-descriptor-far", sparse().with(28, [0xFF; 8]), "vmdk", UNSAFE),
        made("vmdk-descriptor-none", sparse().with(36, [0; 8]), "vmdk", UNSAFE),
        made("vmdk-descriptor-none-cut", sparse().with(36, [0; 8]).cut(100), "vmdk", UNSAFE),
        made(
            "vmdk-descriptor-longest",
            sparse().with(36, [0xFF; 8]).cut(0x200 + (1 << 20) - 1),
            "vmdk",
            "vmdk=accept raw=accept",
        ),
        made(
            "vmdk-descriptor-beyond",
            sparse().with(36, [0xFF; 8]).cut(0x200 + (1 << 20) - 2),
            "vmdk",
            INCOMPLETE,
        ),
        made("vmdk-cut-63", sparse().cut(63), "vmdk", INCOMPLETE),
        made("vmdk-cut-64", sparse().cut(64), "vmdk", INCOMPLETE),
        made("vmdk-text-good", text(good), "vmdk", "vmdk=accept raw=accept"),
        made(
            "vmdk-text-odd-spaces",
            text(&format!("\t\x1c# note\r\n\x0bddb.x\n{good}")),
            "vmdk",
            "vmdk=accept raw=accept",
        ),
        made("vmdk-text-upper", text(&good.to_uppercase()), "vmdk", "vmdk=accept raw=accept"),
        made("vmdk-text-line", text(&format!("{good}what is this\n")), "vmdk", UNSAFE),
        made("vmdk-text-line-equals", text(&format!("{good}what is = this\n")), "vmdk", UNSAFE),
        made("vmdk-text-slash", text(&format!("{good}RDONLY 1 FLAT \"/etc/passwd\"\n")), "vmdk", UNSAFE),
        made("vmdk-text-no-extents", text("createType=\"monolithicSparse\"\n"), "vmdk", UNSAFE),
        made("vmdk-text-no-type", text("RW 8192 SPARSE \"image\"\n"), "vmdk", UNSAFE),
        made("vmdk-text-not-ascii", text(&format!("{good}# é\n")), "vmdk", UNSAFE),
        made("vmdk-text-full", text(&good.replace("monolithicSparse", "vmfs")), "vmdk", UNSAFE),
        made("vmdk-footer", stream(), "vmdk", "vmdk=accept raw=accept"),
        made("vmdk-footer-signature", stream().with(end - 1024, [0]), "vmdk", UNSAFE),
        made("vmdk-footer-version", stream().with(end - 1024 + 4, [2]), "vmdk", UNSAFE),
        made("vmdk-footer-descriptor", stream().with(end - 1024 + 36, [2]), "vmdk", UNSAFE),
        made("vmdk-footer-again", stream().with(end - 1024 + 56, [0xFF; 8]), "vmdk", UNSAFE),
        made("vmdk-footer-marker", stream().with(end - 1536 + 12, [4]), "vmdk", UNSAFE),
        made("vmdk-footer-marker-value", stream().with(end - 1536, [9]), "vmdk", "vmdk=accept raw=accept"),
        made("vmdk-footer-end", stream().with(end - 1, [1]), "vmdk", UNSAFE),
        made("vmdk-footer-cut", stream().cut(end - 512), "vmdk", UNSAFE),
        made("vmdk-footer-lost", stream().with(28, [2]), "vmdk", INCOMPLETE),
    ]
}

fn vmdk_text() -> Vec<Made> {
    const UNSAFE: &str = "vmdk=unsafe raw=unsafe qcow2=mismatch";
    const RAW: &str = "raw=accept vmdk=mismatch ami=accept";
    // Glance trips over it and lets it pass as anything.
    const LOST: &str = "raw=accept vmdk=accept qcow2=accept ami=accept";
    let text = |parts: &[&str]| {
        parts.iter().fold(Image::new(0), |image, part| {
            let end = image.size;
            image.cut(end + part.len() as u64).with(end, part)
        })
    };
    let lines = "# a comment line\n".repeat(40);
    let head = "# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\n";
    let good = "createType=\"monolithicSparse\"\nRW 8192 SPARSE \"image\"\n";
    vec![
        made("text-flat", text(&[head, "createType=\"monolithicFlat\"\n"]), "vmdk", UNSAFE),
        made("text-sparse", text(&[head, good]), "vmdk", "vmdk=unreadable raw=accept qcow2=mismatch"),
        made(
            "text-sparse-no-extents",
            text(&[head, "createType=\"streamOptimized\"\n"]),
            "vmdk",
            "vmdk=unreadable raw=unsafe",
        ),
        made("text-late-type", text(&[head, &lines, good]), "vmdk", "vmdk=unreadable raw=accept"),
        made("text-too-late", text(&[head, &" ".repeat(65536), good]), "raw", RAW),
        made("text-no-type", text(&[head, &lines]), "raw", RAW),
        made("text-no-quote", text(&[head, "createType=\"monolithicSparse"]), "vmdk", UNSAFE),
        made(
            "text-no-quote-sparse",
            text(&[head, "createType=\"monolithicSparse\n"]),
            "vmdk",
            "vmdk=unreadable raw=unsafe",
        ),
        made("text-type-nothing", text(&[head, "createType=\""]), "vmdk", UNSAFE),
        made("text-type-63", text(&[head, "createType=\"", &"x".repeat(63), "\""]), "vmdk", UNSAFE),
        made("text-type-64", text(&[head, "createType=\"", &"x".repeat(64), "\""]), "raw", RAW),
        made("text-type-not-found", text(&[head, "createType=\"formatNotFound\""]), "raw", RAW),
        made("text-short", text(&["createType=\"monolithicFlat\"\n"]), "raw", RAW),
        made("text-control", text(&["\x01", head, good]), "raw", RAW),
        made("text-not-ascii-early", text(&["é", head, good]), "raw", RAW),
        made("text-not-ascii-late", text(&[head, &lines, "é"]), "raw", LOST),
        made("text-not-ascii-past-nul", text(&[head, &lines, "\0é"]), "raw", RAW),
        made("text-not-ascii-past-chunk", text(&[&" ".repeat(65536), "é"]), "raw", RAW),
        made("text-not-ascii-in-disk", text(&[head, &lines, "é"]).with(510, [0x0A, 0x0A]), "raw", LOST),
    ]
}

fn vhdx() -> Vec<Made> {
    const GOOD: &str = "vhdx=accept raw=accept qcow2=mismatch";
    const INCOMPLETE: &str = "vhdx=incomplete raw=incomplete qcow2=mismatch";
    const UNREADABLE: &str = "vhdx=unreadable raw=accept qcow2=mismatch";
    let base = || fixture("vhdx-dynamic");
    // The metadata region's entry is the second one; its offset follows the GUID.
    let table: u64 = 0x30000;
    let bytes = base().read(table..table + 0x10000);
    let guid = b"\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e";
    let entry = table + bytes.windows(16).position(|at| at == guid).unwrap() as u64;
    let region = u64::from_le_bytes(base().read(entry + 16..entry + 24).try_into().unwrap());
    let metadata = base().read(region..region + 0x20000);
    let guid = b"\x24\x42\xa5\x2f\x1b\xcd\x76\x48\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8";
    let item = region + metadata.windows(16).position(|at| at == guid).unwrap() as u64;
    let moved = |at: u64| base().with_sparse(at, &metadata).with(entry + 16, at.to_le_bytes());
    let mut all = vec![
        made("vhdx-no-signature", base().with(table, [0]), "vhdx", GOOD),
        made("vhdx-regions-2048", base().with(table + 8, [0, 8]), "vhdx", GOOD),
        made("vhdx-no-regions", base().with(table + 8, [0, 0]), "vhdx", GOOD),
        made("vhdx-cut-8", base().cut(8), "vhdx", INCOMPLETE),
        made("vhdx-cut-region-table", base().cut(0x40000 - 1), "vhdx", INCOMPLETE),
        made("vhdx-cut-metadata", base().cut(region + 0xFFFF), "vhdx", INCOMPLETE),
        made("vhdx-cut-size", base().cut(region + 0x10000), "vhdx", INCOMPLETE),
        made("vhdx-metadata-signature", base().with(region, [0]), "vhdx", GOOD),
        made("vhdx-metadata-far", base().with(entry + 16, [0xFF; 8]), "vhdx", INCOMPLETE),
        made("vhdx-items-too-many", base().with(region + 10, [0, 8]), "vhdx", GOOD),
        made("vhdx-no-size", base().with(item, [0]), "vhdx", GOOD),
        made("vhdx-size-4", base().with(item + 20, [4]), "vhdx", UNREADABLE),
        made("vhdx-size-0", base().with(item + 20, [0]), "vhdx", UNREADABLE),
        made("vhdx-size-long", base().with(item + 20, [0xFF; 4]), "vhdx", UNREADABLE),
        made("vhdx-size-far", base().with(item + 16, [0xFF; 4]), "vhdx", INCOMPLETE),
        made("vhdx-size-in-table", base().with(item + 16, [0; 4]), "vhdx", GOOD),
        made("vhdx-unaligned", moved(region + 0x123), "vhdx", GOOD),
        made("vhdx-unaligned-far", moved(region + 0xFFF0), "vhdx", GOOD),
        made("vhdx-unaligned-signature", moved(region + 0x123).with(region + 0x123, [0]), "vhdx", INCOMPLETE),
    ];
    // Before the point at which Glance knows of it: passed over, or other bytes are taken for it.
    all.extend([
        made("vhdx-metadata-at-0", base().with(entry + 16, [0; 8]), "vhdx", INCOMPLETE),
        made("vhdx-metadata-at-128k", base().with(entry + 16, 0x20000_u64.to_le_bytes()), "vhdx", GOOD),
        made("vhdx-metadata-at-192k", base().with(entry + 16, 0x30000_u64.to_le_bytes()), "vhdx", GOOD),
        made("vhdx-metadata-at-192k-and-1", base().with(entry + 16, 0x30001_u64.to_le_bytes()), "vhdx", GOOD),
    ]);
    all
}

fn strangers() -> Vec<Made> {
    const RAW: &str = "raw=accept qcow2=mismatch ami=accept";
    let starts = |bytes: &[u8]| Image::new(MIB).with(0, bytes);
    let tar = |name: &str| starts(name.as_bytes()).with(257, b"ustar");
    vec![
        made("gzip", starts(b"\x1f\x8b\x08"), "raw", RAW),
        made("xz", starts(b"\xfd7zXZ\0"), "raw", RAW),
        made("bzip2", starts(b"BZh9"), "raw", RAW),
        made("zstd", starts(b"\x28\xb5\x2f\xfd"), "raw", RAW),
        made("7z", starts(b"7z\xbc\xaf\x27\x1c"), "raw", RAW),
        made("zip", starts(b"PK\x03\x04"), "raw", RAW),
        made("ova", tar("Appliance.OVF"), "raw", RAW),
        made("tar", tar("readme"), "raw", RAW),
        made("parallels-ext", starts(b"WithouFreSpacExt"), "raw", RAW),
        made("html", Image::new(16).with(0, b"\n<!DOCTYPE HTML>"), "raw", RAW),
        made("text", Image::new(9).with(0, b"not found"), "raw", RAW),
    ]
}
