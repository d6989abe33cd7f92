//! ISO 9660 and UDF.

use super::Seen;
use crate::bytes::{array, u16_le, u32_le};
use crate::format::Format;
use crate::source::{Missing, Source};

/// The first volume descriptor, after the system area.
const DESCRIPTOR: u64 = 0x8000;
const DESCRIPTOR_LEN: u64 = 2048;

pub fn examine(source: &Source) -> Result<Option<Seen>, Missing> {
    if source.size() < DESCRIPTOR + DESCRIPTOR_LEN {
        return Ok(None);
    }
    // One more sector, the place of El Torito's boot record, saves a round.
    let sectors = source.read(DESCRIPTOR, 2 * DESCRIPTOR_LEN)?;
    let matches = array::<5>(sectors, 1).is_some_and(|id| matches!(&id, b"CD001" | b"NSR02" | b"NSR03"));
    Ok(matches.then(|| Seen::new(Format::Iso, source).sized(volume_size(sectors))))
}

/// Only a primary volume descriptor (type 1) says it.
fn volume_size(descriptor: &[u8]) -> Option<u64> {
    if descriptor.first() != Some(&1) {
        return None;
    }
    Some(u64::from(u32_le(descriptor, 80)?) * u64::from(u16_le(descriptor, 128)?))
}
