//! `--old` and `--without`: what a cloud of Queens answers, and one that lacks services.

#[path = "support/cloud.rs"]
mod support;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use sextant_demo::config::CloudArgs;
use support::{Answer, Cloud};

fn old() -> Cloud {
    Cloud::with(CloudArgs { old: true, ..CloudArgs::default() })
}

async fn at_version(cloud: &Cloud, path: &str, token: &str, version: &str) -> Answer {
    let request = Request::builder()
        .uri(path)
        .header("accept", "application/json")
        .header("x-auth-token", token)
        .header("openstack-api-version", version)
        .body(Body::empty());
    cloud.send(request.expect("a request")).await
}

#[tokio::test]
async fn old_services_name_lower_versions() {
    let cloud = old();
    let images = cloud.get("/image/versions", "").await.json();
    let ids: Vec<_> =
        images["versions"].as_array().expect("a list").iter().map(|it| it["id"].clone()).collect();
    assert_eq!(json!(ids), json!(["v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0"]));
    assert_eq!(images["versions"][0]["status"], "CURRENT");
    let nova = cloud.get("/compute/", "").await.json();
    assert_eq!(
        (&nova["versions"][0]["version"], &nova["versions"][1]["version"]),
        (&json!(""), &json!("2.60"))
    );
    let token = cloud.alice().await;
    assert_eq!(cloud.get("/compute/v2.1", &token).await.json()["version"]["version"], "2.60");
    assert_eq!(cloud.get("/volume/", "").await.json()["versions"][0]["version"], "3.50");
    assert_eq!(cloud.get("/identity/v3", "").await.json()["version"]["id"], "v3.10");
    assert_eq!(cloud.get("/identity/", "").await.json()["versions"]["values"][0]["id"], "v3.10");
}

#[tokio::test]
async fn old_nova_and_cinder_refuse_newer_microversions_in_their_own_words() {
    let cloud = old();
    let token = cloud.alice().await;
    let refused = at_version(&cloud, "/compute/v2.1/flavors/detail", &token, "compute 2.61").await;
    assert_eq!(refused.status, 406);
    let want = "Version 2.61 is not supported by the API. Minimum is 2.1 and maximum is 2.60.";
    assert_eq!(refused.json(), json!({"computeFault": {"code": 406, "message": want}}));
    let newest = at_version(&cloud, "/compute/v2.1/flavors/detail", &token, "compute latest").await;
    assert_eq!(newest.header("openstack-api-version"), "compute 2.60");
    assert_eq!(newest.json()["flavors"][0].get("extra_specs"), None);
    let project = sextant_demo::ids::project("demo");
    let volumes = format!("/volume/v3/{project}/volumes");
    assert_eq!(at_version(&cloud, &volumes, &token, "volume 3.50").await.status, 200);
    assert_eq!(at_version(&cloud, &volumes, &token, "volume 3.51").await.status, 406);
}

#[tokio::test]
async fn old_glance_has_no_usage_tasks_stores_hashes_or_hiding() {
    let cloud = old();
    let token = cloud.alice().await;
    let id = cloud.image(&token, json!({})).await;
    assert_eq!(cloud.upload(&id, &token, vec![7; 600]).await.status, 204);
    for path in ["info/usage", "info/stores", "info/stores/detail", &format!("images/{id}/tasks")] {
        assert_eq!(cloud.get(&format!("/image/v2/{path}"), &token).await.status, 404, "{path}");
    }
    let listed = cloud.get("/image/v2/images", &token).await.json();
    for image in [&cloud.get(&format!("/image/v2/images/{id}"), &token).await.json(), &listed["images"][0]] {
        assert_eq!((&image["status"], &image["virtual_size"]), (&json!("active"), &Value::Null));
        assert!(image["checksum"].is_string());
        for field in ["os_hidden", "os_hash_algo", "os_hash_value", "stores"] {
            assert_eq!(image.get(field), None, "{field}");
        }
    }
    let schema = cloud.get("/image/v2/schemas/image", &token).await.json();
    assert!(
        schema["properties"].get("os_hidden").is_none() && schema["properties"].get("checksum").is_some()
    );
    assert_eq!(cloud.get("/image/v2/images?os_hidden=true", &token).await.json()["images"], json!([]));
    let hidden = json!({"name": "x", "os_hidden": false});
    let refused = cloud.post("/image/v2/images", &token, hidden).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("False is not of type 'string'"), "{}", refused.text());
    let replaced = json!([{"op": "replace", "path": "/os_hidden", "value": true}]);
    assert_eq!(cloud.patch(&id, &token, replaced).await.status, 409);
    let renamed = cloud.patch(&id, &token, json!([{"op": "replace", "path": "/name", "value": "y"}])).await;
    assert_eq!((renamed.status, renamed.json().get("os_hidden")), (200, None));
}

#[tokio::test]
async fn old_glance_imports_only_what_was_staged() {
    let cloud = old();
    let token = cloud.alice().await;
    let methods = cloud.get("/image/v2/info/import", &token).await.json();
    assert_eq!(methods["import-methods"]["value"], json!(["glance-direct"]));
    let id = cloud.image(&token, json!({})).await;
    let import = format!("/image/v2/images/{id}/import");
    let body = json!({"method": {"name": "web-download", "uri": "http://127.0.0.1/x"}});
    let refused = cloud.post(&import, &token, body).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("Unknown import method name 'web-download'."), "{}", refused.text());
    let kind = support::BYTES;
    let stage = format!("/image/v2/images/{id}/stage");
    assert_eq!(cloud.ask(Method::PUT, &stage, &token, kind, vec![1; 512]).await.status, 204);
    let body = json!({"method": {"name": "glance-direct"}, "stores": ["nowhere"]});
    assert_eq!(cloud.post(&import, &token, body).await.status, 202);
}

#[tokio::test]
async fn old_neutron_lacks_what_later_extensions_brought() {
    let cloud = old();
    let token = cloud.alice().await;
    let networks = cloud.get("/networking/v2.0/networks", &token).await.json();
    let network = &networks["networks"][0];
    assert!(network.get("port_security_enabled").is_none() && network.get("router:external").is_some());
    let extensions = cloud.get("/networking/v2.0/extensions", &token).await.text();
    assert!(extensions.contains("security-group") && !extensions.contains("port-security"));
}

#[tokio::test]
async fn a_cloud_may_lack_services() {
    let without = vec!["cinder".to_owned(), "neutron".to_owned()];
    let cloud = Cloud::with(CloudArgs { without, ..CloudArgs::default() });
    let admin = cloud.admin().await;
    let catalog = cloud.get("/identity/v3/auth/catalog", &admin).await.json();
    let kinds: Vec<_> =
        catalog["catalog"].as_array().expect("a list").iter().map(|it| it["type"].clone()).collect();
    assert_eq!(json!(kinds), json!(["identity", "image", "compute"]));
    assert_eq!(
        cloud.get("/identity/v3/services", &admin).await.json()["services"].as_array().map(Vec::len),
        Some(3)
    );
    let endpoints = cloud.get("/identity/v3/endpoints", &admin).await.json();
    assert_eq!(endpoints["endpoints"].as_array().map(Vec::len), Some(9));
}
