//! An image's page: everything that Glance says about it, who has it, what can run it and what does, and what can be done with it.

mod actions;
mod doubt;
mod fits;
mod history;
mod link;
mod overview;
mod properties;
mod sharing;
mod used_by;
pub mod verify;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    components::Redirect,
    hooks::{use_navigate, use_params_map, use_query_map},
};

use crate::{
    components::{
        create_volume::{CreateVolumeDialog, provide_create_volume},
        delete_image::{DeleteImageDialog, provide_delete_image},
        error_panel::ErrorPanel,
        image_words::name_of,
        sharing::Members,
        shell::Page,
        status_badge::StatusBadge,
        verified_badge::verified_badge,
    },
    i18n::{Words, t, word},
    openstack::{error::ApiError, glance::image::Image, ids::ImageId},
    pages::image::{
        actions::Actions,
        doubt::DoubtNotice,
        fits::Fits,
        history::History,
        link::{Arrival, ArrivalNotice, arrive},
        overview::Overview,
        properties::Properties,
        sharing::{PendingOffer, Sharing},
        used_by::UsedBy,
    },
    routes,
    state::{images::use_images, session::use_session},
    ui::{
        id::unique_id,
        tabs::{Tab, Tabs},
    },
};

/// The tabs by their names in the address, and their words.
const TABS: [(&str, Words); 6] = [
    ("", |it| it.detail.tab_overview),
    ("properties", |it| it.detail.tab_properties),
    ("sharing", |it| it.detail.tab_sharing),
    ("fits", |it| it.detail.tab_fits),
    ("used-by", |it| it.detail.tab_used_by),
    ("history", |it| it.detail.tab_history),
];

/// The page of the image that the address names.
#[component]
pub fn ImagePage() -> impl IntoView {
    let images = use_images();
    let params = use_params_map();
    let id = Memo::new(move |_| ImageId::from(params.read().get("id").unwrap_or_default()));
    let failure = RwSignal::new(None::<ApiError>);
    let arrival = arrive();
    // What is known from the list shows at once; the answer replaces it. After a failure the old one stays.
    let image = Memo::new(move |before: Option<&Option<Image>>| {
        let known = images.index().read().get(&id.read()).map(|row| row.image.clone());
        known.or_else(|| before.cloned().flatten().filter(|image| image.id == *id.read()))
    });
    let load = move || {
        let asked = id.get_untracked();
        spawn_local(async move {
            let outcome = images.fetch(&asked).await;
            // The address may name another image by now.
            if id.try_get_untracked() == Some(asked) {
                failure.try_set(outcome.err().filter(|error| *error != ApiError::Aborted));
            }
        });
    };
    let is_switching = Memo::new(move |_| matches!(*arrival.read(), Arrival::Switching(_)));
    Effect::new(move |_| {
        id.track();
        failure.set(None);
        if !is_switching.get() {
            load();
        }
    });
    use_session().learn_project_names();
    provide_delete_image();
    provide_create_volume();
    let navigate = use_navigate();
    let leave = Callback::new(move |_: ImageId| navigate(&routes::to(routes::IMAGES), Default::default()));
    let title = move || match &*image.read() {
        Some(image) => name_of(image),
        None => t().detail.title.to_owned(),
    };
    // Another image is another body; a change of the same one redraws what has changed.
    let shown = Memo::new(move |_| image.read().as_ref().map(|image| image.id.clone()));
    let is_waiting = move || shown.read().is_none() && failure.read().is_none() && !is_switching.get();
    view! {
        <Page title=Signal::derive(title) actions=move || view! { <Actions image=image /> }>
            <div class="stack">
                <ArrivalNotice arrival=arrival />
                {move || {
                    let error = failure.get()?;
                    let tried = word(|it| it.detail.could_not_load);
                    Some(view! { <ErrorPanel tried=tried error=error on_retry=move |()| load() /> })
                }}
                {move || is_waiting().then(|| view! { <p role="status" class="muted">{t().common.loading}</p> })}
                {move || {
                    shown.track();
                    image.get_untracked().map(|first| view! { <Body image=image first=first /> })
                }}
            </div>
            <DeleteImageDialog on_deleted=leave />
            <CreateVolumeDialog />
        </Page>
    }
}

/// `/images/:id/sharing`: the page with its tab open.
#[component]
pub fn SharingPath() -> impl IntoView {
    let id = ImageId::from(use_params_map().read_untracked().get("id").unwrap_or_default());
    let project = use_query_map().read_untracked().get("project");
    let project = project.map(|project| format!("&project={project}")).unwrap_or_default();
    let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
    view! { <Redirect path=format!("{}{project}", routes::image_tab(&id, "sharing")) options=options /> }
}

#[component]
fn Body(image: Memo<Option<Image>>, first: Image) -> impl IntoView {
    let id = StoredValue::new(first.id.clone());
    let members = Members::follow(image);
    let image = Memo::new(move |_| image.get().unwrap_or_else(|| first.clone()));
    let query = use_query_map();
    let tab = Memo::new(move |_| {
        let named = query.read().get("tab").unwrap_or_default();
        TABS.iter().position(|(name, _)| *name == named).unwrap_or(0)
    });
    let panel = unique_id("panel");
    let tabs = TABS.iter().enumerate().map(|(at, (name, words))| Tab {
        href: Signal::derive(move || id.with_value(|id| routes::image_tab(id, name))),
        words: word(*words),
        is_open: Signal::derive(move || tab.get() == at),
    });
    view! {
        <p class="row">
            <StatusBadge status=Signal::derive(move || image.read().status.clone()) />
            {move || verified_badge(&image.read())}
        </p>
        <DoubtNotice id=id />
        <PendingOffer image=image />
        <Tabs label=word(|it| it.detail.sections) tabs=tabs.collect() panel=panel.clone() />
        <div class="stack" id=panel role="tabpanel" aria-label=move || (TABS[tab.get()].1)(t())>
            {move || match TABS[tab.get()].0 {
                "properties" => view! { <Properties image=image /> }.into_any(),
                "sharing" => view! { <Sharing image=image members=members /> }.into_any(),
                "fits" => view! { <Fits image=image /> }.into_any(),
                "used-by" => view! { <UsedBy image=image /> }.into_any(),
                "history" => view! { <History image=image /> }.into_any(),
                _ => view! { <Overview image=image /> }.into_any(),
            }}
        </div>
    }
}
