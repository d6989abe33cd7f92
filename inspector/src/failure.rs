//! The safety checks that an image can fail.

use std::fmt;

/// Why Glance holds a file to be dangerous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Failure {
    /// qcow2: reads another file, the backing file.
    BackingFile,
    /// qcow2: keeps its data in another file.
    DataFile,
    /// qcow2: incompatible features that Glance doesn't know (bit 4, `extended_l2`, or above).
    UnknownFeatures,
    /// qcow2: neither version 2 nor 3.
    Qcow2Version(u32),
    /// The format is never taken (QED).
    Banned,
    /// VMDK: no descriptor, not where it must be, or not ASCII.
    NoDescriptor,
    /// VMDK: neither monolithicSparse nor streamOptimized.
    Subformat,
    /// VMDK: a line of the descriptor that Glance doesn't know.
    DescriptorLine,
    /// VMDK: an extent whose line has a slash.
    ExtentPath,
    /// VMDK: no extents.
    NoExtents,
    /// VMDK: the footer says something else than the header, or isn't one.
    Footer(FooterFault),
    /// The partition table of the boot sector is not acceptable.
    Mbr(MbrFault),
    /// LUKS: only version 1 is taken.
    LuksVersion(u16),
}

/// What is wrong with a VMDK's footer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum FooterFault {
    /// Not the header's signature.
    Signature,
    /// Not the header's version.
    Version,
    /// Another descriptor than the header's.
    Descriptor,
    /// It points to yet another footer.
    AnotherFooter,
    /// The marker before it is not one.
    Marker,
    /// The end-of-stream marker is not one.
    EndOfStream,
}

/// What is wrong with a partition table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum MbrFault {
    /// A boot flag that is neither 0 nor 0x80, in entry 0 to 3.
    BootFlag(u8),
    /// The protective entry of a GPT doesn't start at CHS 0/2/0.
    StartChs,
    /// The protective entry of a GPT doesn't start at LBA 1.
    StartLba,
    /// A GPT whose protective entry isn't the first and only one ("hybrid").
    ExtraPartitions,
    /// The signature of a boot sector, but no partitions.
    NoPartitions,
}

impl Failure {
    /// The name of the check in oslo.utils and in Glance's log.
    pub fn check(self) -> &'static str {
        match self {
            Self::BackingFile => "backing_file",
            Self::DataFile => "data_file",
            Self::UnknownFeatures | Self::Qcow2Version(_) => "unknown_features",
            Self::Banned => "banned",
            Self::NoDescriptor
            | Self::Subformat
            | Self::DescriptorLine
            | Self::ExtentPath
            | Self::NoExtents => "descriptor",
            Self::Footer(_) => "footer",
            Self::Mbr(_) => "mbr",
            Self::LuksVersion(_) => "version",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Qcow2Version(version) => write!(f, "unknown_features (version {version})"),
            Self::LuksVersion(version) => write!(f, "version ({version})"),
            Self::Footer(fault) => write!(f, "footer ({fault:?})"),
            Self::Mbr(fault) => write!(f, "mbr ({fault:?})"),
            other => write!(f, "{} ({other:?})", other.check()),
        }
    }
}
