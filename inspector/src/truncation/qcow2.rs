//! A qcow2 begins with its tables and grows at the end: the last clusters that the tables name tell where it ends.

use crate::bytes::{array, u32_be, u64_be};
use crate::source::{Missing, Source};

/// Enough of a table: 8192 entries, which in the first one cover terabytes.
const TABLE_MAX: u64 = 64 * 1024;
/// The place in an entry of a table.
const OFFSET: u64 = 0x00FF_FFFF_FFFF_FE00;
const COMPRESSED: u64 = 1 << 62;
/// With an external data file (2) or subclusters (4), the entries mean something else.
const OTHER_ENTRIES: u64 = !0b1011;

/// The size that a file must have for its tables, and the last cluster that is in use, to be in it.
pub fn expected_size(source: &Source, head: &[u8]) -> Result<Option<u64>, Missing> {
    let Some(header) = Header::read(head) else { return Ok(None) };
    let Some(tables) = header.tables_end() else { return Ok(None) };
    if tables > source.size() || !header.is_plain {
        return Ok(Some(tables));
    }
    let mapping = source.read(header.mapping_at, header.mapping_len.min(TABLE_MAX))?;
    let Some(last_table) = entries(mapping).map(|entry| entry & OFFSET).max() else {
        return Ok(Some(tables));
    };
    let cluster = source.read(last_table, header.cluster().min(TABLE_MAX))?;
    let last_cluster = match last_table {
        0 => 0,
        _ => entries(cluster).map(|entry| header.place(entry)).max().unwrap_or(0),
    };
    // The last cluster may be cut short by the end of the file, so only its first byte must be there.
    let used = last_table.max(last_cluster).saturating_add(1);
    Ok(Some(tables.max(used)))
}

fn entries(table: &[u8]) -> impl Iterator<Item = u64> {
    table.chunks_exact(8).filter_map(|entry| array(entry, 0).map(u64::from_be_bytes))
}

struct Header {
    cluster_bits: u32,
    mapping_at: u64,
    mapping_len: u64,
    references_at: u64,
    reference_clusters: u64,
    is_plain: bool,
}

impl Header {
    fn read(head: &[u8]) -> Option<Self> {
        let version = u32_be(head, 4)?;
        // Other cluster sizes are not allowed.
        let cluster_bits = u32_be(head, 20).filter(|bits| (9..=21).contains(bits))?;
        let features = if version == 3 { u64_be(head, 72)? } else { 0 };
        matches!(version, 2 | 3).then_some(Self {
            cluster_bits,
            mapping_at: u64_be(head, 40)?,
            mapping_len: u64::from(u32_be(head, 36)?) * 8,
            references_at: u64_be(head, 48)?,
            reference_clusters: u64::from(u32_be(head, 56)?),
            is_plain: features & OTHER_ENTRIES == 0,
        })
    }

    fn cluster(&self) -> u64 {
        1 << self.cluster_bits
    }

    fn tables_end(&self) -> Option<u64> {
        let references = self.reference_clusters.checked_mul(self.cluster())?;
        let references_end = self.references_at.checked_add(references)?;
        Some(references_end.max(self.mapping_at.checked_add(self.mapping_len)?))
    }

    /// Where the cluster of an entry of the second level begins. Compressed ones have fewer bits for it.
    fn place(&self, entry: u64) -> u64 {
        if entry & COMPRESSED == 0 {
            return entry & OFFSET;
        }
        let bits = 62_u32.saturating_sub(self.cluster_bits.saturating_sub(8));
        entry & (1_u64 << bits).wrapping_sub(1)
    }
}
