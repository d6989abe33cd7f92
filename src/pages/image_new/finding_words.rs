//! What the inspector found, in words.

use sextant_inspector::{
    content::Stranger,
    decision::Rejection,
    failure::{Failure, MbrFault},
    finding::{Fix, Level, What},
    format::Format,
    report::Report,
};

use crate::{
    components::image_words::format_words,
    i18n::{intl, t},
    openstack::glance::image::DiskFormat,
};

/// What the file is.
pub fn content_words(report: &Report) -> String {
    let words = &t().findings;
    if report.content.stranger.is_some() || report.size == 0 {
        return words.no_disk.to_owned();
    }
    match report.format() {
        Some(format) => (words.content)(&format_name(format)),
        None => (words.contents)(&names(&report.formats())),
    }
}

/// How large the disk in it is.
pub fn disk_words(report: &Report) -> Option<String> {
    report.virtual_size().map(|size| (t().findings.disk_inside)(&intl::bytes(size)))
}

/// How bad a finding is.
pub fn level_words(level: Level) -> &'static str {
    let words = &t().findings;
    match level {
        Level::Blocker => words.blocker,
        Level::Warning => words.warning,
        Level::Info => words.info,
    }
}

/// What was found.
pub fn what_words(what: &What, declared: &str) -> String {
    let words = &t().findings;
    let fixed = match what {
        What::Refused(why) => return rejection_words(why, declared),
        What::NotRaw(format) => return (words.not_raw)(format.name()),
        What::Truncated(Some(size)) => return (words.truncated_to)(&intl::bytes(*size)),
        What::VirtualSize(size) => return (words.min_disk)(&intl::bytes(*size)),
        What::Stranger(Stranger::Compressed(kind)) => return (words.compressed)(kind.extension()),
        What::Stranger(Stranger::Ova) => words.ova,
        What::Stranger(Stranger::Tar) => words.tar,
        What::Stranger(Stranger::Parallels) => words.parallels,
        What::Stranger(Stranger::Html) => words.html,
        What::Stranger(Stranger::Text) => words.text,
        What::OddPartitions(fault) => {
            return (words.odd_partitions)(&failure_words(Failure::Mbr(*fault)));
        }
        What::InspectionLost => words.lost,
        What::FixedVhd => words.fixed_vhd,
        What::Empty => words.empty,
        What::Tiny => words.tiny,
        What::Truncated(None) => words.truncated,
        What::NotBootable => words.not_bootable,
        What::Gpt(gpt) if gpt.has_bios_boot => words.uefi_or_bios,
        What::Gpt(gpt) if gpt.has_efi_system => words.uefi_only,
        What::Gpt(_) => words.uefi_perhaps,
        What::BootsAsCd => words.boots_as_cd,
    };
    fixed.to_owned()
}

fn rejection_words(why: &Rejection, declared: &str) -> String {
    let words = &t().findings;
    match why {
        Rejection::Mismatch(found) => (words.mismatch)(declared, &format_name(*found)),
        Rejection::Multiple(formats) => (words.multiple)(&names(formats)),
        Rejection::Incomplete(format) => (words.incomplete)(format.name()),
        Rejection::Unreadable(format) => (words.unreadable)(format.name()),
        Rejection::Unsafe(format, failures) => {
            let reasons: Vec<_> = failures.iter().map(|failure| failure_words(*failure)).collect();
            (words.dangerous)(format.name(), &reasons.join(" "))
        }
    }
}

fn failure_words(failure: Failure) -> String {
    let words = &t().findings;
    let fixed = match failure {
        Failure::Qcow2Version(version) => return (words.qcow2_version)(&version.to_string()),
        Failure::LuksVersion(version) => return (words.luks_version)(&version.to_string()),
        // People count partitions from 1.
        Failure::Mbr(MbrFault::BootFlag(entry)) => return (words.boot_flag)(&(entry + 1).to_string()),
        Failure::BackingFile => words.backing_file,
        Failure::DataFile => words.data_file,
        Failure::UnknownFeatures => words.unknown_features,
        Failure::Banned => words.banned,
        Failure::NoDescriptor => words.no_descriptor,
        Failure::Subformat => words.subformat,
        Failure::DescriptorLine => words.descriptor_line,
        Failure::ExtentPath => words.extent_path,
        Failure::NoExtents => words.no_extents,
        Failure::Footer(_) => words.footer,
        Failure::Mbr(MbrFault::StartChs | MbrFault::StartLba) => words.protective_entry,
        Failure::Mbr(MbrFault::ExtraPartitions) => words.hybrid,
        Failure::Mbr(MbrFault::NoPartitions) => words.no_partitions,
    };
    fixed.to_owned()
}

/// The click that mends it.
pub fn fix_words(fix: Fix) -> String {
    let words = &t().findings;
    match fix {
        Fix::SetFormat(format) => (words.set_format)(format.name()),
        Fix::SetContainerOva => words.set_container.to_owned(),
        Fix::SetMinDisk(gigabytes) => (words.set_min_disk)(&intl::integer(gigabytes)),
        Fix::SetFirmwareUefi => (words.set_property)("hw_firmware_type", "uefi"),
    }
}

/// A disk with partitions is no format that one can choose: it is what raw images are.
fn format_name(format: Format) -> String {
    match format {
        Format::Gpt => t().findings.partitioned.to_owned(),
        format => format_words(&DiskFormat::from(format.name())),
    }
}

fn names(formats: &[Format]) -> String {
    let names: Vec<String> = formats.iter().map(|format| format.name().to_owned()).collect();
    (t().common.list)(&names)
}

#[cfg(test)]
mod tests;
