//! "Import key pair": a public key that is pasted or read from a file, and what it turned out to be.

use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use crate::{
    client::browser::all_files,
    components::{error_panel::ErrorPanel, held::HeldFields},
    domain::key_pair::{KeyProblem, LONGEST_KEY, name_problem, read_public_key},
    i18n::{t, word},
    openstack::{
        error::ApiError,
        nova::keypair::{KeyKind, WIDER_NAMES, import_keypair},
    },
    pages::launch::{
        key_pair::{add, name_words, taken},
        wizard::Wizard,
    },
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
        field::{TextField, focus_first_problem},
        id::unique_id,
    },
};

/// The dialog.
#[component]
pub fn ImportDialog(
    /// The wizard.
    wizard: Wizard,
    /// Called when it is to go.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let text = RwSignal::new(String::new());
    let left = RwSignal::new((false, false));
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let odd_file = RwSignal::new(false);
    let form = NodeRef::<html::Form>::new();
    let input = NodeRef::<html::Input>::new();
    let input_id = unique_id("public-key");
    let has_wider_names = move || !wizard.offers.nova_lacks(WIDER_NAMES);
    let name_hint = Signal::derive(move || {
        let words = if has_wider_names() { t().setup.key_name_wider } else { t().old.key_name };
        Some(words.to_owned())
    });
    let name_is = Memo::new(move |_| {
        let taken = taken(wizard);
        name_problem(&name.read(), taken.iter().map(String::as_str), has_wider_names())
    });
    let key = Memo::new(move |_| read_public_key(&text.read()));
    let name_wrong = Signal::derive(move || name_is.get().filter(|_| left.get().0).as_ref().map(name_words));
    let key_wrong = Signal::derive(move || match key.get() {
        _ if odd_file.get() => Some(t().setup.unreadable_file.to_owned()),
        // A private key is told at once: it must not stay there.
        Err(KeyProblem::Private) => Some(t().setup.key_private.to_owned()),
        Err(problem) if left.get().1 => Some(key_words(&problem).to_owned()),
        _ => None,
    });
    let key_is = Signal::derive(move || {
        Some(match key.get() {
            Ok(key) if key.kind == KeyKind::X509 => t().setup.certificate.to_owned(),
            Ok(key) => (t().setup.key_is)(&key.algorithm),
            Err(_) => t().setup.public_key_hint.to_owned(),
        })
    });
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let file = input.files().map(|list| all_files(&list)).unwrap_or_default().into_iter().next();
        // So that the same file can be chosen again.
        input.set_value("");
        let Some(file) = file else { return };
        spawn_local(async move {
            // Nobody's public key is that large: don't read a disk image.
            let is_small = file.size() <= LONGEST_KEY as f64 * 4.0;
            let read = if is_small {
                JsFuture::from(file.text()).await.ok().and_then(|it| it.as_string())
            } else {
                None
            };
            odd_file.try_set(read.is_none());
            if let Some(read) = read {
                text.try_set(read);
                left.try_update(|left| left.1 = true);
                let stem = file.name();
                let stem = stem.strip_suffix(".pub").unwrap_or(&stem).to_owned();
                name.try_update(|name| {
                    if name.is_empty() {
                        *name = stem
                    }
                });
            }
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        left.set((true, true));
        let key = match (key.get_untracked(), name_is.read_untracked().is_none()) {
            (Ok(key), true) => key,
            _ => {
                if let Some(form) = form.get_untracked() {
                    focus_first_problem(&form);
                }
                return;
            }
        };
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let wanted = name.try_get_untracked().unwrap_or_default();
            let answer = wizard.session.send(import_keypair(wanted.trim(), &key.kind, &key.text)).await;
            is_busy.try_set(false);
            match answer {
                Ok(key) => {
                    add(wizard, key);
                    _ = on_close.try_run(());
                }
                Err(error) => _ = failure.try_set(Some(error)),
            }
        });
    };
    view! {
        <Dialog heading=word(|it| it.setup.import_key) on_close=on_close locked=is_busy>
            <form class="stack" novalidate on:submit=submit node_ref=form aria-busy=move || is_busy.get().then_some("true")>
                <HeldFields busy=is_busy>
                    <TextField
                        label=word(|it| it.setup.key_name)
                        value=name
                        required=true
                        autofocus=true
                        hint=name_hint
                        problem=name_wrong
                        on_leave=move |()| left.update(|left| left.0 = !name.read_untracked().is_empty())
                    />
                    <TextField
                        label=word(|it| it.setup.public_key)
                        value=text
                        required=true
                        multiline=true
                        hint=key_is
                        problem=key_wrong
                        on_leave=move |()| left.update(|left| left.1 = !text.read_untracked().is_empty())
                    />
                    <span class="file-button">
                        <input class="visually-hidden" type="file" id=input_id.clone() node_ref=input on:change=chosen />
                        <label class="button" for=input_id>{word(|it| it.setup.choose_file)}</label>
                    </span>
                </HeldFields>
                {move || {
                    failure
                        .get()
                        .map(|error| view! { <ErrorPanel tried=word(|it| it.setup.import_failed) error=error /> })
                }}
                <div class="dialog-foot">
                    <Button label=word(|it| it.common.cancel) on_press=on_close />
                    <Button label=word(|it| it.setup.import_key) kind=Kind::Primary submit=true busy=is_busy />
                </div>
            </form>
        </Dialog>
    }
}

fn key_words(problem: &KeyProblem) -> &'static str {
    let words = &t().setup;
    match problem {
        KeyProblem::Missing => words.key_missing,
        KeyProblem::TooLong => words.key_long,
        KeyProblem::Private => words.key_private,
        KeyProblem::OtherForm => words.key_other_form,
        KeyProblem::Several => words.key_several,
        KeyProblem::Unreadable => words.key_unreadable,
    }
}
