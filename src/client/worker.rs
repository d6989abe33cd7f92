//! The app's end of the Web Worker (`src/bin/worker.rs`), which says what a file is and works out its hash. A job is answered in
//! the order of asking. Whatever goes wrong with the worker is an answer too: nothing may depend on it.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Promise};
use sextant_inspector::{decision::Rules, report::Report};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, MessageEvent};

use crate::client::{browser::Listener, config::app_base};

/// The worker's messages are short: a longer one is not its own.
const LONGEST: usize = 10_000;
/// One that has said nothing by then will not start.
const PATIENCE_MS: u32 = 20_000;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkerFailure {
    /// The file was changed, moved or removed since it was chosen.
    Unreadable,
    /// The worker didn't start, or broke.
    Broken,
}

/// What a job is answered.
enum Answer {
    /// So many bytes are read so far.
    Read(u64),
    /// The end of it.
    End(Result<String, WorkerFailure>),
}

type Job = Box<dyn FnMut(Answer)>;

/// A running worker. Dropping it ends it, and what it was doing.
pub struct Worker {
    inner: Option<web_sys::Worker>,
    state: Rc<RefCell<State>>,
    _listeners: Vec<Listener>,
}

#[derive(Default)]
struct State {
    is_ready: bool,
    is_broken: bool,
    /// Not posted yet: a worker that is still starting would miss them.
    early: Vec<JsValue>,
    jobs: VecDeque<Job>,
}

impl Worker {
    /// Starts one. Where the browser refuses, its jobs are answered so.
    pub fn start() -> Self {
        let state: Rc<RefCell<State>> = Rc::default();
        let inner = web_sys::Worker::new(&format!("{}worker_loader.js", app_base())).ok();
        let mut listeners = Vec::new();
        match &inner {
            None => state.borrow_mut().is_broken = true,
            Some(worker) => {
                let (heard, sender) = (state.clone(), worker.clone());
                listeners.push(Listener::new(worker, "message", move |event| {
                    if let Some(event) = event.dyn_ref::<MessageEvent>() {
                        hear(&heard, &sender, &event.data());
                    }
                }));
                let broken = state.clone();
                listeners.push(Listener::new(worker, "error", move |_| break_down(&broken)));
                let silent = state.clone();
                spawn_local(async move {
                    TimeoutFuture::new(PATIENCE_MS).await;
                    if !silent.borrow().is_ready {
                        break_down(&silent);
                    }
                });
            }
        }
        Self { inner, state, _listeners: listeners }
    }

    /// What a file is.
    ///
    /// # Errors
    /// When the file can't be read, or the worker doesn't work.
    pub async fn inspect(&self, file: &File, rules: Rules) -> Result<Report, WorkerFailure> {
        let text = self.ask("inspect", file, |_| ()).await?;
        let report = serde_json::from_str(&text).map_err(|_| WorkerFailure::Broken)?;
        Ok(Report { rules, ..report })
    }

    /// The SHA-512 of a file, in hexadecimal. `on_read` is told how far it is.
    ///
    /// # Errors
    /// When the file can't be read, or the worker doesn't work.
    pub async fn sha512(
        &self,
        file: &File,
        on_read: impl Fn(u64) + 'static,
    ) -> Result<String, WorkerFailure> {
        let hash = self.ask("sha512", file, on_read).await?;
        let is_hash = hash.len() == 128 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash { Ok(hash) } else { Err(WorkerFailure::Broken) }
    }

    /// Ends it, and what it was doing.
    pub fn end(&self) {
        if let Some(worker) = &self.inner {
            worker.terminate();
        }
        break_down(&self.state);
    }

    async fn ask(
        &self,
        kind: &str,
        subject: &JsValue,
        on_read: impl Fn(u64) + 'static,
    ) -> Result<String, WorkerFailure> {
        let end: Rc<RefCell<Option<Result<String, WorkerFailure>>>> = Rc::default();
        let mut resolve = None;
        let told = Promise::new(&mut |tell, _| resolve = Some(tell));
        let kept = end.clone();
        let job: Job = Box::new(move |answer| match answer {
            Answer::Read(bytes) => on_read(bytes),
            Answer::End(result) => {
                *kept.borrow_mut() = Some(result);
                if let Some(resolve) = &resolve {
                    // Resolving a promise can't fail.
                    let _ = resolve.call0(&JsValue::UNDEFINED);
                }
            }
        });
        self.post(Array::of2(&kind.into(), subject).into(), job);
        // The promise is never rejected.
        let _ = JsFuture::from(told).await;
        end.take().unwrap_or(Err(WorkerFailure::Broken))
    }

    fn post(&self, message: JsValue, mut job: Job) {
        let mut state = self.state.borrow_mut();
        match &self.inner {
            Some(worker) if !state.is_broken => {
                state.jobs.push_back(job);
                if state.is_ready {
                    // A `File` can always be posted.
                    let _ = worker.post_message(&message);
                } else {
                    state.early.push(message);
                }
            }
            _ => job(Answer::End(Err(WorkerFailure::Broken))),
        }
    }
}

/// The SHA-512 of what comes in piece by piece. One at a time for a worker.
#[derive(Clone, Copy)]
pub struct HashStream<'a> {
    worker: &'a Worker,
}

impl<'a> HashStream<'a> {
    /// Begins; `None` where the worker doesn't work.
    pub async fn begin(worker: &'a Worker) -> Option<Self> {
        let begun = worker.ask("begin", &JsValue::UNDEFINED, |_| ()).await;
        begun.ok().map(|_| Self { worker })
    }

    /// Takes in the next piece, and answers when it was; false where the worker has broken.
    pub async fn feed(self, piece: &js_sys::Uint8Array) -> bool {
        self.worker.ask("piece", piece, |_| ()).await.is_ok()
    }

    /// The hash, in hexadecimal; `None` where the worker has broken.
    pub async fn end(self) -> Option<String> {
        self.worker.ask("end", &JsValue::UNDEFINED, |_| ()).await.ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.end();
    }
}

/// Takes in what the worker says.
fn hear(state: &RefCell<State>, worker: &web_sys::Worker, message: &JsValue) {
    let parts = Array::from(message);
    let text = parts.get(1).as_string().filter(|text| text.len() <= LONGEST);
    let answer = match (parts.get(0).as_string().unwrap_or_default().as_str(), text) {
        ("ready", _) => {
            let early = {
                let mut state = state.borrow_mut();
                state.is_ready = true;
                std::mem::take(&mut state.early)
            };
            for message in early {
                // A `File` can always be posted.
                let _ = worker.post_message(&message);
            }
            return;
        }
        ("read", _) => {
            let bytes = parts.get(1).as_f64().unwrap_or(0.0);
            // Taken out while it runs: it may ask for the next thing.
            let job = state.borrow_mut().jobs.pop_front();
            if let Some(mut job) = job {
                job(Answer::Read(whole(bytes)));
                state.borrow_mut().jobs.push_front(job);
            }
            return;
        }
        ("report" | "sha512" | "taken", Some(text)) => Ok(text),
        ("unreadable", _) => Err(WorkerFailure::Unreadable),
        // It could not start: nothing else will come.
        ("failed", _) if !state.borrow().is_ready => return break_down(state),
        _ => Err(WorkerFailure::Broken),
    };
    let job = state.borrow_mut().jobs.pop_front();
    if let Some(mut job) = job {
        job(Answer::End(answer));
    }
}

/// Answers everything that still waits, and everything from now on.
fn break_down(state: &RefCell<State>) {
    let jobs = {
        let mut state = state.borrow_mut();
        state.is_broken = true;
        std::mem::take(&mut state.jobs)
    };
    for mut job in jobs {
        job(Answer::End(Err(WorkerFailure::Broken)));
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bytes below 2^53")]
fn whole(bytes: f64) -> u64 {
    bytes as u64
}
