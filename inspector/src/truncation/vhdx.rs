//! A VHDX has a table of where its blocks are. The last one that is in use tells where the file ends.

use crate::bytes::{array, u32_le, u64_le};
use crate::source::{Missing, Source};

const REGION_TABLE_AT: u64 = 192 * 1024;
const TABLE_MAX: u64 = 64 * 1024;
/// 2DC27766-F623-4200-9D64-115E9BFD4A08, as stored.
const BLOCKS: [u8; 16] = *b"\x66\x77\xc2\x2d\x23\xf6\x00\x42\x9d\x64\x11\x5e\x9b\xfd\x4a\x08";
/// An entry is a state, and a place in units of 1 MiB.
const STATE: u64 = 0b111;
const IS_PRESENT: u64 = 6;
const PLACE: u64 = !0xF_FFFF;

/// The size that a file must have for the beginning of its last block to be in it.
pub fn expected_size(source: &Source) -> Result<Option<u64>, Missing> {
    let table = source.read(REGION_TABLE_AT, TABLE_MAX)?;
    let count = u32_le(table, 8).unwrap_or(0) as usize;
    let mut entries = table.get(16..).unwrap_or_default().chunks_exact(32).take(count);
    let Some(entry) = entries.find(|entry| array(entry, 0) == Some(BLOCKS)) else { return Ok(None) };
    let (at, len) = (u64_le(entry, 16).unwrap_or(0), u64::from(u32_le(entry, 24).unwrap_or(0)));
    let blocks = source.read(at, len.min(TABLE_MAX))?;
    let blocks = blocks.chunks_exact(8).filter_map(|block| array(block, 0).map(u64::from_le_bytes));
    let last = blocks.filter(|block| block & STATE >= IS_PRESENT).map(|block| block & PLACE).max();
    Ok(Some(at.saturating_add(len).max(last.unwrap_or(0).saturating_add(1))))
}
