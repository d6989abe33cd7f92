//! Deleting an instance, after a question.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    components::{
        error_panel::ErrorPanel,
        server_words::{is_being_deleted, server_name},
    },
    i18n::{t, word},
    openstack::{error::ApiError, nova::server::Server},
    routes,
    state::{images::use_images, servers::Servers, toasts::use_toasts},
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
    },
};

/// The button with its question.
#[component]
pub fn DeleteButton(
    /// The servers service.
    servers: Servers,
    /// What is to go.
    server: Signal<Server>,
) -> impl IntoView {
    let me = use_images().me();
    let asked = RwSignal::new(false);
    let reason = Signal::derive(move || {
        if me.read().as_ref().is_some_and(|me| !me.may_change()) {
            return Some(t().image.reader_only.to_owned());
        }
        is_being_deleted(&server.read()).then(|| t().instances.is_deleting.to_owned())
    });
    view! {
        <span data-reason-side="end">
            <Button
                label=word(|it| it.instances.delete)
                disabled_reason=reason
                on_press=move |()| asked.set(true)
            />
        </span>
        {move || asked.get().then(|| view! { <Question servers=servers server=server asked=asked /> })}
    }
}

#[component]
fn Question(servers: Servers, server: Signal<Server>, asked: RwSignal<bool>) -> impl IntoView {
    let toasts = use_toasts();
    let navigate = use_navigate();
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let close = move |()| asked.set(false);
    let delete = move |()| {
        let server = server.get_untracked();
        let navigate = navigate.clone();
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            match servers.delete(&server.id).await {
                Ok(()) => {
                    toasts.good((t().instances.deleting)(&server_name(&server)));
                    // Only from here: the person may have gone elsewhere meanwhile.
                    if asked.try_get_untracked() == Some(true) {
                        asked.set(false);
                        navigate(routes::INSTANCES, NavigateOptions::default());
                    }
                }
                Err(error) => {
                    busy.try_set(false);
                    failure.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <Dialog
            heading=word(|it| it.instances.delete)
            on_close=close
            locked=busy
        >
            <p>{move || (t().instances.delete_question)(&server_name(&server.read()))}</p>
            {move || {
                failure
                    .get()
                    .map(|error| {
                        view! {
                            <ErrorPanel
                                tried=word(|it| it.instances.could_not_delete)
                                error=error
                            />
                        }
                    })
            }}
            <div class="dialog-foot">
                <Button label=word(|it| it.common.cancel) on_press=close autofocus=true />
                <Button
                    label=word(|it| it.instances.delete)
                    kind=Kind::Danger
                    busy=busy
                    on_press=delete
                />
            </div>
        </Dialog>
    }
}
