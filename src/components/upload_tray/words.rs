//! An upload's phase, progress and failure in words.

use crate::{
    components::{
        image_words::{doubt_words, format_words, status_words},
        import_tray::{error_of, notes, words::figure_words},
    },
    domain::upload::{
        Failure, Lost, Phase, Upload,
        diagnosis::{Diagnosis, diagnose, has_no_room},
        verification::{Doubt, NoHash, Verification, Why},
    },
    i18n::{intl, t},
    openstack::{
        error::{ApiError, FaultKind},
        glance::image::ImageStatus,
    },
};

/// The phase.
pub fn phase_words(upload: &Upload) -> String {
    let words = &t().uploads;
    let fixed = match &upload.phase {
        Phase::Waiting => words.waiting,
        Phase::CreatingRecord | Phase::Rereading(_) | Phase::Replacing(_) => words.creating,
        Phase::Sending => words.sending,
        Phase::Storing { .. } => words.storing,
        Phase::Importing => return (words.importing)(upload.store.as_deref().unwrap_or_default()),
        Phase::Looking(Lost::Retry) => words.checking,
        Phase::Looking(_) => words.asking,
        Phase::Active if upload.doubt().is_some() => words.doubtful,
        Phase::Active => words.active,
        Phase::Failed(Failure::NotDeleted(_)) => words.cancel_failed,
        Phase::Failed(_) => words.failed,
        Phase::Cancelling | Phase::Cancelled => words.cancelling,
    };
    fixed.to_owned()
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
        Phase::Importing => {
            let told = upload.import.as_deref().map(figure_words).unwrap_or_default();
            [size].into_iter().chain(told).collect()
        }
        _ => vec![size],
    }
}

/// Why it failed, in sentences of ours; with the service's own where it spoke.
pub fn failure_words(upload: &Upload, failure: &Failure) -> (Vec<String>, Option<ApiError>) {
    let words = &t().uploads;
    let error = match failure {
        Failure::Send(error)
        | Failure::Unknown(error)
        | Failure::Record(error)
        | Failure::NotDeleted(error) => Some(error.clone()),
        Failure::Import => upload.import.as_deref().and_then(error_of),
        _ => None,
    };
    let ours = match failure {
        Failure::Send(error) => refusal_words(upload, error),
        Failure::Unknown(error) | Failure::Record(error) if error.kind() == Some(FaultKind::Unauthorized) => {
            vec![words.signed_out.to_owned()]
        }
        Failure::Unknown(_) | Failure::Record(_) | Failure::NotDeleted(_) => Vec::new(),
        Failure::Import => import_words(upload),
        Failure::Cut { .. } if upload.is_unreadable => vec![words.file_changed.to_owned()],
        Failure::Cut { status } => cut_words(upload, status.as_ref()),
        Failure::NotStored(status) => vec![(words.cloud_lost_it)(&status_words(status))],
        Failure::Vanished => vec![words.gone.to_owned()],
    };
    (ours, error)
}

/// What the refusal of the bytes means, and what to do.
fn refusal_words(upload: &Upload, error: &ApiError) -> Vec<String> {
    let words = &t().uploads;
    let Some(diagnosis) = diagnose(error) else { return Vec::new() };
    let said = match diagnosis {
        Diagnosis::WrongFormat => {
            let format = upload.body.disk_format.as_ref().map(format_words).unwrap_or_default();
            let found = upload.better_format().map(|found| (words.content_is)(&format_words(&found)));
            return [(words.wrong_format)(&format)].into_iter().chain(found).collect();
        }
        Diagnosis::NoFormat => words.no_format,
        Diagnosis::OverQuota => words.over_quota,
        Diagnosis::TooLarge => words.too_large,
        Diagnosis::StoreFull => words.store_full,
        Diagnosis::SomeLimit => words.some_limit,
        Diagnosis::NotQueued => words.not_queued,
        Diagnosis::Staged => words.staged,
        Diagnosis::Deleted => words.gone,
        Diagnosis::TokenEnded => words.signed_out,
        Diagnosis::TokenEndedMidway => words.signed_out_midway,
        Diagnosis::NotAllowed => words.not_allowed,
        Diagnosis::StoreClosed => words.store_closed,
        Diagnosis::Busy => words.busy,
        Diagnosis::Broken => words.broken,
    };
    vec![said.to_owned()]
}

/// Why the bytes did not get to their store. What we read in the file comes before what is merely possible.
fn import_words(upload: &Upload) -> Vec<String> {
    if let Some(error) = upload.import_refusal() {
        return refusal_words(upload, error);
    }
    let mut said = upload.import.as_deref().map(|import| notes(import).1).unwrap_or_default();
    if let Some(found) = upload.better_format() {
        said.insert(said.len().min(1), (t().uploads.content_is)(&format_words(&found)));
    }
    said
}

/// No answer came: what is likely, by what the image and the quota say.
fn cut_words(upload: &Upload, status: Option<&ImageStatus>) -> Vec<String> {
    let words = &t().uploads;
    let likely = match status {
        None => words.no_answer.to_owned(),
        Some(_) if upload.usage.is_some_and(|usage| has_no_room(&usage, upload.size)) => {
            words.cut_no_room.to_owned()
        }
        Some(ImageStatus::Queued) => words.cut_off.to_owned(),
        Some(status) => (words.cut_stuck)(&status_words(status)),
    };
    vec![likely, words.cut_checks.to_owned()]
}

/// Whether the bytes in the cloud are the file's; once the image is active.
pub fn verification_words(upload: &Upload) -> Option<String> {
    let words = &t().uploads;
    if let Some(doubt) = upload.doubt() {
        return Some(doubt_words(doubt).to_owned());
    }
    Some(match upload.verification()? {
        Verification::Verified => words.verified.to_owned(),
        Verification::Mismatch => doubt_words(Doubt::OtherBytes).to_owned(),
        Verification::Working(read) => (words.comparing)(&intl::bytes(read), &intl::bytes(upload.size)),
        Verification::NotVerified(why) => (words.not_verified)(&match why {
            Why::NoHash(NoHash::NoWorker) => words.no_worker.to_owned(),
            // Doubted, so told above.
            Why::NoHash(NoHash::Unreadable) => words.may_have_changed.to_owned(),
            Why::CloudHasNone => words.cloud_has_no_hash.to_owned(),
            Why::OtherAlgorithm(algorithm) => (words.other_hash)(&algorithm),
            Why::Converted(format) => (words.converted)(&format_words(&format)),
        }),
    })
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate in bytes a second, not negative"
)]
fn whole(rate: f64) -> u64 {
    rate as u64
}
