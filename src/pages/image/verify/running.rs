//! A verification that runs, or has run: its steps with their times, the console as it grows, and the verdict.

use std::time::Duration;

use leptos::{html, prelude::*};
use leptos_router::components::A;

use crate::{
    client::{browser::now_ms, download::offer_text},
    components::error_panel::ErrorPanel,
    domain::verification::{progress::Outcome, report::to_json},
    i18n::{intl, t, word},
    openstack::{
        error::ApiError,
        ids::{ImageId, ServerId},
    },
    pages::image::verify::{outcome::Verdict, take_focus, timeline::Timeline},
    routes,
    state::{
        toasts::use_toasts,
        verifications::{Job, Phase, use_verifications},
    },
    ui::{
        button::{Button, Kind},
        id::unique_id,
        notice::{Notice, Tone},
    },
};

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(500);

/// The verification of an image.
#[component]
pub fn Running(
    /// The image.
    image: ImageId,
    /// It comes in place of the plan, and of the button that was pressed.
    takes_focus: bool,
) -> impl IntoView {
    let (verifications, toasts) = (use_verifications(), use_toasts());
    let id = StoredValue::new(image);
    // What was shown stays when somebody signs out, until the page goes.
    let job = Memo::new(move |before: Option<&Option<Job>>| {
        id.with_value(|id| verifications.get(id)).or_else(|| before.cloned().flatten())
    });
    let now = RwSignal::new(now_ms());
    let clock = set_interval_with_handle(move || now.set(now_ms()), TICK);
    on_cleanup(move || {
        if let Ok(clock) = clock {
            clock.clear();
        }
    });
    let phase = Memo::new(move |_| job.read().as_ref().map(|job| job.phase.clone()).unwrap_or_default());
    let is_watched =
        Memo::new(move |_| job.read().as_ref().is_some_and(|job| job.progress.outcome.is_none()));
    let is_cancelling = Memo::new(move |_| job.read().as_ref().is_some_and(Job::is_cancelling));
    let steps = unique_id("steps");
    let steps_id = steps.clone();
    Effect::new(move |before: Option<bool>| {
        let now = is_watched.get();
        if before.map_or(takes_focus, |before| before && !now) {
            take_focus(&steps_id);
        }
        now
    });
    let elapsed = move || {
        #[allow(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit an i64")]
        let now = now.get() as i64;
        let (elapsed, limit) = job.read().as_ref().map(|job| job.progress.seconds(now)).unwrap_or_default();
        (t().verify.elapsed)(&intl::duration(elapsed), &intl::duration(limit))
    };
    let said = Memo::new(move |_| match phase.get() {
        Phase::Running => t().verify.running,
        Phase::CleaningUp => t().verify.cleaning_up,
        Phase::NotCleanedUp(_) => "",
        Phase::Over if job.read().as_ref().is_some_and(|job| job.subject.server_id.is_none()) => {
            t().verify.nothing_made
        }
        Phase::Over => t().verify.cleaned_up,
    });
    let save = move |()| {
        let job = job.read_untracked();
        if let Some(job) = job.as_ref() {
            let text = to_json(&job.subject, &job.progress);
            let name = format!("{}.json", job.subject.server_name.replace(['/', '\\'], "_"));
            if !offer_text(&text, &name) {
                toasts.bad_words(t().verify.not_saved);
            }
        }
    };
    view! {
        <section class="card stack" aria-label=word(|it| it.verify.steps) id=steps tabindex="-1">
            <div class="row">
                <p role="status">{said}</p>
                {move || is_watched.get().then(|| view! { <p class="muted">{elapsed}</p> })}
            </div>
            <Timeline job=job />
            <Facts job=job />
            {move || {
                is_watched
                    .get()
                    .then(|| {
                        view! {
                            <div class="row">
                                <Button
                                    label=Signal::derive(move || {
                                        let words = &t().verify;
                                        if is_cancelling.get() { words.cancelling } else { words.cancel }.to_owned()
                                    })
                                    busy=is_cancelling
                                    on_press=move |()| id.with_value(|id| verifications.cancel(id))
                                />
                            </div>
                        }
                    })
            }}
        </section>
        {move || match phase.get() {
            Phase::NotCleanedUp(why) => Some(view! { <NotCleanedUp job=job why=why id=id /> }),
            _ => None,
        }}
        <Verdict job=job />
        {move || {
            (!is_watched.get())
                .then(|| {
                    view! {
                        <div class="row">
                            <Button
                                label=word(|it| it.verify.again)
                                kind=Kind::Primary
                                busy=Signal::derive(move || phase.get() == Phase::CleaningUp)
                                on_press=move |()| id.with_value(|id| verifications.dismiss(id))
                            />
                            <Button label=word(|it| it.verify.download) on_press=save />
                        </div>
                    }
                })
        }}
        <Console job=job />
    }
}

#[component]
fn Facts(job: Memo<Option<Job>>) -> impl IntoView {
    let server = Memo::new(move |_| {
        let job = job.read();
        let job = job.as_ref()?;
        let id = job.subject.server_id.clone().filter(|_| job.phase != Phase::Over);
        Some((job.subject.server_name.clone(), id, job.subject.flavor.clone()))
    });
    let datasource =
        Memo::new(move |_| job.read().as_ref().and_then(|job| job.progress.log.datasource.clone()));
    move || {
        server.get().map(|(name, id, flavor)| {
            let link = match id {
                Some(id) => {
                    let path = routes::instance(&ServerId::from(id));
                    view! { <A href=path><bdi>{name}</bdi></A> }.into_any()
                }
                None => view! { <bdi>{name}</bdi> }.into_any(),
            };
            view! {
                <dl class="facts">
                    <dt>{word(|it| it.verify.server)}</dt>
                    <dd>{link}</dd>
                    <dt>{word(|it| it.verify.with_flavor)}</dt>
                    <dd><bdi>{flavor}</bdi></dd>
                    {move || {
                        datasource
                            .get()
                            .map(|name| {
                                view! {
                                    <dt>{t().verify.datasource}</dt>
                                    <dd class="mono"><bdi>{name}</bdi></dd>
                                }
                            })
                    }}
                </dl>
            }
        })
    }
}

#[component]
fn NotCleanedUp(job: Memo<Option<Job>>, why: Option<ApiError>, id: StoredValue<ImageId>) -> impl IntoView {
    let verifications = use_verifications();
    let again = move |()| verifications.clean_up_again(id.get_value());
    let title = word(|it| it.verify.not_cleaned_up);
    match why {
        Some(error) => view! { <ErrorPanel tried=title error=error on_retry=again /> }.into_any(),
        None => {
            let path = job.with_untracked(|job| {
                let id = job.as_ref().and_then(|job| job.subject.server_id.clone());
                routes::instance(&ServerId::from(id.unwrap_or_default()))
            });
            view! {
                <Notice tone=Tone::Bad title=title>
                    <p>{word(|it| it.verify.still_there)}</p>
                    <div class="row">
                        <Button label=word(|it| it.common.retry) on_press=again />
                        <A href=path>{word(|it| it.verify.server)}</A>
                    </div>
                </Notice>
            }
            .into_any()
        }
    }
}

#[component]
fn Console(job: Memo<Option<Job>>) -> impl IntoView {
    let frame = NodeRef::<html::Pre>::new();
    // Nothing for a server that never ran.
    let log = Memo::new(move |_| {
        let job = job.read();
        let progress = &job.as_ref()?.progress;
        let is_hopeless = !progress.is_active() && progress.outcome.is_some()
            || matches!(progress.outcome, Some(Outcome::Refused(_)));
        (!is_hopeless).then(|| (progress.is_active(), progress.excerpt.clone()))
    });
    Effect::new(move |_| {
        log.track();
        if let Some(frame) = frame.get() {
            request_animation_frame(move || frame.set_scroll_top(frame.scroll_height()));
        }
    });
    let is_shown = Memo::new(move |_| log.read().is_some());
    let note = Memo::new(move |_| match &*log.read() {
        Some((false, _)) => Some(t().verify.console_waits),
        Some((true, text)) if text.is_empty() => Some(t().verify.console_empty),
        _ => None,
    });
    let text = move || log.read().as_ref().map(|(_, text)| text.clone()).unwrap_or_default();
    move || {
        is_shown.get().then(|| {
            view! {
                <section class="card stack-s" aria-label=word(|it| it.verify.console)>
                    <h2>{word(|it| it.verify.console)}</h2>
                    {move || match note.get() {
                        Some(note) => view! { <p class="muted">{note}</p> }.into_any(),
                        None => {
                            view! {
                                <pre
                                    class="console"
                                    node_ref=frame
                                    tabindex="0"
                                    role="group"
                                    aria-label=t().verify.console
                                >
                                    {text}
                                </pre>
                            }
                                .into_any()
                        }
                    }}
                </section>
            }
        })
    }
}
