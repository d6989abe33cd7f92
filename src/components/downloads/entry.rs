//! One download in the tray.

use leptos::prelude::*;

use crate::{
    components::{error_panel::ErrorDetails, server_words::bytes_words},
    domain::download::{Download, Failure, NoHash, Phase, Verdict},
    i18n::{intl, t, word},
    state::downloads::{DownloadId, use_downloads},
    ui::button::Button,
};

/// Name, progress, rate, outcome.
#[component]
pub fn Entry(
    /// Which.
    id: DownloadId,
) -> impl IntoView {
    let downloads = use_downloads();
    let download = Memo::new(move |_| downloads.all().read().get(&id).cloned());
    let phase = Memo::new(move |_| download.read().as_ref().map(|download| download.phase.clone()));
    let name = Memo::new(move |_| download.read().as_ref().map(|it| it.name.clone()).unwrap_or_default());
    let file = Memo::new(move |_| download.read().as_ref().map(|it| it.file.clone()).unwrap_or_default());
    let can_retry = Memo::new(move |_| download.read().as_ref().is_some_and(Download::can_retry));
    let is_running = Memo::new(move |_| *phase.read() == Some(Phase::Receiving));
    let state = move || {
        let words = &t().downloads;
        match phase.get()? {
            Phase::Receiving => Some(words.receiving),
            Phase::Done(_) => Some(words.done),
            Phase::Failed(_) => Some(words.failed),
            Phase::Cancelled => Some(words.cancelled),
        }
    };
    let figures = move || {
        let download = download.read();
        let parts =
            download.as_ref().filter(|download| download.is_running()).map(figures).unwrap_or_default();
        parts.into_iter().map(|part| view! { <span class="upload-figure">{part}</span> }).collect_view()
    };
    let outcome = move || match phase.get()? {
        Phase::Receiving | Phase::Cancelled => None,
        Phase::Done(verdict) => {
            let tone = if verdict == Verdict::Verified { "good" } else { "warn" };
            let words = verdict_words(&verdict);
            Some(view! { <p class="upload-check" data-tone=tone role="status">{words}</p> }.into_any())
        }
        Phase::Failed(Failure::Refused(error)) => {
            Some(view! { <div role="alert"><ErrorDetails error=error /></div> }.into_any())
        }
        Phase::Failed(failure) => {
            let words = failure_words(&failure);
            Some(view! { <p class="upload-check" data-tone="bad" role="alert">{words}</p> }.into_any())
        }
    };
    let bar = move || {
        is_running.get().then(|| {
            // Without a size the bar only moves.
            let size = download.read_untracked().as_ref().and_then(|it| it.image.size);
            let share = move || {
                let download = download.read();
                let download = download.as_ref()?;
                Some(download.meter.share(download.image.size?).to_string())
            };
            view! {
                <progress
                    class="progress"
                    aria-label=move || (t().downloads.bar)(&name.read())
                    max=size.map(|_| "1")
                    value=share
                ></progress>
            }
        })
    };
    view! {
        <li class="upload-entry" data-failed=move || matches!(*phase.read(), Some(Phase::Failed(_))).then_some("true")>
            <p class="upload-name"><bdi>{name}</bdi></p>
            <p class="upload-file muted"><bdi>{file}</bdi></p>
            {bar}
            <p class="upload-state">
                <strong>{state}</strong>
                {figures}
            </p>
            {outcome}
            <div class="row">
                {move || {
                    can_retry
                        .get()
                        .then(|| {
                            view! {
                                <Button label=word(|it| it.uploads.retry) small=true on_press=move |()| downloads.retry(id) />
                            }
                        })
                }}
                {move || match is_running.get() {
                    true => {
                        view! {
                            <Button label=word(|it| it.common.cancel) small=true on_press=move |()| downloads.cancel(id) />
                        }
                    }
                    false => {
                        view! {
                            <Button label=word(|it| it.common.dismiss) small=true on_press=move |()| downloads.dismiss(id) />
                        }
                    }
                }}
            </div>
        </li>
    }
}

fn figures(download: &Download) -> Vec<String> {
    let got = intl::bytes(download.meter.sent());
    let amount = match download.image.size {
        Some(size) => (t().downloads.received)(&got, &intl::bytes(size)),
        None => got,
    };
    let mut parts = vec![amount];
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes a second, rounded")]
    parts.extend(download.meter.rate().map(|rate| (t().uploads.rate)(&intl::bytes(rate as u64))));
    let left = download.image.size.and_then(|size| download.meter.seconds_left(size));
    parts.extend(left.map(|seconds| (t().uploads.left)(&intl::duration(seconds))));
    parts
}

fn verdict_words(verdict: &Verdict) -> String {
    let words = &t().downloads;
    let why = |why: &NoHash| match why {
        NoHash::Unknown => words.no_hash.to_owned(),
        NoHash::Algorithm(algorithm) => (words.other_hash)(algorithm),
        NoHash::NotWorkedOut => words.not_worked_out.to_owned(),
    };
    match verdict {
        Verdict::Verified => words.verified.to_owned(),
        Verdict::SizeOnly(reason) => (words.size_only)(&why(reason)),
        Verdict::Nothing(reason) => (words.nothing)(&why(reason)),
    }
}

fn failure_words(failure: &Failure) -> String {
    let words = &t().downloads;
    match failure {
        Failure::CutOff { got, size: Some(size) } => (words.cut_off)(&bytes_words(*got), &bytes_words(*size)),
        Failure::CutOff { got, size: None } => (words.cut_off_unknown)(&bytes_words(*got)),
        Failure::Mismatch => words.mismatch.to_owned(),
        Failure::NotWritten | Failure::Refused(_) => words.not_written.to_owned(),
    }
}
