//! ISO 9660: a volume with one file.

use super::Layout;

const SECTOR: usize = 2048;
const SECTORS: usize = 175;

/// A file of 350 KiB.
pub fn make(mark: u8) -> Vec<u8> {
    let text = format!("Install medium {mark} of the demo cloud.\n");
    let mut file = Layout::new(SECTORS * SECTOR);
    let pvd = 16 * SECTOR;
    file.put(pvd, b"\x01CD001\x01");
    file.put(pvd + 8, &[b' '; 32]);
    file.put(pvd + 40, &[b' '; 32]);
    file.put(pvd + 40, b"DEMO");
    both32(&mut file, pvd + 80, SECTORS as u32);
    both16(&mut file, pvd + 120, 1);
    both16(&mut file, pvd + 124, 1);
    both16(&mut file, pvd + 128, SECTOR as u16);
    both32(&mut file, pvd + 132, 10);
    file.le32(pvd + 140, 18);
    file.be32(pvd + 148, 19);
    record(&mut file, pvd + 156, 20, SECTOR as u32, 2, b"\0");
    file.put(pvd + 190, &[b' '; 623]);
    file.put(pvd + 813, &[b'0'; 16]);
    file.put(pvd + 830, &[b'0'; 16]);
    file.put(pvd + 847, &[b'0'; 16]);
    file.put(pvd + 864, &[b'0'; 16]);
    file.put(pvd + 881, b"\x01");
    file.put(17 * SECTOR, b"\xffCD001\x01");
    // Path tables, little and big endian: the root only.
    file.put(18 * SECTOR, &[1, 0, 20, 0, 0, 0, 1, 0, 0, 0]);
    file.put(19 * SECTOR, &[1, 0, 0, 0, 0, 20, 0, 1, 0, 0]);
    let root = 20 * SECTOR;
    let at = record(&mut file, root, 20, SECTOR as u32, 2, b"\0");
    let at = record(&mut file, at, 20, SECTOR as u32, 2, b"\x01");
    record(&mut file, at, 21, text.len() as u32, 0, b"README.TXT;1");
    file.put(21 * SECTOR, text.as_bytes());
    file.0
}

/// A directory record; gives the offset after it.
fn record(file: &mut Layout, at: usize, sector: u32, size: u32, flags: u8, name: &[u8]) -> usize {
    let length = (33 + name.len()).next_multiple_of(2);
    file.put(at, &[length as u8]);
    both32(file, at + 2, sector);
    both32(file, at + 10, size);
    file.put(at + 18, &[126, 1, 1, 0, 0, 0, 0, flags]);
    both16(file, at + 28, 1);
    file.put(at + 32, &[name.len() as u8]);
    file.put(at + 33, name);
    at + length
}

fn both16(file: &mut Layout, at: usize, value: u16) {
    file.le16(at, value);
    file.be16(at + 2, value);
}

fn both32(file: &mut Layout, at: usize, value: u32) {
    file.le32(at, value);
    file.be32(at + 4, value);
}
