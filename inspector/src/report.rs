//! All that is known of a file at the end of an inspection.

use crate::content::Content;
use crate::decision::Rules;
use crate::detect::{Detected, Seen, detect};
use crate::format::Format;
use crate::source::{Missing, Source};
use crate::truncation::{Truncation, truncation};

/// What a file is. Ask it for [a decision](Self::decide) and for [findings](Self::findings).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Report {
    /// The size of the file in bytes.
    pub size: u64,
    /// What Glance sees.
    pub detected: Detected,
    /// What Glance doesn't see.
    pub content: Content,
    /// Whether the file ends before its header says so.
    pub truncation: Option<Truncation>,
    /// The rules of the Glance that is to take it: its own defaults, unless somebody knows better.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rules: Rules,
}

impl Report {
    /// Reports on a file.
    ///
    /// # Errors
    /// The bytes needed next.
    pub fn of(source: &Source) -> Result<Self, Missing> {
        let detected = detect(source)?;
        let content = Content::of(source, &detected)?;
        let truncation = truncation(source, &detected, &content)?;
        Ok(Self { size: source.size(), detected, content, truncation, rules: Rules::default() })
    }

    /// The formats that Glance sees, raw if none.
    pub fn formats(&self) -> Vec<Format> {
        match self.detected.seen.as_slice() {
            [] => vec![Format::Raw],
            seen => seen.iter().map(|seen| seen.format).collect(),
        }
    }

    /// The one format that the file has for Glance: ISO if it is also a disk. `None` if several match.
    pub fn format(&self) -> Option<Format> {
        match self.formats().as_slice() {
            [one] => Some(*one),
            [Format::Iso, Format::Gpt] => Some(Format::Iso),
            _ => None,
        }
    }

    /// What Glance knows of that format.
    pub fn seen(&self, format: Format) -> Option<&Seen> {
        self.detected.seen.iter().find(|seen| seen.format == format)
    }

    /// The size of the disk inside, as the file itself says, whatever it is declared to be. An unformatted file is the disk itself,
    /// with the footer of a fixed VHD: Glance counts it, and a server gets it. `None` if the file doesn't say, or is no disk.
    pub fn virtual_size(&self) -> Option<u64> {
        let size = match self.format()? {
            Format::Raw if self.content.stranger.is_some() => return None,
            Format::Raw => self.size,
            format => self.seen(format)?.virtual_size.ok()??,
        };
        (size > 0).then_some(size)
    }

    /// The `disk_format` to declare: the format itself, or raw for what goes by no name of its own (a partitioned disk, LUKS).
    /// `None` if Glance would refuse it by any name, or if it is no disk: raw would be accepted then, and never boot.
    pub fn suggested_format(&self) -> Option<Format> {
        if self.size == 0 || self.content.stranger.is_some() {
            return None;
        }
        let format = match self.format()? {
            Format::Gpt | Format::Luks => Format::Raw,
            format => format,
        };
        self.decide(format.name()).is_accepted().then_some(format)
    }
}
