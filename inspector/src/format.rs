//! The formats that Glance tells apart.

use std::fmt;

/// A format that Glance recognises by content (`ALL_FORMATS` of oslo.utils' `format_inspector`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Format {
    /// Nothing else matched.
    Raw,
    /// QEMU's copy-on-write format, version 2 or 3 (and the ancient 1, which is refused).
    Qcow2,
    /// Connectix VHD with its header in front, that is, a dynamic one.
    Vhd,
    /// Hyper-V's VHDX.
    Vhdx,
    /// VMware's VMDK, sparse or text descriptor.
    Vmdk,
    /// VirtualBox's VDI.
    Vdi,
    /// QEMU's abandoned QED.
    Qed,
    /// ISO 9660 or UDF.
    Iso,
    /// A disk with an MBR or a GPT.
    Gpt,
    /// LUKS encryption, version 1 or 2.
    Luks,
}

impl Format {
    /// Every format, in Glance's order.
    pub const ALL: [Self; 10] = [
        Self::Raw,
        Self::Qcow2,
        Self::Vhd,
        Self::Vhdx,
        Self::Vmdk,
        Self::Vdi,
        Self::Qed,
        Self::Iso,
        Self::Gpt,
        Self::Luks,
    ];

    /// The name as in `disk_format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Qcow2 => "qcow2",
            Self::Vhd => "vhd",
            Self::Vhdx => "vhdx",
            Self::Vmdk => "vmdk",
            Self::Vdi => "vdi",
            Self::Qed => "qed",
            Self::Iso => "iso",
            Self::Gpt => "gpt",
            Self::Luks => "luks",
        }
    }

    /// The format of that name. `None` for those that Glance cannot inspect (ami, ari, aki, ploop).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
