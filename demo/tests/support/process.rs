//! The demo cloud as a process of its own, on a port of its own, killed without warning.
//!
//! `SEXTANT_DEMO` names another binary than the debug build: its figures are those that count.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::Client;
use serde_json::{Value, json};

/// A running demo cloud; killed when dropped.
pub struct Server {
    child: Child,
    pub base: String,
    pub http: Client,
}

impl Server {
    pub fn start(data: &Path, more: &[&str]) -> Self {
        let binary =
            std::env::var("SEXTANT_DEMO").unwrap_or_else(|_| env!("CARGO_BIN_EXE_sextant-demo").to_owned());
        let mut child = Command::new(binary)
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the demo cloud starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let first = lines.next().expect("a first line").expect("text");
        let base = first.rsplit(' ').next().expect("an address").to_owned();
        // Read on, so that the pipe never fills up.
        std::thread::spawn(move || lines.count());
        Self { child, base, http: Client::new() }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }

    /// The most memory that it had resident, in MB.
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux");
        let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak");
        let kib: u64 =
            line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number");
        kib / 1024
    }

    pub async fn token(&self) -> String {
        let domain = json!({"id": "default"});
        let body = json!({"auth": {
            "identity": {"methods": ["password"],
                "password": {"user": {"name": "alice", "domain": domain, "password": "password"}}},
            "scope": {"project": {"name": "demo", "domain": domain}},
        }});
        let url = format!("{}/identity/v3/auth/tokens", self.base);
        let answer = self.http.post(url).body(body.to_string()).send().await.expect("an answer");
        answer.headers()["x-subject-token"].to_str().expect("ASCII").to_owned()
    }

    pub async fn json(&self, path: &str, token: &str) -> (u16, Value) {
        let request = self.http.get(format!("{}{path}", self.base)).header("x-auth-token", token);
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, serde_json::from_slice(&answer.bytes().await.expect("a body")).unwrap_or(Value::Null))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
