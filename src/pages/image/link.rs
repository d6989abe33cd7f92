//! Links for colleagues: they name the project, and whoever opens one lands in it.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};

use crate::{
    i18n::{t, word},
    openstack::{
        ids::ProjectId,
        keystone::Project,
        request::{percent_encode, segment},
    },
    state::{
        session::{sign_in::SignInError, use_session},
        toasts::use_toasts,
    },
    ui::{
        button::Button,
        copy::copy_text,
        notice::{Notice, Tone},
    },
};

/// What became of a link's project.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrival {
    /// It is the present one, or the address names none.
    Here,
    /// It is being switched to: what is loaded now would be of the wrong project.
    Switching(String),
    /// The person has no role in it.
    Refused(String),
    /// It could not be switched to.
    Failed(String),
}

/// Goes to the project that the address names, and takes it out of the address: a later switch by the menu would else be undone.
pub fn arrive() -> RwSignal<Arrival> {
    let session = use_session();
    let arrival = RwSignal::new(Arrival::Here);
    let Some(wanted) = use_query_map().read_untracked().get("project").map(ProjectId::from) else {
        return arrival;
    };
    let location = use_location();
    let navigate = use_navigate();
    let tab = use_query_map().read_untracked().get("tab").map(|tab| format!("?tab={}", percent_encode(&tab)));
    let here = format!("{}{}", location.pathname.get_untracked(), tab.unwrap_or_default());
    // After this page is in its place: the router ignores what is navigated to while it still draws.
    request_animation_frame(move || {
        navigate(&here, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    let present = untrack(|| session.project());
    if present.is_some_and(|present| present.id == wanted) || wanted.is_empty() {
        return arrival;
    }
    let known = session.projects().get_untracked().into_iter().find(|project| project.id == wanted);
    let project =
        known.unwrap_or_else(|| Project { name: wanted.to_string(), id: wanted, ..Project::default() });
    arrival.set(Arrival::Switching(project.name.clone()));
    spawn_local(async move {
        // When it works this page is made anew, in the other project.
        if let Err(error) = session.switch_project(&project).await {
            arrival.try_set(match error {
                SignInError::ProjectRefused { .. } => Arrival::Refused(project.name),
                _ => Arrival::Failed(project.name),
            });
        }
    });
    arrival
}

/// What became of the link, where it is worth a word.
#[component]
pub fn ArrivalNotice(
    /// See [`arrive`].
    arrival: RwSignal<Arrival>,
) -> impl IntoView {
    move || {
        let words = &t().detail;
        let (tone, text) = match &*arrival.read() {
            Arrival::Here => return None,
            Arrival::Switching(project) => (Tone::Plain, (words.link_switching)(project)),
            Arrival::Refused(project) => (Tone::Warn, (words.link_refused)(project)),
            Arrival::Failed(project) => (Tone::Warn, (words.link_failed)(project)),
        };
        Some(view! { <Notice tone=tone><p>{text}</p></Notice> })
    }
}

/// Copies the page's address with the project.
#[component]
pub fn CopyLink() -> impl IntoView {
    let (session, toasts) = (use_session(), use_toasts());
    let query = use_query_map();
    let press = move |()| {
        let here = window().location();
        let tab = query.read_untracked().get("tab").map(|tab| format!("tab={}&", percent_encode(&tab)));
        let project = untrack(|| session.project()).map(|project| project.id).unwrap_or_default();
        let link = format!(
            "{}{}?{}project={}",
            here.origin().unwrap_or_default(),
            here.pathname().unwrap_or_default(),
            tab.unwrap_or_default(),
            segment(&project)
        );
        spawn_local(async move {
            if copy_text(&link).await {
                toasts.good(t().detail.link_copied);
            } else {
                toasts.bad_words(t().common.not_copied);
            }
        });
    };
    view! { <Button label=word(|it| it.detail.copy_link) on_press=press /> }
}
