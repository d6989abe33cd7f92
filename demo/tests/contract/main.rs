//! Replays what was recorded of a real cloud (`tests/transcripts`, `tests/transcripts-further`), in the order of the recording, and compares: same status, same
//! headers that matter, same shape, same words. Ids, dates, tokens, names and addresses are translated. On a demo cloud in this process,
//! or on any cloud that `SEXTANT_CONTRACT_KEYSTONE` names (see `target.rs`; `cargo xtask cloud test` does).
//!
//! What is left out stands with its reason in `exceptions.rs`, and in `DIFFERENCES.md`.

mod clear_up;
mod compare;
mod exceptions;
mod images;
mod names;
mod stage;
mod target;
mod transcripts;

use std::collections::BTreeSet;
use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use futures_util::FutureExt;
use serde_json::Value;
use sextant_demo::config::CloudArgs;
use sextant_demo::disks;

use exceptions::{LEFT_OUT, On};
use stage::{ALICE, QUINN, Stage};
use target::{Answer, Target};
use transcripts::{FIRST, FURTHER, LAUNCH, Recording, Transcript};

/// What the recording did without a transcript: these uploads, before the exchange of this number.
const UPLOADS: [(u32, &str); 3] = [
    (191, "e7ed989b-f6ec-401a-8013-094847becbbc"),
    (245, "e145cf59-d577-47c6-9c53-fe2472c0bf19"),
    (246, "aaa40406-b4e3-4e3c-80a9-0e0941bb5fbb"),
];
/// And this one before 252: larger than the disk of the smallest flavor.
const BIG: &str = "e891b694-c5d6-4753-abde-1bf8b664e93b";
const BIG_SIZE: u32 = 1250 << 20;

/// By their recorded ids: made in 236 and 267.
const ALICES_SERVER: &str = "37d05fb2-3625-4985-b1b1-8ba987da1a9e";
const QUINNS_SERVER: &str = "8ff355e4-2de0-42d7-b7d7-2979dfb6b91b";

/// The first recorder of launches counts on from here.
const LAUNCH_BEGINS: u32 = 800;

#[tokio::test(flavor = "multi_thread")]
async fn the_recorded_exchanges_come_out_the_same() {
    come_out_the_same(FIRST).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recorded_exchanges_beyond_them_come_out_the_same() {
    come_out_the_same(FURTHER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recorded_exchanges_of_a_launch_come_out_the_same() {
    come_out_the_same(LAUNCH).await;
}

async fn come_out_the_same(recording: Recording) {
    let target = Target::from_env().await;
    let (real, cloud) = (target.is_real(), target.keystone.clone());
    let (replay, named): (Vec<_>, Vec<_>) =
        transcripts::all(recording).into_iter().partition(|it| exceptions::reason(it.number, real).is_none());
    let failures = on_a_stage(target, &replay).await;
    // Not print!: the test harness would keep it to itself.
    let cloud = if real { cloud } else { "the demo cloud".into() };
    let ((_, recorded), replayed, named) = (recording, replay.len(), named.len());
    let sum = format!(
        "contract: {replayed} of {recorded} recorded exchanges replayed on {cloud}, {named} named as left out\n"
    );
    std::io::stderr().write_all(sum.as_bytes()).expect("stderr takes it");
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(replayed + named, recorded);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recorded_size_cap_is_enforced() {
    let target = Target::demo(CloudArgs { image_size_cap: 1 << 20, ..CloudArgs::default() }).await;
    let mut stage = Stage::new(target).await;
    stage.accounts().await;
    let capped: Vec<_> =
        transcripts::all(FIRST).into_iter().filter(|it| (218..=220).contains(&it.number)).collect();
    let failures = play(&mut stage, &capped).await;
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Every recorded exchange is in the repository, and every exception is one of them and stands in `DIFFERENCES.md` too.
#[test]
fn every_exchange_is_replayed_or_named() {
    let mut all = BTreeSet::new();
    for recording in [FIRST, FURTHER, LAUNCH] {
        let numbers: BTreeSet<u32> = transcripts::all(recording).iter().map(|it| it.number).collect();
        assert_eq!(numbers.len(), recording.1);
        all.extend(numbers);
    }
    let differences = include_str!("../../DIFFERENCES.md");
    for (numbers, on, why) in LEFT_OUT {
        for number in numbers.clone() {
            assert!(all.contains(&number), "{number} was not recorded");
        }
        let (first, last) = (numbers.start(), numbers.end());
        let exchange = if first == last { format!("{first:03}") } else { format!("{first:03}–{last:03}") };
        let place = match on {
            On::Any => "any",
            On::Demo => "demo",
        };
        let row = format!("| {exchange} | {place} | {why} |");
        assert!(differences.contains(&row), "DIFFERENCES.md lacks: {row}");
    }
}

/// Replays on a cloud that is made ready before and cleared up after, whatever happens between.
async fn on_a_stage(target: Target, transcripts: &[Transcript]) -> Vec<String> {
    let mut stage = Stage::new(target).await;
    let scene = async {
        stage.set_up().await;
        play(&mut stage, transcripts).await
    };
    let outcome = AssertUnwindSafe(scene).catch_unwind().await;
    let left = stage.clear_up().await;
    let mut failures = outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    failures.extend(left.into_iter().map(|what| format!("left behind: {what}")));
    failures
}

/// Replays some exchanges; says what came out otherwise.
async fn play(stage: &mut Stage, transcripts: &[Transcript]) -> Vec<String> {
    let mut failures = Vec::new();
    for transcript in transcripts {
        prepare(stage, transcript).await;
        let end = Instant::now() + stage.target.patience();
        let (answer, found) = loop {
            let answer = replay(stage, transcript).await;
            let prefix = stage.prefix.clone();
            let mine = |name: &str| stage::is_mine(&prefix, name);
            let found = compare::differences(transcript, &answer, &mut stage.names, &mine);
            if found.is_empty() || !transcript.shows_a_state() || Instant::now() > end {
                break (answer, found);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        learn(stage, transcript, &answer);
        failures.extend(found.into_iter().map(|what| format!("{}: {what}", transcript.name)));
    }
    failures
}

/// What the recording did in between.
async fn prepare(stage: &mut Stage, transcript: &Transcript) {
    for (_, image) in UPLOADS.iter().filter(|(number, _)| *number == transcript.number) {
        let image = stage.names.text(image);
        let tiny = disks::make("qcow2", 64 << 20, 9).expect("a known format");
        stage.upload(ALICE, &image, tiny).await;
    }
    match transcript.number {
        // The token of before was revoked in 034, and 035 and 036 saw to it that it is no good.
        37 => stage.tokens.clear(),
        252 => {
            let image = stage.names.text(BIG);
            if !stage.target.pretends_to_hold(&image, BIG_SIZE) {
                stage.upload(ALICE, &image, vec![0; BIG_SIZE as usize]).await;
            }
        }
        // Nova counts quinn's server only when it is somewhere.
        268 => stage.until_idle(QUINN, QUINNS_SERVER, "ACTIVE").await,
        278 => stage.until_idle(ALICE, ALICES_SERVER, "ACTIVE").await,
        // Lists go by the second of the creation.
        _ if transcript.name.ends_with("server-create-second") => {
            tokio::time::sleep(Duration::from_secs(1)).await
        }
        number if number > LAUNCH_BEGINS && transcript.method != "GET" => stage.until_still().await,
        // A stop takes a moment.
        _ if transcript.name.ends_with("stop-again") => {
            let server = transcript.url.rsplit('/').nth(1).expect("an id");
            stage.until_idle(ALICE, server, "SHUTOFF").await;
        }
        _ => {}
    }
}

async fn replay(stage: &mut Stage, transcript: &Transcript) -> Answer {
    let mut headers = Vec::new();
    for (name, value) in &transcript.request_headers {
        let value = match name.as_str() {
            "content-length" => continue,
            "x-auth-token" | "x-subject-token" => stage.token(value).await,
            _ => value.clone(),
        };
        headers.push((name.clone(), value));
    }
    // An id that the client chooses can be had once.
    if let ("POST", Some(id)) = (transcript.method.as_str(), transcript.request_body["id"].as_str()) {
        stage.names.meet(id, &uuid::Uuid::new_v4().to_string());
    }
    let mut body = stage.names.body("", &transcript.request_body);
    if let Some(Value::String(label)) = body.pointer("/auth/identity/token/id").cloned() {
        body["auth"]["identity"]["token"]["id"] = stage.token(&label).await.into();
    }
    let bytes = match &body {
        Value::Null => Bytes::new(),
        body if body["binary"] == true => bytes_of(body).into(),
        // What is no JSON is kept as it was sent.
        Value::String(text) => text.clone().into(),
        body => body.to_string().into(),
    };
    let url = stage.names.text(&transcript.url).replace('"', "%22").replace(' ', "%20");
    stage.target.send(&transcript.method, &url, headers, bytes).await
}

/// Tokens and secrets, which later exchanges use.
fn learn(stage: &mut Stage, transcript: &Transcript, answer: &Answer) {
    // 015 bears the label of 005, whose token the later ones use.
    if !answer.header("x-subject-token").is_empty() && transcript.number != 15 {
        let label = transcript.response_headers.get("x-subject-token").cloned().unwrap_or_default();
        stage.tokens.insert(label, answer.header("x-subject-token").to_owned());
    }
    let (at, ours) = ("/application_credential/secret", answer.json());
    if let (Some(theirs), Some(ours)) = (transcript.response_body.pointer(at), ours.pointer(at)) {
        stage.names.learn(&stage::text(theirs), &stage::text(ours));
    }
}

/// The recorded files are known by their size and first bytes only; ours are made anew.
fn bytes_of(body: &Value) -> Vec<u8> {
    let size = body["bytes"].as_u64().unwrap_or(0);
    let first = body["first_bytes_hex"].as_str().unwrap_or("");
    let make = |format| disks::make(format, 64 << 20, 9).expect("a known format");
    match (size, first) {
        (2, _) => b"{}".to_vec(),
        (_, first) if first.starts_with("514649fb") => make("qcow2"),
        (_, first) if first.starts_with("3c3c3c20") => make("vdi"),
        (_, first) if first.starts_with("76686478") => make("vhdx"),
        (358_400, _) => make("iso"),
        (size, first) => vec![u8::from_str_radix(&first[..2], 16).expect("hex"); size as usize],
    }
}
