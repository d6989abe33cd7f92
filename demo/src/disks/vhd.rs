//! VHD (Virtual PC), dynamic: footer, header, block table, one block of data, footer again.

use super::{Layout, first_block};

const BLOCK: u64 = 2 << 20;

/// A file of the table and one block.
pub fn make(disk_size: u64, mark: u8) -> Vec<u8> {
    let blocks = disk_size.div_ceil(BLOCK);
    let table = 1536;
    let data = (table + 4 * blocks).next_multiple_of(512);
    // A block begins with a bitmap of one sector.
    let end = data + 512 + BLOCK;
    let mut file = Layout::new((end + 512) as usize);
    let footer = footer(disk_size, mark);
    file.put(0, &footer);
    file.put(512, b"cxsparse");
    file.be64(520, u64::MAX);
    file.be64(528, table);
    file.be32(536, 0x0001_0000);
    file.be32(540, blocks as u32);
    file.be32(544, BLOCK as u32);
    let sum = checksum(&file.0[512..1536]);
    file.be32(548, sum);
    file.be32(table as usize, (data / 512) as u32);
    for block in 1..blocks {
        file.be32((table + 4 * block) as usize, u32::MAX);
    }
    file.put(data as usize, &[0xff; 512]);
    file.put(data as usize + 512, &first_block(mark));
    file.put(end as usize, &footer);
    file.0
}

fn footer(disk_size: u64, mark: u8) -> Vec<u8> {
    let mut footer = Layout::new(512);
    footer.put(0, b"conectix");
    footer.be32(8, 2);
    footer.be32(12, 0x0001_0000);
    footer.be64(16, 512);
    footer.put(28, b"qem2");
    footer.be32(32, 0x0005_0003);
    footer.put(36, b"Wi2k");
    footer.be64(40, disk_size);
    footer.be64(48, disk_size);
    let cylinders = (disk_size / 512 / (16 * 63)).min(65535);
    footer.be16(56, cylinders as u16);
    footer.put(58, &[16, 63]);
    footer.be32(60, 3);
    footer.put(68, &[mark; 16]);
    let sum = checksum(&footer.0);
    footer.be32(64, sum);
    footer.0
}

fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>()
}
