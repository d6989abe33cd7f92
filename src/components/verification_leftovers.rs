//! Test instances that an interrupted verification has left behind: offered for deletion.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

use crate::{
    components::{error_panel::ErrorPanel, server_words::server_name},
    i18n::{intl, isolated, t, word},
    openstack::{error::ApiError, ids::ServerId, nova::server::Server},
    routes,
    state::{
        toasts::use_toasts,
        verifications::{Verifications, use_verifications},
    },
    ui::{
        button::{Button, Kind},
        notice::{Notice, Tone},
    },
};

/// The notice that is shown at the next visit, wherever that begins.
#[component]
pub fn LeftoverTray() -> impl IntoView {
    let verifications = use_verifications();
    verifications.wake();
    let has_some = Memo::new(move |_| !verifications.leftovers().read().is_empty());
    move || {
        has_some.get().then(|| {
            view! {
                <section class="upload-tray leftover-tray" aria-label=word(|it| it.verify.leftovers)>
                    <details open=true>
                        <summary>
                            <span>{word(|it| it.verify.leftovers)}</span>
                        </summary>
                        <div class="stack-s leftover-body">
                            <List verifications=verifications can_wait=true />
                        </div>
                    </details>
                </section>
            }
        })
    }
}

/// The notice on the verification's own page.
#[component]
pub fn Leftovers() -> impl IntoView {
    let verifications = use_verifications();
    let has_some = Memo::new(move |_| !verifications.leftovers().read().is_empty());
    move || {
        has_some.get().then(|| {
            view! {
                <Notice tone=Tone::Warn title=word(|it| it.verify.leftovers)>
                    <List verifications=verifications can_wait=false />
                </Notice>
            }
        })
    }
}

#[component]
fn List(verifications: Verifications, can_wait: bool) -> impl IntoView {
    let ids = Memo::new(move |_| {
        verifications.leftovers().read().iter().map(|server| server.id.clone()).collect::<Vec<ServerId>>()
    });
    let entry = move |id: ServerId| {
        let found = verifications.leftovers().read_untracked().iter().find(|server| server.id == id).cloned();
        found.map(|server| view! { <Entry verifications=verifications server=server can_wait=can_wait /> })
    };
    view! {
        <p>{word(|it| it.verify.leftover_text)}</p>
        <ul class="stack-s">
            <For each=move || ids.get() key=ServerId::clone children=entry />
        </ul>
    }
}

#[component]
fn Entry(verifications: Verifications, server: Server, can_wait: bool) -> impl IntoView {
    let toasts = use_toasts();
    let name = StoredValue::new(server_name(&server));
    let (path, made) = (routes::instance(&server.id), server.created.clone());
    let server = StoredValue::new(server);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Option<ApiError>>);
    let delete = move |()| {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let (server, name) = (server.get_value(), name.get_value());
            let outcome = verifications.delete_leftover(&server).await;
            // On success this entry is gone.
            busy.try_set(false);
            match outcome {
                Ok(()) => toasts.good((t().verify.leftover_deleted)(&isolated(&name))),
                Err(error) => _ = failure.try_set(Some(error)),
            }
        });
    };
    view! {
        <li class="stack-s">
            <p>
                <A href=path>
                    <bdi>{name.get_value()}</bdi>
                </A>
                " "
                <span class="muted">{move || (t().verify.leftover_made)(&intl::date_time(&made))}</span>
            </p>
            {move || {
                failure
                    .get()
                    .map(|error| match error {
                        Some(error) => {
                            view! { <ErrorPanel tried=word(|it| it.verify.not_cleaned_up) error=error /> }.into_any()
                        }
                        None => view! { <p role="alert" class="problem">{t().verify.still_there}</p> }.into_any(),
                    })
            }}
            <div class="row">
                <Button
                    label=word(|it| it.verify.leftover_delete_short)
                    name=Signal::derive(move || (t().verify.leftover_delete)(&name.get_value()))
                    small=true
                    busy=busy
                    on_press=delete
                />
                {can_wait
                    .then(|| {
                        view! {
                            <Button
                                label=word(|it| it.verify.leftover_later)
                                kind=Kind::Quiet
                                small=true
                                on_press=move |()| server.with_value(|it| verifications.hide_leftover(&it.id))
                            />
                        }
                    })}
            </div>
        </li>
    }
}
