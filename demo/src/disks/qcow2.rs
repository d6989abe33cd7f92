//! QCOW2 version 3, clusters of 64 KiB: header, refcounts, L1, one L2 and three clusters of data.

use super::{Layout, first_block};

const CLUSTER: usize = 64 << 10;
const COPIED: u64 = 1 << 63;

/// A file of eight clusters (512 KiB).
pub fn make(disk_size: u64, mark: u8) -> Vec<u8> {
    let mut file = Layout::new(8 * CLUSTER);
    file.put(0, b"QFI\xfb");
    file.be32(4, 3);
    file.be32(20, 16);
    file.be64(24, disk_size);
    // An L2 table of 8192 entries covers 512 MiB.
    file.be32(36, u32::try_from(disk_size.div_ceil(512 << 20)).unwrap_or(u32::MAX));
    file.be64(40, 3 * CLUSTER as u64);
    file.be64(48, CLUSTER as u64);
    file.be32(56, 1);
    file.be32(96, 4);
    file.be32(100, 104);
    // Refcount table, then the one block it points at: eight clusters, used once each.
    file.be64(CLUSTER, 2 * CLUSTER as u64);
    for cluster in 0..8 {
        file.be16(2 * CLUSTER + 2 * cluster, 1);
    }
    file.be64(3 * CLUSTER, (4 * CLUSTER as u64) | COPIED);
    // Guest 0 – 64 KiB, and 128 KiB at 1 MiB.
    for (guest, host) in [(0, 5), (16, 6), (17, 7)] {
        file.be64(4 * CLUSTER + 8 * guest, (host * CLUSTER as u64) | COPIED);
    }
    file.put(5 * CLUSTER, &first_block(mark));
    file.put(6 * CLUSTER, &vec![mark; 2 * CLUSTER]);
    file.0
}
