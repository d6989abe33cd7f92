//! What a file's name tells of the system in it. Guesses to offer, not to rely on. Not its format or architecture: the app has these
//! for addresses too (`domain/image_format.rs`).

use std::borrow::Cow;

/// What a name tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guess {
    /// `os_distro`, as Nova and libosinfo name it.
    pub os_distro: Option<&'static str>,
    /// `os_version`.
    pub os_version: Option<String>,
}

/// What names systems by. A code name comes with its version.
const SYSTEMS: &[(&str, &str, &str)] = &[
    ("ubuntu", "ubuntu", ""),
    ("resolute", "ubuntu", "26.04"),
    ("questing", "ubuntu", "25.10"),
    ("plucky", "ubuntu", "25.04"),
    ("noble", "ubuntu", "24.04"),
    ("jammy", "ubuntu", "22.04"),
    ("focal", "ubuntu", "20.04"),
    ("bionic", "ubuntu", "18.04"),
    ("debian", "debian", ""),
    ("forky", "debian", "14"),
    ("trixie", "debian", "13"),
    ("bookworm", "debian", "12"),
    ("bullseye", "debian", "11"),
    ("fedora", "fedora", ""),
    ("rocky", "rocky", ""),
    ("almalinux", "almalinux", ""),
    ("centos", "centos", ""),
    ("rhel", "rhel", ""),
    ("oraclelinux", "ol", ""),
    ("ol", "ol", ""),
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

/// Guesses from the name of a file, or the last part of a URL's path.
pub fn guess(file_name: &str) -> Guess {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    // These are one word each; "oracle" alone is a database.
    let lower = name.to_ascii_lowercase().replace("x86_64", "amd64").replace("oracle-linux", "oraclelinux");
    let words: Vec<_> = lower.split(['-', '_', ' ', '+', '(', ')']).map(with_dotted_version).collect();
    let words: Vec<_> = words.iter().map(AsRef::as_ref).collect();
    let (os_distro, os_version) = system(&words).unzip();
    Guess { os_distro, os_version: os_version.flatten().map(str::to_owned) }
}

/// Oracle's "ol9u4" is version 9.4.
fn with_dotted_version(word: &str) -> Cow<'_, str> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match word.strip_prefix("ol").and_then(|version| version.split_once('u')) {
        Some((major, update)) if is_number(major) && is_number(update) => {
            format!("ol{major}.{update}").into()
        }
        _ => word.into(),
    }
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
        for (file, distro, version) in [
            ("noble-server-cloudimg-amd64.img", "ubuntu", "24.04"),
            ("questing-server-cloudimg-amd64.img", "ubuntu", "25.10"),
            ("resolute-server-cloudimg-arm64.img", "ubuntu", "26.04"),
            ("ubuntu-24.04-server-cloudimg-arm64.img", "ubuntu", "24.04"),
            ("debian-12-genericcloud-amd64.qcow2", "debian", "12"),
            ("forky-genericcloud-amd64-daily.qcow2", "debian", "14"),
            ("Fedora-Cloud-Base-Generic-42-1.1.x86_64.qcow2", "fedora", "42"),
            ("Rocky-9-GenericCloud.latest.aarch64.qcow2", "rocky", "9"),
            ("CentOS-Stream-GenericCloud-9-20240101.0.x86_64.qcow2", "centos", "9"),
            ("AlmaLinux-9-GenericCloud-latest.x86_64.qcow2", "almalinux", "9"),
            ("OL9U4_x86_64-kvm-b234.qcow2", "ol", "9.4"),
            ("OL8U10_aarch64-kvm-cloud-b123.qcow2", "ol", "8.10"),
            ("Oracle-Linux-7.9-2025.01.31-0.oci", "ol", "7.9"),
            ("OracleLinux-R9-U4-x86_64-dvd.iso", "ol", ""),
            ("oracle-xe-21.qcow2", "", ""),
            ("old-9.img", "", ""),
            ("openSUSE-Leap-15.6.x86_64-NoCloud.qcow2", "opensuse", "15.6"),
            ("cirros-0.6.2-x86_64-disk.img", "cirros", "0.6.2"),
            ("FreeBSD-14.1-RELEASE-amd64.raw.xz", "freebsd", "14.1"),
            ("https://example.org/a/Win11 x64.ISO", "windows", "11"),
            ("disk.vmdk", "", ""),
            (".img", "", ""),
            ("", "", ""),
        ] {
            let guess = guess(file);
            assert_eq!(guess.os_distro.unwrap_or_default(), distro, "{file}");
            assert_eq!(guess.os_version.unwrap_or_default(), version, "{file}");
        }
    }
}
