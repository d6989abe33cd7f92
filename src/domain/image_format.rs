//! What a file's name tells about an image: format, container, architecture, a name for people. Guesses, to be changed.

use crate::openstack::glance::image::{ContainerFormat, DiskFormat};

/// The architectures that Nova knows and people use (nova/objects/fields.py, `Architecture`), for suggestions.
pub const ARCHITECTURES: &[&str] =
    &["x86_64", "aarch64", "i686", "armv7l", "ppc64", "ppc64le", "riscv64", "s390x", "loongarch64"];

/// A guess at the format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatGuess {
    /// The format of the bytes.
    pub disk: DiskFormat,
    /// What is around them.
    pub container: ContainerFormat,
    /// Whether the extension leaves no doubt; `.img` may be qcow2 (Ubuntu, CirrOS) or raw.
    pub is_sure: bool,
}

/// Extensions by format; the first of a format is its usual one.
const EXTENSIONS: &[(&str, DiskFormat, bool)] = &[
    ("qcow2", DiskFormat::Qcow2, true),
    ("qcow", DiskFormat::Qcow2, false),
    ("raw", DiskFormat::Raw, true),
    ("img", DiskFormat::Qcow2, false),
    ("bin", DiskFormat::Raw, false),
    ("dd", DiskFormat::Raw, false),
    ("iso", DiskFormat::Iso, true),
    ("vmdk", DiskFormat::Vmdk, true),
    ("vdi", DiskFormat::Vdi, true),
    ("vhd", DiskFormat::Vhd, true),
    ("vpc", DiskFormat::Vhd, true),
    ("vhdx", DiskFormat::Vhdx, true),
    ("hdd", DiskFormat::Ploop, false),
    ("ploop", DiskFormat::Ploop, true),
    ("aki", DiskFormat::Aki, true),
    ("ari", DiskFormat::Ari, true),
    ("ami", DiskFormat::Ami, true),
    // An OVA's disks are VMDK.
    ("ova", DiskFormat::Vmdk, true),
];

/// The format by the extension of a file's name or of a URL's path.
pub fn guess_format(file_name: &str) -> Option<FormatGuess> {
    let name = base_name(file_name);
    let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
    let (_, disk, is_sure) = EXTENSIONS.iter().find(|(known, ..)| *known == extension)?;
    let container = if extension == "ova" { ContainerFormat::Ova } else { container_for(disk) };
    Some(FormatGuess { disk: disk.clone(), container, is_sure: *is_sure })
}

/// The container that goes with a format: Amazon's go with themselves, all others are bare.
pub fn container_for(disk: &DiskFormat) -> ContainerFormat {
    match disk {
        DiskFormat::Aki => ContainerFormat::Aki,
        DiskFormat::Ari => ContainerFormat::Ari,
        DiskFormat::Ami => ContainerFormat::Ami,
        _ => ContainerFormat::Bare,
    }
}

/// The container once the format is another: it follows, unless it is one that the format of before did not bring along (an
/// OVA's, which comes with the file, or one that was chosen).
pub fn container_after(before: &str, now: &str, container: &str) -> Option<ContainerFormat> {
    let is_brought = container.is_empty() || container == container_for(&DiskFormat::from(before)).as_str();
    (before != now && !now.is_empty() && is_brought).then(|| container_for(&DiskFormat::from(now)))
}

/// A name for an image: the file's, without folder, query and the extensions that we know (also `.qcow2.xz`).
pub fn name_of_file(file_name: &str) -> String {
    let mut name = base_name(file_name);
    while let Some((stem, extension)) = name.rsplit_once('.') {
        let extension = extension.to_ascii_lowercase();
        let is_known = EXTENSIONS.iter().any(|(known, ..)| *known == extension)
            || matches!(extension.as_str(), "gz" | "xz" | "bz2" | "zst" | "zip");
        if !is_known || stem.is_empty() {
            break;
        }
        name = stem;
    }
    name.chars().take(255).collect()
}

/// The architecture that a name speaks of, in Nova's word.
pub fn guess_architecture(name: &str) -> Option<&'static str> {
    // The one name that is two words.
    let name = name.to_ascii_lowercase().replace("x86_64", "amd64").replace("x86-64", "amd64");
    name.split(|c: char| !c.is_ascii_alphanumeric()).find_map(|word| match word {
        "amd64" | "x64" => Some("x86_64"),
        "aarch64" | "arm64" => Some("aarch64"),
        "i386" | "i486" | "i586" | "i686" => Some("i686"),
        "armhf" | "armv7" | "armv7l" => Some("armv7l"),
        "ppc64le" | "ppc64el" => Some("ppc64le"),
        "ppc64" => Some("ppc64"),
        "riscv64" => Some("riscv64"),
        "s390x" => Some("s390x"),
        "loongarch64" => Some("loongarch64"),
        _ => None,
    })
}

fn base_name(file_name: &str) -> &str {
    let path = match file_name.contains("://") {
        true => file_name.split(['?', '#']).next().unwrap_or_default(),
        false => file_name,
    };
    path.trim().rsplit(['/', '\\']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_guessed_from_the_extension() {
        let table = [
            ("disk.qcow2", Some(("qcow2", "bare", true))),
            ("DISK.QCOW2", Some(("qcow2", "bare", true))),
            ("noble-server-cloudimg-amd64.img", Some(("qcow2", "bare", false))),
            ("x.iso", Some(("iso", "bare", true))),
            ("appliance.ova", Some(("vmdk", "ova", true))),
            ("kernel.aki", Some(("aki", "aki", true))),
            ("https://h/a/b.vhdx?token=1#x", Some(("vhdx", "bare", true))),
            ("disk.qcow2.xz", None),
            ("noext", None),
            ("", None),
        ];
        for (file, want) in table {
            let guess = guess_format(file);
            let got = guess.as_ref().map(|g| (g.disk.as_str(), g.container.as_str(), g.is_sure));
            assert_eq!(got, want, "{file}");
        }
    }

    #[test]
    fn the_container_follows_the_format_unless_it_is_a_choice() {
        let table = [
            ("", "qcow2", "", Some("bare")),
            ("raw", "qcow2", "bare", Some("bare")),
            ("raw", "ami", "bare", Some("ami")),
            ("ami", "raw", "ami", Some("bare")),
            ("", "vmdk", "ova", None),
            ("vmdk", "qcow2", "ova", None),
            ("qcow2", "ami", "docker", None),
            ("qcow2", "", "bare", None),
            ("qcow2", "qcow2", "bare", None),
        ];
        for (before, now, container, want) in table {
            let got = container_after(before, now, container);
            assert_eq!(got.as_ref().map(|it| it.as_str()), want, "{before} {now} {container}");
        }
    }

    #[test]
    fn a_name_keeps_its_version_and_loses_its_extension() {
        let table = [
            ("ubuntu-24.04-server-cloudimg-amd64.img", "ubuntu-24.04-server-cloudimg-amd64"),
            ("Fedora-Cloud-42.qcow2.xz", "Fedora-Cloud-42"),
            ("C:\\images\\disk.vhdx", "disk"),
            ("https://h/x/cirros-0.6.2.img?sig=a.b", "cirros-0.6.2"),
            (".img", ".img"),
            ("v1.2", "v1.2"),
            ("数据 盘.raw", "数据 盘"),
        ];
        for (file, want) in table {
            assert_eq!(name_of_file(file), want);
        }
        assert_eq!(name_of_file(&"é".repeat(300)).chars().count(), 255);
    }

    #[test]
    fn an_architecture_is_guessed_only_from_a_whole_word() {
        let table = [
            ("noble-server-cloudimg-amd64.img", Some("x86_64")),
            ("cirros-0.6.2-x86_64-disk.img", Some("x86_64")),
            ("disk_x86_64_v2", Some("x86_64")),
            ("Debian-12-arm64", Some("aarch64")),
            ("ubuntu_arm64_1", Some("aarch64")),
            ("debian-ppc64el", Some("ppc64le")),
            ("x86-64 thing", Some("x86_64")),
            ("charm64", None),
            ("alpine", None),
        ];
        for (name, want) in table {
            assert_eq!(guess_architecture(name), want, "{name}");
        }
    }
}
