//! What Glance does with a file that is declared to be of some format.
//!
//! As in [`ImageProxy.set_data`][glance] of the 2026.1 release, for `container_format` "bare"; others are not inspected.
//!
//! [glance]: https://opendev.org/openstack/glance/src/branch/stable/2026.1/glance/location.py

use std::fmt;

use crate::detect::Seen;
use crate::failure::Failure;
use crate::format::Format;
use crate::report::Report;

/// What the operator can set, in Glance's section `[image_format]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// `require_image_format_match`.
    pub require_match: bool,
    /// `gpt_safety_checks_nonfatal` has "mbr".
    pub tolerate_mbr: bool,
}

impl Default for Rules {
    fn default() -> Self {
        // As Glance 32 (2026.1) is installed: its own default is ["mbr"]. Stricter clouds set it to nothing.
        Self { require_match: true, tolerate_mbr: true }
    }
}

/// What Glance does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It takes the image, and sets its `virtual_size` if it knows it.
    Accept {
        /// The `virtual_size` that the image gets.
        virtual_size: Option<u64>,
        /// Why.
        because: Acceptance,
    },
    /// It answers 415 and the image is queued again.
    Reject(Rejection),
}

/// Why an image is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// It is what it is declared to be.
    Match,
    /// Declared raw, which anything may be.
    DeclaredRaw(Format),
    /// Declared to be of a format that Glance knows only by name (ami, ari, aki, ploop).
    NotInspectable,
    /// Glance's inspection fails in a way that lets anything pass (see [`Detected`](crate::detect::Detected)).
    InspectionLost,
    /// It would have been refused, but the operator asks for no match.
    Tolerated(Rejection),
}

/// Why an image is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The content is of another format.
    Mismatch(Format),
    /// The content is of several formats at once.
    Multiple(Vec<Format>),
    /// Content of that format, but without all that the safety checks need.
    Incomplete(Format),
    /// Content of that format that Glance fails to read.
    Unreadable(Format),
    /// Content of that format that fails safety checks.
    Unsafe(Format, Vec<Failure>),
}

impl Decision {
    /// Whether the image is taken.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accept { .. })
    }

    /// Why not.
    pub fn rejection(&self) -> Option<&Rejection> {
        match self {
            Self::Accept { .. } => None,
            Self::Reject(rejection) => Some(rejection),
        }
    }
}

impl Report {
    /// What Glance does with this file declared as `disk_format`.
    pub fn decide(&self, disk_format: &str) -> Decision {
        self.decide_by(disk_format, self.rules)
    }

    /// The same under these rules.
    pub fn decide_by(&self, disk_format: &str, rules: Rules) -> Decision {
        if self.detected.inspection_lost {
            return Decision::Accept { virtual_size: None, because: Acceptance::InspectionLost };
        }
        let (virtual_size, verdict) = self.verdict(disk_format, rules);
        let because = match verdict {
            Ok(because) => because,
            Err(rejection) if rules.require_match || matches!(rejection, Rejection::Unsafe(..)) => {
                return Decision::Reject(rejection);
            }
            Err(rejection) => Acceptance::Tolerated(rejection),
        };
        Decision::Accept { virtual_size: virtual_size.filter(|size| *size > 0), because }
    }

    fn verdict(&self, declared: &str, rules: Rules) -> (Option<u64>, Result<Acceptance, Rejection>) {
        let seen = match self.detected.seen.as_slice() {
            [] => return self.verdict_on_raw(declared),
            [one] => one,
            [iso, gpt] if (iso.format, gpt.format) == (Format::Iso, Format::Gpt) && declared != "raw" => iso,
            // An ISO that is also a disk lands here if declared raw: Glance's warning asks for the format, of which there are two.
            _ => return (None, Err(Rejection::Multiple(self.formats()))),
        };
        let (virtual_size, because) = if declared == seen.format.name() {
            match seen.virtual_size {
                Ok(size) => (size, Acceptance::Match),
                Err(_) => return (None, Err(Rejection::Unreadable(seen.format))),
            }
        } else if declared == "raw" {
            (Some(seen.counted), Acceptance::DeclaredRaw(seen.format))
        } else {
            return (None, Err(Rejection::Mismatch(seen.format)));
        };
        (virtual_size, check(seen, declared, rules).map(|()| because))
    }

    fn verdict_on_raw(&self, declared: &str) -> (Option<u64>, Result<Acceptance, Rejection>) {
        match Format::from_name(declared) {
            Some(Format::Raw) => (Some(self.size), Ok(Acceptance::Match)),
            Some(_) => (None, Err(Rejection::Mismatch(Format::Raw))),
            None => (None, Ok(Acceptance::NotInspectable)),
        }
    }
}

fn check(seen: &Seen, declared: &str, rules: Rules) -> Result<(), Rejection> {
    if !seen.complete {
        return Err(Rejection::Incomplete(seen.format));
    }
    let tolerate_mbr = rules.tolerate_mbr || matches!(declared, "aki" | "ari");
    let fatal = |failure: &Failure| !(tolerate_mbr && matches!(failure, Failure::Mbr(_)));
    if seen.failures.iter().any(fatal) {
        return Err(Rejection::Unsafe(seen.format, seen.failures.clone()));
    }
    Ok(())
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accept { virtual_size: Some(size), because } => {
                write!(f, "accepted: {because}; virtual size {size}")
            }
            Self::Accept { virtual_size: None, because } => write!(f, "accepted: {because}"),
            Self::Reject(rejection) => write!(f, "rejected: {rejection}"),
        }
    }
}

impl fmt::Display for Acceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Match => f.write_str("content matches disk_format"),
            Self::DeclaredRaw(format) => write!(f, "content is {format}, but declared raw"),
            Self::NotInspectable => f.write_str("disk_format is not an inspectable type"),
            Self::InspectionLost => f.write_str("content cannot be inspected"),
            Self::Tolerated(rejection) => write!(f, "{rejection}, but no match is required"),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mismatch(format) => write!(f, "disk_format does not match content, which is {format}"),
            Self::Multiple(formats) => {
                f.write_str("multiple formats detected:")?;
                formats.iter().try_for_each(|format| write!(f, " {format}"))
            }
            Self::Incomplete(format) => write!(f, "incomplete {format} cannot be safety checked"),
            Self::Unreadable(format) => write!(f, "inspection of {format} failed"),
            Self::Unsafe(format, failures) => {
                write!(f, "{format} failed safety checks:")?;
                failures.iter().try_for_each(|failure| write!(f, " {failure}"))
            }
        }
    }
}
