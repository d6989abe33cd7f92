//! "Visibility": four choices, each with what it means, and why it can't be chosen where it can't.

use leptos::prelude::*;

use crate::{
    components::image_words::visibility_words,
    i18n::{t, word},
    openstack::glance::image::Visibility,
    ui::id::unique_id,
};

/// In the order of how many see it.
const CHOICES: [Visibility; 4] =
    [Visibility::Private, Visibility::Shared, Visibility::Community, Visibility::Public];

/// The group. A choice that is refused stays focusable and says why.
#[component]
pub fn VisibilityField(
    /// The chosen one; one that we don't know is added to the choices.
    value: RwSignal<Visibility>,
    /// Why one can't be chosen.
    reason: Callback<Visibility, Option<String>>,
) -> impl IntoView {
    let group = unique_id("visibility");
    let unknown = match value.get_untracked() {
        unknown @ Visibility::Other(_) => Some(unknown),
        _ => None,
    };
    let choices = CHOICES
        .into_iter()
        .chain(unknown)
        .map(|choice| view! { <VisibilityChoice group=group.clone() choice=choice value=value reason=reason /> })
        .collect_view();
    view! {
        <fieldset class="fieldset wide">
            <legend>{word(|it| it.image.visibility)}</legend>
            <div class="visibilities">{choices}</div>
        </fieldset>
    }
}

#[component]
fn VisibilityChoice(
    group: String,
    choice: Visibility,
    value: RwSignal<Visibility>,
    reason: Callback<Visibility, Option<String>>,
) -> impl IntoView {
    let id = unique_id("choice");
    let note_id = format!("{id}-note");
    let own = StoredValue::new(choice.clone());
    let refused = Memo::new(move |_| own.with_value(|own| reason.run(own.clone())));
    let note = {
        let choice = choice.clone();
        move || {
            let words = &t().form;
            match &choice {
                Visibility::Private => words.private_note,
                Visibility::Shared => words.shared_note,
                Visibility::Community => words.community_note,
                Visibility::Public => words.public_note,
                Visibility::Other(_) => "",
            }
        }
    };
    view! {
        <div class="visibility-choice" data-refused=move || refused.read().is_some().then_some("true")>
            <input
                type="radio"
                id=id.clone()
                name=group
                value=choice.as_str().to_owned()
                prop:checked=move || own.with_value(|own| *value.read() == *own)
                aria-disabled=move || refused.read().is_some().then_some("true")
                aria-describedby=note_id.clone()
                // Arrow keys click too; a cancelled click leaves the choice where it was.
                on:click=move |event| {
                    if refused.read_untracked().is_some() {
                        event.prevent_default();
                    }
                }
                on:change=move |_| {
                    if refused.read_untracked().is_none() {
                        value.set(own.get_value());
                    }
                }
            />
            <div>
                <label for=id>{move || own.with_value(visibility_words)}</label>
                <span class="hint" id=note_id>
                    {note}
                    {move || refused.get().map(|reason| view! { " " <strong>{reason}</strong> })}
                </span>
            </div>
        </div>
    }
}
