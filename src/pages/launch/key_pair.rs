//! Step "Key pair": the SSH key that the instance lets in.

use leptos::prelude::*;

use crate::{
    components::error_panel::ErrorPanel,
    domain::launch_draft::Step,
    i18n::{t, word},
    openstack::nova::keypair::KeyPair,
    pages::launch::{wizard::Wizard, words::problem_words},
    ui::{
        id::unique_id,
        notice::{Notice, Tone},
    },
};

/// The step.
#[component]
pub fn KeyPairStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let offer = wizard.offers.key_pairs;
    let group = StoredValue::new(unique_id("key"));
    let problem = Memo::new(move |_| {
        let problems = wizard.problems.read();
        problems.get(&Step::KeyPair)?.first().map(|found| problem_words(wizard, found))
    });
    view! {
        {move || {
            problem
                .get()
                .map(|words| {
                    view! {
                        <Notice tone=Tone::Bad>
                            <p>{words}</p>
                        </Notice>
                    }
                })
        }}
        {move || {
            offer
                .error()
                .map(|error| {
                    view! {
                        <ErrorPanel
                            tried=word(|it| it.launch.load_keys)
                            error=error
                            on_retry=move |()| offer.again()
                        />
                    }
                })
        }}
        <fieldset class="stack-s fieldset">
            <legend class="visually-hidden">{word(|it| it.launch.key_pair)}</legend>
            <KeyRow wizard=wizard key_pair=None group=group.get_value() />
            {move || {
                let keys = offer.value().get();
                match keys {
                    None if offer.is_waiting() => {
                        view! { <p class="muted" role="status">{t().common.loading}</p> }.into_any()
                    }
                    None => ().into_any(),
                    Some(keys) if keys.is_empty() => view! { <p class="muted">{t().launch.no_keys_yet}</p> }.into_any(),
                    Some(keys) => {
                        keys.into_iter()
                            .map(|key| view! { <KeyRow wizard=wizard key_pair=Some(key) group=group.get_value() /> })
                            .collect_view()
                            .into_any()
                    }
                }
            }}
        </fieldset>
    }
}

/// One key, or none.
#[component]
fn KeyRow(wizard: Wizard, key_pair: Option<KeyPair>, group: String) -> impl IntoView {
    let id = unique_id("key");
    let hint_id = format!("{id}-hint");
    let name = key_pair.as_ref().map(|key| key.name.clone());
    let is_key = key_pair.is_some();
    let fingerprint = key_pair.map(|key| key.fingerprint);
    let checked = {
        let name = name.clone();
        Memo::new(move |_| wizard.draft.read().key_pair.name == name)
    };
    let choose = {
        let name = name.clone();
        move |_| wizard.choose_key_pair(name.clone())
    };
    view! {
        <div class="check">
            <input
                type="radio"
                id=id.clone()
                name=group
                prop:checked=checked
                aria-describedby=hint_id.clone()
                on:change=choose
            />
            <div>
                <label for=id><bdi>{move || name.clone().unwrap_or_else(|| t().launch.no_key.to_owned())}</bdi></label>
                <span class="hint" class:mono=is_key id=hint_id>
                    {move || fingerprint.clone().unwrap_or_else(|| t().launch.no_key_hint.to_owned())}
                </span>
            </div>
        </div>
    }
}
