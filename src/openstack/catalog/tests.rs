use super::*;
use serde_json::json;

fn catalog() -> Catalog {
    let endpoint = |interface: &str, region: &str, url: &str| json!({"interface": interface, "region_id": region, "region": region, "url": url});
    serde_json::from_value(json!([
        {"type": "image", "name": "glance", "endpoints": [
            endpoint("internal", "RegionOne", "http://inside:9292"),
            endpoint("public", "RegionOne", "https://cloud.example/image/"),
            endpoint("public", "Two", "https://two.example/image"),
        ]},
        {"type": "volume", "endpoints": [endpoint("public", "RegionOne", "https://cloud.example/volume/v1/p")]},
        {"type": "volumev3", "endpoints": [endpoint("public", "RegionOne", "https://cloud.example/volume/v3/p")]},
    ]))
    .unwrap()
}

#[test]
fn a_service_is_found_by_type_region_and_interface() {
    let public = Interface::Public;
    let table = [
        (Service::Image, None, &public, Some("https://cloud.example/image")),
        (Service::Image, Some("Two"), &public, Some("https://two.example/image")),
        (Service::Image, Some("Three"), &public, None),
        (Service::Image, None, &Interface::Internal, Some("http://inside:9292")),
        (Service::BlockStorage, None, &public, Some("https://cloud.example/volume/v3/p")),
        (Service::Network, None, &public, None),
    ];
    for (service, region, interface, want) in table {
        assert_eq!(catalog().endpoint(service, region, interface).as_deref(), want, "{service:?} {region:?}");
    }
    assert_eq!(catalog().regions(&[Service::Image], &public), ["RegionOne", "Two"]);
    assert_eq!(catalog().regions(&[Service::BlockStorage], &public), ["RegionOne"]);
    assert_eq!(catalog().regions(&[Service::Image], &Interface::Internal), ["RegionOne"]);
    assert_eq!(catalog().interfaces(&[Service::Image]), ["internal", "public"]);
    assert!(catalog().has(Service::BlockStorage) && !catalog().has(Service::Compute));
}

#[test]
fn the_version_stands_in_the_url_exactly_once() {
    let table = [
        ("http://h:9292", "/v2/images", "http://h:9292/v2/images"),
        ("http://h:9292/", "/v2/images?limit=1", "http://h:9292/v2/images?limit=1"),
        ("http://h:9292/v2/", "/v2/images", "http://h:9292/v2/images"),
        ("https://h/image", "/v2/images", "https://h/image/v2/images"),
        ("https://h/compute/v2.1", "/v2.1/servers", "https://h/compute/v2.1/servers"),
        ("https://h/compute/v2/project", "/v2.1/servers", "https://h/compute/v2/project/servers"),
        ("http://h:8776/v3/p", "/v3/volumes", "http://h:8776/v3/p/volumes"),
        ("http://h:9696", "/v2.0/networks", "http://h:9696/v2.0/networks"),
        ("/identity", "/v3/auth/tokens", "/identity/v3/auth/tokens"),
        ("/identity/v3", "/v3/auth/tokens", "/identity/v3/auth/tokens"),
        ("https://v3.example.org/vault", "/v2/images", "https://v3.example.org/vault/v2/images"),
        ("", "/v2/images", "/v2/images"),
    ];
    for (base, path, want) in table {
        assert_eq!(endpoint_url(base, path), want);
    }
}

#[test]
fn an_endpoint_without_a_region_is_for_all() {
    let catalog: Catalog = serde_json::from_value(json!([
        {"type": "image", "endpoints": [{"interface": "public", "url": "https://cloud.example/image"}]},
    ]))
    .unwrap();
    let found = catalog.endpoint(Service::Image, Some("Two"), &Interface::Public);
    assert_eq!(found.as_deref(), Some("https://cloud.example/image"));
    assert!(catalog.regions(&[Service::Image], &Interface::Public).is_empty());
}

#[test]
fn places_for_the_project_are_filled_in() {
    for (url, want) in [
        ("http://h:8776/v3/%(tenant_id)s", "http://h:8776/v3/p1"),
        ("http://h:8776/v3/$(project_id)s/", "http://h:8776/v3/p1/"),
        ("http://h:9292", "http://h:9292"),
    ] {
        let endpoints = json!([{"interface": "public", "url": url}]);
        let mut catalog: Catalog =
            serde_json::from_value(json!([{"type": "image", "endpoints": endpoints}])).unwrap();
        catalog.fill_in(&"p1".into());
        assert_eq!(catalog.0[0].endpoints[0].url, want);
    }
}

#[test]
fn the_tail_of_an_endpoint_begins_with_its_version() {
    for (url, want) in [
        ("http://h:8776/v3/p1/", Some("/v3/p1")),
        ("https://v3.example.org/volume/v3/p1", Some("/v3/p1")),
        ("https://h/compute/v2.1", Some("/v2.1")),
        ("https://h/image", None),
        ("https://h", None),
        ("/volume/v3/p1", Some("/v3/p1")),
    ] {
        assert_eq!(version_tail(url), want, "{url}");
    }
}
