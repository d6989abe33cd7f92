//! Hyper-V's VHDX: the size of the disk is at the end of a chain of tables.
//!
//! Glance follows the chain in a stream that it cannot rewind, chunk by chunk. A table that lies before the point where the stream is by then
//! is missed, or the wrong bytes are taken for it. This module works out what it takes.

use super::{CHUNK, Seen, Unreadable};
use crate::bytes::{array, has, u16_le, u32_le, u64_le};
use crate::format::Format;
use crate::source::{Missing, Source};

const REGION_TABLE_AT: u64 = 192 * 1024;
const TABLE_LEN: u64 = 64 * 1024;
/// The chunk at whose end the region table is known.
const REGION_CHUNK: u64 = REGION_TABLE_AT / CHUNK;
const ENTRY_LEN: usize = 32;
/// 8B7CA206-4790-4B9A-B8FE-575F050F886E, as stored.
const METADATA_REGION: [u8; 16] = *b"\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e";
/// 2FA54224-CD1B-4876-B211-5DBED83BF4B8, as stored.
const DISK_SIZE: [u8; 16] = *b"\x24\x42\xa5\x2f\x1b\xcd\x76\x48\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8";

pub fn examine(source: &Source, head: &[u8]) -> Result<Option<Seen>, Missing> {
    if !has(head, 0, b"vhdxfile") {
        return Ok(None);
    }
    let seen = Seen::new(Format::Vhdx, source).needs(REGION_TABLE_AT + TABLE_LEN);
    if !seen.complete {
        return Ok(Some(seen));
    }
    let metadata_at = match metadata_region(source.read(REGION_TABLE_AT, TABLE_LEN)?) {
        Err(GaveUp) => return Ok(Some(Seen { counted: REGION_TABLE_AT + TABLE_LEN, ..seen })),
        Ok(None) => return Ok(Some(seen)),
        Ok(Some(at)) => at,
    };
    let metadata = Captured::from(source, REGION_CHUNK, metadata_at, TABLE_LEN);
    metadata_table(source, seen, metadata_at, metadata).map(Some)
}

/// The parser met something that it doesn't take and was switched off. What it had matched until then still counts.
struct GaveUp;

/// Where the region table puts the metadata region.
fn metadata_region(table: &[u8]) -> Result<Option<u64>, GaveUp> {
    let count = u32_le(table, 8).unwrap_or(0);
    if !has(table, 0, b"regi") || count >= 2048 {
        return Err(GaveUp);
    }
    let entries = table.get(16..).unwrap_or_default().chunks_exact(ENTRY_LEN).take(count as usize);
    Ok(find(entries, METADATA_REGION).and_then(|entry| u64_le(entry, 16)))
}

fn find<'a>(mut entries: impl Iterator<Item = &'a [u8]>, guid: [u8; 16]) -> Option<&'a [u8]> {
    entries.find(|entry| array(entry, 0) == Some(guid))
}

/// What a region of the file comes to when it is asked for while chunk number `since` is being read.
#[derive(Clone, Copy)]
struct Captured {
    /// Where the captured bytes really begin: at the region, or at the chunk if that is already past the region's beginning.
    start: u64,
    len: u64,
}

impl Captured {
    fn from(source: &Source, since: u64, at: u64, len: u64) -> Self {
        let chunk = since.saturating_mul(CHUNK).min(source.size());
        match at {
            at if at >= chunk => Self { start: at, len },
            at if at.saturating_add(len) >= chunk => Self { start: chunk, len },
            _ => Self { start: u64::MAX, len },
        }
    }

    /// How many of the bytes are captured when the stream has come to `position`.
    fn had(self, position: u64) -> u64 {
        position.saturating_sub(self.start).min(self.len)
    }
}

/// Searches the metadata table each time that more of it came in, as Glance does.
fn metadata_table(source: &Source, seen: Seen, at: u64, metadata: Captured) -> Result<Seen, Missing> {
    let size = source.size();
    // After the last chunk comes an empty one. The table spans two chunks at most.
    let last = size.div_ceil(CHUNK);
    let first = (metadata.start / CHUNK).max(REGION_CHUNK + 1);
    for chunk in (first..=last).take(3) {
        let position = chunk.saturating_add(1).saturating_mul(CHUNK).min(size);
        let had = metadata.had(position);
        if had < ENTRY_LEN as u64 {
            continue;
        }
        let table = source.read(metadata.start, had)?;
        if !has(table, 0, b"metadata") {
            return Ok(Seen { counted: position, complete: had == TABLE_LEN, ..seen });
        }
        let count = usize::from(u16_le(table, 10).unwrap_or(0));
        let Some(entries) = table.get(ENTRY_LEN..ENTRY_LEN * (count + 1)) else { continue };
        if let Some(entry) = find(entries.chunks_exact(ENTRY_LEN), DISK_SIZE) {
            let offset = u64::from(u32_le(entry, 16).unwrap_or(0));
            let len = u64::from(u32_le(entry, 20).unwrap_or(0)).min(TABLE_LEN);
            return disk_size(source, seen, Captured::from(source, chunk, at.saturating_add(offset), len));
        }
    }
    Ok(Seen { complete: metadata.had(size) == TABLE_LEN, ..seen })
}

/// The size itself, a naked `u64`. An item of another length cannot be read.
fn disk_size(source: &Source, mut seen: Seen, item: Captured) -> Result<Seen, Missing> {
    seen.complete = item.had(source.size()) == item.len;
    if seen.complete {
        seen.virtual_size =
            if item.len == 8 { Ok(u64_le(source.read(item.start, 8)?, 0)) } else { Err(Unreadable) };
    }
    Ok(seen)
}
