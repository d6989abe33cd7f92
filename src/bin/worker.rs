//! The Web Worker, a wasm of its own: says what a file is, and works out its SHA-512, without the page noticing. It reads the file
//! piece by piece, so that its memory stays small whatever the file's size. `src/client/worker.rs` speaks with it:
//!
//! - to it: `["inspect", File]` or `["sha512", File]`; all jobs are done one after the other. What is not in a file yet is hashed as it
//!   comes: `["begin"]`, then `["piece", Uint8Array]` for each piece, then `["end"]`. Each is answered `["taken", ""]`, the last by the hash.
//! - from it: `["ready"]` once; then `["read", bytes]` now and again, and at last `["report", JSON]`, `["sha512", hex]`,
//!   `["unreadable"]` or `["failed", why]`.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Array, ArrayBuffer, Promise, Uint8Array};
use sextant_inspector::inspection::Inspection;
use sha2::{Digest, Sha512};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{
    Blob, DedicatedWorkerGlobalScope, File, FileReaderSync, MessageEvent, ReadableStreamByobReader,
    ReadableStreamDefaultReader, ReadableStreamReadResult,
};

/// What one stream reads for the hash: to ask for smaller pieces takes longer than to hash them. Not the whole file: Safari reads
/// on however slowly it is taken, and versions before 2024 can't stream a file of 4 GB (WebKit bug 272600).
const PIECE: u64 = 16 << 20;
/// What one read brings at most.
const BUFFER: u32 = 1 << 20;

/// Why a job ended without an answer.
enum Trouble {
    /// The file was changed, moved or removed since it was chosen.
    Unreadable,
    /// Anything else.
    Failed(String),
}

fn main() {
    let stream = Rc::new(RefCell::new(Sha512::new()));
    let mut last = Promise::resolve(&JsValue::UNDEFINED);
    let take = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let (before, stream) = (last.clone(), stream.clone());
        last = future_to_promise(async move {
            // No job ends in a rejection.
            let _ = JsFuture::from(before).await;
            match work(&event.data().unchecked_into(), &stream).await {
                Ok((kind, text)) => post(kind, &text.into()),
                Err(Trouble::Unreadable) => post("unreadable", &JsValue::UNDEFINED),
                Err(Trouble::Failed(why)) => post("failed", &why.into()),
            }
            Ok(JsValue::UNDEFINED)
        });
    });
    scope().set_onmessage(Some(take.as_ref().unchecked_ref()));
    // As long as the worker lives.
    take.forget();
    post("ready", &JsValue::UNDEFINED);
}

async fn work(job: &Array, stream: &RefCell<Sha512>) -> Result<(&'static str, String), Trouble> {
    let kind = job.get(0).as_string().unwrap_or_default();
    match (kind.as_str(), job.get(1).dyn_into::<File>()) {
        ("inspect", Ok(file)) => inspect(&file).map(|report| ("report", report)),
        ("sha512", Ok(file)) => sha512(&file).await.map(|hash| ("sha512", hash)),
        (kind, Err(other)) => take_in(&mut stream.borrow_mut(), kind, other),
        (other, _) => Err(Trouble::Failed(format!("unknown job {other}"))),
    }
}

/// A hash that is fed by the page.
fn take_in(stream: &mut Sha512, kind: &str, piece: JsValue) -> Result<(&'static str, String), Trouble> {
    match (kind, piece.dyn_into::<Uint8Array>()) {
        ("begin", _) => *stream = Sha512::new(),
        ("piece", Ok(piece)) => {
            stream.update(piece.to_vec());
            let_go(&piece.buffer());
        }
        ("end", _) => return Ok(("sha512", hex(std::mem::take(stream)))),
        _ => return Err(Trouble::Failed("no file".to_owned())),
    }
    Ok(("taken", String::new()))
}

fn hex(hash: Sha512) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn inspect(file: &File) -> Result<String, Trouble> {
    let reader = reader()?;
    let mut inspection = Inspection::new(size_of(file));
    while let Some(range) = inspection.wants() {
        inspection.feed(&read(&reader, file, range.start, range.end)?.to_vec());
    }
    let report = inspection.report().map_err(|range| Trouble::Failed(format!("still wants {range:?}")))?;
    serde_json::to_string(&report).map_err(|error| Trouble::Failed(error.to_string()))
}

async fn sha512(file: &File) -> Result<String, Trouble> {
    let size = size_of(file);
    let mut hash = Sha512::new();
    let mut buffer = Uint8Array::new_with_length(BUFFER);
    let mut at = 0;
    while at < size {
        let end = (at + PIECE).min(size);
        if take_piece(&slice(file, at, end)?, &mut hash, &mut buffer).await? != end - at {
            return Err(Trouble::Unreadable);
        }
        at = end;
        post("read", &number(at));
    }
    Ok(hex(hash))
}

/// Hashes a piece of a file, and says how many bytes there were. Where the browser can, all is read into the one buffer: to make one
/// for each read takes as long as to hash what is in it.
async fn take_piece(piece: &Blob, hash: &mut Sha512, buffer: &mut Uint8Array) -> Result<u64, Trouble> {
    let stream = piece.stream();
    let reader = ReadableStreamByobReader::new(&stream)
        .map_err(|_| stream.get_reader().unchecked_into::<ReadableStreamDefaultReader>());
    let mut taken = 0;
    loop {
        let next = match &reader {
            Ok(reader) => reader.read_with_array_buffer_view(buffer),
            Err(reader) => reader.read(),
        };
        let next = JsFuture::from(next).await.map_err(|_| Trouble::Unreadable)?;
        let next: ReadableStreamReadResult = next.unchecked_into();
        let bytes = next.get_value().dyn_into::<Uint8Array>();
        if let (Ok(bytes), Ok(_)) = (&bytes, &reader) {
            // It comes back with what was read, and at the end without.
            *buffer = Uint8Array::new(&bytes.buffer());
        }
        if next.get_done() == Some(true) {
            return Ok(taken);
        }
        let bytes = bytes.map_err(|_| Trouble::Unreadable)?;
        taken += u64::from(bytes.length());
        hash.update(bytes.to_vec());
        if reader.is_err() {
            let_go(&bytes.buffer());
        }
    }
}

fn slice(file: &File, start: u64, end: u64) -> Result<Blob, Trouble> {
    file.slice_with_f64_and_f64(as_f64(start), as_f64(end)).map_err(|_| Trouble::Unreadable)
}

fn read(reader: &FileReaderSync, file: &File, start: u64, end: u64) -> Result<Uint8Array, Trouble> {
    let bytes = reader.read_as_array_buffer(&slice(file, start, end)?).map_err(|_| Trouble::Unreadable)?;
    Ok(Uint8Array::new(&bytes))
}

/// Gives the memory back now: the collector would let it grow to hundreds of megabytes. Older browsers can't; theirs comes back later.
fn let_go(buffer: &ArrayBuffer) {
    // It can't fail on a buffer that is ours.
    let _ = buffer.transfer_with_length(0);
}

fn reader() -> Result<FileReaderSync, Trouble> {
    FileReaderSync::new().map_err(|error| Trouble::Failed(format!("{error:?}")))
}

fn post(kind: &str, payload: &JsValue) {
    // Text and numbers can always be posted.
    let _ = scope().post_message(&Array::of2(&kind.into(), payload));
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn number(bytes: u64) -> JsValue {
    JsValue::from_f64(as_f64(bytes))
}

#[allow(clippy::cast_precision_loss, reason = "a count of bytes below 2^53")]
fn as_f64(bytes: u64) -> f64 {
    bytes as f64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bytes below 2^53")]
fn size_of(file: &File) -> u64 {
    file.size() as u64
}
