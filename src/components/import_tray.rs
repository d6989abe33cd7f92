//! The imports in the upload tray: what the cloud fetches or copies by itself, and why it could not.

pub mod words;

use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::{
        error_panel::ErrorDetails,
        import_tray::words::{cause_words, checked_words, figure_words, phase_words, source_words},
        other_format::OtherFormat,
    },
    domain::import::{
        Failure, Import, Phase,
        causes::{Likelihood, causes},
        checksum::Checked,
    },
    i18n::{Words, t, word},
    openstack::{error::ApiError, glance::import::Source},
    routes,
    state::imports::{ImportId, Imports},
    ui::button::{Button, Kind},
};

/// Entries of the tray's list.
#[component]
pub fn ImportEntries(
    /// The service.
    imports: Imports,
) -> impl IntoView {
    view! {
        <For each=move || imports.ids() key=|id| *id children={move |id| view! { <Entry id=id imports=imports /> }} />
    }
}

/// Says results and failures once, for those who don't look at the tray.
#[component]
pub fn ImportAnnouncer(
    /// The service.
    imports: Imports,
) -> impl IntoView {
    let ended = Memo::new(move |_| {
        let all = imports.ids().into_iter().filter_map(|id| imports.get(id));
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        for import in all {
            match import.phase {
                Phase::Active(_) => done.push((t().uploads.done)(&import.name)),
                Phase::Failed(_) => failed.push((t().imports.failed)(&import.name)),
                _ => {}
            }
        }
        [done, failed]
    });
    let said = move |which: usize| move || ended.read()[which].join("\n");
    view! {
        <div class="visually-hidden" role="status">{said(0)}</div>
        <div class="visually-hidden" role="alert">{said(1)}</div>
    }
}

/// What can be done: whether, in which words, how loud, and what it does.
type Action = (fn(&Import) -> bool, Words, Kind, fn(Imports, ImportId));

const ACTIONS: [Action; 4] = [
    (Import::can_retry, |it| it.uploads.retry, Kind::Normal, Imports::retry),
    (
        |import| import.can_cancel() && import.is_running(),
        |it| it.common.cancel,
        Kind::Normal,
        Imports::cancel,
    ),
    (
        |import| import.can_cancel() && !import.is_running(),
        |it| it.uploads.delete_again,
        Kind::Normal,
        Imports::cancel,
    ),
    (Import::can_dismiss, |it| it.common.dismiss, Kind::Quiet, Imports::dismiss),
];

#[component]
fn Entry(id: ImportId, imports: Imports) -> impl IntoView {
    let import = Memo::new(move |_| imports.get(id));
    // Kept apart from what changes with every look, so that the focus stays on its button.
    let actions = Memo::new(move |_| {
        let import = import.read();
        ACTIONS.map(|(can, ..)| import.as_ref().is_some_and(can))
    });
    let other_project = Memo::new(move |_| imports.other_project(id).map(|project| project.name));
    let is_failed = move || {
        let import = import.read();
        // Other bytes than the published ones are as bad as none.
        let phase = import.as_ref().map(|it| &it.phase);
        matches!(phase, Some(Phase::Failed(_) | Phase::Active(Checked::Mismatch { .. })))
    };
    let format = Memo::new(move |_| import.read().as_ref().and_then(Import::format_in_question));
    let set_format = Callback::new(move |format| imports.set_format_and_retry(id, format));
    view! {
        <li class="upload-entry" data-failed=move || is_failed().then_some("true")>
            {move || import.get().map(|import| view! { <State import=import other_project=other_project.get() /> })}
            {move || {
                format.get().map(|(declared, named)| view! { <OtherFormat declared=declared better=named on_set=set_format /> })
            }}
            <div class="row">
                {move || {
                    ACTIONS
                        .into_iter()
                        .zip(actions.get())
                        .filter(|(_, can)| *can)
                        .map(|((_, words, kind, act), _)| {
                            view! { <Button label=word(words) kind=kind small=true on_press=move |()| act(imports, id) /> }
                        })
                        .collect_view()
                }}
            </div>
        </li>
    }
}

/// Everything that an import says; drawn anew with each news of it.
#[component]
fn State(import: Import, other_project: Option<String>) -> impl IntoView {
    let is_open = matches!(import.phase, Phase::Active(_)) || import.source == Source::Copy;
    // Another project's image can't be opened from here.
    let name = import.name.clone();
    let title = match is_open && other_project.is_none() {
        true => view! { <A href=routes::image(&import.image)><bdi>{name}</bdi></A> }.into_any(),
        false => view! { <bdi>{name}</bdi> }.into_any(),
    };
    let bar = import.is_running().then(|| {
        view! { <progress class="progress" max="1" aria-label=(t().imports.bar)(&import.name)></progress> }
    });
    let figures = figure_words(&import)
        .into_iter()
        .map(|words| view! { <span class="upload-figure"><bdi>{words}</bdi></span> });
    let (is_bad, notes) = notes(&import);
    view! {
        <div class="upload-head">
            <p class="upload-name">{title}</p>
            <p class="upload-file muted">
                <bdi>{source_words(&import)}</bdi>
                {other_project.map(|project| view! { " · " {(t().uploads.other_project)(&project)} })}
            </p>
        </div>
        {bar}
        <p class="upload-state">
            <strong>{phase_words(&import)}</strong>
            {figures.collect_view()}
        </p>
        {(!notes.is_empty())
            .then(|| {
                let notes = notes.into_iter().map(|words| view! { <p><bdi>{words}</bdi></p> }).collect_view();
                view! { <div class=if is_bad { "upload-failure stack-s" } else { "hint stack-s" }>{notes}</div> }
            })}
        {error_of(&import).map(|error| view! { <div class="upload-failure"><ErrorDetails error=error /></div> })}
    }
}

/// What there is to say besides, and whether it is bad news.
pub fn notes(import: &Import) -> (bool, Vec<String>) {
    let words = &t().imports;
    let mut notes = Vec::new();
    match &import.phase {
        Phase::Active(checked) => return checked_words(checked),
        Phase::Failed(Failure::GaveUp { message, request_id }) => {
            notes.push(match (&import.source, &import.store) {
                (Source::Staged, Some(store)) => (words.gave_up_staged)(store),
                _ => words.gave_up.to_owned(),
            });
            notes.extend(message.as_deref().map(words.cloud_says));
            notes.extend(request_id.as_ref().map(|id| format!("{}: {id}", t().errors.request_id)));
            notes.extend(causes(import).iter().map(|(likelihood, cause)| {
                let say = if *likelihood == Likelihood::Likely { words.likely } else { words.possible };
                say(&cause_words(cause))
            }));
        }
        Phase::Failed(Failure::NotBegun) => notes.push(words.not_begun.to_owned()),
        Phase::Failed(Failure::Vanished) => notes.push(words.gone.to_owned()),
        _ if import.trouble.is_some() => return (false, vec![words.trouble.to_owned()]),
        _ => {}
    }
    (true, notes)
}

/// The cloud's own refusal, where there was one.
pub fn error_of(import: &Import) -> Option<ApiError> {
    match &import.phase {
        Phase::Failed(Failure::Refused(error) | Failure::NotSet(error) | Failure::NotDeleted(error)) => {
            Some(error.clone())
        }
        _ => None,
    }
}
