//! Step "Key pair": the SSH key that the instance lets in.

mod import;
mod make;

use leptos::prelude::*;

use crate::{
    components::error_panel::ErrorPanel,
    domain::{key_pair::NameProblem, launch_draft::Step},
    i18n::{t, word},
    openstack::nova::keypair::{KeyKind, KeyPair},
    pages::launch::{
        key_pair::{import::ImportDialog, make::MakeDialog},
        wizard::Wizard,
        words::problem_words,
    },
    ui::{
        button::Button,
        field::{TextField, TextKind},
        id::unique_id,
        notice::{Notice, Tone},
    },
};

/// So many key pairs are found by looking; more get a search box.
const FOUND_BY_LOOKING: usize = 8;

/// What is open over the step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Make,
    Import,
}

/// The step.
#[component]
pub fn KeyPairStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let offer = wizard.offers.key_pairs;
    let group = StoredValue::new(unique_id("key"));
    let search = RwSignal::new(String::new());
    let open = RwSignal::new(Open::Nothing);
    let problem = Memo::new(move |_| {
        let problems = wizard.problems.read();
        problems.get(&Step::KeyPair)?.first().map(|found| problem_words(wizard, found))
    });
    let value = offer.value();
    let is_long = Memo::new(move |_| value.read().as_ref().is_some_and(|keys| keys.len() > FOUND_BY_LOOKING));
    let shown = move || {
        let wanted = search.read().trim().to_lowercase();
        let chosen = wizard.draft.read().key_pair.name.clone();
        // The chosen one stays in sight.
        let is_shown =
            |key: &&KeyPair| key.name.to_lowercase().contains(&wanted) || Some(&key.name) == chosen.as_ref();
        let keys = value.read();
        let keys = keys.iter().flatten().filter(is_shown).cloned().map(Some);
        std::iter::once(None).chain(keys).collect::<Vec<_>>()
    };
    let close = move |()| open.set(Open::Nothing);
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
        <div class="row">
            <Button label=word(|it| it.setup.create_key) on_press=move |()| open.set(Open::Make) />
            <Button label=word(|it| it.setup.import_key) on_press=move |()| open.set(Open::Import) />
        </div>
        {move || {
            is_long
                .get()
                .then(|| view! { <TextField label=word(|it| it.setup.search_keys) value=search kind=TextKind::Search /> })
        }}
        <fieldset class="stack-s fieldset">
            <legend class="visually-hidden">{word(|it| it.launch.key_pair)}</legend>
            <For
                each=shown
                key=key_of
                children={move |key: Option<KeyPair>| view! { <KeyRow wizard=wizard key_pair=key group=group.get_value() /> }}
            />
            {move || {
                let is_empty = value.read().as_ref().is_some_and(Vec::is_empty);
                is_empty.then(|| view! { <p class="muted">{t().setup.no_keys}</p> })
            }}
            {move || offer.is_waiting().then(|| view! { <p class="muted" role="status">{t().common.loading}</p> })}
        </fieldset>
        {move || match open.get() {
            Open::Nothing => ().into_any(),
            Open::Make => view! { <MakeDialog wizard=wizard on_close=close /> }.into_any(),
            Open::Import => view! { <ImportDialog wizard=wizard on_close=close /> }.into_any(),
        }}
    }
}

#[component]
fn KeyRow(wizard: Wizard, key_pair: Option<KeyPair>, group: String) -> impl IntoView {
    let id = unique_id("key-pair");
    let hint_id = format!("{id}-hint");
    let name = key_pair.as_ref().map(|key| key.name.clone());
    let is_key = key_pair.is_some();
    let checked = {
        let name = name.clone();
        Memo::new(move |_| wizard.draft.read().key_pair.name == name)
    };
    let choose = {
        let name = name.clone();
        move |_| wizard.choose_key_pair(name.clone())
    };
    let hint = move || match &key_pair {
        None => t().launch.no_key_hint.to_owned(),
        Some(key) => match &key.kind {
            KeyKind::Ssh => key.fingerprint.clone(),
            KeyKind::X509 => format!("{} {}", t().setup.certificate, key.fingerprint),
            KeyKind::Other(kind) => format!("{kind} {}", key.fingerprint),
        },
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
                <span class="hint" class:mono=is_key id=hint_id><bdi>{hint}</bdi></span>
            </div>
        </div>
    }
}

fn key_of(key: &Option<KeyPair>) -> Option<String> {
    key.as_ref().map(|key| key.name.clone())
}

/// The names that are taken; tracked.
fn taken(wizard: Wizard) -> Vec<String> {
    let keys = wizard.offers.key_pairs.value();
    keys.read().iter().flatten().map(|key| key.name.clone()).collect()
}

/// A new key pair: among the others at once, and chosen.
fn add(wizard: Wizard, key: KeyPair) {
    let name = key.name.clone();
    let keys = wizard.offers.key_pairs;
    // The wizard may be gone by the time of the answer.
    let is_there = keys.value().try_update(|known| {
        let known = known.get_or_insert_default();
        known.retain(|other| other.name != key.name);
        known.insert(0, key);
    });
    if is_there.is_some() {
        wizard.choose_key_pair(Some(name));
        keys.again();
    }
}

/// Why a name can't be, in a sentence.
fn name_words(problem: &NameProblem) -> String {
    let words = &t().setup;
    match problem {
        NameProblem::Missing => words.name_missing.to_owned(),
        NameProblem::TooLong => words.name_long.to_owned(),
        NameProblem::Character(character) => (words.name_character)(&character.to_string()),
        NameProblem::Taken => words.name_taken.to_owned(),
    }
}
