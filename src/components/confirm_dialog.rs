//! The dialog of [`Confirm`](crate::state::confirm::Confirm): the question, its effects, a refusal in place.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{command_line::CommandLine, error_panel::ErrorPanel},
    i18n::word,
    openstack::error::ApiError,
    state::{
        confirm::{Question, use_confirm},
        toasts::use_toasts,
    },
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
    },
};

/// The dialog, open while something is asked.
#[component]
pub fn ConfirmDialog() -> impl IntoView {
    let confirm = use_confirm();
    move || confirm.asked().map(|question| view! { <Asked question=question /> })
}

#[component]
fn Asked(question: Question) -> impl IntoView {
    let (confirm, toasts) = (use_confirm(), use_toasts());
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let Question { heading, subject, text, names, verb, is_danger, tried, command, work } = question;
    let tried = StoredValue::new(tried);
    let work = StoredValue::new_local(work);
    let go = move |()| {
        busy.set(true);
        failure.set(None);
        let words = tried.get_value();
        let running = work.with_value(|work| work());
        spawn_local(async move {
            let outcome = running.await;
            if busy.try_set(false).is_some() {
                // The page was left meanwhile, and the dialog with it: failures are told all the same.
                if let Err(error) = outcome
                    && error != ApiError::Aborted
                {
                    toasts.bad(words, error);
                }
                return;
            }
            match outcome {
                Ok(()) => confirm.close(),
                Err(error) => failure.set(Some(error)),
            }
        });
    };
    view! {
        <Dialog heading=Signal::stored(heading) on_close=move |()| confirm.close() locked=busy>
            {(!subject.is_empty()).then(|| view! { <p><strong><bdi>{subject}</bdi></strong></p> })}
            {text.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            {(!names.is_empty())
                .then(|| {
                    let names = names.into_iter().map(|name| view! { <li><bdi>{name}</bdi></li> }).collect_view();
                    view! { <ul class="bullets names">{names}</ul> }
                })}
            <CommandLine command=Signal::stored(command) />
            {move || {
                failure
                    .get()
                    .map(|error| view! { <ErrorPanel tried=Signal::stored(tried.get_value()) error=error /> })
            }}
            <div class="dialog-foot">
                <Button label=word(|it| it.common.cancel) on_press=move |()| confirm.close() />
                <Button
                    label=Signal::stored(verb)
                    kind=if is_danger { Kind::Danger } else { Kind::Primary }
                    busy=busy
                    autofocus=true
                    on_press=go
                />
            </div>
        </Dialog>
    }
}
