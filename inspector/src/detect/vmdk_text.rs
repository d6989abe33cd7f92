//! The text descriptor of a VMDK.

use crate::failure::Failure;

/// A descriptor that could be read: ASCII, in lower case, up to the first NUL.
pub struct Descriptor {
    text: String,
    kind: Option<String>,
}

/// Reads a descriptor. `None` if it isn't ASCII.
pub fn parse(data: &[u8]) -> Option<Descriptor> {
    let data = data.split(|byte| *byte == 0).next().unwrap_or(data);
    let text = std::str::from_utf8(data).ok().filter(|text| text.is_ascii())?.to_ascii_lowercase();
    let kind = create_type(&text).map(str::to_owned);
    Some(Descriptor { text, kind })
}

/// As in oslo.utils: without a closing quote it is all the rest but the last character, and 64 characters or more are none.
fn create_type(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("createtype=\"")?;
    let kind = match rest.split_once('"') {
        Some((kind, _)) if kind.len() >= 64 => return None,
        Some((kind, _)) => kind,
        None => rest.get(..rest.len().saturating_sub(1)).unwrap_or_default(),
    };
    // The very word by which oslo.utils says that there is none.
    (kind != "formatnotfound").then_some(kind)
}

impl Descriptor {
    /// Whether it says of what type it is, which is what makes a text file a VMDK.
    pub fn has_type(&self) -> bool {
        self.kind.is_some()
    }

    /// Whether the whole disk is in one file, which is all that Glance takes.
    pub fn is_supported(&self) -> bool {
        matches!(self.kind.as_deref(), Some("monolithicsparse" | "streamoptimized"))
    }

    /// Glance's check of the descriptor.
    pub fn check(&self) -> Result<(), Failure> {
        if self.text.is_empty() {
            return Err(Failure::NoDescriptor);
        }
        if !self.is_supported() {
            return Err(Failure::Subformat);
        }
        let mut extents = Vec::new();
        for line in self.text.split('\n').map(|line| line.trim_matches(is_space)) {
            if line.is_empty() || line.starts_with('#') || line.starts_with("ddb") || is_field(line) {
                continue;
            }
            match line.split(' ').next() {
                Some("rw" | "rdonly" | "noaccess") => extents.push(line),
                _ => return Err(Failure::DescriptorLine),
            }
        }
        if extents.iter().any(|extent| extent.contains('/')) {
            return Err(Failure::ExtentPath);
        }
        if extents.is_empty() { Err(Failure::NoExtents) } else { Ok(()) }
    }
}

fn is_field(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| !name.contains(' '))
}

/// What Python's `str.isspace` takes in ASCII.
pub fn is_space(char: char) -> bool {
    matches!(char, '\t'..='\r' | '\x1c'..='\x1f' | ' ')
}
