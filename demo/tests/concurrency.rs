//! Many clients at once: no 500, no lock error, and in the end every image is what its last answer said.
//!
//! `SEXTANT_LONG=1`: 50 clients for a minute.

#![allow(clippy::print_stdout, reason = "a long run reports its figures")]

#[path = "support/process.rs"]
mod process;

use std::sync::Arc;
use std::time::{Duration, Instant};

use process::Server;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn many_clients_leave_a_consistent_cloud() {
    let long = std::env::var("SEXTANT_LONG").is_ok_and(|value| value == "1");
    let (clients, time) = if long { (50, Duration::from_secs(60)) } else { (20, Duration::from_secs(4)) };
    let folder = tempfile::tempdir().expect("a folder");
    let server = Arc::new(Server::start(folder.path(), &[]));
    let token = server.token().await;
    let until = Instant::now() + time;
    let work: Vec<_> = (0..clients)
        .map(|client| tokio::spawn(one_client(server.clone(), token.clone(), client, until)))
        .collect();
    let mut kept = Vec::new();
    for client in work {
        kept.extend(client.await.expect("a client does not panic"));
    }
    println!("{clients} clients kept {} images", kept.len());
    assert!(kept.len() > 5, "only {} images were kept", kept.len());
    for (id, ram, bytes) in &kept {
        let (status, image) = server.json(&format!("/image/v2/images/{id}"), &token).await;
        assert_eq!(
            (status, image["min_ram"].as_u64(), image["size"].as_u64()),
            (200, Some(*ram), Some(*bytes))
        );
        assert_eq!(image["status"], "active");
    }
    let (_, usage) = server.json("/image/v2/info/usage", &token).await;
    assert_eq!(usage["usage"]["image_count_uploading"]["usage"].as_u64(), Some(1), "the seeded staged one");
    let (_, list) = server.json("/image/v2/images?limit=1000&tag=busy", &token).await;
    assert_eq!(
        list["images"].as_array().map(Vec::len),
        Some(kept.len()),
        "the deleted ones are gone, all others there"
    );
    let files = std::fs::read_dir(folder.path().join("images/tmp")).expect("a folder").count();
    assert_eq!(files, 0);
}

/// Creates, patches and uploads; deletes every second image. Gives what it kept.
async fn one_client(
    server: Arc<Server>,
    token: String,
    client: u64,
    until: Instant,
) -> Vec<(String, u64, u64)> {
    let mut kept = Vec::new();
    for turn in 0_u64.. {
        if Instant::now() > until {
            break;
        }
        let body = json!({"name": format!("busy-{client}-{turn}"), "disk_format": "raw", "container_format": "bare",
            "tags": ["busy"]});
        let (status, image) =
            ask(&server, &token, Method::POST, "/v2/images", "application/json", body.to_string()).await;
        assert_eq!(status, 201, "{image}");
        let path = format!("/v2/images/{}", image["id"].as_str().expect("an id"));
        let patch = json!([{"op": "replace", "path": "/min_ram", "value": turn + 1}]).to_string();
        let kind = "application/openstack-images-v2.1-json-patch";
        let (status, answer) = ask(&server, &token, Method::PATCH, &path, kind, patch).await;
        assert_eq!(status, 200, "{answer}");
        let size = 1000 + client * 1000 + turn;
        let bytes = vec![client as u8; size as usize];
        let (status, answer) =
            ask(&server, &token, Method::PUT, &format!("{path}/file"), "application/octet-stream", bytes)
                .await;
        assert_eq!(status, 204, "{answer}");
        let (status, _) = server.json("/image/v2/images?limit=100", &token).await;
        assert_eq!(status, 200);
        // No more than one page of all, and far below the quota.
        if turn % 2 == 0 || kept.len() >= 18 {
            let (status, answer) = ask(&server, &token, Method::DELETE, &path, "", Vec::new()).await;
            assert_eq!(status, 204, "{answer}");
        } else {
            kept.push((path.rsplit('/').next().expect("an id").to_owned(), turn + 1, size));
        }
    }
    kept
}

async fn ask(
    server: &Server,
    token: &str,
    method: Method,
    path: &str,
    kind: &str,
    body: impl Into<reqwest::Body>,
) -> (u16, Value) {
    let request = server.http.request(method, format!("{}/image{path}", server.base));
    let request = request.header("x-auth-token", token).header("content-type", kind).body(body);
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(&answer.bytes().await.expect("a body")).unwrap_or(Value::Null))
}
