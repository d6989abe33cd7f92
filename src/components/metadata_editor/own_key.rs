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
    let problem = Signal::derive(move || form.new_key_problem().as_ref().map(problem_words));
    let hint = Signal::derive(|| Some(t().metadata.new_key_hint.to_owned()));
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            form.add_new_key();
        }
    };
    view! {
        <div class="own-key" on:keydown=on_key>
            <TextField
                label=word(|it| it.metadata.new_key)
                value=form.new_key
                hint=hint
                problem=problem
            />
            <Button label=word(|it| it.metadata.add) on_press=move |()| form.add_new_key() />
        </div>
    }
}
