//! VHDX (Hyper-V), dynamic and empty: identifier, headers, region tables, log, metadata, block table.

use super::Layout;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
const BLOCK: u64 = 32 << 20;

// GUIDs as they lie in the file (MS-VHDX).
const BAT: [u8; 16] = *b"\x66\x77\xc2\x2d\x23\xf6\x00\x42\x9d\x64\x11\x5e\x9b\xfd\x4a\x08";
const METADATA: [u8; 16] = *b"\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e";
const FILE_PARAMETERS: [u8; 16] = *b"\x37\x67\xa1\xca\x36\xfa\x43\x4d\xb3\xb6\x33\xf0\xaa\x44\xe7\x6b";
const DISK_SIZE: [u8; 16] = *b"\x24\x42\xa5\x2f\x1b\xcd\x76\x48\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8";
const DISK_ID: [u8; 16] = *b"\xab\x12\xca\xbe\xe6\xb2\x23\x45\x93\xef\xc3\x09\xe0\x00\xc7\x46";
const LOGICAL_SECTOR: [u8; 16] = *b"\x1d\xbf\x41\x81\x6f\xa9\x09\x47\xba\x47\xf2\x33\xa8\xfa\xab\x5f";
const PHYSICAL_SECTOR: [u8; 16] = *b"\xc7\x48\xa3\xcd\x5d\x44\x71\x44\x9c\xc9\xe9\x88\x52\x51\xc5\x56";

/// A file of 4 MiB.
pub fn make(disk_size: u64, mark: u8) -> Vec<u8> {
    let mut file = Layout::new(4 * MIB);
    file.put(0, b"vhdxfile");
    for (index, char) in "sextant-demo".encode_utf16().enumerate() {
        file.le16(8 + 2 * index, char);
    }
    for (at, sequence) in [(64 * KIB, 1), (128 * KIB, 2)] {
        file.put(at, b"head");
        file.le64(at + 8, sequence);
        file.put(at + 16, &[mark; 16]);
        file.put(at + 32, &[mark.wrapping_add(1); 16]);
        file.le16(at + 66, 1);
        file.le32(at + 68, MIB as u32);
        file.le64(at + 72, MIB as u64);
        let sum = crc32c(&file.0[at..at + 4 * KIB]);
        file.le32(at + 4, sum);
    }
    for at in [192 * KIB, 256 * KIB] {
        file.put(at, b"regi");
        file.le32(at + 8, 2);
        for (entry, (id, offset)) in [(BAT, 3 * MIB), (METADATA, 2 * MIB)].into_iter().enumerate() {
            let entry = at + 16 + 32 * entry;
            file.put(entry, &id);
            file.le64(entry + 16, offset as u64);
            file.le32(entry + 24, MIB as u32);
            file.le32(entry + 28, 1);
        }
        let sum = crc32c(&file.0[at..at + 64 * KIB]);
        file.le32(at + 4, sum);
    }
    metadata(&mut file, disk_size, mark);
    file.0
}

fn metadata(file: &mut Layout, disk_size: u64, mark: u8) {
    const USER_NOT: u32 = 4;
    const VIRTUAL_DISK: u32 = 2;
    let table = 2 * MIB;
    let items = [
        (FILE_PARAMETERS, 8_u32, USER_NOT),
        (DISK_SIZE, 8, USER_NOT | VIRTUAL_DISK),
        (LOGICAL_SECTOR, 4, USER_NOT | VIRTUAL_DISK),
        (PHYSICAL_SECTOR, 4, USER_NOT | VIRTUAL_DISK),
        (DISK_ID, 16, USER_NOT | VIRTUAL_DISK),
    ];
    file.put(table, b"metadata");
    file.le16(table + 10, items.len() as u16);
    let mut offset = 64 * KIB as u32;
    let mut places = Vec::new();
    for (index, (id, length, flags)) in items.into_iter().enumerate() {
        let entry = table + 32 * (index + 1);
        file.put(entry, &id);
        file.le32(entry + 16, offset);
        file.le32(entry + 20, length);
        file.le32(entry + 24, flags);
        places.push(table + offset as usize);
        offset += length;
    }
    file.le32(places[0], BLOCK as u32);
    file.le64(places[1], disk_size);
    file.le32(places[2], 512);
    file.le32(places[3], 4096);
    file.put(places[4], &[mark; 16]);
}

/// CRC-32C (Castagnoli), bit by bit: these are a few KiB, made once.
fn crc32c(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 };
        }
    }
    !crc
}
