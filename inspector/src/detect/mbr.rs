//! The boot sector of a disk: an MBR, or the protective one of a GPT. Glance calls both "gpt".

use super::{SECTOR, Seen};
use crate::bytes::{array, u16_le, u32_le};
use crate::failure::{Failure, MbrFault};
use crate::format::Format;
use crate::source::Source;

const ENTRIES: usize = 446;
const GPT_PROTECTIVE: u8 = 0xEE;

pub fn examine(source: &Source, head: &[u8]) -> Option<Seen> {
    let signed = source.size() >= SECTOR && u16_le(head, 510) == Some(0xAA55);
    if !signed || is_fat(head) {
        return None;
    }
    let failure = check(head).err().map(Failure::Mbr);
    Some(Seen::new(Format::Gpt, source).sized(Some(source.size())).failing(failure))
}

/// A FAT filesystem's first sector has the same signature: two FATs on a "fixed disk" tell it.
fn is_fat(head: &[u8]) -> bool {
    head.get(0x10) == Some(&2) && head.get(0x15) == Some(&0xF8)
}

fn check(head: &[u8]) -> Result<(), MbrFault> {
    let mut used = [false; 4];
    let mut gpt = false;
    for (index, used) in (0_u8..).zip(&mut used) {
        let Some(entry) = array::<16>(head, ENTRIES + 16 * usize::from(index)) else { break };
        let [boot, h, s, t, kind, ..] = entry;
        if !matches!(boot, 0 | 0x80) {
            return Err(MbrFault::BootFlag(index));
        }
        *used = kind != 0;
        if kind == GPT_PROTECTIVE {
            gpt = true;
            if (h, s, t) != (0, 2, 0) {
                return Err(MbrFault::StartChs);
            }
            if u32_le(&entry, 8) != Some(1) {
                return Err(MbrFault::StartLba);
            }
        }
    }
    if gpt && used != [true, false, false, false] {
        return Err(MbrFault::ExtraPartitions);
    }
    if used == [false; 4] { Err(MbrFault::NoPartitions) } else { Ok(()) }
}
