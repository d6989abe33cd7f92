//! Edit an image. Only what was changed is sent; what somebody else changed meanwhile is shown before it is overwritten.

mod owner;

use leptos::{html, prelude::*};

use crate::{
    components::{
        held::HeldFields,
        image_form::{
            ImageForm,
            effect::{MinimumsEffect, VisibilityEffect},
            fields::ImageFields,
            formats::use_formats,
            opened::OpenedImage,
            saving::{Saving, SavingFoot},
        },
        image_words::{name_of, refusal},
    },
    domain::{
        access::{Person, can_set_format, can_set_visibility},
        image_draft::{Field, ImageDraft},
    },
    openstack::glance::image::{Image, Visibility},
    pages::image_edit::owner::OwnerRights,
    state::session::use_session,
};

/// The form for the image that the address names.
#[component]
pub fn EditImagePage() -> impl IntoView {
    view! {
        <OpenedImage
            title=|it| it.edit.title
            form=|me, base| view! { <EditForm me=me base=base /> }.into_any()
            otherwise=|me, base| view! { <OwnerRights me=me image=base /> }.into_any()
        />
    }
}

#[component]
fn EditForm(me: Person, base: Image) -> impl IntoView {
    let session = use_session();
    let form_element = NodeRef::<html::Form>::new();
    let form = {
        let base = base.clone();
        ImageForm::new(&ImageDraft::of(&base), move |draft| draft.validate_changes(&base))
    };
    let subtitle = name_of(&base);
    let saving = Saving::new(base.clone());
    let is_busy = saving.is_busy();
    let base = StoredValue::new(base);
    let me = StoredValue::new(me);
    let (formats, formats_hint) = use_formats(session);
    let patch = Signal::derive(move || {
        form.problems().read().is_empty().then(|| base.with_value(|base| form.draft().diff(base)))
    });

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if saving.begin() {
            form.show_all_problems();
            saving.save(patch.get_untracked(), form_element);
        }
    };
    let is_dirty = move || {
        form.metadata.has_new_key() || base.with_value(|base| !form.draft().changed_fields(base).is_empty())
    };
    let locked = Callback::new(move |field: Field| match field {
        Field::DiskFormat | Field::ContainerFormat => {
            me.with_value(|me| base.with_value(|base| refusal(can_set_format(base, me))))
        }
        _ => None,
    });
    let visibility_reason = Callback::new(move |wanted: Visibility| {
        me.with_value(|me| base.with_value(|base| refusal(can_set_visibility(base, &wanted, me))))
    });
    view! {
        <form class="stack" node_ref=form_element on:submit=submit novalidate=true aria-busy=move || is_busy.get().then_some("true")>
            <p class="muted"><bdi>{subtitle}</bdi></p>
            <HeldFields busy=is_busy>
                <div class="card">
                    <ImageFields
                        form=form
                        formats=formats
                        formats_hint=formats_hint
                        locked=locked
                        visibility_reason=visibility_reason
                        under_minimums=move || view! { <MinimumsEffect form=form base=base /> }
                        under_visibility=move || view! { <VisibilityEffect form=form base=base /> }
                    />
                </div>
            </HeldFields>
            <SavingFoot saving=saving patch=patch is_dirty=Signal::derive(is_dirty) />
        </form>
    }
}
