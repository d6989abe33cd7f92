//! What was answered with success is there after `kill -9`; no half image is ever active; memory stays flat.
//!
//! `SEXTANT_LONG=1` kills 50 times and streams 4 GiB.

#![allow(clippy::print_stdout, reason = "a long run reports its figures")]

#[path = "support/process.rs"]
mod process;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use md5::{Digest, Md5};
use process::Server;
use reqwest::{Body, Client};
use serde_json::{Value, json};

fn is_long() -> bool {
    std::env::var("SEXTANT_LONG").is_ok_and(|value| value == "1")
}

/// What a client knows of an image, by the answers that it got.
#[derive(Debug, Clone, Default)]
struct Known {
    /// The highest `min_ram` that was answered with 200, and the highest that was asked for.
    patched: u64,
    asked: u64,
    /// Whether the upload was answered with 204.
    is_uploaded: bool,
    /// Looked at after an earlier kill; it is looked at again after the last one.
    is_seen: bool,
}

type Ledger = Arc<Mutex<BTreeMap<String, Known>>>;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_answered_is_lost_to_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::default();
    let mut server = Server::start(folder.path(), &[]);
    let token = server.token().await;
    let rounds = if is_long() { 50 } else { 4 };
    for round in 1..=rounds {
        let work: Vec<_> = (0..3)
            .map(|worker| {
                tokio::spawn(busy(
                    server.http.clone(),
                    server.base.clone(),
                    token.clone(),
                    ledger.clone(),
                    worker,
                ))
            })
            .collect();
        // A different moment each time.
        let moment = 60 + uuid::Uuid::new_v4().as_u128() % 700;
        tokio::time::sleep(Duration::from_millis(moment as u64)).await;
        server.kill();
        for task in work {
            task.await.expect("a client does not panic");
        }
        server = Server::start(folder.path(), &[]);
        check(&server, &token, &ledger, round, round == rounds).await;
    }
    let known = ledger.lock().expect("no panic").len();
    println!("{rounds} kills, {known} images");
    assert!(known > 3, "only {known} images were made: the test did not test");
}

/// Creates, patches and uploads until the server is gone.
async fn busy(http: Client, base: String, token: String, ledger: Ledger, worker: u8) {
    for turn in 0_u64.. {
        let body = json!({"name": format!("kill-{worker}-{turn}"), "disk_format": "raw", "container_format": "bare"});
        let request = http.post(format!("{base}/image/v2/images")).header("x-auth-token", &token);
        let Ok(answer) = request.body(body.to_string()).send().await else { return };
        let Ok(bytes) = answer.bytes().await else { return };
        let Ok(image) = serde_json::from_slice::<Value>(&bytes) else { return };
        let Some(id) = image["id"].as_str().map(str::to_owned) else { return };
        ledger.lock().expect("no panic").insert(id.clone(), Known::default());
        for value in 1..4_u64 {
            let note = |edit: &dyn Fn(&mut Known)| {
                edit(ledger.lock().expect("no panic").entry(id.clone()).or_default())
            };
            note(&|known| known.asked = value);
            let patch = json!([{"op": "replace", "path": "/min_ram", "value": value}]).to_string();
            let request = http
                .patch(format!("{base}/image/v2/images/{id}"))
                .header("x-auth-token", &token)
                .header("content-type", "application/openstack-images-v2.1-json-patch");
            match request.body(patch).send().await {
                Ok(answer) if answer.status() == 200 => note(&|known| known.patched = value),
                _ => return,
            }
        }
        let bytes = vec![worker + 1; 200_000 + (turn as usize * 77_777) % 2_000_000];
        let request = http
            .put(format!("{base}/image/v2/images/{id}/file"))
            .header("x-auth-token", &token)
            .header("content-type", "application/octet-stream");
        match request.body(bytes).send().await {
            Ok(answer) if answer.status() == 204 => {
                ledger.lock().expect("no panic").entry(id).or_default().is_uploaded = true;
            }
            _ => return,
        }
    }
}

/// Looks at what is new since the kill before, and in the end at everything.
async fn check(server: &Server, token: &str, ledger: &Ledger, round: u32, all: bool) {
    let known = ledger.lock().expect("no panic").clone();
    for (id, known) in known.iter().filter(|(_, known)| all || !known.is_seen) {
        let (status, image) = server.json(&format!("/image/v2/images/{id}"), token).await;
        assert_eq!(status, 200, "round {round}: image {id} is lost");
        let ram = image["min_ram"].as_u64().expect("a number");
        assert!((known.patched..=known.asked).contains(&ram), "round {round}: {id} has {ram}, {known:?}");
        if known.is_uploaded {
            assert_eq!(image["status"], "active", "round {round}: {id}");
        }
        assert!(["queued", "active"].iter().any(|status| image["status"] == *status), "{image}");
        if image["status"] != "active" {
            continue;
        }
        // Answered or not: an active image has exactly the bytes that its checksum tells of.
        let url = format!("{}/image{}", server.base, image["file"].as_str().expect("a path"));
        let file = server.http.get(url).header("x-auth-token", token).send().await.expect("an answer");
        let bytes = file.bytes().await.expect("all bytes");
        assert_eq!(Some(bytes.len() as u64), image["size"].as_u64(), "{image}");
        assert_eq!(image["checksum"], sextant_demo::keystone::hex(&Md5::digest(&bytes)), "{image}");
    }
    for known in ledger.lock().expect("no panic").values_mut() {
        known.is_seen = true;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_stays_flat_whatever_the_size() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let token = server.token().await;
    let gib: usize = if is_long() { 4 } else { 1 };
    let body = json!({"name": "large", "disk_format": "raw", "container_format": "bare"});
    let request = server.http.post(format!("{}/image/v2/images", server.base)).header("x-auth-token", &token);
    let answer =
        request.body(body.to_string()).send().await.expect("an answer").bytes().await.expect("a body");
    let image: Value = serde_json::from_slice(&answer).expect("JSON");
    let url = format!("{}/image{}", server.base, image["file"].as_str().expect("a path"));
    let chunk = vec![7_u8; 1 << 20];
    let parts = stream::repeat(chunk).take(gib << 10).map(Ok::<_, std::io::Error>);
    let request = server
        .http
        .put(&url)
        .header("x-auth-token", &token)
        .header("content-type", "application/octet-stream")
        .body(Body::wrap_stream(parts));
    assert_eq!(request.send().await.expect("an answer").status(), 204);
    let mut download = server.http.get(&url).header("x-auth-token", &token).send().await.expect("an answer");
    let mut size = 0;
    while let Some(part) = download.chunk().await.expect("all bytes") {
        size += part.len();
    }
    assert_eq!(size, gib << 30);
    let peak = server.peak_memory();
    println!("{gib} GiB up and down, {peak} MB resident at the peak");
    assert!(peak < 100, "{peak} MB resident at the peak");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_all_and_reset_forgets_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::start(folder.path(), &[]);
    let token = server.token().await;
    let request = server.http.post(format!("{}/image/v2/images", server.base)).header("x-auth-token", &token);
    let answer = request.body(r#"{"name":"kept"}"#).send().await.expect("an answer");
    assert_eq!(answer.status(), 201);
    server.kill();
    let mut server = Server::start(folder.path(), &[]);
    let (status, list) = server.json("/image/v2/images?name=kept", &token).await;
    assert_eq!(
        (status, list["images"].as_array().map(Vec::len)),
        (200, Some(1)),
        "the token is good and the image there"
    );
    server.kill();
    let server = Server::start(folder.path(), &["--reset"]);
    assert_eq!(server.json("/image/v2/images", &token).await.0, 401);
    let (_, list) = server.json("/image/v2/images?name=kept", &server.token().await).await;
    assert_eq!(list["images"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_images_are_listed_a_thousand_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["--images", "10000"]);
    let token = server.token().await;
    let mut next = Some("/v2/images?limit=1000&tag=bulk&sort=name:asc".to_owned());
    let mut seen = 0;
    while let Some(path) = next {
        let (status, page) = server.json(&format!("/image{path}"), &token).await;
        assert_eq!(status, 200);
        seen += page["images"].as_array().map_or(0, Vec::len);
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(seen, 10_000);
}
