//! What a person is told, and which click mends it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/handmade.rs"]
#[allow(dead_code, reason = "only the images are needed here")]
mod handmade;
#[path = "support/image.rs"]
mod image;

use image::{Image, fixture};
use sextant_inspector::content::{Compression, Stranger};
use sextant_inspector::decision::{Decision, Rejection};
use sextant_inspector::failure::{Failure, FooterFault, MbrFault};
use sextant_inspector::finding::{Fix, Level, What};
use sextant_inspector::format::Format;

const MIB: u64 = 1 << 20;

fn made(name: &str) -> Image {
    handmade::all().into_iter().find(|made| made.name == name).unwrap().image
}

fn findings(image: &Image, declared: &str) -> Vec<(Level, What, Option<Fix>)> {
    let findings = image.inspect().findings(declared);
    findings.into_iter().map(|finding| (finding.level, finding.what, finding.fix)).collect()
}

/// All but the size of the disk and of the file, which nearly every fixture has something to say on.
fn main_findings(image: &Image, declared: &str) -> Vec<(Level, What, Option<Fix>)> {
    let mut findings = findings(image, declared);
    findings.retain(|(_, what, _)| !matches!(what, What::VirtualSize(_) | What::Tiny));
    findings
}

fn refused(why: Rejection, fix: Option<Fix>) -> (Level, What, Option<Fix>) {
    (Level::Blocker, What::Refused(why), fix)
}

fn warning(what: What, fix: Option<Fix>) -> (Level, What, Option<Fix>) {
    (Level::Warning, what, fix)
}

#[test]
fn a_good_image_is_only_measured() {
    let image = fixture("vdi-static");
    let size = (Level::Info, What::VirtualSize(4 * MIB), Some(Fix::SetMinDisk(1)));
    assert_eq!(findings(&image, "vdi"), [size]);
    let mut large = fixture("qcow2-v3").with(24, ((10_u64 << 30) + 1).to_be_bytes());
    large.size = 2 * MIB;
    let size = (Level::Info, What::VirtualSize((10 << 30) + 1), Some(Fix::SetMinDisk(11)));
    assert_eq!(findings(&large, "qcow2"), [size]);
}

#[test]
fn a_wrong_format_is_mended_by_the_right_one() {
    for (name, format) in [
        ("qcow2-v3", Format::Qcow2),
        ("vmdk-monolithic-sparse", Format::Vmdk),
        ("vhd-dynamic", Format::Vhd),
        ("vhdx-fixed", Format::Vhdx),
        ("vdi-dynamic", Format::Vdi),
    ] {
        let fix = Some(Fix::SetFormat(format));
        let image = fixture(name);
        assert_eq!(main_findings(&image, "iso"), [refused(Rejection::Mismatch(format), fix)]);
        assert_eq!(main_findings(&image, "raw"), [warning(What::NotRaw(format), fix)]);
        assert_eq!(main_findings(&image, format.name()), []);
    }
}

#[test]
fn a_partitioned_disk_is_raw_and_needs_no_warning() {
    let image = made("mbr");
    assert_eq!(main_findings(&image, "raw"), []);
    let fix = Some(Fix::SetFormat(Format::Raw));
    assert_eq!(main_findings(&image, "qcow2"), [refused(Rejection::Mismatch(Format::Gpt), fix)]);
}

#[test]
fn an_unsafe_image_has_no_fix() {
    for (name, format, failure) in [
        ("qcow2-backing", Format::Qcow2, Failure::BackingFile),
        ("qcow2-data-file", Format::Qcow2, Failure::DataFile),
        ("qcow2-extended-l2", Format::Qcow2, Failure::UnknownFeatures),
        ("qcow1", Format::Qcow2, Failure::Qcow2Version(1)),
        ("vmdk-monolithic-flat", Format::Vmdk, Failure::Subformat),
        ("vmdk-two-gb-sparse-extent", Format::Vmdk, Failure::NoDescriptor),
    ] {
        let why = refused(Rejection::Unsafe(format, vec![failure]), None);
        assert_eq!(main_findings(&fixture(name), format.name()), [why], "{name}");
    }
    // Taken as Glance is installed; stricter clouds don't.
    let hybrid = made("gpt-hybrid");
    let found = main_findings(&hybrid, "raw");
    assert_eq!(found.first(), Some(&warning(What::OddPartitions(MbrFault::ExtraPartitions), None)));
    let mut report = hybrid.inspect();
    report.rules.tolerate_mbr = false;
    let why = Rejection::Unsafe(Format::Gpt, vec![Failure::Mbr(MbrFault::ExtraPartitions)]);
    let found = report.findings("raw").into_iter().filter(|finding| finding.level < Level::Info);
    let found: Vec<What> = found.map(|finding| finding.what).collect();
    assert_eq!(found, [What::Refused(why)], "told once");
    assert_eq!(report.suggested_format(), None);
    // By another name it is refused for that, and would be for this next.
    let odd = What::OddPartitions(MbrFault::ExtraPartitions);
    assert!(report.findings("qcow2").iter().any(|finding| finding.what == odd));
    let why = Rejection::Unsafe(Format::Luks, vec![Failure::LuksVersion(2)]);
    assert_eq!(main_findings(&made("luks2"), "raw"), [refused(why, None)]);
}

#[test]
fn a_hybrid_iso_declared_raw_is_refused_and_mended() {
    let image = made("iso-hybrid");
    let why = Rejection::Multiple(vec![Format::Iso, Format::Gpt]);
    let findings = main_findings(&image, "raw");
    assert_eq!(findings.first(), Some(&refused(why, Some(Fix::SetFormat(Format::Iso)))));
    assert_eq!(main_findings(&image, "iso"), [(Level::Info, What::BootsAsCd, None)]);
}

#[test]
fn an_iso_boots_as_a_cd_or_not_at_all() {
    assert_eq!(main_findings(&made("iso-el-torito"), "iso"), [(Level::Info, What::BootsAsCd, None)]);
    assert_eq!(main_findings(&made("iso"), "iso"), [warning(What::NotBootable, None)]);
}

#[test]
fn what_is_no_disk_is_named_and_never_called_raw() {
    for (name, stranger) in [
        ("gzip", Stranger::Compressed(Compression::Gzip)),
        ("xz", Stranger::Compressed(Compression::Xz)),
        ("bzip2", Stranger::Compressed(Compression::Bzip2)),
        ("zstd", Stranger::Compressed(Compression::Zstd)),
        ("7z", Stranger::Compressed(Compression::SevenZip)),
        ("zip", Stranger::Compressed(Compression::Zip)),
        ("tar", Stranger::Tar),
        ("parallels-ext", Stranger::Parallels),
        ("html", Stranger::Html),
        ("text", Stranger::Text),
        ("text-not-ascii-late", Stranger::Text),
    ] {
        let image = made(name);
        assert_eq!(findings(&image, "raw"), [warning(What::Stranger(stranger), None)], "{name}");
        assert_eq!(image.inspect().suggested_format(), None, "{name}");
    }
    let ova = warning(What::Stranger(Stranger::Ova), Some(Fix::SetContainerOva));
    assert_eq!(findings(&made("ova"), "raw"), std::slice::from_ref(&ova));
    assert_eq!(findings(&made("ova"), "vmdk"), [refused(Rejection::Mismatch(Format::Raw), None), ova]);
    // In its own container it is what it should be, and Glance does not look into it.
    assert_eq!(made("ova").inspect().findings_in("vmdk", "ova"), []);
    assert_eq!(made("gzip").inspect().findings_in("raw", "compressed"), []);
    let as_docker = made("gzip").inspect().findings_in("raw", "docker");
    assert_eq!(as_docker.len(), 1, "a layer is a tar archive: {as_docker:?}");
    assert_eq!(
        main_findings(&fixture("parallels"), "raw"),
        [warning(What::Stranger(Stranger::Parallels), None)]
    );
}

/// Kernels with an EFI stub have anything where a disk has its partitions.
#[test]
fn a_kernel_is_not_told_of_partitions_or_of_a_missing_end() {
    for name in ["kernel", "kernel-like-mbr"] {
        let report = made(name).inspect();
        assert_eq!(report.truncation, None, "{name}");
        // As the app declares it. Glance doesn't look into this container.
        assert_eq!(report.findings_in("aki", "aki"), [], "{name}");
        assert_eq!(main_findings(&made(name), "raw"), [], "{name}");
    }
    // Nor is what else is declared to be a part of a machine, and so no disk.
    assert_eq!(made("mbr-boot-flag").inspect().findings_in("ari", "ari"), []);
    assert_eq!(made("ntfs").inspect().findings_in("ami", "ami"), []);
}

#[test]
fn a_ramdisk_and_a_kernel_may_be_compressed() {
    for declared in ["ari", "aki"] {
        assert_eq!(made("gzip").inspect().findings_in(declared, declared), [], "{declared}");
    }
    // A filesystem may not.
    assert_eq!(made("gzip").inspect().findings_in("ami", "ami").len(), 1);
    // Nor is a web page one.
    assert_eq!(made("html").inspect().findings_in("ari", "ari").len(), 1);
}

/// Its boot code would be partitions of terabytes.
#[test]
fn no_end_is_missed_by_a_partition_table_that_is_none() {
    assert_eq!(
        main_findings(&made("ntfs"), "raw"),
        [warning(What::OddPartitions(MbrFault::BootFlag(0)), None)]
    );
    // A hybrid's GPT is one all the same.
    let hybrid = made("gpt").with(462 + 4, [0x83]);
    let fault = warning(What::OddPartitions(MbrFault::ExtraPartitions), None);
    let short = warning(What::Truncated(Some(2 * MIB)), None);
    let found = findings(&hybrid.clone().cut(2 * MIB - 1), "raw");
    assert_eq!(found[..2], [fault.clone(), short]);
    assert_eq!(main_findings(&hybrid, "raw")[..1], [fault]);
    assert_eq!(hybrid.inspect().truncation, None);
}

/// Whatever else is in it: Glance counts the footer, and a server gets it.
#[test]
fn the_disk_of_a_fixed_vhd_is_all_of_the_file() {
    let plain = fixture("vhd-fixed");
    let partitioned = made("mbr").with(2 * MIB - 512, plain.read(plain.size - 512..plain.size));
    for (image, format) in [(plain, Format::Raw), (partitioned, Format::Gpt)] {
        let report = image.inspect();
        assert!(report.content.is_fixed_vhd);
        assert_eq!(report.format(), Some(format));
        assert_eq!(report.virtual_size(), Some(image.size));
        let Decision::Accept { virtual_size, .. } = report.decide("raw") else { panic!("{report:?}") };
        assert_eq!(report.virtual_size(), virtual_size);
    }
}

#[test]
fn a_fixed_vhd_is_raw_with_a_footer() {
    let image = fixture("vhd-fixed");
    let fix = Some(Fix::SetFormat(Format::Raw));
    let findings = main_findings(&image, "vhd");
    assert_eq!(findings.first(), Some(&refused(Rejection::Mismatch(Format::Raw), fix)));
    assert!(findings.contains(&warning(What::FixedVhd, None)));
}

#[test]
fn an_empty_file_and_an_unbootable_one_are_told() {
    assert_eq!(findings(&Image::new(0), "raw"), [warning(What::Empty, None)]);
    let found = findings(&Image::new(MIB - 1), "raw");
    assert_eq!(found[..2], [warning(What::Tiny, None), warning(What::NotBootable, None)]);
    // A kernel or a ramdisk is small and boots by other means.
    assert_eq!(findings(&Image::new(MIB - 1), "aki"), []);
}

#[test]
fn a_gpt_suggests_uefi_unless_it_boots_by_bios_too() {
    for (name, sector, efi, fix) in [
        ("gpt", 512, true, Some(Fix::SetFirmwareUefi)),
        ("gpt-4096", 4096, true, Some(Fix::SetFirmwareUefi)),
        ("gpt-bios-boot", 512, true, None),
        ("gpt-data", 512, false, Some(Fix::SetFirmwareUefi)),
    ] {
        let found = main_findings(&made(name), "raw");
        let [(Level::Info, What::Gpt(gpt), found_fix)] = found.as_slice() else {
            panic!("{name}: {found:?}")
        };
        assert_eq!((gpt.sector, gpt.has_efi_system, *found_fix), (sector, efi, fix), "{name}");
    }
    // It boots as instances do anyway.
    let bios_only = made("gpt-data").with(1152, b"Hah!IdontNeedEFI");
    assert_eq!(main_findings(&bios_only, "raw"), []);
}

#[test]
fn a_download_that_broke_off_is_told() {
    for name in [
        "qcow2-v3",
        "qcow2-v2",
        "qcow2-compressed",
        "qcow2-preallocated",
        "vmdk-monolithic-sparse",
        "vmdk-sparse-full",
        "vmdk-stream-full",
        "vhd-dynamic",
        "vhdx-fixed",
        "vdi-static",
        "luks1",
    ] {
        let image = fixture(name);
        assert_eq!(image.inspect().truncation, None, "{name}");
        let cut = image.size / 4;
        assert!(image.cut(cut).inspect().truncation.is_some(), "{name}");
    }
    for name in ["iso", "gpt", "gpt-4096", "mbr", "vmdk-footer"] {
        let image = made(name);
        assert_eq!(image.inspect().truncation, None, "{name}");
        assert!(image.cut(0x9000).inspect().truncation.is_some(), "{name}");
    }
    let short = warning(What::Truncated(Some(MIB)), None);
    assert!(findings(&made("iso").cut(MIB - 1), "iso").contains(&short));
}

#[test]
fn a_vmdk_that_broke_off_after_its_tables_is_told() {
    // Where their last grain begins: the tables lead to it.
    for (name, last) in [("vmdk-sparse-full", 0x40_0000), ("vmdk-stream-full", 0x1_7E00)] {
        assert_eq!(fixture(name).cut(last + 1).inspect().truncation, None, "{name}");
        let short = warning(What::Truncated(Some(last + 1)), None);
        let found = findings(&fixture(name).cut(last), "vmdk");
        assert!(found.contains(&short), "{name}: {found:?}");
    }
}

#[test]
fn a_streamed_vmdk_without_its_end_is_told_not_only_called_unsafe() {
    let whole = made("vmdk-footer");
    let unsafe_by = |fault| refused(Rejection::Unsafe(Format::Vmdk, vec![Failure::Footer(fault)]), None);
    for missing in [1, 512, 1024, 1536] {
        let found = main_findings(&whole.clone().cut(whole.size - missing), "vmdk");
        let short = warning(What::Truncated(None), None);
        assert_eq!(found, [unsafe_by(FooterFault::Signature), short], "{missing} bytes less");
    }
    // A footer that is there, and wrong, is nothing that a download does.
    for (name, fault) in [
        ("vmdk-footer-version", FooterFault::Version),
        ("vmdk-footer-descriptor", FooterFault::Descriptor),
        ("vmdk-footer-again", FooterFault::AnotherFooter),
        ("vmdk-footer-marker", FooterFault::Marker),
        ("vmdk-footer-end", FooterFault::EndOfStream),
    ] {
        assert_eq!(main_findings(&made(name), "vmdk"), [unsafe_by(fault)], "{name}");
    }
}

/// A disk of 100 GiB, whose tables are more than are read; between them are other things.
#[test]
fn a_large_vmdk_is_measured_by_its_last_tables() {
    const TABLES_AT: u64 = 0x1_0000;
    const STEP: u64 = 4096;
    let tables = 100 * 32_u64;
    let directory: Vec<_> = (0..tables).flat_map(|table| sector(TABLES_AT + table * STEP)).collect();
    let grain = TABLES_AT + tables * STEP + (5 << 20);
    let last_table = TABLES_AT + (tables - 200) * STEP;
    let image = fixture("vmdk-monolithic-sparse")
        .with(12, (100_u64 << 21).to_le_bytes())
        .with(56, 64_u64.to_le_bytes())
        .with(64 * 512, directory)
        .with(last_table + 2044, sector(grain))
        .with(last_table + 2048, [0xFF; 2048]);
    assert_eq!(image.clone().cut(grain + 1).inspect().truncation, None);
    let short = warning(What::Truncated(Some(grain + 1)), None);
    assert!(findings(&image.cut(grain), "vmdk").contains(&short));
}

fn sector(at: u64) -> [u8; 4] {
    u32::try_from(at / 512).unwrap().to_le_bytes()
}
