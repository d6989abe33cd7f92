//! VMDK, `monolithicSparse`: header, descriptor, grain directory and tables, one grain of data.

use super::{Layout, first_block};

const SECTOR: u64 = 512;
const GRAIN: u64 = 128;
const ENTRIES: u64 = 512;

/// A file of 64 KiB for the head, 2 KiB for each 32 MiB of disk, and one grain.
pub fn make(disk_size: u64, mark: u8) -> Vec<u8> {
    let capacity = disk_size / SECTOR;
    let tables = capacity.div_ceil(GRAIN).div_ceil(ENTRIES);
    let directory = 21;
    let first_table = directory + (4 * tables).div_ceil(SECTOR);
    let data = (first_table + tables * 4).next_multiple_of(GRAIN);
    let mut file = Layout::new(((data + GRAIN) * SECTOR) as usize);
    file.put(0, b"KDMV");
    file.le32(4, 1);
    file.le32(8, 1);
    file.le64(12, capacity);
    file.le64(20, GRAIN);
    file.le64(28, 1);
    file.le64(36, 20);
    file.le32(44, ENTRIES as u32);
    file.le64(48, 0);
    file.le64(56, directory);
    file.le64(64, data);
    file.put(73, b"\n \r\n");
    let descriptor = format!(
        "# Disk DescriptorFile\nversion=1\nCID={mark:08x}\nparentCID=ffffffff\ncreateType=\"monolithicSparse\"\n\n# \
         Extent description\nRW {capacity} SPARSE \"disk.vmdk\"\n\n# The Disk Data Base\n#DDB\n\nddb.virtualHWVersion = \
         \"4\"\nddb.geometry.cylinders = \"{}\"\nddb.geometry.heads = \"16\"\nddb.geometry.sectors = \
         \"63\"\nddb.adapterType = \"ide\"\n",
        (capacity / (16 * 63)).min(16383)
    );
    file.put(SECTOR as usize, descriptor.as_bytes());
    for table in 0..tables {
        file.le32((directory * SECTOR + 4 * table) as usize, (first_table + table * 4) as u32);
    }
    file.le32((first_table * SECTOR) as usize, data as u32);
    file.put((data * SECTOR) as usize, &first_block(mark));
    file.0
}
