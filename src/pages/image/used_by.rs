//! Tab "Used by": the project's servers that boot from the image.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::{
        error_panel::ErrorPanel,
        server_words::{ServerStatusBadge, server_flavor_words, server_name},
    },
    i18n::{intl, t, word},
    openstack::{
        glance::image::Image,
        nova::{self, server::Server},
        request::Service,
    },
    routes,
    state::{offer::Offer, servers::all_servers, session::use_session},
};

/// The tab.
#[component]
pub fn UsedBy(
    /// The image.
    image: Memo<Image>,
) -> impl IntoView {
    let session = use_session();
    if !untrack(|| session.has_service(Service::Compute)) {
        return view! { <p class="muted">{word(|it| it.detail.no_compute)}</p> }.into_any();
    }
    let id = image.read_untracked().id.clone();
    let servers = Offer::new(move || {
        let id = id.clone();
        async move { all_servers(session, |after| nova::list_servers_of_image(&id, after, false)).await }
    });
    let row = |server: Server| {
        let created = server.created.clone();
        let (href, name) = (routes::instance(&server.id), server_name(&server));
        let flavor = server_flavor_words(&server.flavor);
        view! {
            <tr>
                <th scope="row">
                    <A href=href><bdi>{name}</bdi></A>
                </th>
                <td data-label=move || t().instances.flavor>
                    <bdi>{flavor}</bdi>
                </td>
                <td data-label=move || t().image.status><ServerStatusBadge server=Signal::stored(server) /></td>
                <td data-label=move || t().image.created>{move || intl::date_time(&created)}</td>
            </tr>
        }
    };
    view! {
        <div class="stack">
            <p class="muted">{word(|it| it.detail.used_by_note)}</p>
            {move || {
                let error = servers.error()?;
                let tried = word(|it| it.detail.could_not_list_servers);
                Some(view! { <ErrorPanel tried=tried error=error on_retry=move |()| servers.again() /> })
            }}
            {move || match servers.value().get() {
                None if servers.is_waiting() => {
                    view! { <p class="muted" role="status">{t().common.loading}</p> }.into_any()
                }
                None => ().into_any(),
                Some(servers) if servers.is_empty() => {
                    view! { <p role="status">{word(|it| it.detail.used_by_nobody)}</p> }.into_any()
                }
                Some(servers) => {
                    view! {
                        <div class="table-frame">
                            <table class="table instance-table" aria-label=word(|it| it.detail.tab_used_by)>
                                <thead>
                                    <tr>
                                        <th scope="col">{word(|it| it.image.name)}</th>
                                        <th scope="col">{word(|it| it.instances.flavor)}</th>
                                        <th scope="col">{word(|it| it.image.status)}</th>
                                        <th scope="col">{word(|it| it.image.created)}</th>
                                    </tr>
                                </thead>
                                <tbody>{servers.into_iter().map(row).collect_view()}</tbody>
                            </table>
                        </div>
                    }
                        .into_any()
                }
            }}
        </div>
    }
    .into_any()
}
