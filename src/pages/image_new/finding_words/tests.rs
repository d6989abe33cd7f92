use std::collections::BTreeSet;

use sextant_inspector::{
    content::{self, Compression},
    failure::FooterFault,
};

use super::*;
use crate::i18n::{Language, set_language};

/// What is said in either language: a whole sentence with the facts in it.
fn in_both(words: impl Fn() -> String, facts: &[&str]) -> [String; 2] {
    let said = Language::ALL.map(|language| {
        set_language(language);
        words()
    });
    set_language(Language::default());
    for (words, language) in said.iter().zip(Language::ALL) {
        let is_chinese = words.contains(|c: char| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert_eq!(is_chinese, language == Language::SimplifiedChinese, "{words}");
        assert!(!words.trim().is_empty() && !words.contains(['{', '}']), "{language:?}: {words:?}");
        for fact in facts {
            assert!(words.contains(fact), "{fact:?} in {words:?}");
        }
    }
    said
}

#[test]
fn every_finding_is_told_in_a_sentence_of_its_own_with_its_facts() {
    use Format::*;
    let refused = |format, failure| What::Refused(Rejection::Unsafe(format, vec![failure]));
    let stranger = What::Stranger;
    let gpt = |has_efi_system, has_bios_boot| {
        What::Gpt(content::Gpt { sector: 512, has_efi_system, has_bios_boot })
    };
    let protective = vec![Failure::Mbr(MbrFault::StartChs), Failure::Mbr(MbrFault::StartLba)];
    let table: &[(What, &[&str])] = &[
        (What::Refused(Rejection::Mismatch(Vhdx)), &["ploop", "VHDX"]),
        // Nobody can choose "gpt".
        (What::Refused(Rejection::Mismatch(Gpt)), &["ploop"]),
        (What::Refused(Rejection::Multiple(vec![Qcow2, Iso])), &["qcow2", "iso"]),
        (What::Refused(Rejection::Incomplete(Vdi)), &["vdi"]),
        (What::Refused(Rejection::Unreadable(Vdi)), &["vdi"]),
        (refused(Qcow2, Failure::BackingFile), &["qcow2", "qemu-img convert"]),
        (refused(Qcow2, Failure::DataFile), &["qcow2", "qemu-img convert"]),
        (refused(Qcow2, Failure::UnknownFeatures), &["qcow2", "extended_l2"]),
        (refused(Qcow2, Failure::Qcow2Version(7)), &["qcow2", "7"]),
        (refused(Luks, Failure::LuksVersion(7)), &["luks", "7"]),
        (refused(Qed, Failure::Banned), &["qed", "qcow2"]),
        (refused(Vmdk, Failure::NoDescriptor), &["vmdk"]),
        (refused(Vmdk, Failure::Subformat), &["vmdk", "monolithicSparse", "streamOptimized"]),
        (refused(Vmdk, Failure::DescriptorLine), &["vmdk"]),
        (refused(Vmdk, Failure::ExtentPath), &["vmdk"]),
        (refused(Vmdk, Failure::NoExtents), &["vmdk"]),
        (refused(Vmdk, Failure::Footer(FooterFault::Marker)), &["vmdk"]),
        (refused(Gpt, Failure::Mbr(MbrFault::BootFlag(2))), &["gpt", "3"]),
        (What::Refused(Rejection::Unsafe(Gpt, protective)), &["gpt"]),
        (What::OddPartitions(MbrFault::BootFlag(2)), &["3"]),
        (What::OddPartitions(MbrFault::StartLba), &[]),
        (What::OddPartitions(MbrFault::ExtraPartitions), &["MBR", "GPT"]),
        (What::OddPartitions(MbrFault::NoPartitions), &[]),
        (What::NotRaw(Vmdk), &["vmdk", "raw"]),
        (What::InspectionLost, &[]),
        (stranger(Stranger::Compressed(Compression::Zstd)), &["zst"]),
        (stranger(Stranger::Ova), &["OVA", "tar"]),
        (stranger(Stranger::Tar), &["tar"]),
        (stranger(Stranger::Parallels), &["Parallels"]),
        (stranger(Stranger::Html), &[]),
        (stranger(Stranger::Text), &[]),
        (What::FixedVhd, &["VHD", "raw", "512"]),
        (What::Empty, &[]),
        (What::Tiny, &["1 MiB"]),
        (What::Truncated(None), &[]),
        (What::NotBootable, &[]),
        (gpt(true, true), &["UEFI", "BIOS"]),
        (gpt(true, false), &["UEFI", "BIOS"]),
        (gpt(false, false), &["GUID", "UEFI"]),
        (What::BootsAsCd, &[]),
    ];
    let mut told = BTreeSet::new();
    for (what, facts) in table {
        for words in in_both(|| what_words(what, "ploop"), facts) {
            assert!(told.insert(words.clone()), "{what:?} is told as another: {words}");
        }
    }
    // Only a browser writes the size itself.
    in_both(|| (t().findings.truncated_to)("7 GB"), &["7 GB"]);
    in_both(|| (t().findings.min_disk)("7 GB"), &["7 GB"]);
}

#[test]
fn a_fix_names_what_it_sets() {
    for format in [Format::Raw, Format::Qcow2, Format::Vhdx, Format::Iso] {
        in_both(|| fix_words(Fix::SetFormat(format)), &[format.name()]);
    }
    in_both(|| fix_words(Fix::SetContainerOva), &["ova"]);
    in_both(|| fix_words(Fix::SetFirmwareUefi), &["hw_firmware_type", "uefi"]);
    // As above.
    in_both(|| (t().findings.set_min_disk)("7"), &["7 GB"]);
}
