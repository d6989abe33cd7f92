//! What an address tells by itself, before anything is asked.

/// The origin of a full URL: scheme, host and port.
pub fn origin(url: &str) -> Option<&str> {
    let host = url.find("://")? + 3;
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at);
    (end > host).then(|| &url[..end])
}

/// The host of a full URL, without its port and without brackets.
fn host(url: &str) -> Option<&str> {
    let authority = origin(url)?.split_once("://")?.1;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some(match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or(six),
        None => authority.split(':').next().unwrap_or(authority),
    })
}

/// The address of this very machine, which browsers trust without TLS.
fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "::1"
}

/// Whether a browser refuses it because the page came by `https` and this does not.
pub fn is_blocked_as_mixed(page: &str, url: &str) -> bool {
    page.starts_with("https://") && url.starts_with("http://") && !host(url).is_some_and(is_loopback)
}

/// Whether the name is one that only the cloud's own network knows: `controller`, `nova.svc.cluster.local`, another machine's
/// `localhost`.
pub fn is_internal(page: &str, url: &str) -> bool {
    const ENDINGS: [&str; 6] = [".local", ".internal", ".svc", ".lan", ".intranet", ".localdomain"];
    let Some(name) = host(url) else { return true };
    if is_loopback(name) {
        return !host(page).is_some_and(is_loopback);
    }
    let is_number = name.contains(':') || name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    !is_number && (!name.contains('.') || ENDINGS.iter().any(|ending| name.ends_with(ending)))
}

/// The same address by `https`, where that is worth a try: a port of its own serves one of the two.
pub fn secure_twin(url: &str) -> Option<String> {
    let rest = url.strip_prefix("http://")?;
    let authority = rest.split('/').next().unwrap_or(rest);
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port != "80" && !port.ends_with(']'));
    (!has_port).then(|| {
        let path = &rest[authority.len()..];
        format!("https://{}{path}", authority.strip_suffix(":80").unwrap_or(authority))
    })
}

/// The address for people to copy: a name and password that somebody has put into it stay here.
pub fn shown(url: &str) -> String {
    match (url.split_once("://"), origin(url)) {
        (Some((scheme, _)), Some(origin)) if origin.contains('@') => {
            let host = origin.rsplit_once('@').map_or(origin, |(_, host)| host);
            format!("{scheme}://{host}{}", &url[origin.len()..])
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_scheme_host_and_port() {
        for (url, want) in [
            ("http://h:9292/v2", Some("http://h:9292")),
            ("https://cloud.example.org", Some("https://cloud.example.org")),
            ("https://[::1]:5000/v3?x", Some("https://[::1]:5000")),
            ("/identity/v3", None),
            ("http://", None),
        ] {
            assert_eq!(origin(url), want, "{url}");
        }
    }

    #[test]
    fn a_secure_page_may_ask_its_own_machine_only() {
        let page = "https://console.example.org";
        assert!(is_blocked_as_mixed(page, "http://10.0.0.1:9292"));
        assert!(!is_blocked_as_mixed(page, "http://127.0.0.1:9292"));
        assert!(!is_blocked_as_mixed(page, "http://localhost/x"));
        assert!(!is_blocked_as_mixed(page, "https://10.0.0.1:9292"));
        assert!(!is_blocked_as_mixed("http://console", "http://10.0.0.1:9292"));
    }

    #[test]
    fn names_of_the_inside_are_recognised() {
        let page = "https://console.example.org";
        for (url, want) in [
            ("http://controller:9292", true),
            ("http://glance.openstack.svc.cluster.local/", true),
            ("http://localhost:9292", true),
            ("http://127.0.0.1:9292", true),
            ("https://cloud.example.org:9292", false),
            ("http://10.0.0.1:9292", false),
            ("http://[2001:db8::1]:9292", false),
        ] {
            assert_eq!(is_internal(page, url), want, "{url}");
        }
        assert!(!is_internal("http://localhost:5150", "http://127.0.0.1:9292"));
    }

    #[test]
    fn the_twin_is_tried_on_the_usual_port_only() {
        assert_eq!(secure_twin("http://h/image").as_deref(), Some("https://h/image"));
        assert_eq!(secure_twin("http://h:80/image").as_deref(), Some("https://h/image"));
        assert_eq!(secure_twin("http://[::1]/").as_deref(), Some("https://[::1]/"));
        assert_eq!(secure_twin("http://h:9292/"), None);
        assert_eq!(secure_twin("https://h/"), None);
    }

    #[test]
    fn nobody_copies_a_password() {
        assert_eq!(shown("http://bob:secret@h:1/v2"), "http://h:1/v2");
        assert_eq!(shown("http://h:1/v2/a@b"), "http://h:1/v2/a@b");
        assert_eq!(shown("/image"), "/image");
    }
}
