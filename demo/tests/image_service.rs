//! Glance beyond the transcripts: lists, quotas, bad input, and what the recording could not show.

#[path = "support/cloud.rs"]
mod cloud;

use axum::body::Body;
use axum::http::{Method, Request};
use cloud::{BYTES, Cloud};
use serde_json::{Value, json};
use sextant_demo::config::CloudArgs;

fn names(answer: &cloud::Answer) -> Vec<String> {
    let images = answer.json()["images"].as_array().cloned().unwrap_or_default();
    images.iter().map(|image| image["name"].as_str().unwrap_or("").to_owned()).collect()
}

#[tokio::test]
async fn hidden_images_are_listed_alone() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    assert_eq!(names(&cloud.get("/image/v2/images?os_hidden=true", &token).await), ["debian-11 (hidden)"]);
    let all = names(&cloud.get("/image/v2/images?limit=100", &token).await);
    assert!(!all.contains(&"debian-11 (hidden)".to_owned()));
}

#[tokio::test]
async fn a_long_listing_is_compressed_for_who_accepts_it_and_an_images_bytes_are_not() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    let image = cloud.image(&token, json!({})).await;
    cloud.upload(&image, &token, vec![0; 5000]).await;
    let ask = |path: &str, encoding: &str| {
        let request = Request::get(path).header("x-auth-token", &token).header("accept-encoding", encoding);
        cloud.send(request.body(Body::empty()).expect("a request"))
    };
    let (listing, file) = ("/image/v2/images?limit=50", format!("/image/v2/images/{image}/file"));
    let plain = ask(listing, "identity").await;
    let small = ask(listing, "gzip, br").await;
    assert_eq!((plain.header("content-encoding"), small.header("content-encoding")), ("", "gzip"));
    assert!(small.body.len() * 3 < plain.body.len(), "{} of {}", small.body.len(), plain.body.len());
    let bytes = ask(&file, "gzip, br").await;
    assert_eq!((bytes.header("content-encoding"), bytes.body.as_slice()), ("", [0; 5000].as_slice()));
    assert_eq!(
        ask(&format!("/image/v2/images/{image}"), "gzip").await.header("content-encoding"),
        "",
        "short"
    );
}

#[tokio::test]
async fn pages_join_up_to_the_whole_list_in_every_order() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    for sort in [
        "",
        "&sort=name:asc",
        "&sort=size:desc,name:asc",
        "&sort_key=status&sort_dir=asc",
        "&sort=updated_at:asc",
    ] {
        let whole = names(&cloud.get(&format!("/image/v2/images?limit=200{sort}"), &token).await);
        assert!(whole.len() > 20);
        let mut joined = Vec::new();
        let mut next = Some(format!("/v2/images?limit=3{sort}"));
        while let Some(path) = next {
            let page = cloud.get(&format!("/image{path}"), &token).await;
            joined.extend(names(&page));
            next = page.json()["next"].as_str().map(str::to_owned);
        }
        assert_eq!(joined, whole, "{sort}");
    }
}

#[tokio::test]
async fn filters_find_what_they_name() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    for (query, expected) in [
        ("os_distro=ubuntu&os_version=24.04", vec!["ubuntu-24.04"]),
        ("tag=lts&tag=server", vec!["ubuntu-24.04"]),
        ("tag=lts&tag=installer", vec![]),
        ("name=CIRROS-Tiny", vec!["cirros-tiny"]),
        ("OS_DISTRO=Ubuntu&os_version=24.04&tag=LTS", vec!["ubuntu-24.04"]),
        ("min_disk_min=500", vec!["huge-appliance"]),
        ("name=in:\"cirros-tiny\",netboot.iso&sort=name:asc", vec!["cirros-tiny", "netboot.iso"]),
        ("status=in:queued,uploading&sort=name:asc", vec!["alice-queued", "alice-staged"]),
        ("protected=true&visibility=private", vec!["alice-protected"]),
        ("disk_format=vhdx", vec!["alice-hyperv"]),
        ("created_at=gt:2100-01-01T00:00:00Z", vec![]),
    ] {
        let path = format!("/image/v2/images?{}", query.replace('"', "%22"));
        assert_eq!(names(&cloud.get(&path, &token).await), expected, "{query}");
    }
    let recent = cloud.get("/image/v2/images?limit=100&updated_at=gte:2020-01-01T00:00:00Z", &token).await;
    assert!(names(&recent).len() > 20);
}

#[tokio::test]
async fn the_size_cap_is_enforced() {
    let cloud = Cloud::with(CloudArgs { image_size_cap: 1 << 20, ..CloudArgs::default() });
    let token = cloud.alice().await;
    let image = cloud.image(&token, json!({})).await;
    let answer = cloud.upload(&image, &token, vec![7; 3 << 20]).await;
    assert_eq!(answer.status, 413);
    let expected = "The incoming image is too large: The provided image is too large.<br /><br />\n\n\n";
    assert_eq!(answer.json()["message"], expected);
    let after = queued_again(&cloud, &image, &token).await;
    assert_eq!((&after["size"], &after["checksum"]), (&Value::Null, &Value::Null));
}

async fn queued_again(cloud: &Cloud, image: &str, token: &str) -> Value {
    for _ in 0..100 {
        let now = cloud.get(&format!("/image/v2/images/{image}"), token).await.json();
        if now["status"] == "queued" {
            return now;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the image never came back to queued");
}

#[tokio::test]
async fn bytes_that_were_refused_for_their_format_take_the_place_of_others() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    let image = cloud.image(&token, json!({"disk_format": "qcow2"})).await;
    assert_eq!(cloud.upload(&image, &token, vec![7; 4096]).await.status, 415);
    queued_again(&cloud, &image, &token).await;
    assert_eq!(cloud.upload(&image, &token, vec![7; 4096]).await.status, 500);
    queued_again(&cloud, &image, &token).await;
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_a_queued_image_and_no_file() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    let image = cloud.image(&token, json!({})).await;
    let parts: [Result<Vec<u8>, std::io::Error>; 2] =
        [Ok(vec![1; 1 << 20]), Err(std::io::ErrorKind::ConnectionReset.into())];
    let body = Body::from_stream(futures_util::stream::iter(parts));
    let path = format!("/image/v2/images/{image}/file");
    cloud.ask(Method::PUT, &path, &token, BYTES, body).await;
    queued_again(&cloud, &image, &token).await;
    assert_eq!(std::fs::read_dir(cloud.app.folder.join("images/tmp")).expect("a folder").count(), 0);
    // The same record takes the same bytes on a second try.
    assert_eq!(cloud.upload(&image, &token, vec![1; 2 << 20]).await.status, 204);
    let file = cloud.get(&path, &token).await;
    assert_eq!(file.body, vec![1; 2 << 20]);
}

#[tokio::test]
async fn an_image_deleted_during_its_upload_answers_410_and_leaves_nothing() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    let image = cloud.image(&token, json!({})).await;
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|part| (part, receiver))
    });
    let path = format!("/image/v2/images/{image}/file");
    let upload = cloud.ask(Method::PUT, &path, &token, BYTES, Body::from_stream(stream));
    let meanwhile = async {
        sender.send(Ok(vec![1; 1024])).await.expect("the upload listens");
        let path = format!("/image/v2/images/{image}");
        while cloud.get(&path, &token).await.json()["status"] != "saving" {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let gone =
            cloud.ask(Method::DELETE, &format!("/image/v2/images/{image}"), &token, "", Body::empty()).await;
        assert_eq!(gone.status, 204);
        drop(sender);
    };
    let (answer, ()) = tokio::join!(upload, meanwhile);
    assert_eq!(answer.status, 410, "{}", answer.text());
    assert!(!cloud.app.folder.join("images/local").join(&image).exists());
}

#[tokio::test]
async fn bad_bodies_are_refused_and_never_a_500() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    let image = cloud.image(&token, json!({"name": "victim"})).await;
    let long = "x".repeat(300);
    for (body, status) in [
        ("{".to_owned(), 400),
        ("[]".into(), 400),
        ("null".into(), 400),
        (json!({"name": 7}).to_string(), 400),
        (json!({"name": long}).to_string(), 400),
        (json!({"min_disk": -1}).to_string(), 400),
        (json!({"min_disk": 1.5}).to_string(), 400),
        (json!({"min_ram": u64::MAX}).to_string(), 400),
        (json!({"min_ram": 1_u64 << 40}).to_string(), 400),
        (json!({"tags": "x"}).to_string(), 400),
        (json!({"tags": [7]}).to_string(), 400),
        (json!({"visibility": null}).to_string(), 400),
        (json!({"disk_format": "floppy"}).to_string(), 400),
        (json!({"protected": "yes"}).to_string(), 400),
        (json!({"status": "active"}).to_string(), 403),
        (json!({"deleted": true}).to_string(), 403),
        (json!({"os_glance_import_task": "x"}).to_string(), 403),
        (json!({"nested": {"a": 1}}).to_string(), 400),
    ] {
        let answer =
            cloud.ask(Method::POST, "/image/v2/images", &token, "application/json", body.clone()).await;
        assert_eq!(answer.status, status, "POST {body}: {}", answer.text());
    }
    for (body, status) in [
        (json!({}), 400),
        (json!(["x"]), 400),
        (json!([{"op": "replace", "path": "/name"}]), 400),
        (json!([{"path": "/name", "value": "x"}]), 400),
        (json!([{"op": "jump", "path": "/name", "value": "x"}]), 400),
        (json!([{"op": "add", "path": "name", "value": "x"}]), 400),
        (json!([{"op": "add", "path": "/a/b", "value": "x"}]), 400),
        (json!([{"op": "add", "path": "/a~2", "value": "x"}]), 400),
        (json!([{"op": "add", "path": "/", "value": "x"}]), 400),
        (json!([{"op": "remove", "path": "/name"}]), 403),
        (json!([{"op": "replace", "path": "/id", "value": "x"}]), 403),
        (json!([{"op": "replace", "path": "/owner", "value": "x"}]), 403),
        (json!([{"op": "replace", "path": "/missing", "value": "x"}]), 409),
        (json!([{"op": "add", "path": "/a~1b~0c", "value": "x"}]), 200),
        (json!([]), 200),
    ] {
        let answer = cloud.patch(&image, &token, body.clone()).await;
        assert_eq!(answer.status, status, "PATCH {body}: {}", answer.text());
    }
    let now = cloud.get(&format!("/image/v2/images/{image}"), &token).await.json();
    assert_eq!((&now["name"], &now["a/b~c"]), (&json!("victim"), &json!("x")));
}

#[tokio::test]
async fn a_patch_is_done_whole_or_not_at_all() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    let image = cloud.image(&token, json!({"name": "before"})).await;
    let both =
        json!([{"op": "replace", "path": "/name", "value": "after"}, {"op": "remove", "path": "/nothing"}]);
    assert_eq!(cloud.patch(&image, &token, both).await.status, 409);
    assert_eq!(cloud.get(&format!("/image/v2/images/{image}"), &token).await.json()["name"], "before");
}

#[tokio::test]
async fn strange_ids_and_queries_answer_4xx() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    for path in [
        "/image/v2/images/..%2f..%2fdemo.sqlite",
        "/image/v2/images/%2e%2e%2f%2e%2e/file",
        "/image/v2/images/%00",
        "/image/v2/images/'%20OR%201=1",
        "/image/v2/images?limit=x",
        "/image/v2/images?marker=nope",
        "/image/v2/images?sort=name:up",
        "/image/v2/images?size_min=big",
        "/image/v2/images?what_max=3",
        "/image/v2/images?updated_at=gt:now",
        "/image/v2/images?os_hidden=perhaps",
        "/identity/v3/users/nobody",
    ] {
        let status = cloud.get(path, &token).await.status;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    let id = "x".repeat(5000);
    assert_eq!(cloud.get(&format!("/image/v2/images/{id}"), &token).await.status, 404);
}

#[tokio::test]
async fn an_empty_id_names_nothing() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    for (method, path) in [
        (Method::GET, "/image/v2/images/"),
        (Method::DELETE, "/image/v2/images/"),
        (Method::GET, "/image/v2/images//file"),
        (Method::GET, "/compute/v2.1/servers/"),
        (Method::DELETE, "/compute/v2.1/servers/"),
    ] {
        let answer = cloud.ask(method.clone(), path, &token, "application/json", "").await;
        assert_eq!(answer.status, 404, "{method} {path}");
    }
}

#[tokio::test]
async fn errors_are_html_unless_json_is_asked_for_exactly() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    for (accept, kind) in [
        ("application/json", "application/json"),
        ("*/*", "text/html; charset=UTF-8"),
        ("application/json, */*", "text/html; charset=UTF-8"),
    ] {
        let request =
            Request::get("/image/v2/images/nope").header("x-auth-token", &token).header("accept", accept);
        let answer = cloud.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, kind), "{accept}");
    }
}

#[tokio::test]
async fn the_administrator_sees_each_shared_image_but_not_others_communities() {
    let cloud = Cloud::new();
    let token = cloud.admin().await;
    let shared =
        names(&cloud.get("/image/v2/images?visibility=shared&member_status=pending&limit=100", &token).await);
    assert!(shared.contains(&"bob-share-pending".into()) && shared.contains(&"bob-shared-with-alice".into()));
    let all = names(&cloud.get("/image/v2/images?limit=100", &token).await);
    assert!(!all.contains(&"bob-community".into()) && all.contains(&"bob-ploop".into()));
    let community = names(&cloud.get("/image/v2/images?visibility=community&limit=100", &token).await);
    assert!(community.contains(&"bob-community".into()));
}

#[tokio::test]
async fn more_tags_and_properties_than_the_quota_answer_413() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    let tags: Vec<String> = (0..129).map(|tag| format!("t{tag}")).collect();
    let answer = cloud.post("/image/v2/images", &token, json!({"tags": tags})).await;
    assert_eq!(answer.status, 413, "{}", answer.text());
    let mut body = serde_json::Map::new();
    body.extend((0..129).map(|key| (format!("key{key}"), json!("x"))));
    assert_eq!(cloud.post("/image/v2/images", &token, body.into()).await.status, 413);
}

#[tokio::test]
async fn sentinel_names_fail_as_they_say() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    let answer = cloud.post("/image/v2/images", &token, json!({"name": "demo-fail-503"})).await;
    assert_eq!(answer.status, 503);
    let image = cloud.image(&token, json!({"name": "demo-fail-delete-409 demo-fail-upload-500"})).await;
    let rename = json!([{"op": "replace", "path": "/name", "value": "demo-fail-409"}]);
    assert_eq!(cloud.patch(&image, &token, rename).await.status, 409);
    assert_eq!(cloud.upload(&image, &token, vec![0; 10]).await.status, 500);
    queued_again(&cloud, &image, &token).await;
    let gone =
        cloud.ask(Method::DELETE, &format!("/image/v2/images/{image}"), &token, "", Body::empty()).await;
    assert_eq!(gone.status, 409);
}

#[tokio::test]
async fn metadata_definitions_have_the_recorded_shape() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    let list = cloud
        .get("/image/v2/metadefs/namespaces?resource_types=OS::Glance::Image&limit=100", &token)
        .await
        .json();
    let namespaces = list["namespaces"].as_array().cloned().unwrap_or_default();
    assert!(namespaces.len() > 8);
    for namespace in &namespaces {
        let keys = [
            "namespace",
            "display_name",
            "description",
            "visibility",
            "protected",
            "owner",
            "created_at",
            "resource_type_associations",
            "self",
            "schema",
        ];
        assert!(keys.iter().all(|key| namespace.get(key).is_some()), "{namespace}");
    }
    let one = cloud
        .get("/image/v2/metadefs/namespaces/OS::Compute::CPUPinning?resource_type=OS::Glance::Image", &token)
        .await;
    assert_eq!(one.json()["properties"]["hw_cpu_policy"]["enum"][0], "shared");
}
