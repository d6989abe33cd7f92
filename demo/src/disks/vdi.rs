//! VDI (VirtualBox), dynamic: header, block map, one block of data.

use super::{Layout, first_block};

const BLOCK: u64 = 1 << 20;

/// A file of the map and one block.
pub fn make(disk_size: u64, mark: u8) -> Vec<u8> {
    let blocks = disk_size.div_ceil(BLOCK);
    let map = 512;
    let data = (map + 4 * blocks).next_multiple_of(512);
    let mut file = Layout::new((data + BLOCK) as usize);
    file.put(0, b"<<< Oracle VM VirtualBox Disk Image >>>\n");
    file.le32(64, 0xbeda_107f);
    file.le32(68, 0x0001_0001);
    file.le32(72, 400);
    file.le32(76, 1);
    file.le32(340, map as u32);
    file.le32(344, data as u32);
    file.le32(360, 512);
    file.le64(368, disk_size);
    file.le32(376, BLOCK as u32);
    file.le32(384, blocks as u32);
    file.le32(388, 1);
    file.put(392, &[mark; 16]);
    file.put(408, &[mark.wrapping_add(1); 16]);
    for block in 1..blocks {
        file.le32((map + 4 * block) as usize, u32::MAX);
    }
    file.put(data as usize, &first_block(mark));
    file.0
}
