//! "Launch another like this": opens the wizard with the same choices, as far as the cloud tells them.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use crate::{
    client::{
        browser::now_ms,
        storage::{self, Area},
    },
    domain::{
        launch_draft::storage_key,
        launch_like::{Beside, launch_like},
    },
    i18n::{t, word},
    openstack::{
        cinder,
        neutron::security_group::list_security_groups,
        nova::{action::list_server_networks, server::Server},
        request::Service,
    },
    routes,
    state::{
        images::use_images,
        offer::ask_flavors,
        session::{Session, use_session},
    },
    ui::button::Button,
};

/// The button.
#[component]
pub fn LaunchAnother(
    /// The server.
    server: Signal<Server>,
) -> impl IntoView {
    let session = use_session();
    let me = use_images().me();
    let busy = RwSignal::new(false);
    let navigate = use_navigate();
    let reason = Signal::derive(move || {
        let may_change = me.read().as_ref().is_none_or(|me| me.may_change());
        (!may_change).then(|| t().image.reader_only.to_owned())
    });
    let press = move |()| {
        let navigate = navigate.clone();
        let server = server.get_untracked();
        let generation = untrack(move || session.generation());
        busy.set(true);
        spawn_local(async move {
            let draft = launch_like(&server, &ask(session, &server).await);
            // Not where the person has gone elsewhere meanwhile; nor is it kept for the next one.
            if busy.try_set(false).is_some() || untrack(move || session.generation()) != generation {
                return;
            }
            let number = format!("{:x}", now_ms().to_bits());
            storage::write(Area::Tab, &storage_key(&number), &draft);
            navigate(&routes::launch_with(&draft, &number), Default::default());
        });
    };
    view! { <Button label=word(|it| it.instances.launch_another) disabled_reason=reason busy=busy on_press=press /> }
}

/// What a server doesn't hold itself. What can't be had is left to the person: the wizard names the steps that are open.
async fn ask(session: Session, server: &Server) -> Beside {
    let flavors = ask_flavors(session).await.unwrap_or_default();
    let mut groups = Vec::new();
    let project = untrack(move || session.project().filter(|_| session.has_service(Service::Network)));
    if let (false, Some(project)) = (server.security_groups.is_empty(), project) {
        groups = session.send(list_security_groups(&project.id)).await.unwrap_or_default();
    }
    let mut networks = session.send(list_server_networks(&server.id)).await.unwrap_or_default();
    networks.dedup();
    let mut root = None;
    if server.image.is_none() && untrack(move || session.has_service(Service::BlockStorage)) {
        for attached in &server.volumes {
            // The only bootable one, or the first of several: Nova doesn't tell which it was booted from.
            match session.send(cinder::get_volume(&attached.id)).await {
                Ok(volume) if volume.is_bootable => {
                    root = Some((volume, attached.delete_on_termination));
                    break;
                }
                Ok(_) | Err(_) => {}
            }
        }
    }
    Beside { flavors, networks, groups, root }
}
