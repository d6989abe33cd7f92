//! `/images/:id/verify`: checks an image by a test launch, and whether others see it.

mod outcome;
mod plan_form;
mod running;
mod sight;
mod timeline;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{components::A, hooks::use_params_map};
use wasm_bindgen::JsCast;

use crate::{
    components::{
        error_panel::ErrorPanel, image_words::name_of, shell::Page, verification_leftovers::Leftovers,
        verified_badge::verified_badge,
    },
    i18n::{t, word},
    openstack::{error::ApiError, glance::image::Image, ids::ImageId, request::Service},
    pages::image::verify::{plan_form::PlanForm, running::Running, sight::Sight},
    routes,
    state::{images::use_images, session::use_session, verifications::use_verifications},
    ui::notice::{Notice, Tone},
};

/// The page for the image that the address names.
#[component]
pub fn VerifyImagePage() -> impl IntoView {
    let images = use_images();
    let verifications = use_verifications();
    let params = use_params_map();
    let id = Memo::new(move |_| ImageId::from(params.read().get("id").unwrap_or_default()));
    let failure = RwSignal::new(None::<ApiError>);
    let image = Memo::new(move |before: Option<&Option<Image>>| {
        let known = images.index().read().get(&id.read()).map(|row| row.image.clone());
        known.or_else(|| before.cloned().flatten().filter(|image| image.id == *id.read()))
    });
    let load = move || {
        let asked = id.get_untracked();
        failure.set(None);
        spawn_local(async move {
            let outcome = images.fetch(&asked).await;
            // The address may name another image by now.
            if id.try_get_untracked() == Some(asked) {
                failure.try_set(outcome.err().filter(|error| *error != ApiError::Aborted));
            }
        });
    };
    Effect::new(move |_| {
        id.track();
        load();
    });
    verifications.look(true);
    let shown = Memo::new(move |_| image.read().as_ref().map(|image| image.id.clone()));
    view! {
        <Page title=word(|it| it.verify.title) narrow=true>
            <div class="stack">
                {move || {
                    let error = failure.get()?;
                    let tried = word(|it| it.verify.could_not_load);
                    Some(view! { <ErrorPanel tried=tried error=error on_retry=move |()| load() /> })
                }}
                {move || {
                    let is_waiting = shown.read().is_none() && failure.read().is_none();
                    is_waiting.then(|| view! { <p role="status" class="muted">{t().common.loading}</p> })
                }}
                {move || {
                    shown.track();
                    image.get_untracked().map(|first| view! { <Body image=image first=first /> })
                }}
            </div>
        </Page>
    }
}

#[component]
fn Body(image: Memo<Option<Image>>, first: Image) -> impl IntoView {
    let verifications = use_verifications();
    let has_compute = untrack(|| use_session().has_service(Service::Compute));
    let id = StoredValue::new(first.id.clone());
    let image = Memo::new(move |_| image.get().unwrap_or_else(|| first.clone()));
    let has_job = Memo::new(move |_| id.with_value(|id| verifications.get(id).is_some()));
    // What replaces the other has taken its button away, and takes over the focus.
    let was_shown = StoredValue::new(false);
    view! {
        <p class="row">
            <A href=id.with_value(routes::image)>
                <bdi>{move || name_of(&image.read())}</bdi>
            </A>
            {move || verified_badge(&image.read())}
        </p>
        <p>{word(|it| it.verify.intro)}</p>
        <Leftovers />
        {move || {
            let has_job = has_job.get();
            let takes_focus = was_shown.get_value();
            was_shown.set_value(true);
            if !has_compute {
                view! {
                    <Notice tone=Tone::Warn>
                        <p>{word(|it| it.verify.no_compute)}</p>
                    </Notice>
                }
                    .into_any()
            } else if has_job {
                view! { <Running image=id.get_value() takes_focus=takes_focus /> }.into_any()
            } else {
                view! { <PlanForm image=image takes_focus=takes_focus /> }.into_any()
            }
        }}
        <Sight image=image />
    }
}

/// Moves the focus to what has come in place of the button that had it. Where the person has gone on, it stays.
fn take_focus(id: &str) {
    let id = id.to_owned();
    request_animation_frame(move || {
        let is_lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
        let element = document().get_element_by_id(&id).filter(|_| is_lost);
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            // An element that is on the page takes it.
            let _ = element.focus();
        }
    });
}
