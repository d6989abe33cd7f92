//! "Create key pair": Nova makes one and gives the private key, which is shown this once and is gone with the dialog.

use leptos::{html, prelude::*, task::spawn_local};

use crate::{
    client::download::offer_text,
    components::{error_panel::ErrorPanel, held::HeldFields},
    domain::key_pair::name_problem,
    i18n::{t, word},
    openstack::{
        error::ApiError,
        nova::keypair::{MadeKeyPair, create_keypair},
        secret::Secret,
    },
    pages::launch::{
        key_pair::{add, name_words, taken},
        wizard::Wizard,
    },
    ui::{
        button::{Button, Kind},
        copy::copy_text,
        dialog::Dialog,
        field::{TextField, focus_first_problem},
        notice::{Notice, Tone},
    },
};

/// The dialog: first the name, then the private key.
#[component]
pub fn MakeDialog(
    /// The wizard.
    wizard: Wizard,
    /// Called when it is to go.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let may_show = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let made = RwSignal::new(None::<MadeKeyPair>);
    let is_saved = RwSignal::new(false);
    let asks = RwSignal::new(false);
    let form = NodeRef::<html::Form>::new();
    let problem = Memo::new(move |_| {
        let taken = taken(wizard);
        name_problem(&name.read(), taken.iter().map(String::as_str), false)
    });
    let shown_problem =
        Signal::derive(move || problem.get().filter(|_| may_show.get()).as_ref().map(name_words));
    let heading = Signal::derive(move || match &*made.read() {
        None => t().setup.create_key.to_owned(),
        Some(made) => (t().setup.private_key_of)(&made.pair.name),
    });
    let close = move |()| {
        let is_lost = made.read_untracked().is_some() && !is_saved.get_untracked();
        if is_lost && !asks.get_untracked() {
            asks.set(true);
            return;
        }
        on_close.run(());
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        may_show.set(true);
        if problem.read_untracked().is_some() {
            if let Some(form) = form.get_untracked() {
                focus_first_problem(&form);
            }
            return;
        }
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let wanted = name.try_get_untracked().unwrap_or_default();
            let answer = wizard.session.send(create_keypair(wanted.trim())).await;
            is_busy.try_set(false);
            match answer {
                Ok(answer) => {
                    add(wizard, answer.pair.clone());
                    made.try_set(Some(answer));
                }
                Err(error) => _ = failure.try_set(Some(error)),
            }
        });
    };
    view! {
        <Dialog heading=heading on_close=close locked=is_busy>
            {move || match made.get() {
                None => {
                    view! {
                        <form class="stack" novalidate on:submit=submit node_ref=form aria-busy=move || is_busy.get().then_some("true")>
                            <p class="muted">{word(|it| it.setup.create_hint)}</p>
                            <HeldFields busy=is_busy>
                                <TextField
                                    label=word(|it| it.setup.key_name)
                                    value=name
                                    required=true
                                    autofocus=true
                                    hint=Signal::derive(|| Some(t().setup.key_name_hint.to_owned()))
                                    problem=shown_problem
                                    on_leave=move |()| may_show.set(!name.read_untracked().is_empty())
                                />
                            </HeldFields>
                            {move || {
                                failure
                                    .get()
                                    .map(|error| {
                                        view! {
                                            <ErrorPanel tried=word(|it| it.setup.create_failed) error=error />
                                            <p class="muted">{t().setup.create_refused}</p>
                                        }
                                    })
                            }}
                            <div class="dialog-foot">
                                <Button label=word(|it| it.common.cancel) on_press=close />
                                <Button label=word(|it| it.setup.create_key) kind=Kind::Primary submit=true busy=is_busy />
                            </div>
                        </form>
                    }
                        .into_any()
                }
                Some(made) => {
                    view! { <PrivateKey name=made.pair.name key=made.private_key is_saved=is_saved asks=asks on_close=close /> }
                        .into_any()
                }
            }}
        </Dialog>
    }
}

/// The private key, with what saves it.
#[component]
fn PrivateKey(
    name: String,
    key: Secret,
    is_saved: RwSignal<bool>,
    asks: RwSignal<bool>,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<&'static str>);
    let shown = NodeRef::<html::Pre>::new();
    // The form that had the focus is gone.
    Effect::new(move |_| {
        if let Some(shown) = shown.get() {
            // It has a tabindex; if it fails, the next Tab goes into the dialog all the same.
            let _ = shown.focus();
        }
    });
    let key = StoredValue::new(key);
    let tell = move |is_done: bool, words: &'static str| {
        outcome.try_set(Some(words));
        if is_done {
            is_saved.try_set(true);
            asks.try_set(false);
        }
    };
    let copy = move |()| {
        spawn_local(async move {
            let Some(text) = key.try_with_value(|key| key.reveal().to_owned()) else { return };
            let is_done = copy_text(&text).await;
            tell(is_done, if is_done { t().common.copied } else { t().common.not_copied });
        });
    };
    let file = StoredValue::new(format!("{name}.pem"));
    let download = move |()| {
        let is_done = key.with_value(|key| offer_text(key.reveal(), &file.get_value()));
        tell(is_done, if is_done { t().setup.downloaded } else { t().setup.not_downloaded });
    };
    let close_words = Signal::derive(move || match asks.get() {
        true => t().setup.close_unsaved.to_owned(),
        false => t().setup.done.to_owned(),
    });
    view! {
        <div class="stack">
            <Notice tone=Tone::Warn>
                <p>{word(|it| it.setup.save_now)}</p>
            </Notice>
            <pre class="command private-key" tabindex="0" role="region" node_ref=shown aria-label=word(|it| it.setup.private_key)>
                {key.with_value(|key| key.reveal().to_owned())}
            </pre>
            <div class="row">
                <Button
                    label=Signal::derive(move || (t().setup.download_private)(&name))
                    kind=Kind::Primary
                    on_press=download
                />
                <Button label=word(|it| it.setup.copy_private) on_press=copy />
                <span role="status" class="muted">{move || outcome.get()}</span>
            </div>
            {move || {
                asks.get()
                    .then(|| {
                        view! {
                            <Notice tone=Tone::Bad>
                                <p>{t().setup.not_saved}</p>
                            </Notice>
                        }
                    })
            }}
            <div class="dialog-foot">
                <Button label=close_words on_press=on_close />
            </div>
        </div>
    }
}
