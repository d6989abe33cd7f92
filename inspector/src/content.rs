//! What Glance doesn't look for, but a person should know: things that are no disk images, and what a disk boots by.

use crate::bytes::{has, u16_le};
use crate::detect::{Detected, HEAD};
use crate::format::Format;
use crate::source::{Missing, Source};

/// What else was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Content {
    /// It is something that Glance takes for raw, but no disk.
    pub stranger: Option<Stranger>,
    /// It ends in the footer of a fixed VHD.
    pub is_fixed_vhd: bool,
    /// It is a Linux kernel for PCs: signed as a boot sector, with code in place of a partition table.
    pub is_kernel: bool,
    /// It has a boot sector's signature, 55 AA.
    pub has_boot_sector: bool,
    /// It has the boot record of a bootable CD.
    pub has_el_torito: bool,
    /// It has a GUID partition table.
    pub gpt: Option<Gpt>,
}

/// Something that is no disk image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Stranger {
    /// A compressed file. The worst trap: declared raw it is accepted, and never boots.
    Compressed(Compression),
    /// A tar archive whose first member is an OVF descriptor: an OVA appliance.
    Ova,
    /// Another tar archive.
    Tar,
    /// A disk of Parallels Desktop.
    Parallels,
    /// A web page, usually an error or a login page in place of a download.
    Html,
    /// Some other text.
    Text,
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Compression {
    /// `.gz`
    Gzip,
    /// `.xz`
    Xz,
    /// `.bz2`
    Bzip2,
    /// `.zst`
    Zstd,
    /// `.7z`
    SevenZip,
    /// `.zip`
    Zip,
}

impl Compression {
    /// The usual file extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Gzip => "gz",
            Self::Xz => "xz",
            Self::Bzip2 => "bz2",
            Self::Zstd => "zst",
            Self::SevenZip => "7z",
            Self::Zip => "zip",
        }
    }
}

/// A GUID partition table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Gpt {
    /// The disk's sector size, 512 or 4096.
    pub sector: u64,
    /// It has an EFI system partition (as far as the first entries show).
    pub has_efi_system: bool,
    /// It has a BIOS boot partition, so that it boots without UEFI too.
    pub has_bios_boot: bool,
}

/// C12A7328-F81F-11D2-BA4B-00A0C93EC93B, as stored.
const EFI_SYSTEM: &[u8] = b"\x28\x73\x2a\xc1\x1f\xf8\xd2\x11\xba\x4b\x00\xa0\xc9\x3e\xc9\x3b";
/// 21686148-6449-6E6F-744E-656564454649, as stored.
const BIOS_BOOT: &[u8] = b"Hah!IdontNeedEFI";
/// Where the header of a [bzImage](https://docs.kernel.org/arch/x86/boot.html) has its signature.
const KERNEL_MARK_AT: usize = 0x202;

impl Content {
    /// Looks for all of these.
    ///
    /// # Errors
    /// The bytes needed next.
    pub fn of(source: &Source, detected: &Detected) -> Result<Self, Missing> {
        let head = source.read(0, HEAD)?;
        let is = |format| detected.seen.iter().any(|seen| seen.format == format);
        let is_plain = detected.seen.iter().all(|seen| seen.format == Format::Gpt);
        let gpt = if is_plain || is(Format::Iso) { Gpt::of(source, head)? } else { None };
        Ok(Self {
            stranger: if is_plain { stranger(head) } else { None },
            is_fixed_vhd: is_plain && is_fixed_vhd(source)?,
            is_kernel: is_plain && has(head, KERNEL_MARK_AT, b"HdrS"),
            has_boot_sector: u16_le(head, 510) == Some(0xAA55),
            has_el_torito: is(Format::Iso) && has_el_torito(source)?,
            gpt,
        })
    }
}

fn stranger(head: &[u8]) -> Option<Stranger> {
    const MAGICS: [(&[u8], Stranger); 9] = [
        (b"\x1f\x8b", Stranger::Compressed(Compression::Gzip)),
        (b"\xfd7zXZ\0", Stranger::Compressed(Compression::Xz)),
        (b"BZh", Stranger::Compressed(Compression::Bzip2)),
        (b"\x28\xb5\x2f\xfd", Stranger::Compressed(Compression::Zstd)),
        (b"7z\xbc\xaf\x27\x1c", Stranger::Compressed(Compression::SevenZip)),
        (b"PK\x03\x04", Stranger::Compressed(Compression::Zip)),
        (b"PK\x05\x06", Stranger::Compressed(Compression::Zip)),
        (b"WithoutFreeSpace", Stranger::Parallels),
        (b"WithouFreSpacExt", Stranger::Parallels),
    ];
    if let Some((_, stranger)) = MAGICS.into_iter().find(|(magic, _)| has(head, 0, magic)) {
        return Some(stranger);
    }
    if has(head, 257, b"ustar") {
        let name = head.get(..100).unwrap_or_default().split(|byte| *byte == 0).next().unwrap_or_default();
        let is_ova = name.len() >= 4 && name.to_ascii_lowercase().ends_with(b".ovf");
        return Some(if is_ova { Stranger::Ova } else { Stranger::Tar });
    }
    text(head)
}

/// Whether the beginning is text, of any encoding that has no control characters in it.
fn text(head: &[u8]) -> Option<Stranger> {
    let is_control = |byte: &u8| matches!(byte, 0..=8 | 14..=0x1a | 0x7f);
    if head.is_empty() || head.iter().any(is_control) || head.iter().all(|byte| *byte >= 0x80) {
        return None;
    }
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let start = start.get(..14).unwrap_or(start).to_ascii_lowercase();
    let is_html = start.starts_with(b"<!doctype html") || start.starts_with(b"<html");
    Some(if is_html { Stranger::Html } else { Stranger::Text })
}

/// A fixed VHD is a raw disk with a footer. Glance doesn't see it, and takes the file for raw.
fn is_fixed_vhd(source: &Source) -> Result<bool, Missing> {
    let Some(footer_at) = source.size().checked_sub(512) else { return Ok(false) };
    Ok(has(source.read(footer_at, 512)?, 0, b"conectix"))
}

fn has_el_torito(source: &Source) -> Result<bool, Missing> {
    let record = source.read(0x8800, 2048)?;
    Ok(has(record, 0, b"\0CD001\x01EL TORITO SPECIFICATION"))
}

impl Gpt {
    fn of(source: &Source, head: &[u8]) -> Result<Option<Self>, Missing> {
        let Some(sector) = [512, 4096].into_iter().find(|sector| has(head, *sector, b"EFI PART")) else {
            return Ok(None);
        };
        let sector = sector as u64;
        // The entries begin in the sector after the header, 128 bytes each, the type first. These are as many as end with `HEAD`
        // where sectors have 512 bytes.
        let entries = source.read(2 * sector, HEAD - 1024)?;
        let has_type = |kind| entries.chunks(128).any(|entry| entry.starts_with(kind));
        Ok(Some(Self { sector, has_efi_system: has_type(EFI_SYSTEM), has_bios_boot: has_type(BIOS_BOOT) }))
    }
}
