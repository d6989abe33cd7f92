//! What an owner may do where only administrators edit: lift or set the protection, and name the format of an image that has
//! no bytes yet. Sharing has its own page, to which a link leads.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

use crate::{
    components::{
        error_panel::ErrorPanel,
        image_form::formats::{format_choices, use_formats},
        protect_image::ProtectButton,
    },
    domain::{
        access::{Person, can_protect, can_set_format},
        image_format::container_for,
    },
    i18n::{t, word},
    openstack::{
        error::ApiError,
        glance::{
            self,
            image::{DiskFormat, Image},
            patch::Patch,
        },
    },
    routes,
    state::{images::use_images, session::use_session, toasts::use_toasts},
    ui::{button::Button, field::SelectField},
};

/// The card; nothing for somebody who may do neither.
#[component]
pub fn OwnerRights(
    /// Who is looking.
    me: Person,
    /// The image as it was read.
    image: Image,
) -> impl IntoView {
    let images = use_images();
    let (may_protect, may_set_format) =
        (can_protect(&image, &me).is_ok(), can_set_format(&image, &me).is_ok());
    let (id, sharing) = (image.id.clone(), routes::share_image(&image.id));
    let first = image.clone();
    let image = Memo::new(move |_| {
        let index = images.index();
        Some(index.read().get(&id).map_or_else(|| first.clone(), |row| row.image.clone()))
    });
    may_protect.then(|| {
        view! {
            <section class="card stack">
                <h2>{word(|it| it.edit.still_allowed)}</h2>
                {may_set_format.then(|| view! { <FormatForm image=image /> })}
                <div class="row">
                    <ProtectButton image=image />
                    <A href=sharing attr:class="button">{word(|it| it.sharing.share)}</A>
                </div>
            </section>
        }
    })
}

#[component]
fn FormatForm(image: Memo<Option<Image>>) -> impl IntoView {
    let (session, images, toasts) = (use_session(), use_images(), use_toasts());
    let (formats, hint) = use_formats(session);
    let now = move || {
        let image = image.read();
        image
            .as_ref()
            .and_then(|image| image.disk_format.clone())
            .map(|format| format.to_string())
            .unwrap_or_default()
    };
    let chosen = RwSignal::new(untrack(now));
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let set = move |()| {
        let Some(image) = image.get_untracked() else { return };
        let format = DiskFormat::from(chosen.get_untracked());
        let mut patch = Patch::default();
        patch.replace("disk_format", format.as_str());
        let container = container_for(&format);
        if image.container_format.as_ref() != Some(&container) {
            patch.replace("container_format", container.as_str());
        }
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let answer = session.send(glance::update_image(&image.id, &patch)).await;
            busy.try_set(false);
            match answer {
                Ok(image) => {
                    toasts.good((t().edit.saved)(image.name.as_deref().unwrap_or_default()));
                    images.upsert(image);
                }
                Err(error) => {
                    if let Some(Some(error)) = failure.try_set(Some(error)) {
                        toasts.bad(t().edit.failed, error);
                    }
                }
            }
        });
    };
    let reason = Signal::derive(move || {
        let is_same = chosen.read().is_empty() || *chosen.read() == now();
        is_same.then(|| t().edit.nothing_changed.to_owned())
    });
    view! {
        <SelectField
            label=word(|it| it.image.format)
            value=chosen
            choices=Signal::derive(move || format_choices(&formats.read(), &chosen.read()))
            hint=hint
        />
        {move || {
            failure
                .get()
                .map(|error| view! { <ErrorPanel tried=word(|it| it.edit.failed) error=error /> })
        }}
        <div class="row">
            <Button label=word(|it| it.edit.set_format) busy=busy disabled_reason=reason on_press=set />
        </div>
    }
}
