//! The project's instances.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::{
        error_panel::ErrorPanel,
        server_words::{ServerImage, ServerStatusBadge, server_flavor_words, server_name},
        shell::Page,
    },
    i18n::{intl, t, word},
    openstack::{ids::ServerId, nova::server::Server},
    routes,
    state::servers::{Servers, use_servers},
    ui::{
        button::{Button, Kind},
        icon::Icon,
        notice::{Empty, SkeletonRows},
    },
};

/// The list.
#[component]
pub fn InstancesPage() -> impl IntoView {
    let servers = use_servers();
    servers.follow_list();
    let list = servers.list();
    let ids = Memo::new(move |_| list.read().ids.clone());
    let is_loaded = Memo::new(move |_| list.read().is_loaded);
    let error = Memo::new(move |_| list.read().error.clone());
    let is_running = Memo::new(move |_| list.read().is_running);
    let actions = move || {
        view! {
            <Button
                label=word(|it| it.instances.refresh)
                icon=Icon::Refresh
                kind=Kind::Quiet
                busy=is_running
                on_press=move |()| servers.refresh()
            />
        }
    };
    let count = move || {
        let count = ids.read().len() as u64;
        is_loaded.get().then(|| (t().instances.count)(&intl::integer(count), count))
    };
    view! {
        <Page title=word(|it| it.instances.title) actions=actions>
            <div class="stack">
                {move || {
                    error
                        .get()
                        .map(|error| {
                            view! {
                                <ErrorPanel
                                    tried=word(|it| it.instances.could_not_list)
                                    error=error
                                    on_retry=move |()| servers.retry_list()
                                />
                            }
                        })
                }}
                {move || match (is_loaded.get(), ids.read().is_empty(), error.read().is_some()) {
                    (false, _, true) => ().into_any(),
                    (true, true, _) => view! { <NoInstances /> }.into_any(),
                    _ => view! { <InstanceTable servers=servers ids=ids is_loaded=is_loaded /> }.into_any(),
                }}
                <p class="muted" role="status">{move || (!ids.read().is_empty()).then(count)}</p>
            </div>
        </Page>
    }
}

#[component]
fn NoInstances() -> impl IntoView {
    view! {
        <div class="table-frame">
            <Empty title=word(|it| it.instances.empty_title)>
                <p>{word(|it| it.instances.empty_text)}</p>
                <A href=routes::IMAGES attr:class="button" attr:data-kind="primary">
                    {word(|it| it.instances.empty_link)}
                </A>
            </Empty>
        </div>
    }
}

#[component]
fn InstanceTable(servers: Servers, ids: Memo<Vec<ServerId>>, is_loaded: Memo<bool>) -> impl IntoView {
    view! {
        <div class="table-frame">
            <table class="table instance-table" aria-label=word(|it| it.instances.title)>
                <thead>
                    <tr>
                        <th scope="col">{word(|it| it.image.name)}</th>
                        <th scope="col">{word(|it| it.instances.image)}</th>
                        <th scope="col">{word(|it| it.instances.flavor)}</th>
                        <th scope="col">{word(|it| it.image.status)}</th>
                        <th scope="col">{word(|it| it.instances.addresses)}</th>
                        <th scope="col">{word(|it| it.image.created)}</th>
                    </tr>
                </thead>
                <tbody>
                    {move || (!is_loaded.get()).then(|| view! { <SkeletonRows rows=5 cells=6 /> })}
                    <For
                        each=move || ids.get()
                        key=|id| id.clone()
                        children={move |id: ServerId| view! { <InstanceRow servers=servers id=id /> }}
                    />
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn InstanceRow(servers: Servers, id: ServerId) -> impl IntoView {
    let row = servers.row(&id);
    let href = routes::instance(&id);
    // The list names only what it has read; a server that goes keeps its row until the list is read again.
    let Some(first) = row.get_untracked().server else { return ().into_any() };
    let server = Memo::new(move |_| row.read().server.clone().unwrap_or_else(|| first.clone()));
    view! {
        <tr>
            <th scope="row">
                <A href=href><bdi>{move || server_name(&server.read())}</bdi></A>
            </th>
            <td data-label=move || t().instances.image>
                <ServerImage image=Signal::derive(move || server.read().image.clone()) servers=servers />
            </td>
            <td data-label=move || t().instances.flavor>
                <bdi>{move || server_flavor_words(&server.read().flavor)}</bdi>
            </td>
            <td data-label=move || t().image.status>
                <ServerStatusBadge server=server />
            </td>
            <td class="mono" data-label=move || t().instances.addresses>
                {move || addresses(&server.read())}
            </td>
            <td data-label=move || t().image.created>{move || intl::date_time(&server.read().created)}</td>
        </tr>
    }
    .into_any()
}

fn addresses(server: &Server) -> String {
    let all: Vec<String> = server.addresses.values().flatten().map(|address| address.addr.clone()).collect();
    if all.is_empty() { t().common.not_available.to_owned() } else { (t().common.list)(&all) }
}
