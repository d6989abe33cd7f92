//! Whether a file is shorter than its header says, as a download that broke off.

mod qcow2;
mod vhdx;
mod vmdk;

use crate::bytes::{has, u32_be, u32_le, u64_le};
use crate::content::{Content, Gpt};
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
pub fn truncation(
    source: &Source,
    detected: &Detected,
    content: &Content,
) -> Result<Option<Truncation>, Missing> {
    let [seen, ..] = detected.seen.as_slice() else { return Ok(None) };
    let head = source.read(0, HEAD)?;
    let size = source.size();
    let expected = match seen.format {
        Format::Qcow2 => qcow2::expected_size(source, head)?,
        Format::Vmdk => vmdk::expected_size(source, head)?,
        Format::Vhdx => vhdx::expected_size(source)?,
        Format::Vdi => vdi(head),
        Format::Iso => seen.virtual_size.ok().flatten(),
        Format::Gpt => match content.gpt {
            Some(gpt) => gpt_end(head, gpt),
            // The signature alone is also that of kernels and of filesystems, which have code in place of a table.
            None if content.is_kernel || !seen.failures.is_empty() => None,
            None => partitions_end(head),
        },
        Format::Luks => u32_be(head, 104).map(|sectors| u64::from(sectors) * 512),
        Format::Vhd => return vhd(source),
        Format::Qed | Format::Raw => None,
    };
    let is_cut = !seen.complete || vmdk::lacks_footer(seen);
    let is_short = is_cut || expected.is_some_and(|expected| expected > size);
    Ok(is_short.then_some(Truncation { expected: expected.filter(|expected| *expected > size) }))
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

/// The second partition table of a GPT is the end of the disk.
fn gpt_end(head: &[u8], gpt: Gpt) -> Option<u64> {
    let header = usize::try_from(gpt.sector).ok()?;
    u64_le(head, header.checked_add(32)?)?.checked_add(1)?.checked_mul(gpt.sector)
}

/// Without a GPT, the end of the last partition.
fn partitions_end(head: &[u8]) -> Option<u64> {
    let ends = (0..4).filter_map(|index| {
        let entry = head.get(446 + 16 * index..)?;
        let is_used = entry.get(4).is_some_and(|kind| !matches!(kind, 0 | 0xEE));
        let end = u64::from(u32_le(entry, 8)?).checked_add(u64::from(u32_le(entry, 12)?))?;
        is_used.then_some(end * 512)
    });
    ends.max()
}
