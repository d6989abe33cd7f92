//! QEMU's qcow2.

use super::{SECTOR, Seen};
use crate::bytes::{has, u32_be, u64_be};
use crate::failure::Failure;
use crate::format::Format;
use crate::source::Source;

/// Incompatible features 0 to 3 (dirty, corrupt, data file, compression type) are known to Glance.
const KNOWN_FEATURES: u64 = 0b1111;
const DATA_FILE: u64 = 1 << 2;

pub fn examine(source: &Source, head: &[u8]) -> Option<Seen> {
    if source.size() < SECTOR || !has(head, 0, b"QFI\xfb") {
        return None;
    }
    let version = u32_be(head, 4)?;
    let backing = u64_be(head, 8)?;
    let features = u64_be(head, 72)?;
    // Version 2 has no feature flags, but Glance looks for the data file's all the same.
    let failures = [
        (backing != 0).then_some(Failure::BackingFile),
        (features & DATA_FILE != 0).then_some(Failure::DataFile),
        match version {
            2 => None,
            3 => (features & !KNOWN_FEATURES != 0).then_some(Failure::UnknownFeatures),
            other => Some(Failure::Qcow2Version(other)),
        },
    ];
    let seen = Seen::new(Format::Qcow2, source).sized(u64_be(head, 24));
    Some(seen.failing(failures.into_iter().flatten()))
}
