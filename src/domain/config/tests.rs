use super::*;

fn problems(text: &str) -> Vec<Problem> {
    match parse(text) {
        Ok((_, problems)) | Err(problems) => problems,
    }
}

#[test]
fn the_least_configuration_is_one_cloud() {
    let (config, problems) =
        parse(r#"{"clouds": [{"identity": "http://127.0.0.1:5050/identity/v3/"}]}"#).unwrap();
    assert!(problems.is_empty());
    assert_eq!(config.clouds[0].identity, "http://127.0.0.1:5050/identity/v3");
    assert_eq!(config.clouds[0].name, config.clouds[0].identity);
    assert_eq!(config.clouds[0].interface, Interface::Public);
    assert_eq!(config.edit_images, EditImages::Admin);
    assert_eq!(config.default_visibility, Visibility::Private);
    assert_eq!(config.checks, Rules::default());
    assert!(!config.demo);
}

#[test]
fn a_glance_that_refuses_odd_partition_tables_is_believed() {
    let checks = |word: &str| {
        parse(&format!(r#"{{"clouds": [{{"identity": "/v3"}}], "partition_tables": "{word}"}}"#))
            .unwrap()
            .0
            .checks
    };
    assert_eq!(checks("refuse"), Rules { tolerate_mbr: false, ..Rules::default() });
    assert_eq!(checks("warn"), Rules { tolerate_mbr: true, ..Rules::default() });
}

#[test]
fn services_are_reached_by_the_catalog_or_by_prefixes() {
    let (config, _) =
        parse(r#"{"clouds": [{"identity": "/identity/v3", "services": {"image": "/image", "compute": "/compute/"}}]}"#)
            .unwrap();
    assert_eq!(config.clouds[0].prefixes[&Service::Image], "/image");
    assert_eq!(config.clouds[0].prefixes[&Service::Compute], "/compute");
    let (config, _) = parse(r#"{"clouds": [{"identity": "/identity/v3", "services": "catalog"}]}"#).unwrap();
    assert!(config.clouds[0].prefixes.is_empty());
    // By the names of the catalog, too.
    let (config, problems) =
        parse(r#"{"clouds": [{"identity": "/identity", "services": {"volumev3": "/volume", "imagev2": "/image"}}]}"#)
            .unwrap();
    assert!(problems.is_empty());
    assert_eq!(config.clouds[0].prefixes[&Service::BlockStorage], "/volume");
    assert_eq!(config.clouds[0].prefixes[&Service::Image], "/image");
}

#[test]
fn unknown_keys_are_reported_and_harmless() {
    let text = r#"{"clouds": [{"identity": "/v3", "regoin": "R"}], "edit_image": "owner"}"#;
    assert!(parse(text).is_ok());
    assert_eq!(
        problems(text),
        [Problem::UnknownKey("edit_image".to_owned()), Problem::UnknownKey("clouds[0].regoin".to_owned())]
    );
}

#[test]
fn every_bad_value_names_its_key() {
    for (text, key) in [
        (r#"{"clouds": []}"#, "clouds"),
        (r#"{"clouds": {"identity": "/v3"}}"#, "clouds"),
        (r#"{"clouds": ["x"]}"#, "clouds[0]"),
        (r#"{"clouds": [{"identity": "https://me:secret@h/v3"}]}"#, "clouds[0].identity"),
        (r#"{"clouds": [{"identity": "https://h/v2.0"}]}"#, "clouds[0].identity"),
        (r#"{"clouds": [{"identity": "/v3?x"}]}"#, "clouds[0].identity"),
        (r#"{"clouds": [{"identity": "/v3", "interface": "pubic"}]}"#, "clouds[0].interface"),
        (r#"{"clouds": [{"identity": "/v3", "region": ""}]}"#, "clouds[0].region"),
        (r#"{"clouds": [{"identity": "/v3", "name": 3}]}"#, "clouds[0].name"),
        (r#"{"clouds": [{"identity": "/v3"}], "language": "de"}"#, "language"),
        (r#"{"clouds": [{"identity": "/v3"}], "default_visibility": "Public"}"#, "default_visibility"),
        (r#"{"clouds": [{"identity": "/v3"}], "brand": 1}"#, "brand"),
        (
            r#"{"clouds": [{"identity": "/v3", "services": {"network": "//n"}}]}"#,
            "clouds[0].services.network",
        ),
        (r#"{"clouds": [{"identity": "/v3", "services": {"image": "/a b"}}]}"#, "clouds[0].services.image"),
        (
            r#"{"clouds": [{"identity": "/v3", "services": {"block-storage": "/a", "volume": "/b"}}]}"#,
            "clouds[0].services.volume",
        ),
        (r#"{"clouds": [{"identity": "ftp://x"}]}"#, "clouds[0].identity"),
        (r#"{"clouds": [{"identity": "//evil"}]}"#, "clouds[0].identity"),
        (r#"{"clouds": [{"identity": "/v3"}], "edit_images": "everybody"}"#, "edit_images"),
        (r#"{"clouds": [{"identity": "/v3"}], "partition_tables": "ignore"}"#, "partition_tables"),
        (r#"{"clouds": [{"identity": "/v3"}], "idle_minutes": -1}"#, "idle_minutes"),
        (r#"{"clouds": [{"identity": "/v3"}], "demo": "yes"}"#, "demo"),
        (r#"{"clouds": [{"identity": "/v3", "services": "proxy"}]}"#, "clouds[0].services"),
        (r#"{"clouds": [{"identity": "/v3", "services": {"image": 1}}]}"#, "clouds[0].services.image"),
        (
            r#"{"clouds": [{"identity": "/a", "name": "x"}, {"identity": "/b", "name": "x"}]}"#,
            "clouds[1].name",
        ),
    ] {
        assert!(parse(text).is_err(), "{text}");
        assert!(
            problems(text)
                .iter()
                .any(|problem| matches!(problem, Problem::BadValue { key: at, .. } if at == key)),
            "{text}: {:?}",
            problems(text)
        );
    }
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(problems("{}"), [Problem::Missing("clouds".to_owned())]);
    assert_eq!(problems(r#"{"clouds": [{}]}"#), [Problem::Missing("clouds[0].identity".to_owned())]);
    assert!(matches!(problems("{")[..], [Problem::NotJson(_)]));
    assert_eq!(problems("[]"), [Problem::NotObject]);
    assert_eq!(
        problems("\n<!doctype html>"),
        [Problem::Page],
        "a web server that answers everything with the app"
    );
    assert_eq!(problems(r#"{"clouds": null}"#), [Problem::Missing("clouds".to_owned())]);
}

#[test]
fn everything_wrong_is_told_at_once() {
    let text =
        r#"{"clouds": [{"identity": "x", "interface": 1}, {"nmae": "b"}], "idle_minutes": "5", "theme": 1}"#;
    let keys: Vec<_> = problems(text)
        .into_iter()
        .map(|problem| match problem {
            Problem::BadValue { key, .. } | Problem::Missing(key) | Problem::UnknownKey(key) => key,
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        keys,
        [
            "theme",
            "clouds[0].identity",
            "clouds[0].interface",
            "clouds[1].nmae",
            "clouds[1].identity",
            "idle_minutes"
        ]
    );
}

#[test]
fn what_is_found_is_told_in_short() {
    let text = format!(r#"{{"clouds": [{{"identity": "{}"}}]}}"#, "ä".repeat(100_000));
    let [Problem::BadValue { found, .. }] = &problems(&text)[..] else { panic!("one problem") };
    assert!(found.chars().count() < 130 && found.ends_with('…'));
}

fn cloud(settings: serde_json::Value) -> Cloud {
    let mut entry = serde_json::json!({"identity": "/identity"});
    entry.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    parse(&serde_json::json!({ "clouds": [entry] }).to_string()).unwrap().0.clouds.remove(0)
}

/// Images in both regions, instances in the second only, volumes in the first, DNS in a third.
fn catalog() -> Catalog {
    let entry = |kind: &str, regions: &[(&str, &str)]| {
        let endpoints: Vec<_> = regions
            .iter()
            .map(|(region, url)| serde_json::json!({"interface": "public", "region_id": region, "url": url}))
            .collect();
        serde_json::json!({"type": kind, "endpoints": endpoints})
    };
    serde_json::from_value(serde_json::json!([
        entry("image", &[("Two", "https://two/image/"), ("One", "https://one:9292")]),
        entry("compute", &[("Two", "https://two/compute/v2.1")]),
        entry("volumev3", &[("One", "https://one/volume/v3/p1")]),
        entry("dns", &[("Three", "https://three/dns")]),
    ]))
    .unwrap()
}

#[test]
fn a_region_is_chosen_where_the_file_names_none_and_there_are_several() {
    let open = cloud(serde_json::json!({}));
    let catalog = catalog();
    assert_eq!(open.regions(&catalog), ["One", "Two"], "of the services that Sextant uses");
    assert_eq!(open.region_for(&catalog, None).as_deref(), Some("One"));
    assert_eq!(open.region_for(&catalog, Some("Two")).as_deref(), Some("Two"));
    assert_eq!(open.region_for(&catalog, Some("Gone")).as_deref(), Some("One"));
    let url = |service, region| open.service_url(Some(&catalog), service, Some(region));
    assert_eq!(url(Service::Image, "Two").as_deref(), Some("https://two/image"));
    assert_eq!(url(Service::Compute, "One"), None, "not another region's: its images are others");
    assert_eq!(url(Service::Compute, "Two").as_deref(), Some("https://two/compute/v2.1"));

    let fixed = cloud(serde_json::json!({"region": "Two"}));
    assert!(fixed.regions(&catalog).is_empty() && fixed.region_for(&catalog, Some("One")).is_none());
    let found = fixed.service_url(Some(&catalog), Service::Image, Some("One"));
    assert_eq!(found.as_deref(), Some("https://two/image"));
}

#[test]
fn a_region_or_interface_that_the_catalog_does_not_have_is_a_misfit() {
    let catalog = catalog();
    let misfit = |settings| cloud(settings).misfit(&catalog);
    let want = |key, found: &str, known: &[&str]| {
        let known = known.iter().map(|name| (*name).to_owned()).collect();
        Some(Misfit { key, found: found.to_owned(), known })
    };
    assert_eq!(misfit(serde_json::json!({})), None);
    assert_eq!(misfit(serde_json::json!({"region": "two"})), want("region", "two", &["One", "Two"]));
    assert_eq!(misfit(serde_json::json!({"region": "Two"})), None, "some services are there");
    assert_eq!(
        misfit(serde_json::json!({"interface": "internal"})),
        want("interface", "internal", &["public"])
    );
    let all = serde_json::json!({"image": "/i", "compute": "/c", "network": "/n", "block-storage": "/v"});
    assert_eq!(misfit(serde_json::json!({"region": "two", "services": all})), None, "it is not asked for");
    assert_eq!(cloud(serde_json::json!({"region": "x"})).misfit(&Catalog::default()), None);
}

#[test]
fn some_services_may_be_behind_the_proxy_and_others_not() {
    let mixed = cloud(serde_json::json!({"services": {"image": "/image/", "block-storage": "/volume"}}));
    let catalog = catalog();
    let url = |service, region| mixed.service_url(Some(&catalog), service, region);
    assert_eq!(url(Service::Identity, None).as_deref(), Some("/identity"));
    assert_eq!(url(Service::Image, None).as_deref(), Some("/image"));
    assert_eq!(url(Service::Compute, Some("Two")).as_deref(), Some("https://two/compute/v2.1"));
    assert_eq!(url(Service::BlockStorage, Some("One")).as_deref(), Some("/volume/v3/p1"), "with its project");
    assert_eq!(url(Service::BlockStorage, Some("Two")).as_deref(), Some("/volume"));
    assert_eq!(mixed.service_url(None, Service::Image, None).as_deref(), Some("/image"));
    assert_eq!(mixed.service_url(None, Service::Compute, None), None);
    assert_eq!(mixed.service_url(Some(&Catalog::default()), Service::Image, None).as_deref(), Some("/image"));
    let own = cloud(serde_json::json!({"services": {"block-storage": "/volume/v3/p2"}}));
    let found = own.service_url(Some(&catalog), Service::BlockStorage, Some("One"));
    assert_eq!(found.as_deref(), Some("/volume/v3/p2"));
}

#[test]
fn a_path_for_a_service_that_the_cloud_lacks_leads_nowhere() {
    let all = serde_json::json!({"image": "/i", "compute": "/c", "network": "/n", "block-storage": "/v"});
    let proxied = cloud(serde_json::json!({"services": all}));
    let mut catalog = catalog();
    let url = |catalog: &Catalog, service| proxied.service_url(Some(catalog), service, None);
    // Under any of its names.
    assert_eq!(url(&catalog, Service::BlockStorage).as_deref(), Some("/v/v3/p1"));
    assert_eq!(url(&catalog, Service::Network), None, "the catalog has no network service");
    catalog.0.retain(|entry| entry.kind != "volumev3");
    assert_eq!(url(&catalog, Service::BlockStorage), None);
    assert_eq!(url(&catalog, Service::Image).as_deref(), Some("/i"));
    // Keystone leaves its own entry out at times; without it nobody could have signed in.
    assert_eq!(url(&catalog, Service::Identity).as_deref(), Some("/identity"));
    // A cloud without a catalog is what the file says.
    assert_eq!(url(&Catalog::default(), Service::BlockStorage).as_deref(), Some("/v"));
}
