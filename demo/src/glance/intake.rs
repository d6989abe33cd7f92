//! Taking bytes in: a blocking worker that writes and hashes what an async task sends it.
//!
//! The worker owns the temporary file. When its sender goes away without `finish`, the client is gone: the file goes too.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use axum::body::Bytes;
use md5::{Digest, Md5};
use sha2::Sha512;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use super::files;
use crate::keystone::hex;

/// Bytes that arrived whole.
#[derive(Debug)]
pub struct Received {
    /// Where they are for now.
    pub path: PathBuf,
    /// How many.
    pub size: u64,
    /// In hex digits.
    pub md5: String,
    /// In hex digits.
    pub sha512: String,
}

/// Why bytes did not arrive.
#[derive(Debug)]
pub enum Failure {
    /// The sender stopped half way.
    Cut,
    /// More than allowed.
    TooLarge,
    /// Our own disk.
    Io(io::Error),
}

enum Part {
    Data(Bytes),
    End,
}

/// The sending half.
pub struct Intake {
    parts: mpsc::Sender<Part>,
    worker: JoinHandle<Result<Received, Failure>>,
}

impl Intake {
    /// Starts the worker. A few parts may wait: that bounds the memory, whatever the sizes of client and disk.
    pub fn start(path: PathBuf, cap: u64) -> Self {
        let (parts, receiver) = mpsc::channel(8);
        let worker = spawn_blocking(move || {
            let result = receive(&path, receiver, cap);
            if result.is_err() {
                files::remove(&path);
            }
            result
        });
        Self { parts, worker }
    }

    /// Passes bytes on; false once the worker wants no more (`finish` says why).
    pub async fn send(&self, bytes: Bytes) -> bool {
        self.parts.send(Part::Data(bytes)).await.is_ok()
    }

    /// All has been sent.
    pub async fn finish(self) -> Result<Received, Failure> {
        // The worker may have stopped already; its result says so.
        let _ = self.parts.send(Part::End).await;
        self.stop().await
    }

    /// Nothing more will come.
    pub async fn stop(self) -> Result<Received, Failure> {
        drop(self.parts);
        self.worker.await.unwrap_or_else(|error| Err(Failure::Io(io::Error::other(error))))
    }
}

fn receive(path: &PathBuf, mut parts: mpsc::Receiver<Part>, cap: u64) -> Result<Received, Failure> {
    let mut file = File::create(path).map_err(Failure::Io)?;
    let (mut md5, mut sha512, mut size) = (Md5::new(), Sha512::new(), 0_u64);
    loop {
        match parts.blocking_recv() {
            Some(Part::Data(bytes)) => {
                size += bytes.len() as u64;
                if size > cap {
                    return Err(Failure::TooLarge);
                }
                md5.update(&bytes);
                sha512.update(&bytes);
                file.write_all(&bytes).map_err(Failure::Io)?;
            }
            Some(Part::End) => break,
            None => return Err(Failure::Cut),
        }
    }
    let (md5, sha512) = (hex(&md5.finalize()), hex(&sha512.finalize()));
    Ok(Received { path: path.clone(), size, md5, sha512 })
}
