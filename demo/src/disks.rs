//! Small real disk images, made by code: what a seeded image holds.
//!
//! Each is a valid file of its format (`qemu-img check`/`info` take it), with a boot sector and a few blocks of data, so
//! that downloads, inspections and launches have something true to work on.

mod iso;
mod qcow2;
mod vdi;
mod vhd;
mod vhdx;
mod vmdk;

/// One GiB.
pub const GIB: u64 = 1 << 30;

/// A file of this format whose disk has this size, filled with patterns of `mark`; `None` for an unknown format.
pub fn make(format: &str, disk_size: u64, mark: u8) -> Option<Vec<u8>> {
    match format {
        "qcow2" => Some(qcow2::make(disk_size, mark)),
        "raw" | "ami" | "aki" | "ari" | "ploop" => Some(raw(disk_size, mark)),
        "iso" => Some(iso::make(mark)),
        "vmdk" => Some(vmdk::make(disk_size, mark)),
        "vdi" => Some(vdi::make(disk_size, mark)),
        "vhd" => Some(vhd::make(disk_size, mark)),
        "vhdx" => Some(vhdx::make(disk_size, mark)),
        _ => None,
    }
}

fn raw(size: u64, mark: u8) -> Vec<u8> {
    // No boot sector here: two bytes at its end would make it a partitioned disk in Glance's eyes.
    vec![mark; usize::try_from(size).unwrap_or(0)]
}

/// The guest's first 64 KiB: a boot sector that only halts, then a pattern.
fn first_block(mark: u8) -> Vec<u8> {
    let mut block = vec![mark; 64 << 10];
    block[..2].copy_from_slice(&[0xf4, 0xeb]);
    block[510..512].copy_from_slice(&[0x55, 0xaa]);
    block
}

/// A file under construction, written at offsets.
struct Layout(Vec<u8>);

impl Layout {
    fn new(size: usize) -> Self {
        Self(vec![0; size])
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn be16(&mut self, at: usize, value: u16) {
        self.put(at, &value.to_be_bytes());
    }

    fn be32(&mut self, at: usize, value: u32) {
        self.put(at, &value.to_be_bytes());
    }

    fn be64(&mut self, at: usize, value: u64) {
        self.put(at, &value.to_be_bytes());
    }

    fn le16(&mut self, at: usize, value: u16) {
        self.put(at, &value.to_le_bytes());
    }

    fn le32(&mut self, at: usize, value: u32) {
        self.put(at, &value.to_le_bytes());
    }

    fn le64(&mut self, at: usize, value: u64) {
        self.put(at, &value.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glance_takes_each_format_as_what_it_is() {
        for format in ["qcow2", "raw", "iso", "vmdk", "vdi", "vhd", "vhdx", "ami", "aki", "ari", "ploop"] {
            let size =
                if matches!(format, "raw" | "ami" | "aki" | "ari" | "ploop") { 1 << 20 } else { 4 * GIB };
            let bytes = make(format, size, 7).expect("a known format");
            let report = sextant_inspector::inspect(bytes.len() as u64, |range| {
                let end = range.end.min(bytes.len() as u64) as usize;
                Ok(bytes[(range.start as usize).min(end)..end].to_vec())
            });
            let decision = report.expect("reading memory cannot fail").decide(format);
            assert!(decision.is_accepted(), "{format}: {decision}");
        }
    }
}
