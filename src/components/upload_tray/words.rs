//! An upload's phase, progress and failure in words.

use crate::{
    components::image_words::status_words,
    domain::upload::{Failure, Lost, Phase, Upload},
    i18n::{intl, t},
    openstack::error::{ApiError, FaultKind},
};

/// The phase.
pub fn phase_words(upload: &Upload) -> &'static str {
    let words = &t().uploads;
    match &upload.phase {
        Phase::Waiting => words.waiting,
        Phase::CreatingRecord | Phase::Replacing(_) => words.creating,
        Phase::Sending => words.sending,
        Phase::Storing { .. } => words.storing,
        Phase::Looking(Lost::Retry) => words.checking,
        Phase::Looking(_) => words.asking,
        Phase::Active => words.active,
        Phase::Failed(Failure::NotDeleted(_)) => words.cancel_failed,
        Phase::Failed(_) => words.failed,
        Phase::Cancelling | Phase::Cancelled => words.cancelling,
    }
}

/// Bytes, rate and time left, as far as they mean something in this phase.
pub fn progress_words(upload: &Upload) -> Vec<String> {
    let words = &t().uploads;
    let size = intl::bytes(upload.size);
    match &upload.phase {
        Phase::Sending => {
            let sent = (words.sent)(&intl::bytes(upload.meter.sent()), &size);
            let rate = upload.meter.rate().map(|rate| (words.rate)(&intl::bytes(whole(rate))));
            let left = upload.meter.seconds_left(upload.size).map(|left| (words.left)(&intl::duration(left)));
            [Some(sent), rate, left].into_iter().flatten().collect()
        }
        _ => vec![size],
    }
}

/// Why it failed, in a sentence of ours; with the service's own where it spoke.
pub fn failure_words(
    upload: &Upload,
    failure: &Failure,
    is_unreadable: bool,
) -> (Option<String>, Option<ApiError>) {
    let words = &t().uploads;
    match failure {
        Failure::Send(error) if error.kind() == Some(FaultKind::UnsupportedMedia) => {
            let format = upload.body.disk_format.as_ref().map(|format| format.as_str()).unwrap_or_default();
            (Some((words.wrong_format)(format)), Some(error.clone()))
        }
        Failure::Send(error) | Failure::Unknown(error) | Failure::Record(error) => {
            let ours = match error.kind() {
                Some(FaultKind::Unauthorized) => Some(words.signed_out),
                Some(FaultKind::TooLarge) => Some(words.quota),
                _ => None,
            };
            (ours.map(str::to_owned), Some(error.clone()))
        }
        Failure::NotDeleted(error) => (None, Some(error.clone())),
        Failure::Cut { .. } if is_unreadable => (Some(words.file_changed.to_owned()), None),
        Failure::Cut { status: Some(_) } => (Some(words.cut_off.to_owned()), None),
        Failure::Cut { status: None } => (Some(words.no_answer.to_owned()), None),
        Failure::NotStored(status) => (Some((words.cloud_lost_it)(&status_words(status))), None),
        Failure::Vanished => (Some(words.gone.to_owned()), None),
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate in bytes a second, not negative"
)]
fn whole(rate: f64) -> u64 {
    rate as u64
}
