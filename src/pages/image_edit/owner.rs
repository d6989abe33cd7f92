//! What an owner may do where only administrators edit: lift or set the protection, and name the format of an image that has
//! no bytes yet. Sharing has its own page, to which a link leads.

use leptos::{html, prelude::*};
use leptos_router::components::A;

use crate::{
    components::{
        held::HeldFields,
        image_form::{
            formats::{format_choices, use_formats},
            saving::{Saving, SavingFoot},
        },
        protect_image::ProtectButton,
    },
    domain::{
        access::{Person, can_protect, can_set_format},
        image_draft::ImageDraft,
        image_format::container_with,
    },
    i18n::word,
    openstack::glance::{
        image::{DiskFormat, Image},
        patch::Patch,
    },
    routes,
    state::{images::use_images, session::use_session},
    ui::field::SelectField,
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
    let base = may_set_format.then(|| image.clone());
    let image = Memo::new(move |_| {
        let index = images.index();
        Some(index.read().get(&id).map_or_else(|| first.clone(), |row| row.image.clone()))
    });
    may_protect.then(|| {
        view! {
            <section class="card stack">
                <h2>{word(|it| it.edit.still_allowed)}</h2>
                {base.map(|base| view! { <FormatForm base=base /> })}
                <div class="row">
                    <ProtectButton image=image />
                    <A href=sharing attr:class="button">{word(|it| it.sharing.share)}</A>
                </div>
            </section>
        }
    })
}

/// The format alone; it is saved as the edit form saves: what somebody else has changed meanwhile is not overwritten unasked.
#[component]
fn FormatForm(base: Image) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let (formats, hint) = use_formats(use_session());
    let saving = Saving::new(base.clone());
    let is_busy = saving.is_busy();
    let chosen =
        RwSignal::new(base.disk_format.as_ref().map(|format| format.as_str().to_owned()).unwrap_or_default());
    let base = StoredValue::new(base);
    let patch = Memo::new(move |_| base.with_value(|base| format_patch(base, &chosen.read())));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if saving.begin() {
            saving.save(Some(patch.get_untracked()), form);
        }
    };
    view! {
        <form class="stack" node_ref=form on:submit=submit novalidate=true aria-busy=move || is_busy.get().then_some("true")>
            <HeldFields busy=is_busy>
                <SelectField
                    label=word(|it| it.image.format)
                    value=chosen
                    choices=Signal::derive(move || format_choices(&formats.read(), &chosen.read()))
                    hint=hint
                />
            </HeldFields>
            <SavingFoot
                saving=saving
                verb=|it| it.edit.set_format
                patch=Signal::derive(move || Some(patch.get()))
                is_dirty=Signal::derive(move || !patch.read().is_empty())
            />
        </form>
    }
}

/// Makes it this format, in the container that goes with it.
fn format_patch(base: &Image, format: &str) -> Patch {
    if format.is_empty() {
        return Patch::default();
    }
    let (format, before) = (DiskFormat::from(format), base.disk_format.as_ref());
    let draft = ImageDraft {
        container_format: Some(container_with(&format, before, base.container_format.as_ref())),
        disk_format: Some(format),
        ..ImageDraft::of(base)
    };
    if draft.disk_format.as_ref() == before { Patch::default() } else { draft.diff(base) }
}
