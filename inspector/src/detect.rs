//! Which formats Glance sees in a file, how large a disk each declares, and which safety checks fail.
//!
//! A port of [oslo.utils' `format_inspector`][oslo] as Glance drives it, its oddities included: the stream comes in chunks of
//! 64 KiB (the file store's `filesystem_store_chunk_size`), then once more empty, and a parser that gave up still counts as a match.
//! `tests/compare_with_oslo.py` holds the two side by side.
//!
//! [oslo]: https://opendev.org/openstack/oslo.utils/src/branch/master/oslo_utils/imageutils/format_inspector.py

mod iso;
mod mbr;
mod qcow2;
mod vhdx;
mod vmdk;
mod vmdk_text;

use crate::bytes::{has, u16_be, u32_be, u32_le, u64_be, u64_le};
use crate::failure::Failure;
use crate::format::Format;
use crate::source::{Missing, Source};

/// Glance reads a stream in pieces of this size. Some of its answers depend on it.
pub const CHUNK: u64 = 64 * 1024;

/// The beginning of a file: enough for every header, and for a GPT on a disk with sectors of 4096 bytes.
pub const HEAD: u64 = 4096 + 512;

/// All the simple formats need one sector.
const SECTOR: u64 = 512;

/// Reading the virtual size would throw in Glance, which then gives up on the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Unreadable;

/// One format that Glance sees in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Seen {
    /// The format.
    pub format: Format,
    /// The size of the disk inside, where the header says it.
    pub virtual_size: Result<Option<u64>, Unreadable>,
    /// Whether all that the checks need is there. If not, Glance refuses the file.
    pub complete: bool,
    /// The safety checks that fail.
    pub failures: Vec<Failure>,
    /// How far the parser counted: the file's size, or the position at which it gave up.
    pub counted: u64,
}

impl Seen {
    fn new(format: Format, source: &Source) -> Self {
        Self { format, virtual_size: Ok(None), complete: true, failures: Vec::new(), counted: source.size() }
    }

    fn needs(mut self, bytes: u64) -> Self {
        self.complete = self.complete && self.counted >= bytes;
        self
    }

    fn sized(mut self, size: Option<u64>) -> Self {
        self.virtual_size = Ok(size);
        self
    }

    fn failing(mut self, failures: impl IntoIterator<Item = Failure>) -> Self {
        self.failures.extend(failures);
        self
    }
}

/// All that Glance sees.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Detected {
    /// The formats other than raw, in [`Format::ALL`]'s order. Empty means raw.
    pub seen: Vec<Seen>,
    /// Glance's VMDK parser trips over text that isn't ASCII throughout, with an error (`AttributeError`) that Glance takes to mean
    /// that nothing was to be inspected. Such a file passes as any format.
    pub inspection_lost: bool,
}

/// What Glance sees in the file.
///
/// # Errors
/// The bytes needed next.
pub fn detect(source: &Source) -> Result<Detected, Missing> {
    let head = source.read(0, HEAD)?;
    let (vmdk, inspection_lost) = vmdk::examine(source, head)?;
    let seen = [
        qcow2::examine(source, head),
        vhd(source, head),
        vhdx::examine(source, head)?,
        vmdk,
        vdi(source, head),
        qed(source, head),
        iso::examine(source)?,
        mbr::examine(source, head),
        luks(source, head),
    ];
    Ok(Detected { seen: seen.into_iter().flatten().collect(), inspection_lost })
}

fn vhd(source: &Source, head: &[u8]) -> Option<Seen> {
    let size = if source.size() < SECTOR { None } else { u64_be(head, 40) };
    has(head, 0, b"conectix").then(|| Seen::new(Format::Vhd, source).needs(SECTOR).sized(size))
}

fn vdi(source: &Source, head: &[u8]) -> Option<Seen> {
    let matches = source.size() >= SECTOR && u32_le(head, 0x40) == Some(0xBEDA_107F);
    matches.then(|| Seen::new(Format::Vdi, source).sized(u64_le(head, 0x170)))
}

fn qed(source: &Source, head: &[u8]) -> Option<Seen> {
    let matches = source.size() >= SECTOR && has(head, 0, b"QED\0");
    matches.then(|| Seen::new(Format::Qed, source).failing([Failure::Banned]))
}

/// The first 592 bytes are LUKS 1's header. Its payload, and so the disk, begins after it.
fn luks(source: &Source, head: &[u8]) -> Option<Seen> {
    if !has(head, 0, b"LUKS\xba\xbe") {
        return None;
    }
    let version = u16_be(head, 6).unwrap_or(0);
    let mut seen = Seen::new(Format::Luks, source).needs(592);
    seen.virtual_size = match u32_be(head, 104) {
        Some(sectors) => Ok(source.size().checked_sub(u64::from(sectors) * SECTOR)),
        None => Err(Unreadable),
    };
    Some(seen.failing((version != 1).then_some(Failure::LuksVersion(version))))
}
