//! How far a verification has come, when each step was reached, and what it means in the end. Times are milliseconds, given by
//! the caller; only their differences count.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    domain::boot_log::{BootLog, Milestone, Trouble, plain},
    openstack::{
        error::ApiError,
        nova::server::{Server, ServerStatus},
    },
};

/// A console that says nothing of a kernel for so long says nothing at all: many images log nothing.
pub const SILENCE_MS: i64 = 90_000;
/// What ends one way may still have a line to say.
const SETTLE_MS: i64 = 3_000;
/// Without a sign of cloud-init, or of a login prompt, that one is waited for so long after the other.
const COMPANION_MS: i64 = 20_000;
/// How much of the log is kept, in characters: its end.
const LONGEST_EXCERPT: usize = 16_000;

/// What is gone through, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Nova has taken the request.
    Accepted,
    /// A host was found.
    Scheduled,
    /// The host makes the disk and starts it.
    Spawning,
    /// Nova says that it runs.
    Active,
    /// The kernel writes to the console.
    Kernel,
    /// cloud-init is through.
    CloudInit,
    /// One could log in.
    Login,
}

impl Step {
    /// All of them.
    pub const ALL: [Step; 7] = [
        Self::Accepted,
        Self::Scheduled,
        Self::Spawning,
        Self::Active,
        Self::Kernel,
        Self::CloudInit,
        Self::Login,
    ];
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It booted: cloud-init is through, or one could log in, and nothing failed.
    Booted,
    /// It is active; the console says nothing that we know.
    Inconclusive,
    /// The time was up before the boot came to an end.
    Unfinished,
    /// The time was up before Nova said that it runs.
    NotActive,
    /// The console says what stopped it.
    Stopped(Trouble),
    /// Nova could not build it, and says why.
    BuildFailed(String),
    /// It switched itself off.
    SwitchedOff,
    /// Nova refused to launch it.
    Refused(ApiError),
    /// Somebody else has deleted it.
    Gone,
    /// The person has ended it.
    Cancelled,
}

/// What an outcome says of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It boots.
    Passed,
    /// Nothing is known of how it boots.
    Inconclusive,
    /// It doesn't boot as it should.
    Failed,
}

impl Outcome {
    /// What it says of the image; nothing where the image had no chance.
    pub fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::Booted => Some(Verdict::Passed),
            Self::Inconclusive => Some(Verdict::Inconclusive),
            Self::Unfinished
            | Self::NotActive
            | Self::Stopped(_)
            | Self::BuildFailed(_)
            | Self::SwitchedOff => Some(Verdict::Failed),
            Self::Refused(_) | Self::Gone | Self::Cancelled => None,
        }
    }

    /// A word for it that programs can read.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Booted => "booted",
            Self::Inconclusive => "console_inconclusive",
            Self::Unfinished => "time_limit",
            Self::NotActive => "not_active",
            Self::Stopped(trouble) => match trouble {
                Trouble::NoRoot => "no_root",
                Trouble::BrokenFileSystem => "broken_file_system",
                Trouble::KernelPanic => "kernel_panic",
                Trouble::EmergencyShell => "emergency_shell",
                Trouble::NoDatasource => "no_datasource",
                Trouble::CloudInitFailed => "cloud_init_failed",
                Trouble::NoBootableDevice => "no_bootable_device",
                Trouble::BootLoaderStuck => "boot_loader_stuck",
                Trouble::OutOfMemory => "out_of_memory",
                Trouble::ModuleFailed => "module_failed",
            },
            Self::BuildFailed(_) => "build_failed",
            Self::SwitchedOff => "switched_off",
            Self::Refused(_) => "refused",
            Self::Gone => "gone",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A verification under way, or over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// When it began.
    began: i64,
    limit: i64,
    /// When each step was reached, after the beginning.
    pub steps: BTreeMap<Step, i64>,
    /// What the console has told.
    pub log: BootLog,
    /// The end of the console's log, as plain text.
    pub excerpt: String,
    /// When the log last changed.
    changed: Option<i64>,
    /// When what decides it was first seen.
    decided: Option<i64>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

impl Progress {
    /// Begins now.
    pub fn new(now: i64, limit_minutes: u32) -> Self {
        Self { began: now, limit: i64::from(limit_minutes) * 60_000, ..Self::default() }
    }

    /// The same without the log's end, which changes most often.
    pub fn without_excerpt(&self) -> Self {
        Self { excerpt: String::new(), changed: None, ..self.clone() }
    }

    fn elapsed(&self, now: i64) -> i64 {
        (now - self.began).max(0)
    }

    /// How long it has been going on, and may go on, in whole seconds.
    pub fn seconds(&self, now: i64) -> (u64, u64) {
        let seconds = |ms: i64| u64::try_from(ms / 1000).unwrap_or(0);
        (seconds(self.elapsed(now)), seconds(self.limit))
    }

    /// Whether the console has something to say yet.
    pub fn is_active(&self) -> bool {
        self.steps.contains_key(&Step::Active)
    }

    /// The request was accepted.
    pub fn accepted(&mut self, now: i64) {
        self.reach(Step::Accepted, now);
    }

    /// Takes in the server as Nova describes it.
    pub fn take_server(&mut self, server: &Server, now: i64) {
        let step = match &server.status {
            ServerStatus::Build => match server.task_state.as_deref() {
                Some("spawning") => Step::Spawning,
                Some("networking" | "block_device_mapping") => Step::Scheduled,
                _ => Step::Accepted,
            },
            ServerStatus::Error => {
                let fault = server.fault.as_ref().map(|fault| fault.message.clone());
                return self.end(Outcome::BuildFailed(fault.unwrap_or_default()));
            }
            ServerStatus::Deleted | ServerStatus::SoftDeleted => return self.end(Outcome::Gone),
            ServerStatus::Shutoff => return self.end(Outcome::SwitchedOff),
            _ => Step::Active,
        };
        self.reach(step, now);
    }

    /// Takes in the console's log, or the end of it.
    pub fn take_log(&mut self, log: &str, now: i64) {
        self.log.absorb(log);
        let text = plain(log);
        let from = text.char_indices().rev().nth(LONGEST_EXCERPT - 1).map_or(0, |(at, _)| at);
        if text[from..] != self.excerpt {
            self.excerpt = text[from..].to_owned();
            self.changed = Some(now);
        }
        for (milestone, step) in [
            (Milestone::Kernel, Step::Kernel),
            (Milestone::CloudInitFinished, Step::CloudInit),
            (Milestone::Login, Step::Login),
        ] {
            if self.log.has(milestone) {
                self.mark(step, now);
            }
        }
    }

    /// Decides, if there is enough to decide by.
    pub fn judge(&mut self, now: i64) {
        if self.outcome.is_some() {
            return;
        }
        let has = |milestone| self.log.has(milestone);
        let is_mute = self.log.furthest().is_none_or(|furthest| furthest <= Milestone::Firmware);
        let (login, finished) = (has(Milestone::Login), has(Milestone::CloudInitFinished));
        let found = match self.log.stopped() {
            Some((trouble, _)) => Some((Outcome::Stopped(trouble), SETTLE_MS)),
            None if login && finished => Some((Outcome::Booted, 0)),
            None if finished || (login && !has(Milestone::CloudInitStarted)) => {
                Some((Outcome::Booted, COMPANION_MS))
            }
            None => None,
        };
        let quiet_since = self.changed.or(self.steps.get(&Step::Active).map(|at| self.began + at));
        let is_silent = is_mute && quiet_since.is_some_and(|since| now - since >= SILENCE_MS);
        let is_late = self.elapsed(now) >= self.limit;
        if let Some((outcome, patience)) = found {
            let since = *self.decided.get_or_insert(now);
            if now - since >= patience || is_late {
                self.end(outcome);
            }
        } else if self.is_active() && is_mute && (is_silent || is_late) {
            self.end(Outcome::Inconclusive);
        } else if is_late {
            self.end(if self.is_active() { Outcome::Unfinished } else { Outcome::NotActive });
        }
    }

    /// Ends it so, unless it has ended.
    pub fn end(&mut self, outcome: Outcome) {
        self.outcome.get_or_insert(outcome);
    }

    /// Nova's steps follow on each other: what a look has missed was passed by then.
    fn reach(&mut self, step: Step, now: i64) {
        Step::ALL.into_iter().filter(|earlier| *earlier <= step).for_each(|step| self.mark(step, now));
    }

    fn mark(&mut self, step: Step, now: i64) {
        let elapsed = self.elapsed(now);
        self.steps.entry(step).or_insert(elapsed);
    }
}
