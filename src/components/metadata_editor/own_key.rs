//! A key that no definition knows.

use leptos::prelude::*;

use crate::{
    components::{metadata_form::MetadataForm, metadata_words::problem_words},
    i18n::{t, word},
    ui::{button::Button, field::TextField},
};

/// A field for the key, and the button that adds it.
#[component]
pub fn OwnKey(
    /// Where it is added.
    form: MetadataForm,
) -> impl IntoView {
    let key = RwSignal::new(String::new());
    let was_tried = RwSignal::new(false);
    let problem = Signal::derive(move || {
        // A key that is there already is told at once, an empty one only when the button was pressed.
        let may_show = was_tried.get() || !key.read().trim().is_empty();
        form.key_problem(&key.read()).filter(|_| may_show).as_ref().map(problem_words)
    });
    let hint = Signal::derive(|| Some(t().metadata.new_key_hint.to_owned()));
    let add = move || {
        was_tried.set(true);
        if untrack(|| form.key_problem(&key.read())).is_none() {
            form.add_key(&key.get_untracked());
            key.set(String::new());
            was_tried.set(false);
        }
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            add();
        }
    };
    view! {
        <div class="own-key" on:keydown=on_key>
            <TextField
                label=word(|it| it.metadata.new_key)
                value=key
                hint=hint
                problem=problem
            />
            <Button label=word(|it| it.metadata.add) on_press=move |()| add() />
        </div>
    }
}
