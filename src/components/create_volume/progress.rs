//! How far a new volume has come: in the dialog while that is open, by a message afterwards.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    client::browser::until_visible,
    domain::polling::Backoff,
    i18n::{Words, isolated, t, word},
    openstack::{
        cinder::{self, Volume, VolumeStatus},
        error::{ApiError, FaultKind},
    },
    routes,
    state::{session::Session, toasts::Toasts},
    ui::{
        button::Button,
        notice::{Notice, Tone},
    },
};

/// The stages of a volume that is made of an image.
const STAGES: [Words; 3] =
    [|it| it.volumes.stage_creating, |it| it.volumes.stage_downloading, |it| it.volumes.stage_available];

/// The stage that a status means; none for one that failed.
fn stage(status: &VolumeStatus) -> Option<usize> {
    match status {
        VolumeStatus::Error | VolumeStatus::ErrorDeleting | VolumeStatus::Deleting => None,
        VolumeStatus::Creating | VolumeStatus::Other(_) => Some(0),
        VolumeStatus::Downloading => Some(1),
        _ => Some(2),
    }
}

/// The progress.
#[component]
pub fn VolumeProgress(
    /// The volume as last read.
    made: RwSignal<Option<Volume>>,
    /// It is not there any more.
    is_gone: RwSignal<bool>,
    /// Closes the dialog.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let reached = Memo::new(move |_| {
        let made = made.read();
        made.as_ref().and_then(|volume| stage(&volume.status)).filter(|_| !is_gone.get())
    });
    let name = move || made.read().as_ref().map(|volume| volume.name.clone()).unwrap_or_default();
    let stages = move || {
        STAGES.iter().enumerate().map(move |(at, words)| {
            let state = move || match reached.get() {
                Some(reached) if at < reached || reached == STAGES.len() - 1 => "done",
                Some(reached) if at == reached => "current",
                _ => "open",
            };
            view! { <li data-state=state aria-current=move || (reached.get() == Some(at)).then_some("step")>{word(*words)}</li> }
        })
    };
    view! {
        <div class="stack">
            <ol class="stages" data-stages="3">{stages().collect_view()}</ol>
            {move || match reached.get() {
                Some(2) => {
                    let launch = made.read().as_ref().map(|volume| routes::launch_volume(&volume.id)).unwrap_or_default();
                    view! {
                        <p role="status">{(t().volumes.done)(&name())}</p>
                        <p><A href=launch attr:class="button" attr:data-kind="primary">{word(|it| it.volumes.launch)}</A></p>
                    }
                        .into_any()
                }
                Some(stage) => {
                    view! {
                        <progress class="progress" max="3" value=(stage + 1).to_string() aria-label=word(|it| it.volumes.progress)></progress>
                        <p role="status">{(t().volumes.begun)(&name())}</p>
                        <p class="muted">{word(|it| it.volumes.goes_on)}</p>
                    }
                        .into_any()
                }
                None => {
                    let words = if is_gone.get() { t().volumes.gone } else { t().volumes.failed };
                    view! {
                        <Notice tone=Tone::Bad title=Signal::stored(words(&name()))>
                            <p>{word(|it| it.volumes.failed_advice)}</p>
                        </Notice>
                    }
                        .into_any()
                }
            }}
            <div class="dialog-foot">
                <Button label=word(|it| it.common.close) on_press=on_close autofocus=true />
            </div>
        </div>
    }
}

/// Asks for a volume until it is available or has failed. Who has closed the dialog by then gets a message.
pub async fn follow(
    session: Session,
    toasts: Toasts,
    volume: Volume,
    made: RwSignal<Option<Volume>>,
    is_gone: RwSignal<bool>,
) {
    let generation = untrack(move || session.generation());
    let (id, name) = (volume.id, volume.name);
    let mut backoff = Backoff::default();
    loop {
        TimeoutFuture::new(backoff.delay_ms()).await;
        until_visible().await;
        let answer = session.send(cinder::get_volume(&id)).await;
        if untrack(move || session.generation()) != generation {
            return;
        }
        let words = &t().volumes;
        match answer {
            Ok(volume) => {
                let reached = stage(&volume.status);
                let has_changed =
                    made.try_with_untracked(|made| made.as_ref() != Some(&volume)).unwrap_or_default();
                let is_closed = has_changed && made.try_set(Some(volume)).is_some() || made.is_disposed();
                match reached {
                    Some(2) if is_closed => {
                        return toasts.good_with_link(
                            (words.done)(&isolated(&name)),
                            routes::launch_volume(&id),
                            words.launch,
                        );
                    }
                    None if is_closed => return toasts.bad_words((words.failed)(&isolated(&name))),
                    Some(2) | None => return,
                    Some(_) => backoff = backoff.after(has_changed),
                }
            }
            Err(error) if error.kind() == Some(FaultKind::NotFound) => {
                if is_gone.try_set(true).is_some() {
                    toasts.bad_words((words.gone)(&isolated(&name)));
                }
                return;
            }
            Err(ApiError::Aborted) => return,
            // A poll that failed is tried again.
            Err(_) => backoff = backoff.after(false),
        }
    }
}
