//! "Image source": where the bytes come from. This version takes files; the other sources are shown with the reason.

use leptos::prelude::*;

use crate::{
    i18n::{Words, t, word},
    ui::id::unique_id,
};

/// The choice.
#[component]
pub fn SourceField() -> impl IntoView {
    let group = unique_id("source");
    let note = unique_id("source-note");
    let choices: [(Words, bool); 3] = [
        (|texts| texts.create.source_file, true),
        (|texts| texts.create.source_url, false),
        (|texts| texts.create.source_ready_made, false),
    ];
    let choices = choices
        .map(|(words, can_choose)| {
            let id = unique_id("source");
            view! {
                <span class="check">
                    <input
                        type="radio"
                        id=id.clone()
                        name=group.clone()
                        checked=can_choose
                        aria-disabled=(!can_choose).then_some("true")
                        aria-describedby=(!can_choose).then(|| note.clone())
                        on:click=move |event| {
                            if !can_choose {
                                event.prevent_default();
                            }
                        }
                    />
                    <label for=id>{move || words(t())}</label>
                </span>
            }
        })
        .collect_view();
    view! {
        <fieldset class="fieldset sources">
            <legend>{word(|it| it.create.source)}</legend>
            <div class="row">{choices}</div>
            <p class="hint" id=note.clone()>{word(|it| it.create.source_later)}</p>
        </fieldset>
    }
}
