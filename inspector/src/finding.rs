//! What a person should know before sending a file, and the click that mends it.

use std::fmt;

use crate::content::{Gpt, Stranger};
use crate::decision::{Acceptance, Decision, Rejection};
use crate::failure::{Failure, MbrFault};
use crate::format::Format;
use crate::report::Report;

/// How bad it is. The worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Glance will refuse the image, or it is dangerous.
    Blocker,
    /// Glance will take it, but it will probably not work.
    Warning,
    /// Good to know.
    Info,
}

/// One thing to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What it is.
    pub what: What,
    /// What would mend it.
    pub fix: Option<Fix>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Glance will refuse it.
    Refused(Rejection),
    /// Declared raw, but it is of this format: a server would get the container, not the disk.
    NotRaw(Format),
    /// Glance cannot inspect it, and takes it as anything.
    InspectionLost,
    /// Not a disk image.
    Stranger(Stranger),
    /// A fixed VHD: Glance knows only dynamic ones, and takes this as raw.
    FixedVhd,
    /// Nothing in it.
    Empty,
    /// Smaller than any system that boots (under 1 MiB).
    Tiny,
    /// Shorter than it should be; by its header it has this many bytes at least.
    Truncated(Option<u64>),
    /// A partition table that Glance takes as it is installed, and stricter clouds refuse.
    OddPartitions(MbrFault),
    /// Neither a boot sector nor the boot record of a CD.
    NotBootable,
    /// It has a GUID partition table, and perhaps boots by UEFI only.
    Gpt(Gpt),
    /// It boots as a CD.
    BootsAsCd,
    /// The disk inside has this many bytes.
    VirtualSize(u64),
}

/// What a click could change in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// `disk_format`.
    SetFormat(Format),
    /// `container_format` "ova".
    SetContainerOva,
    /// `min_disk`, in GiB.
    SetMinDisk(u64),
    /// The property `hw_firmware_type`, to "uefi".
    SetFirmwareUefi,
}

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

impl Report {
    /// What a person should know of this file when it is declared as `disk_format`, and bare; the worst first.
    pub fn findings(&self, disk_format: &str) -> Vec<Finding> {
        self.findings_in(disk_format, "bare")
    }

    /// The same for any `container_format`. Glance looks into bare images only.
    pub fn findings_in(&self, disk_format: &str, container_format: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        if container_format == "bare" {
            findings.extend(self.of_decision(disk_format));
        }
        findings.extend(self.of_content(disk_format));
        findings.retain(|finding| !is_packed_as_said(finding.what.stranger(), disk_format, container_format));
        findings.extend(self.hints(disk_format));
        findings.sort_by_key(|finding| finding.level);
        findings
    }

    fn of_decision(&self, declared: &str) -> Option<Finding> {
        let fix = self.suggested_format().filter(|format| format.name() != declared).map(Fix::SetFormat);
        match self.decide(declared) {
            Decision::Reject(why) => Some(blocker(What::Refused(why), fix)),
            // A partitioned disk is what raw images are.
            Decision::Accept { because: Acceptance::DeclaredRaw(format), .. } => {
                (format != Format::Gpt).then(|| warning(What::NotRaw(format), fix))
            }
            Decision::Accept { because: Acceptance::InspectionLost, .. } => {
                // If it is text, that says it better.
                self.content.stranger.is_none().then(|| warning(What::InspectionLost, None))
            }
            Decision::Accept { .. } => None,
        }
    }

    fn of_content(&self, declared: &str) -> Vec<Finding> {
        let mut found = Vec::new();
        if self.size == 0 {
            return vec![warning(What::Empty, None)];
        }
        // Where it is refused for it, that says it.
        let is_told = matches!(self.decide(declared), Decision::Reject(Rejection::Unsafe(Format::Gpt, _)));
        if let Some(fault) = self.mbr_fault().filter(|_| !is_told && !is_part(declared)) {
            found.push(warning(What::OddPartitions(fault), None));
        }
        if let Some(truncation) = self.truncation {
            found.push(warning(What::Truncated(truncation.expected), None));
        }
        if let Some(stranger) = self.content.stranger {
            let fix = (stranger == Stranger::Ova).then_some(Fix::SetContainerOva);
            found.push(warning(What::Stranger(stranger), fix));
            return found;
        }
        if self.content.is_fixed_vhd {
            found.push(warning(What::FixedVhd, None));
        }
        if is_part(declared) {
            return found;
        }
        if self.size < MIB {
            found.push(warning(What::Tiny, None));
        }
        let boots = self.content.has_boot_sector || self.content.has_el_torito;
        if !boots && matches!(self.format(), Some(Format::Raw | Format::Iso)) {
            found.push(warning(What::NotBootable, None));
        }
        found
    }

    fn mbr_fault(&self) -> Option<MbrFault> {
        if self.format() != Some(Format::Gpt) || self.content.is_kernel {
            return None;
        }
        self.seen(Format::Gpt)?.failures.iter().find_map(|failure| match failure {
            Failure::Mbr(fault) => Some(*fault),
            _ => None,
        })
    }

    fn hints(&self, declared: &str) -> Vec<Finding> {
        let mut hints = Vec::new();
        if self.size == 0 || self.content.stranger.is_some() || is_part(declared) {
            return hints;
        }
        if self.format() == Some(Format::Iso) {
            if self.content.has_boot_sector || self.content.has_el_torito {
                hints.push(info(What::BootsAsCd, None));
            }
            return hints;
        }
        // One that boots by BIOS alone needs nothing: so do instances, unless they are told otherwise.
        if let Some(gpt) = self.content.gpt.filter(|gpt| gpt.has_efi_system || !gpt.has_bios_boot) {
            hints.push(info(What::Gpt(gpt), (!gpt.has_bios_boot).then_some(Fix::SetFirmwareUefi)));
        }
        if let Some(size) = self.virtual_size() {
            hints.push(info(What::VirtualSize(size), Some(Fix::SetMinDisk(size.div_ceil(GIB)))));
        }
        hints
    }
}

/// Whether what is no disk image is what the image is declared to be. Ramdisks are compressed, and so are many kernels.
fn is_packed_as_said(stranger: Option<Stranger>, disk_format: &str, container_format: &str) -> bool {
    match stranger {
        Some(Stranger::Ova | Stranger::Tar) => matches!(container_format, "ova" | "ovf" | "docker"),
        Some(Stranger::Compressed(_)) => {
            container_format == "compressed" || matches!(disk_format, "aki" | "ari")
        }
        _ => false,
    }
}

/// Kernels, ramdisks and bare filesystems are small and have no boot sector.
fn is_part(declared: &str) -> bool {
    matches!(declared, "aki" | "ari" | "ami")
}

fn blocker(what: What, fix: Option<Fix>) -> Finding {
    Finding { level: Level::Blocker, what, fix }
}

fn warning(what: What, fix: Option<Fix>) -> Finding {
    Finding { level: Level::Warning, what, fix }
}

fn info(what: What, fix: Option<Fix>) -> Finding {
    Finding { level: Level::Info, what, fix }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.level, self.what)?;
        match self.fix {
            None => Ok(()),
            Some(Fix::SetFormat(format)) => write!(f, " (set disk_format to {format})"),
            Some(Fix::SetContainerOva) => f.write_str(" (set container_format to ova)"),
            Some(Fix::SetMinDisk(size)) => write!(f, " (set min_disk to {size})"),
            Some(Fix::SetFirmwareUefi) => f.write_str(" (set hw_firmware_type to uefi)"),
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) => write!(f, "refused: {why}"),
            Self::NotRaw(format) => write!(f, "declared raw, but it is {format}"),
            Self::InspectionLost => f.write_str("it cannot be inspected"),
            Self::Stranger(Stranger::Compressed(kind)) => write!(f, "compressed ({})", kind.extension()),
            Self::Stranger(stranger) => write!(f, "not a disk image ({stranger:?})"),
            Self::FixedVhd => f.write_str("a fixed VHD, which is taken for raw"),
            Self::Empty => f.write_str("empty"),
            Self::Tiny => f.write_str("smaller than 1 MiB"),
            Self::Truncated(None) => f.write_str("truncated"),
            Self::Truncated(Some(size)) => write!(f, "truncated, at least {size} bytes expected"),
            Self::OddPartitions(fault) => {
                write!(f, "odd partition table ({fault:?}), which strict clouds refuse")
            }
            Self::NotBootable => f.write_str("no boot sector"),
            Self::Gpt(gpt) => write!(f, "GPT, EFI system partition: {}", gpt.has_efi_system),
            Self::BootsAsCd => f.write_str("boots as a CD"),
            Self::VirtualSize(size) => write!(f, "virtual size {size}"),
        }
    }
}

impl What {
    /// What is no disk image, if that is what was found.
    fn stranger(&self) -> Option<Stranger> {
        match self {
            Self::Stranger(stranger) => Some(*stranger),
            _ => None,
        }
    }
}
