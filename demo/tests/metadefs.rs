//! Metadata definitions, as the administrator writes them and others read them.

#[path = "support/cloud.rs"]
mod cloud;

use axum::http::Method;
use cloud::Cloud;
use serde_json::{Value, json};

const ALL: &str = "/image/v2/metadefs/namespaces";

impl Cloud {
    async fn put(&self, path: &str, token: &str, body: Value) -> cloud::Answer {
        self.ask(Method::PUT, path, token, "application/json", body.to_string()).await
    }

    async fn remove(&self, path: &str, token: &str) -> u16 {
        self.ask(Method::DELETE, path, token, "", "").await.status
    }

    async fn namespace(&self, token: &str, more: Value) -> String {
        let mut body = json!({"namespace": "probe", "visibility": "public"});
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        let answer = self.post(ALL, token, body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        format!("/image{}", answer.json()["self"].as_str().expect("a path"))
    }
}

#[tokio::test]
async fn a_namespace_is_made_changed_and_deleted() {
    let cloud = Cloud::new();
    let admin = cloud.admin().await;
    let whole = json!({
        "namespace": "probe", "display_name": "Probe", "description": "A test", "visibility": "public",
        "protected": true,
        "resource_type_associations": [{"name": "OS::Glance::Image", "prefix": "p_"}, {"name": "OS::Test::New"}],
        "properties": {"depth": {"type": "integer", "title": "Depth", "minimum": 0}},
        "objects": [{"name": "pair", "required": ["left"],
            "properties": {"left": {"type": "string", "title": "Left"}}}],
        "tags": [{"name": "first"}, {"name": "second"}],
    });
    let made = cloud.post(ALL, &admin, whole.clone()).await;
    assert_eq!((made.status, made.header("location")), (201, "/v2/metadefs/namespaces/probe"));
    let alice = cloud.alice().await;
    let path = format!("{ALL}/probe");
    let shown = cloud.get(&path, &alice).await.json();
    assert_eq!(shown["tags"], json!([{"name": "second"}, {"name": "first"}]), "the newest first");
    for key in ["display_name", "description", "visibility", "protected", "properties"] {
        assert_eq!(shown[key], whole[key], "{key}");
    }
    assert_eq!(shown["resource_type_associations"][0]["prefix"], "p_");
    assert_eq!(shown["objects"][0]["self"], "/v2/metadefs/namespaces/probe/objects/pair");
    let on_image = cloud.get(&format!("{path}?resource_type=OS::Glance::Image"), &alice).await.json();
    assert_eq!(on_image["properties"]["p_depth"]["title"], "Depth");
    assert_eq!(on_image["objects"][0]["required"], json!(["p_left"]));
    let types = cloud.get("/image/v2/metadefs/resource_types", &alice).await.text();
    assert!(types.contains("OS::Test::New"), "{types}");

    assert_eq!(cloud.remove(&path, &admin).await, 403, "it is protected");
    assert_eq!(cloud.post(ALL, &admin, json!({"namespace": "probe"})).await.status, 409);
    let renamed = cloud.put(&path, &admin, json!({"namespace": "other", "display_name": "Other"})).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text());
    let renamed = renamed.json();
    assert_eq!((&renamed["visibility"], &renamed["protected"]), (&json!("private"), &json!(false)));
    assert_eq!(renamed.get("description"), None, "what is not named goes");
    assert_eq!(cloud.get(&path, &admin).await.status, 404);
    let path = format!("{ALL}/other");
    assert_eq!(cloud.get(&path, &alice).await.status, 404, "private, of another project");
    assert_eq!(cloud.get(&path, &admin).await.json()["tags"].as_array().map(Vec::len), Some(2), "parts stay");
    assert_eq!(cloud.remove(&path, &admin).await, 204);
    assert_eq!(cloud.remove(&path, &admin).await, 404);
}

#[tokio::test]
async fn properties_objects_tags_and_types_are_written_one_by_one() {
    let cloud = Cloud::new();
    let admin = cloud.admin().await;
    let path = cloud.namespace(&admin, json!({})).await;
    for (part, body, change, name) in [
        (
            "properties",
            json!({"name": "a", "type": "string", "title": "A"}),
            json!({"name": "b", "type": "integer", "title": "B"}),
            "b",
        ),
        ("objects", json!({"name": "a"}), json!({"name": "b", "description": "B"}), "b"),
    ] {
        let all = format!("{path}/{part}");
        assert_eq!(cloud.post(&all, &admin, body.clone()).await.status, 201, "{part}");
        assert_eq!(cloud.post(&all, &admin, body.clone()).await.status, 409, "{part}");
        let one = format!("{all}/a");
        assert_eq!(cloud.get(&one, &admin).await.json()["name"], "a");
        let changed = cloud.put(&one, &admin, change.clone()).await;
        assert_eq!((changed.status, &changed.json()["name"]), (200, &json!(name)), "{}", changed.text());
        assert_eq!(cloud.get(&one, &admin).await.status, 404);
        assert_eq!(cloud.put(&one, &admin, change).await.status, 404);
        assert_eq!(cloud.remove(&format!("{all}/b"), &admin).await, 204);
        assert_eq!(cloud.remove(&format!("{all}/b"), &admin).await, 404);
        cloud.post(&all, &admin, body).await;
        assert_eq!(cloud.remove(&all, &admin).await, 204);
        assert!(!cloud.get(&all, &admin).await.text().contains("\"a\""));
    }

    let tags = format!("{path}/tags");
    let three = json!({"tags": [{"name": "x"}, {"name": "y"}, {"name": "z"}]});
    assert_eq!(cloud.post(&tags, &admin, three.clone()).await.json(), three);
    assert_eq!(cloud.post(&format!("{tags}/w"), &admin, json!({})).await.status, 201);
    assert_eq!(cloud.post(&format!("{tags}/W"), &admin, json!({})).await.status, 409, "case does not count");
    let renamed = cloud.put(&format!("{tags}/w"), &admin, json!({"name": "v"})).await;
    assert_eq!((renamed.status, &renamed.json()["name"]), (200, &json!("v")));
    let page = cloud.get(&format!("{tags}?limit=2&marker=v"), &admin).await.json();
    assert_eq!(page["tags"], json!([{"name": "z"}, {"name": "y"}]));
    cloud.post(&tags, &admin, json!({"tags": [{"name": "only"}]})).await;
    assert_eq!(cloud.get(&tags, &admin).await.json()["tags"], json!([{"name": "only"}]));
    assert_eq!(cloud.remove(&format!("{tags}/only"), &admin).await, 204);
    assert_eq!(cloud.remove(&tags, &admin).await, 204);

    let types = format!("{path}/resource_types");
    let kind = json!({"name": "OS::Nova::Flavor", "prefix": "hw:"});
    assert_eq!(cloud.post(&types, &admin, kind.clone()).await.status, 201);
    assert_eq!(cloud.post(&types, &admin, kind).await.status, 409);
    let listed = cloud.get(&types, &admin).await.json();
    assert_eq!(listed["resource_type_associations"][0]["prefix"], "hw:");
    assert_eq!(cloud.remove(&format!("{types}/OS::Nova::Flavor"), &admin).await, 204);
    assert_eq!(cloud.remove(&format!("{types}/OS::Nova::Flavor"), &admin).await, 404);
}

#[tokio::test]
async fn only_the_administrator_writes_and_nonsense_is_refused() {
    let cloud = Cloud::new();
    let (admin, alice) = (cloud.admin().await, cloud.alice().await);
    let path = cloud.namespace(&admin, json!({})).await;
    let denied = cloud.post(ALL, &alice, json!({"namespace": "hers"})).await;
    assert_eq!(denied.status, 403);
    assert!(denied.text().contains("add_metadef_namespace"), "{}", denied.text());
    assert_eq!(cloud.remove(&path, &alice).await, 403);
    assert_eq!(cloud.post(&format!("{path}/tags/x"), &alice, json!({})).await.status, 403);
    for (body, status) in [
        (json!([]), 400),
        (json!({}), 400),
        (json!({"namespace": 7}), 400),
        (json!({"namespace": "x".repeat(81)}), 400),
        (json!({"namespace": "n", "visibility": "shared"}), 400),
        (json!({"namespace": "n", "nonsense": 1}), 400),
        (json!({"namespace": "n", "properties": {"p": {"type": "string"}}}), 400),
        (json!({"namespace": "n", "tags": "x"}), 400),
        (json!({"namespace": "n", "created_at": "2026-01-01T00:00:00Z"}), 403),
    ] {
        let answer = cloud.post(ALL, &admin, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
    }
    for (part, body) in [
        ("properties", json!({"type": "string", "title": "nameless"})),
        ("properties", json!({"name": "p", "title": "no type"})),
        ("properties", json!({"name": "p", "title": "T", "type": "date"})),
        ("properties", json!({"name": "p", "title": "T", "type": "string", "maxLength": -1})),
        ("objects", json!({"name": "o", "required": ["a", "a"]})),
        ("objects", json!({"name": "o", "properties": {"p": {"title": "no type"}}})),
        ("tags", json!({"tags": [{"nome": "x"}]})),
        ("resource_types", json!({"prefix": "x"})),
    ] {
        let answer = cloud.post(&format!("{path}/{part}"), &admin, body.clone()).await;
        assert_eq!(answer.status, 400, "{part} {body}: {}", answer.text());
    }
}

#[tokio::test]
async fn namespaces_are_listed_in_pages_newest_first() {
    let cloud = Cloud::new();
    let admin = cloud.admin().await;
    cloud.namespace(&admin, json!({"visibility": "private"})).await;
    let page = cloud.get(&format!("{ALL}?limit=3"), &admin).await.json();
    assert_eq!(page["namespaces"][0]["namespace"], "probe");
    let next = page["next"].as_str().expect("a second page");
    let second = cloud.get(&format!("/image{next}"), &admin).await.json();
    assert_ne!(second["namespaces"][0], page["namespaces"][2]);
    let names = cloud.get(&format!("{ALL}?sort_key=namespace&sort_dir=asc&limit=100"), &admin).await.json();
    let names: Vec<&str> = names["namespaces"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["namespace"].as_str())
        .collect();
    assert!(names.is_sorted() && names.len() > 8, "{names:?}");
    let private = cloud.get(&format!("{ALL}?visibility=private"), &admin).await.json();
    assert_eq!(private["namespaces"].as_array().map(Vec::len), Some(1));
    let alice = cloud.alice().await;
    assert!(!cloud.get(&format!("{ALL}?limit=100"), &alice).await.text().contains("probe"));
    for bad in ["limit=x", "limit=-1", "sort_dir=up", "sort_key=nope", "visibility=all"] {
        assert_eq!(cloud.get(&format!("{ALL}?{bad}"), &admin).await.status, 400, "{bad}");
    }
    assert_eq!(cloud.get(&format!("{ALL}?marker=nope"), &admin).await.status, 404);
}

#[tokio::test]
async fn each_schema_is_given_out() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    for (path, name) in [
        ("namespace", "namespace"),
        ("namespaces", "namespaces"),
        ("object", "object"),
        ("objects", "objects"),
        ("property", "property"),
        ("properties", "properties"),
        ("tag", "tag"),
        ("tags", "tags"),
        ("resource_type", "resource_type_association"),
        ("resource_types", "resource_type_associations"),
    ] {
        let schema = cloud.get(&format!("/image/v2/schemas/metadefs/{path}"), &token).await;
        assert_eq!((schema.status, &schema.json()["name"]), (200, &json!(name)), "{path}");
    }
    assert_eq!(cloud.get("/image/v2/schemas/metadefs/nope", &token).await.status, 404);
}
