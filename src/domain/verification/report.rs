//! The report that a person takes along.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{
    boot_log::{Milestone, Trouble},
    verification::progress::{Outcome, Progress, Step, Verdict},
};

/// What it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The image's id.
    pub image_id: String,
    /// The image's name.
    pub image_name: String,
    /// The flavor's name.
    pub flavor: String,
    /// The test server's name.
    pub server_name: String,
    /// The test server's id, once it had one.
    pub server_id: Option<String>,
    /// When it began, RFC 3339.
    pub began_at: String,
}

/// The report, as JSON.
pub fn to_json(subject: &Subject, progress: &Progress) -> String {
    #[derive(Serialize)]
    struct Report<'a> {
        #[serde(flatten)]
        subject: &'a Subject,
        verdict: Option<Verdict>,
        outcome: Option<&'static str>,
        reason: Option<&'a str>,
        seconds_to: BTreeMap<Step, f64>,
        cloud_init_datasource: Option<&'a str>,
        reached: &'a BTreeMap<Milestone, String>,
        troubles: &'a BTreeMap<Trouble, String>,
        console_log: &'a str,
    }
    let reason = match &progress.outcome {
        Some(Outcome::BuildFailed(message)) => Some(message.as_str()),
        Some(Outcome::Refused(error)) => error.fault().map(|fault| fault.message.as_str()),
        _ => progress.log.stopped().map(|(_, line)| line),
    };
    let log = &progress.log;
    let report = Report {
        subject,
        verdict: progress.outcome.as_ref().and_then(Outcome::verdict),
        outcome: progress.outcome.as_ref().map(Outcome::word),
        reason,
        seconds_to: progress.steps.iter().map(|(step, ms)| (*step, *ms as f64 / 1000.0)).collect(),
        cloud_init_datasource: log.datasource.as_deref(),
        reached: &log.reached,
        troubles: &log.troubles,
        console_log: &progress.excerpt,
    };
    // Strings and numbers only: this can't fail.
    serde_json::to_string_pretty(&report).unwrap_or_default()
}
