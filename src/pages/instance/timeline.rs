//! What has happened to an instance, as Nova keeps it.

use leptos::prelude::*;

use crate::{
    components::error_panel::ErrorPanel,
    i18n::{intl, t, word},
    openstack::{
        nova::{
            action::{ServerAction, list_actions, list_actions_plain},
            server::Server,
        },
        time::unix_seconds,
    },
    state::{
        offer::{Offer, ask_newest},
        session::use_session,
    },
};

/// The section. Nova is asked again whenever something about the server has changed.
#[component]
pub fn Timeline(
    /// The server.
    server: Signal<Server>,
    /// It is gone: nothing more happens.
    is_gone: Memo<bool>,
) -> impl IntoView {
    let session = use_session();
    let id = server.read_untracked().id.clone();
    // Without the ends where the cloud is too old to tell them.
    let actions = Offer::new(move || ask_newest(session, list_actions(&id), list_actions_plain(&id)));
    let state = Memo::new(move |_| {
        let server = server.read();
        (server.status.clone(), server.task_state.clone(), server.updated.clone())
    });
    Effect::new(move |before: Option<()>| {
        // Read, not only tracked: a memo that nobody has read follows nothing.
        state.with(|_| ());
        if before.is_some() && !is_gone.get_untracked() {
            actions.again();
        }
    });
    // The newest action is under way as long as the server has a task.
    let is_busy = Memo::new(move |_| {
        !is_gone.get() && server.read().task_state.as_ref().is_some_and(|it| !it.is_empty())
    });
    let row = move |(at, action): (usize, ServerAction)| {
        let is_running = at == 0 && is_busy.get() && !action.has_failed();
        let state = if action.has_failed() {
            "failed"
        } else if is_running {
            "current"
        } else {
            "done"
        };
        let outcome = match state {
            "failed" => t().instances.action_failed.to_owned(),
            "current" => t().instances.action_running.to_owned(),
            _ => took(&action).map(|took| (t().instances.action_took)(&took)).unwrap_or_default(),
        };
        let name =
            (t().instances.action_name)(&action.action).map_or_else(|| action.action.clone(), str::to_owned);
        view! {
            <li data-state=state>
                <strong><bdi>{name}</bdi></strong>
                <span class="muted">{intl::date_time(&action.start_time)}</span>
                <span class="timeline-outcome">{outcome}</span>
            </li>
        }
    };
    view! {
        <section class="card stack-s" aria-label=word(|it| it.instances.happened)>
            <h2>{word(|it| it.instances.happened)}</h2>
            {move || {
                let error = actions.error().filter(|_| !is_gone.get())?;
                let tried = word(|it| it.instances.could_not_read_actions);
                Some(view! { <ErrorPanel tried=tried error=error on_retry=move |()| actions.again() /> })
            }}
            {move || match actions.value().get() {
                None if actions.is_waiting() => view! { <p class="muted">{t().common.loading}</p> }.into_any(),
                None => ().into_any(),
                Some(actions) if actions.is_empty() => {
                    view! { <p class="muted">{t().common.none}</p> }.into_any()
                }
                Some(actions) => {
                    view! { <ol class="timeline">{actions.into_iter().enumerate().map(row).collect_view()}</ol> }.into_any()
                }
            }}
        </section>
    }
}

fn took(action: &ServerAction) -> Option<String> {
    let seconds = unix_seconds(action.updated_at.as_deref()?)? - unix_seconds(&action.start_time)?;
    u64::try_from(seconds).ok().map(intl::duration)
}
