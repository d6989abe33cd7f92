//! An import's phase, progress, outcome and likely causes in words.

use crate::{
    components::image_words::{format_words, status_words},
    domain::import::{Failure, Import, Phase, causes::Cause, checksum::Checked, copied_bytes},
    i18n::{intl, t},
    openstack::glance::{image::ImageStatus, import::Source},
};

/// Where the bytes come from, or go to.
pub fn source_words(import: &Import) -> String {
    match (&import.source, &import.store) {
        (Source::Web(uri), _) => uri.clone(),
        (_, Some(store)) => (t().imports.to_store)(store),
        (_, None) => String::new(),
    }
}

/// The phase; while the cloud is at work, by the image's status.
pub fn phase_words(import: &Import) -> String {
    let (words, uploads) = (&t().imports, &t().uploads);
    let fixed = match &import.phase {
        Phase::Starting => words.starting,
        Phase::Following if import.source == Source::Copy => words.copying,
        Phase::Following => match import.seen.as_ref().map(|image| &image.status) {
            None | Some(ImageStatus::Queued) => words.queued,
            Some(ImageStatus::Importing) => words.importing,
            Some(status) => return status_words(status),
        },
        Phase::Active(_) => match (&import.source, &import.store) {
            (Source::Copy, Some(store)) => return (words.copied_to)(store),
            _ => words.active,
        },
        Phase::Failed(Failure::NotDeleted(_)) => uploads.cancel_failed,
        Phase::Failed(_) => uploads.failed,
        Phase::Cancelling | Phase::Cancelled => uploads.cancelling,
    };
    fixed.to_owned()
}

/// How far it is: the task's message, in our words where we know it, and the size in the end.
pub fn figure_words(import: &Import) -> Vec<String> {
    let words = &t().imports;
    match &import.phase {
        Phase::Following => {
            let message = import.message.as_deref();
            let told = message.and_then(|message| match copied_bytes(message) {
                // So it begins; nothing to tell.
                Some(0) => None,
                Some(bytes) => Some((words.copied)(&intl::bytes(bytes))),
                None => Some((words.cloud_says)(message)),
            });
            told.into_iter().collect()
        }
        Phase::Active(_) => {
            let size = import.seen.as_ref().and_then(|image| image.size);
            size.map(intl::bytes).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// What the comparison with the published checksum says, and whether that is bad news.
pub fn checked_words(checked: &Checked) -> (bool, Vec<String>) {
    let words = &t().imports;
    match checked {
        Checked::NotAsked => (false, Vec::new()),
        Checked::Match(checksum) => (false, vec![(words.verified)(checksum.algorithm())]),
        Checked::Mismatch { expected, found } => {
            (true, vec![(words.mismatch)(&short(&expected.to_string()), &short(found))])
        }
        Checked::NotComparable(checksum) => (false, vec![(words.not_comparable)(checksum.algorithm())]),
    }
}

/// A cause, as the end of a sentence.
pub fn cause_words(cause: &Cause) -> String {
    let words = &t().imports;
    match cause {
        Cause::StorageFull => words.cause_storage.to_owned(),
        Cause::StagingFull => words.cause_staging.to_owned(),
        Cause::Packed(ending) => (words.cause_packed)(ending),
        Cause::Format { declared, named: Some(named) } => {
            (words.cause_other_format)(&format_words(declared), &format_words(named))
        }
        Cause::Format { declared, named: None } => (words.cause_format)(&format_words(declared)),
        Cause::Local => words.cause_local.to_owned(),
        Cause::Unreachable => words.cause_unreachable.to_owned(),
        Cause::TooLarge => words.cause_too_large.to_owned(),
        Cause::Store(stores) => (words.cause_store)(stores),
    }
}

/// The beginning of a hash: enough to tell two apart, and the whole is on the image's page.
fn short(hash: &str) -> String {
    let mut start: String = hash.chars().take(24).collect();
    start.push('…');
    start
}
