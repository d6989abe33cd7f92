//! What a person should know before images are deleted: which, what it can't undo, and which servers boot from them.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

use crate::{
    components::{image_words::name_of, server_words::server_name},
    i18n::t,
    openstack::{
        error::ApiError,
        glance::image::Image,
        ids::{ImageId, ServerId},
        nova::{self, server::Server},
        request::Service,
    },
    routes,
    state::{
        images::use_images,
        servers::all_servers,
        session::{Session, use_session},
    },
    ui::notice::{Notice, Tone},
};

/// For more images than these Nova is asked for all servers, page by page, not once for each image.
const ASK_ONE_BY_ONE: usize = 3;
/// So many servers are named; of more, the number is told.
const NAMED_AT_MOST: usize = 12;

/// The facts, for a dialog.
#[component]
pub fn DeleteFacts(
    /// The images.
    images: Vec<Image>,
) -> impl IntoView {
    let session = use_session();
    let is_admin = use_images().me().get_untracked().is_some_and(|me| me.is_admin());
    let count = images.len() as u64;
    let ids: Vec<ImageId> = images.iter().map(|image| image.id.clone()).collect();
    // `None` while Nova has not answered. A cloud without Nova, and one that refuses, know of none.
    let servers = RwSignal::new(None::<Result<Vec<Server>, ApiError>>);
    if untrack(|| session.has_service(Service::Compute)) {
        spawn_local(async move {
            let found = servers_of(session, &ids, is_admin).await;
            servers.try_set(Some(found));
        });
    }
    let named = |image: Image| {
        view! {
            <li>
                <strong><bdi>{name_of(&image)}</bdi></strong>
                " "
                <small class="muted mono">{image.id.as_str().to_owned()}</small>
            </li>
        }
    };
    view! {
        <p>
            {match count {
                1 => t().images.delete_question.to_owned(),
                _ => (t().lifecycle.delete_several)(count),
            }}
        </p>
        <ul class="names">{images.into_iter().map(named).collect_view()}</ul>
        <p>{if count == 1 { t().images.delete_warning } else { t().lifecycle.delete_several_warning }}</p>
        {move || match servers.get()? {
            Ok(servers) if servers.is_empty() => None,
            Ok(servers) => Some(view! { <InUse servers=servers /> }.into_any()),
            Err(_) => Some(view! { <p class="muted">{t().lifecycle.servers_unknown}</p> }.into_any()),
        }}
    }
}

#[component]
fn InUse(servers: Vec<Server>) -> impl IntoView {
    let title = (t().lifecycle.in_use)(servers.len() as u64);
    let more = servers.len().saturating_sub(NAMED_AT_MOST);
    let row = |server: Server| {
        let name = server_name(&server);
        view! { <li><A href=routes::instance(&server.id)><bdi>{name}</bdi></A></li> }
    };
    let rows = servers.into_iter().take(NAMED_AT_MOST).map(row).collect_view();
    view! {
        <Notice tone=Tone::Warn title=Signal::stored(title)>
            <ul class="bullets names">
                {rows}
                {(more > 0).then(|| view! { <li>{(t().lifecycle.and_more)(more as u64)}</li> })}
            </ul>
            <p>{t().lifecycle.in_use_effect}</p>
        </Notice>
    }
}

/// The servers that boot from any of the images: those of the project, or of all where the person is an administrator.
async fn servers_of(session: Session, images: &[ImageId], is_admin: bool) -> Result<Vec<Server>, ApiError> {
    if images.len() > ASK_ONE_BY_ONE {
        let mut all = all_servers(session, |after| nova::list_servers_after(after, is_admin)).await?;
        all.retain(|server| server.image.as_ref().is_some_and(|it| images.contains(it)));
        return Ok(all);
    }
    let mut found = Vec::new();
    for image in images {
        let ask = |after: Option<&ServerId>| nova::list_servers_of_image(image, after, is_admin);
        found.extend(all_servers(session, ask).await?);
    }
    Ok(found)
}
