//! The steps as a picture of time, and the same as a list.

use leptos::prelude::*;

use crate::{
    domain::verification::progress::{Outcome, Progress, Step},
    i18n::{intl, t},
    state::verifications::Job,
};

/// The picture's width, in its own units.
const WIDTH: f64 = 700.0;
/// Room for half a dot at each end.
const MARGIN: f64 = 10.0;
/// The picture spans this at least, milliseconds: a fast boot needn't fill it.
const SHORTEST_SPAN: i64 = 10_000;

/// How a step stands.
fn state(progress: &Progress, step: Step) -> &'static str {
    let is_reached = progress.steps.contains_key(&step);
    let is_over = progress.outcome.is_some();
    let is_next = Step::ALL.into_iter().find(|it| !progress.steps.contains_key(it)) == Some(step);
    match (is_reached, is_over) {
        (true, _) => "done",
        (false, true) if is_next && is_bad(progress) => "failed",
        (false, false) if is_next => "current",
        _ => "open",
    }
}

fn is_bad(progress: &Progress) -> bool {
    !matches!(progress.outcome, Some(Outcome::Booted | Outcome::Inconclusive | Outcome::Cancelled))
}

fn when(progress: &Progress, step: Step) -> String {
    match (progress.steps.get(&step), &progress.outcome) {
        (Some(ms), _) => (t().verify.at)(&intl::duration(u64::try_from(ms / 1000).unwrap_or(0))),
        (None, None) => t().verify.waits.to_owned(),
        (None, Some(_)) => t().verify.no_sign.to_owned(),
    }
}

/// The timeline.
#[component]
pub fn Timeline(
    /// The verification.
    job: Memo<Option<Job>>,
) -> impl IntoView {
    let progress = Memo::new(move |_| {
        let job = job.read();
        // The log does not matter here, and changes most often.
        job.as_ref().map(|job| job.progress.without_excerpt()).unwrap_or_default()
    });
    let dots = move || {
        let progress = progress.read();
        let last = progress.steps.values().max().copied().unwrap_or(0).max(SHORTEST_SPAN);
        let scale = (WIDTH - 2.0 * MARGIN) / last as f64;
        let dot = |(step, ms): (&Step, &i64)| {
            let x = format!("{:.1}", MARGIN + *ms as f64 * scale);
            view! { <circle class="verify-dot" cx=x cy="12" r="6" data-step=(*step as u8).to_string() /> }
        };
        progress.steps.iter().map(dot).collect_view()
    };
    let rows = Step::ALL.into_iter().enumerate().map(|(at, step)| {
        view! {
            <li data-state=move || state(&progress.read(), step)>
                <span>{move || (t().verify.step_name)(at)}</span>
                <span class="muted">{move || when(&progress.read(), step)}</span>
            </li>
        }
    });
    view! {
        <svg class="verify-picture" viewBox="0 0 700 24" aria-hidden="true">
            <line x1="10" y1="12" x2="690" y2="12" />
            {dots}
        </svg>
        <ol class="verify-steps">{rows.collect_view()}</ol>
    }
}
