//! A sparse VMDK is a header, tables of where its grains are, and the grains, in the order in which they were written. The last grain that
//! the tables name tells where the file ends. One made to be streamed (not by `qemu-img`) has its tables, and a footer, at its end.

use crate::bytes::{array, has, u32_le, u64_le};
use crate::detect::Seen;
use crate::failure::{Failure, FooterFault};
use crate::source::{Missing, Source};

const SECTOR: u64 = 512;
/// Enough of the directory: 16,384 tables, which usually cover 512 GiB.
const DIRECTORY_MAX: u64 = 64 * 1024;
/// Enough of the tables, with the descriptor that was read before: usually those of 16 GiB.
const TABLES_MAX: u64 = 1 << 20;
/// Still read beside the longest descriptor.
const TABLES_MIN: u64 = 64 * 1024;

/// Whether the footer that the header promises isn't there.
pub fn lacks_footer(seen: &Seen) -> bool {
    seen.failures.contains(&Failure::Footer(FooterFault::Signature))
}

/// The size that a file must have for its tables, and the beginning of the last grain that is in use, to be in it.
pub fn expected_size(source: &Source, head: &[u8]) -> Result<Option<u64>, Missing> {
    let Some(header) = Header::read(head) else { return Ok(None) };
    let Some(directory_at) = header.directory_at else { return Ok(Some(header.overhead)) };
    let directory = source.read(directory_at, header.directory_len.min(DIRECTORY_MAX))?;
    let tables: Vec<_> = places(directory).filter(|table| *table > 0).collect();
    let (Some(first), Some(last)) = (tables.iter().min(), tables.iter().max()) else {
        return Ok(Some(header.overhead.max(directory_at)));
    };
    // The last ones are for the end of the disk: it is written last, and a GPT has its copy there.
    let end = last.saturating_add(header.table_len);
    let most = TABLES_MAX.saturating_sub(header.descriptor_len).max(TABLES_MIN);
    let start = end.saturating_sub(most).max(*first);
    let known = source.read(start, end.saturating_sub(start))?;
    // Between the tables may be anything.
    let grains = tables.iter().filter_map(|table| {
        let from = usize::try_from(table.checked_sub(start)?).ok()?;
        let to = from.saturating_add(usize::try_from(header.table_len).ok()?).min(known.len());
        places(known.get(from..to)?).max()
    });
    let used = grains.max().unwrap_or(0).saturating_add(1);
    Ok(Some(header.overhead.max(directory_at).max(end).max(used)))
}

/// Both kinds of tables hold sector numbers. Sector 1, a grain of zeros, is never past the end.
fn places(table: &[u8]) -> impl Iterator<Item = u64> {
    table.chunks_exact(4).filter_map(|entry| Some(u64::from(u32::from_le_bytes(array(entry, 0)?)) * SECTOR))
}

struct Header {
    descriptor_len: u64,
    /// `None` if only the footer knows it: then it is the highest number.
    directory_at: Option<u64>,
    directory_len: u64,
    table_len: u64,
    /// All that comes before the grains.
    overhead: u64,
}

impl Header {
    fn read(head: &[u8]) -> Option<Self> {
        if !has(head, 0, b"KDMV") {
            return None;
        }
        let entries = u64::from(u32_le(head, 44)?);
        let covered = u64_le(head, 20)?.checked_mul(entries).filter(|sectors| *sectors > 0)?;
        Some(Self {
            descriptor_len: u64_le(head, 36)?.saturating_mul(SECTOR),
            directory_at: u64_le(head, 56)?.checked_mul(SECTOR),
            directory_len: u64_le(head, 12)?.div_ceil(covered).saturating_mul(4),
            table_len: entries * 4,
            overhead: u64_le(head, 64)?.checked_mul(SECTOR)?,
        })
    }
}
