//! What a file's name tells of the system in it. Guesses to offer, not to rely on.

/// What a name tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guess {
    /// The name without the extensions that say how it is packed.
    pub name: String,
    /// `os_distro`, as Nova and libosinfo name it.
    pub os_distro: Option<&'static str>,
    /// `os_version`.
    pub os_version: Option<String>,
    /// `architecture`, as Nova names it.
    pub architecture: Option<&'static str>,
    /// `disk_format` by the extension. `.img` says nothing: Ubuntu's are qcow2.
    pub disk_format: Option<&'static str>,
}

/// What names systems by. A code name comes with its version.
const SYSTEMS: &[(&str, &str, &str)] = &[
    ("ubuntu", "ubuntu", ""),
    ("plucky", "ubuntu", "25.04"),
    ("noble", "ubuntu", "24.04"),
    ("jammy", "ubuntu", "22.04"),
    ("focal", "ubuntu", "20.04"),
    ("bionic", "ubuntu", "18.04"),
    ("debian", "debian", ""),
    ("trixie", "debian", "13"),
    ("bookworm", "debian", "12"),
    ("bullseye", "debian", "11"),
    ("fedora", "fedora", ""),
    ("rocky", "rocky", ""),
    ("almalinux", "almalinux", ""),
    ("centos", "centos", ""),
    ("rhel", "rhel", ""),
    ("opensuse", "opensuse", ""),
    ("sles", "sles", ""),
    ("sle", "sles", ""),
    ("arch", "arch", ""),
    ("archlinux", "arch", ""),
    ("alpine", "alpinelinux", ""),
    ("cirros", "cirros", ""),
    ("freebsd", "freebsd", ""),
    ("openbsd", "openbsd", ""),
    ("netbsd", "netbsd", ""),
    ("gentoo", "gentoo", ""),
    ("flatcar", "flatcar", ""),
    ("windows", "windows", ""),
    ("win", "windows", ""),
];

const ARCHITECTURES: &[(&str, &str)] = &[
    ("amd64", "x86_64"),
    ("x64", "x86_64"),
    ("aarch64", "aarch64"),
    ("arm64", "aarch64"),
    ("ppc64le", "ppc64le"),
    ("ppc64el", "ppc64le"),
    ("s390x", "s390x"),
    ("riscv64", "riscv64"),
    ("armhf", "armv7l"),
    ("armv7l", "armv7l"),
    ("i686", "i686"),
    ("i386", "i686"),
    ("x86", "i686"),
];

const FORMATS: &[(&str, &str)] = &[
    ("qcow2", "qcow2"),
    ("qcow", "qcow2"),
    ("raw", "raw"),
    ("vmdk", "vmdk"),
    ("vdi", "vdi"),
    ("vhd", "vhd"),
    ("vpc", "vhd"),
    ("vhdx", "vhdx"),
    ("iso", "iso"),
];

/// Extensions that say how a file is packed, and nothing of the system.
const PACKED: &[&str] = &["img", "ova", "tar", "gz", "tgz", "xz", "bz2", "zst", "zip", "7z"];

/// Guesses from the name of a file, or the last part of a URL's path.
pub fn guess(file_name: &str) -> Guess {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let (stem, disk_format) = stem(name);
    // "x86_64" is one word.
    let lower = name.to_ascii_lowercase().replace("x86_64", "amd64");
    let words: Vec<_> = lower.split(['-', '_', ' ', '+', '(', ')']).collect();
    let (os_distro, os_version) = system(&words).unzip();
    let mut atoms = lower.split(|char: char| !char.is_ascii_alphanumeric());
    Guess {
        name: stem.to_owned(),
        os_distro,
        os_version: os_version.flatten().map(str::to_owned),
        architecture: atoms.find_map(|atom| lookup(ARCHITECTURES, atom)),
        disk_format,
    }
}

fn lookup(table: &'static [(&str, &'static str)], key: &str) -> Option<&'static str> {
    table.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
}

/// Takes the extensions off, and the format that the last of them names, unless it is packed in something else.
fn stem(name: &str) -> (&str, Option<&'static str>) {
    let (mut stem, mut format, mut is_packed) = (name, None, false);
    while let Some((rest, extension)) = stem.rsplit_once('.').filter(|(rest, _)| !rest.is_empty()) {
        let extension = extension.to_ascii_lowercase();
        match lookup(FORMATS, &extension) {
            Some(named) if !is_packed => format = format.or(Some(named)),
            Some(_) => {}
            None if PACKED.contains(&extension.as_str()) => is_packed = is_packed || extension != "img",
            None => break,
        }
        stem = rest;
    }
    (stem, format)
}

/// The first word that names a system, and the version in that word or the first one after it.
fn system<'a>(words: &[&'a str]) -> Option<(&'static str, Option<&'a str>)> {
    for (index, word) in words.iter().enumerate() {
        for (name, distro, version) in SYSTEMS {
            let Some(rest) = word.strip_prefix(name) else { continue };
            let own = self::version(rest);
            if own.is_none() && !rest.is_empty() && !rest.starts_with('.') {
                continue;
            }
            let known = (!version.is_empty()).then_some(*version);
            let following = words.iter().skip(index + 1).find_map(|word| self::version(word));
            return Some((distro, known.or(own).or(following)));
        }
    }
    None
}

/// "24.04", "9", "15.6" of "15.6.amd64", but neither a date nor a word.
fn version(word: &str) -> Option<&str> {
    let is_part = |char: char| char.is_ascii_digit() || char == '.';
    let rest = word.trim_start_matches(is_part);
    let number = word.strip_suffix(rest).unwrap_or(word);
    let is_whole = rest.is_empty() || number.ends_with('.');
    let number = number.trim_end_matches('.');
    let is_short = (1..8).contains(&number.len()) && !number.starts_with('.');
    (is_whole && is_short).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cloud_images_tell_their_system() {
        for (file, name, distro, version, architecture, format) in [
            (
                "noble-server-cloudimg-amd64.img",
                "noble-server-cloudimg-amd64",
                "ubuntu",
                "24.04",
                "x86_64",
                "",
            ),
            (
                "ubuntu-24.04-server-cloudimg-arm64.img",
                "ubuntu-24.04-server-cloudimg-arm64",
                "ubuntu",
                "24.04",
                "aarch64",
                "",
            ),
            (
                "debian-12-genericcloud-amd64.qcow2",
                "debian-12-genericcloud-amd64",
                "debian",
                "12",
                "x86_64",
                "qcow2",
            ),
            (
                "Fedora-Cloud-Base-Generic-42-1.1.x86_64.qcow2",
                "Fedora-Cloud-Base-Generic-42-1.1.x86_64",
                "fedora",
                "42",
                "x86_64",
                "qcow2",
            ),
            (
                "Rocky-9-GenericCloud.latest.aarch64.qcow2",
                "Rocky-9-GenericCloud.latest.aarch64",
                "rocky",
                "9",
                "aarch64",
                "qcow2",
            ),
            (
                "CentOS-Stream-GenericCloud-9-20240101.0.x86_64.qcow2",
                "CentOS-Stream-GenericCloud-9-20240101.0.x86_64",
                "centos",
                "9",
                "x86_64",
                "qcow2",
            ),
            (
                "AlmaLinux-9-GenericCloud-latest.x86_64.qcow2",
                "AlmaLinux-9-GenericCloud-latest.x86_64",
                "almalinux",
                "9",
                "x86_64",
                "qcow2",
            ),
            (
                "openSUSE-Leap-15.6.x86_64-NoCloud.qcow2",
                "openSUSE-Leap-15.6.x86_64-NoCloud",
                "opensuse",
                "15.6",
                "x86_64",
                "qcow2",
            ),
            ("cirros-0.6.2-x86_64-disk.img", "cirros-0.6.2-x86_64-disk", "cirros", "0.6.2", "x86_64", ""),
            (
                "FreeBSD-14.1-RELEASE-amd64.raw.xz",
                "FreeBSD-14.1-RELEASE-amd64",
                "freebsd",
                "14.1",
                "x86_64",
                "",
            ),
            ("https://example.org/a/Win11 x64.ISO", "Win11 x64", "windows", "11", "x86_64", "iso"),
            ("disk.vmdk", "disk", "", "", "", "vmdk"),
            (".img", ".img", "", "", "", ""),
            ("", "", "", "", "", ""),
        ] {
            let guess = guess(file);
            let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
            assert_eq!(guess.name, name, "{file}");
            assert_eq!(text(guess.os_distro), distro, "{file}");
            assert_eq!(text(guess.os_version.as_deref()), version, "{file}");
            assert_eq!(text(guess.architecture), architecture, "{file}");
            assert_eq!(text(guess.disk_format), format, "{file}");
        }
    }
}
