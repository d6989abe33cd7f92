//! Addresses in `config.json`: a URL, or a path of the origin that serves the app.

use crate::openstack::catalog::is_version;

/// An address that a request may go to, without its trailing slashes: `http(s)://host…`, or a path that begins with one slash. What
/// would send requests elsewhere than it seems to, or could not be followed by a path, is refused.
pub fn read(text: &str) -> Option<String> {
    let text = text.trim();
    let path = match ["http://", "https://"].iter().find_map(|scheme| text.strip_prefix(scheme)) {
        Some(rest) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            is_host(host).then_some(path)?
        }
        None => text.starts_with('/').then_some(text)?,
    };
    let path = path.trim_end_matches('/');
    // A path of slashes alone is the root; one that begins with two would be another host.
    let is_plain = !(path.is_empty() && text.starts_with("//"))
        && path
            .split('/')
            .skip(1)
            .all(|part| !part.is_empty() && !matches!(part, "." | "..") && is_plain(part));
    is_plain.then(|| text.trim_end_matches('/').to_owned())
}

/// The same, of Keystone: where it names a version, that is v3.
pub fn read_keystone(text: &str) -> Option<String> {
    let address = read(text)?;
    let start = address.find("://").map_or(0, |at| at + 3);
    let mut versions = address[start..].split('/').skip(1).filter(|part| is_version(part));
    versions.all(|version| version == "v3").then_some(address)
}

fn is_plain(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:@!,;=+".contains(&byte))
}

/// `cloud.example`, `10.0.0.1:5000`, `[::1]:5000`; no user name.
fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, rest)) => {
            let is_v6 =
                inside.contains(':') && inside.bytes().all(|b| b.is_ascii_hexdigit() || b":.".contains(&b));
            if !is_v6 {
                return false;
            }
            ("v6", if rest.is_empty() { None } else { Some(rest.strip_prefix(':').unwrap_or("-")) })
        }
        None => host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port))),
    };
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    is_name && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_urls_or_paths_of_this_origin() {
        for (text, want) in [
            ("https://cloud.example", Some("https://cloud.example")),
            (" https://cloud.example:5000/identity/v3/ ", Some("https://cloud.example:5000/identity/v3")),
            ("http://10.0.0.1:9292//", Some("http://10.0.0.1:9292")),
            ("http://[::1]:5000/v3", Some("http://[::1]:5000/v3")),
            ("/image", Some("/image")),
            ("/cloud/image/", Some("/cloud/image")),
            ("/", Some("")),
            ("", None),
            ("image", None),
            ("//evil.example/image", None),
            ("//", None),
            ("https://", None),
            ("https:///image", None),
            ("ftp://cloud.example", None),
            ("https://me:secret@cloud.example/image", None),
            ("https://me@cloud.example", None),
            ("https://cloud.example/a b", None),
            ("https://cloud.example/image?x=1", None),
            ("/image#x", None),
            ("/image?", None),
            ("/image//v2", None),
            ("/../image", None),
            ("/image/%(tenant_id)s", None),
            ("/ima\\ge", None),
            ("https://cloud.example\\@evil.example", None),
            ("https://cloud.example:port", None),
            ("https://cloud.example:0", None),
            ("https://[::1", None),
            ("https://[evil]", None),
        ] {
            assert_eq!(read(text).as_deref(), want, "{text:?}");
        }
    }

    #[test]
    fn keystone_is_v3_or_names_no_version() {
        for (text, is_one) in [
            ("https://cloud.example:5000", true),
            ("https://cloud.example:5000/v3/", true),
            ("https://v2.example.org/identity", true),
            ("/identity", true),
            ("/identity/v3", true),
            ("https://cloud.example:5000/v2.0", false),
        ] {
            assert_eq!(read_keystone(text).is_some(), is_one, "{text:?}");
        }
    }
}
