//! Whether a file is shorter than its header says, as a download that broke off.

mod qcow2;
mod vhdx;

use crate::bytes::{has, u32_be, u32_le, u64_le};
use crate::detect::{Detected, HEAD};
use crate::format::Format;
use crate::source::{Missing, Source};

/// The file ends too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Truncation {
    /// It should have this many bytes at least, where the header says it.
    pub expected: Option<u64>,
}

/// Compares the size of the file with what its header says of it.
///
/// # Errors
/// The bytes needed next.
pub fn truncation(source: &Source, detected: &Detected) -> Result<Option<Truncation>, Missing> {
    let [seen, ..] = detected.seen.as_slice() else { return Ok(None) };
    let head = source.read(0, HEAD)?;
    let size = source.size();
    let expected = match seen.format {
        Format::Qcow2 => qcow2::expected_size(source, head)?,
        Format::Vmdk => vmdk(head),
        Format::Vhdx => vhdx::expected_size(source)?,
        Format::Vdi => vdi(head),
        Format::Iso => seen.virtual_size.ok().flatten(),
        Format::Gpt => disk(head),
        Format::Luks => u32_be(head, 104).map(|sectors| u64::from(sectors) * 512),
        Format::Vhd => return vhd(source),
        Format::Qed | Format::Raw => None,
    };
    let is_short = expected.is_some_and(|expected| expected > size) || !seen.complete;
    Ok(is_short.then_some(Truncation { expected: expected.filter(|expected| *expected > size) }))
}

/// The tables before the data ("overhead"), and the grain directory. They say nothing of the end of the data.
fn vmdk(head: &[u8]) -> Option<u64> {
    let directory = u64_le(head, 56).filter(|sector| *sector != u64::MAX).unwrap_or(0);
    directory.max(u64_le(head, 64)?).checked_mul(512).filter(|_| has(head, 0, b"KDMV"))
}

/// The data begins at an offset, and so many blocks are in use.
fn vdi(head: &[u8]) -> Option<u64> {
    let block = u64::from(u32_le(head, 0x178)?).checked_add(u64::from(u32_le(head, 0x17c)?))?;
    u64::from(u32_le(head, 0x184)?).checked_mul(block)?.checked_add(u64::from(u32_le(head, 0x158)?))
}

/// A dynamic VHD ends in a copy of its header.
fn vhd(source: &Source) -> Result<Option<Truncation>, Missing> {
    let footer = source.read(source.size().saturating_sub(512), 512)?;
    Ok((!has(footer, 0, b"conectix")).then_some(Truncation { expected: None }))
}

/// The second partition table of a GPT is the end of the disk; without one, the end of the last partition.
fn disk(head: &[u8]) -> Option<u64> {
    for sector in [512, 4096] {
        if has(head, sector, b"EFI PART") {
            return u64_le(head, sector.checked_add(32)?)?.checked_add(1)?.checked_mul(sector as u64);
        }
    }
    let ends = (0..4).filter_map(|index| {
        let entry = head.get(446 + 16 * index..)?;
        let is_used = entry.get(4).is_some_and(|kind| !matches!(kind, 0 | 0xEE));
        let end = u64::from(u32_le(entry, 8)?).checked_add(u64::from(u32_le(entry, 12)?))?;
        is_used.then_some(end * 512)
    });
    ends.max()
}
