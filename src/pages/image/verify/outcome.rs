//! The verdict: what it means, what to do, which lines say so, and what was kept of it on the image.

use leptos::prelude::*;

use crate::{
    components::{
        error_panel::{ErrorDetails, ErrorPanel},
        image_words::reason_words,
    },
    domain::verification::progress::{Outcome, Verdict as Says},
    i18n::{t, word},
    state::verifications::{Job, Kept},
    ui::notice::{Notice, Tone},
};

/// The verdict, once there is one.
#[component]
pub fn Verdict(
    /// The verification.
    job: Memo<Option<Job>>,
) -> impl IntoView {
    let outcome = Memo::new(move |_| job.read().as_ref().and_then(|job| job.progress.outcome.clone()));
    let kept = Memo::new(move |_| job.read().as_ref().map(|job| job.kept.clone()).unwrap_or_default());
    view! {
        {move || {
            let outcome = outcome.get()?;
            let word_of_it = outcome.word();
            let text = move || (t().verify.outcome)(word_of_it).1;
            let title = Signal::derive(move || (t().verify.outcome)(word_of_it).0.to_owned());
            let tone = match outcome.verdict() {
                Some(Says::Passed) => Tone::Good,
                Some(Says::Failed) => Tone::Bad,
                Some(Says::Inconclusive) => Tone::Warn,
                None => Tone::Plain,
            };
            if let Outcome::Refused(error) = outcome {
                let tried = word(|it| it.verify.refused);
                return Some(view! { <ErrorPanel tried=tried error=error /> }.into_any());
            }
            let fault = match outcome {
                Outcome::BuildFailed(message) if !message.is_empty() => Some(message),
                _ => None,
            };
            Some(
                view! {
                    <section aria-label=word(|it| it.verify.verdict)>
                        <Notice tone=tone title=title>
                            <p>{text}</p>
                            {fault
                                .map(|message| {
                                    view! {
                                        <p>
                                            {word(|it| it.verify.fault_said)} " "
                                            <q class="service-words"><bdi>{message}</bdi></q>
                                        </p>
                                    }
                                })}
                            <Evidence job=job />
                            {move || kept_words(&kept.read()).map(|words| view! { <p>{words}</p> })}
                            {move || match kept.get() {
                                Kept::Refused(error) => Some(view! { <ErrorDetails error=error /> }),
                                _ => None,
                            }}
                        </Notice>
                    </section>
                }
                    .into_any(),
            )
        }}
    }
}

fn kept_words(kept: &Kept) -> Option<String> {
    let words = &t().verify;
    match kept {
        Kept::NotYet => None,
        Kept::Saved => Some(words.kept.to_owned()),
        Kept::NotAllowed(why) => Some((words.kept_not_allowed)(&reason_words(why))),
        Kept::LaterThere => Some(words.kept_later_there.to_owned()),
        Kept::Refused(_) => Some(words.kept_refused.to_owned()),
    }
}

/// The lines of the console that say what went wrong.
#[component]
fn Evidence(job: Memo<Option<Job>>) -> impl IntoView {
    let lines = Memo::new(move |_| {
        let job = job.read();
        let log = &job.as_ref()?.progress.log;
        let stopped = log.stopped().map(|(_, line)| line.to_owned());
        let mut others: Vec<String> = Vec::new();
        for line in log.troubles.values() {
            if stopped.as_ref() != Some(line) && !others.contains(line) {
                others.push(line.clone());
            }
        }
        Some((stopped, others))
    });
    let line = |text: String| view! { <pre class="command">{text}</pre> };
    move || {
        let (stopped, others) = lines.get()?;
        let has_others = !others.is_empty();
        Some(view! {
            {stopped.map(|stopped| view! { <p>{t().verify.saw}</p> {line(stopped)} })}
            {has_others.then(|| view! { <p>{t().verify.also_saw}</p> {others.into_iter().map(line).collect_view()} })}
        })
    }
}
