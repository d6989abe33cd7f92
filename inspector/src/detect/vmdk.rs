//! VMware's VMDK: a sparse extent with its descriptor embedded, or a descriptor alone, which is text.

use super::vmdk_text::{Descriptor, is_space, parse};
use super::{CHUNK, SECTOR, Seen, Unreadable};
use crate::bytes::{array, has, u32_le, u64_le};
use crate::failure::{Failure, FooterFault};
use crate::format::Format;
use crate::source::{Missing, Source};

const MAGIC: &[u8] = b"KDMV";
const MIN_HEADER: u64 = 64;
/// Where an embedded descriptor must begin, and how long it may be.
const DESCRIPTOR_AT: u64 = 0x200;
const DESCRIPTOR_MAX: u64 = (1 << 20) - 1;
/// The place of the grain directory when only the footer knows it.
const AT_END: u64 = u64::MAX;
/// Footer marker, footer, end-of-stream marker.
const FOOTER_LEN: u64 = 3 * SECTOR;
const FOOTER_MARKER: u32 = 3;

/// The match, if any, and whether Glance loses its inspection (see [`Detected`](super::Detected)).
pub fn examine(source: &Source, head: &[u8]) -> Result<(Option<Seen>, bool), Missing> {
    if has(head, 0, MAGIC) {
        return sparse(source, head).map(|seen| (Some(seen), false));
    }
    let sector = head.get(..512).unwrap_or(head);
    if source.size() < MIN_HEADER || !sector.iter().all(|byte| is_text(*byte)) {
        return Ok((None, false));
    }
    // Glance parses the first chunk of a text and nothing beyond.
    let text = source.read(0, CHUNK)?;
    Ok(match parse(text) {
        None => (None, true),
        Some(descriptor) => (descriptor.has_type().then(|| alone(source, &descriptor)), false),
    })
}

/// A descriptor without a disk. If of a supported type, Glance would look for the size in a header that isn't there.
fn alone(source: &Source, descriptor: &Descriptor) -> Seen {
    let mut seen = Seen::new(Format::Vmdk, source).failing(descriptor.check().err());
    seen.virtual_size = if descriptor.is_supported() { Err(Unreadable) } else { Ok(None) };
    seen
}

fn sparse(source: &Source, head: &[u8]) -> Result<Seen, Missing> {
    let seen = Seen::new(Format::Vmdk, source).needs(MIN_HEADER);
    if !seen.complete {
        return Ok(seen);
    }
    let header = Header::read(head).unwrap_or_default();
    if !matches!(header.version, 1..=3) {
        return Ok(seen.failing([Failure::NoDescriptor]));
    }
    let has_footer = header.directory == AT_END;
    if header.descriptor_sector.checked_mul(SECTOR) != Some(DESCRIPTOR_AT) {
        // The footer is being waited for when the parser gives up, in the first chunk, so that it can never be complete.
        let counted = source.size().min(CHUNK);
        return Ok(Seen { complete: !has_footer, counted, ..seen.failing([Failure::NoDescriptor]) });
    }
    let len = header.descriptor_sectors.saturating_mul(SECTOR).min(DESCRIPTOR_MAX);
    // An empty descriptor is complete even beyond the end of the file.
    let end = if len == 0 { 0 } else { DESCRIPTOR_AT.saturating_add(len) };
    let seen = seen.needs(end);
    let seen = if has_footer { seen.needs(FOOTER_LEN) } else { seen };
    if source.size() < end {
        return Ok(seen);
    }
    let descriptor = parse(source.read(DESCRIPTOR_AT, len)?);
    let checked = descriptor.as_ref().map_or(Err(Failure::NoDescriptor), Descriptor::check);
    let size =
        descriptor.filter(Descriptor::is_supported).and_then(|_| u64_le(head, 12)?.checked_mul(SECTOR));
    let seen = seen.sized(size).failing(checked.err());
    if !has_footer || !seen.complete {
        return Ok(seen);
    }
    let footer = source.read(source.size().saturating_sub(FOOTER_LEN), FOOTER_LEN)?;
    Ok(seen.failing(check_footer(&header, footer).err().map(Failure::Footer)))
}

/// The fields of a sparse extent's header that Glance looks at.
#[derive(Default)]
struct Header {
    magic: [u8; 4],
    version: u32,
    descriptor_sector: u64,
    descriptor_sectors: u64,
    directory: u64,
}

impl Header {
    fn read(data: &[u8]) -> Option<Self> {
        Some(Self {
            magic: array(data, 0)?,
            version: u32_le(data, 4)?,
            descriptor_sector: u64_le(data, 28)?,
            descriptor_sectors: u64_le(data, 36)?,
            directory: u64_le(data, 56)?,
        })
    }

    fn descriptor(&self) -> (u64, u64) {
        (self.descriptor_sector, self.descriptor_sectors)
    }
}

fn check_footer(header: &Header, data: &[u8]) -> Result<(), FooterFault> {
    let footer = data.get(512..).and_then(Header::read).unwrap_or_default();
    if footer.magic != header.magic {
        return Err(FooterFault::Signature);
    }
    if footer.version != header.version {
        return Err(FooterFault::Version);
    }
    if footer.descriptor() != header.descriptor() {
        return Err(FooterFault::Descriptor);
    }
    if footer.directory == AT_END {
        return Err(FooterFault::AnotherFooter);
    }
    let is_zero =
        |from, to| data.get(from..to).is_some_and(|bytes: &[u8]| bytes.iter().all(|byte| *byte == 0));
    // A marker is a u64 value, a u32 size, a u32 type, and padding.
    if !is_zero(8, 12) || u32_le(data, 12) != Some(FOOTER_MARKER) || !is_zero(16, 512) {
        return Err(FooterFault::Marker);
    }
    if is_zero(1024, 1536) { Ok(()) } else { Err(FooterFault::EndOfStream) }
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') || is_space(char::from(byte))
}
