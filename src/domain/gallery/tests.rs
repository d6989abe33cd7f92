use super::*;

fn entry(more: &str) -> String {
    format!(
        r#"{{"images": [{{"name": "CirrOS", "version": "0.6.2", "architecture": "x86_64", "url": "https://h/x.img", "format": "qcow2"{more}}}]}}"#
    )
}

#[test]
fn the_gallery_that_we_ship_has_no_problems() {
    let (entries, problems) = parse(include_str!("../../../public/gallery.json"));
    assert_eq!(problems, []);
    for name in ["Ubuntu", "Debian", "Fedora", "Rocky Linux", "openSUSE Leap", "CirrOS"] {
        assert!(entries.iter().any(|entry| entry.name == name), "{name}");
    }
    for entry in entries {
        assert!(entry.url.starts_with("https://"), "{}", entry.url);
        assert!(entry.properties.contains_key("os_distro"), "{}", entry.title());
        // Whoever pins an address pins its content; an address that moves has no checksum.
        let moves = ["/current/", "latest"].iter().any(|word| entry.url.contains(word));
        assert!(!(moves && entry.checksum.is_some()), "{}", entry.title());
    }
}

#[test]
fn an_entry_is_read_in_full() {
    let sha512 = "ab".repeat(64);
    let more = format!(
        r#", "min_disk": 1, "min_ram": 256, "properties": {{"os_distro": "cirros"}}, "checksum": "sha512:{sha512}""#
    );
    let (entries, problems) = parse(&entry(&more));
    assert_eq!(problems, []);
    let [entry] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!(entry.title(), "CirrOS 0.6.2 x86_64");
    assert_eq!((entry.min_disk, entry.min_ram), (1, 256));
    assert_eq!(entry.properties["os_distro"], "cirros");
    assert_eq!(entry.checksum.as_ref().unwrap().to_string(), format!("sha512:{sha512}"));
}

#[test]
fn properties_with_a_field_of_their_own_are_kept_apart_and_what_glance_sets_is_refused() {
    let own = r#", "properties": {"description": "small", "architecture": "aarch64", "kernel_id": "k",
        "ramdisk_id": "r", "os_distro": "cirros"}"#;
    let (entries, problems) = parse(&entry(own));
    assert_eq!(problems, []);
    let [entry] = &entries[..] else { panic!("{entries:?}") };
    let own = [&entry.description, &entry.architecture, &entry.kernel, &entry.ramdisk].map(String::as_str);
    assert_eq!(own, ["small", "x86_64", "k", "r"], "the entry's own architecture comes first");
    assert_eq!(entry.properties.keys().collect::<Vec<_>>(), ["os_distro"]);
    let text = r#"{"images": [{"name": "A", "url": "https://h/a", "format": "raw",
        "properties": {"architecture": "riscv64"}}]}"#;
    assert_eq!(parse(text).0[0].architecture, "riscv64");
    for key in ["os_hash_value", "os_glance_stage_host", "visibility", "deleted", " spaced "] {
        let text = self::entry(&format!(r#", "properties": {{"{key}": "x"}}"#));
        assert!(matches!(parse(&text).1[..], [Problem::BadValue { .. }]), "{key}");
    }
}

#[test]
fn a_problem_names_the_entry_and_the_key_and_spares_the_others() {
    let text = r#"{"images": [
        {"name": "A", "url": "https://h/a", "format": "raw", "checksum": "sha512:12"},
        {"name": "B", "url": "https://h/b", "format": "raw", "colour": "blue"},
        {"name": "C", "format": "raw"},
        {"name": "D", "url": "ftp://h/d", "format": "raw", "min_disk": -1, "properties": {"status": "active"}},
        {"name": "B", "url": "https://h/b2", "format": "raw"},
        7
    ], "imags": []}"#;
    let (entries, problems) = parse(text);
    assert_eq!(entries.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(), ["B"]);
    let named: Vec<String> = problems
        .into_iter()
        .map(|problem| match problem {
            other @ (Problem::Page | Problem::NotObject | Problem::NotJson(_)) => format!("{other:?}"),
            Problem::Missing(key) => format!("missing {key}"),
            Problem::BadValue { key, .. } => format!("bad {key}"),
            Problem::UnknownKey(key) => format!("unknown {key}"),
        })
        .collect();
    assert_eq!(
        named,
        [
            "unknown imags",
            "bad images[0] (A).checksum",
            "unknown images[1] (B).colour",
            "missing images[2] (C).url",
            "bad images[3] (D).url",
            "bad images[3] (D).min_disk",
            "bad images[3] (D).properties",
            "bad images[4] (B).version",
            "bad images[5]",
        ]
    );
}

#[test]
fn what_is_no_gallery_at_all_is_said() {
    for text in ["", "[]", "<!doctype html>", "7"] {
        assert!(matches!(parse(text).1[..], [Problem::NotJson(_) | Problem::NotObject]), "{text}");
    }
    assert_eq!(parse("{}").1, [Problem::Missing("images".into())]);
    assert!(matches!(parse(r#"{"images": {}}"#).1[..], [Problem::BadValue { .. }]));
}

#[test]
fn addresses_are_http_without_a_password() {
    for (text, is_one) in [
        (" https://h/x.img ", true),
        ("HTTP://h", true),
        ("http://", false),
        ("http:///x", false),
        ("https://user:secret@h/x", false),
        ("https://h/a@b", true),
        ("file:///etc/passwd", false),
        ("https://h/a b", false),
        ("镜像", false),
        ("", false),
    ] {
        assert_eq!(web_address(text).is_some(), is_one, "{text}");
    }
}

#[test]
fn search_needs_every_word_and_the_architecture() {
    let text = r#"{"images": [
        {"name": "Ubuntu", "version": "24.04", "architecture": "x86_64", "url": "https://h/a", "format": "qcow2"},
        {"name": "Ubuntu", "version": "24.04", "architecture": "aarch64", "url": "https://h/b", "format": "qcow2"},
        {"name": "Debian", "version": "13", "architecture": "x86_64", "url": "https://h/c", "format": "raw"}
    ]}"#;
    let (entries, _) = parse(text);
    let found = |words: &str, architecture: &str| -> Vec<String> {
        search(&entries, words, architecture).into_iter().map(Entry::title).collect()
    };
    assert_eq!(found("UBUNTU  24", "aarch64"), ["Ubuntu 24.04 aarch64"]);
    assert_eq!(found("", "x86_64"), ["Ubuntu 24.04 x86_64", "Debian 13 x86_64"]);
    assert_eq!(found("ubuntu raw", ""), Vec::<String>::new());
    assert_eq!(architectures(&entries), ["x86_64", "aarch64"]);
}
