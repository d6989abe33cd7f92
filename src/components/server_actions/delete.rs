//! Deleting an instance, after a question that says what goes with it and what stays.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        attached_volumes::AttachedVolumes, command_line::CommandLine, error_panel::ErrorPanel,
        server_actions::ServerActions, server_words::server_name,
    },
    domain::command::servers as command,
    i18n::{isolated, t, word},
    openstack::{error::ApiError, nova::server::Server},
    state::{servers::use_servers, toasts::use_toasts},
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
    },
};

/// The question.
#[component]
pub fn DeleteServer(
    /// The page's place for it.
    actions: ServerActions,
    /// What is to go.
    server: Server,
    /// Called once Nova has taken it on.
    on_deleted: Option<Callback<()>>,
) -> impl IntoView {
    let (servers, toasts) = (use_servers(), use_toasts());
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let close = move |()| actions.close();
    let name = server_name(&server);
    let command = command::delete_server(&server.id);
    let has_volumes = !server.volumes.is_empty();
    let volumes = server.volumes.clone();
    // An instance with a disk of its own loses that too.
    let effect = match server.image {
        Some(_) => (t().instances.delete_question)(&name),
        None => (t().instances.delete_question_volume)(&name),
    };
    let delete = move |()| {
        let (id, name) = (server.id.clone(), name.clone());
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            match servers.delete(&id).await {
                Ok(()) => {
                    toasts.good((t().instances.deleting)(&isolated(&name)));
                    // Only from here: the person may have gone elsewhere meanwhile.
                    if actions.is_open() {
                        actions.close();
                        // The page is there, or the dialog would not be.
                        let _ = on_deleted.map(|on_deleted| on_deleted.try_run(()));
                    }
                }
                Err(error) => {
                    busy.try_set(false);
                    if let Some(Some(error)) = failure.try_set(Some(error)) {
                        toasts.bad(t().instances.could_not_delete, error);
                    }
                }
            }
        });
    };
    view! {
        <Dialog heading=word(|it| it.instances.delete_title) on_close=close locked=busy>
            <p>{effect}</p>
            {has_volumes.then(|| view! {
                <p>{word(|it| it.instances.delete_volumes)}</p>
                <AttachedVolumes volumes=Signal::stored(volumes) tells_fate=true />
            })}
            <CommandLine command=Signal::stored(Some(command)) />
            {move || {
                let tried = word(|it| it.instances.could_not_delete);
                failure.get().map(|error| view! { <ErrorPanel tried=tried error=error /> })
            }}
            <div class="dialog-foot">
                <Button label=word(|it| it.common.cancel) on_press=close autofocus=true />
                <Button label=word(|it| it.instances.delete_title) kind=Kind::Danger busy=busy on_press=delete />
            </div>
        </Dialog>
    }
}
