//! Edit an image. Only what was changed is sent; what somebody else changed meanwhile is shown before it is overwritten.

mod owner;

use leptos::{html, prelude::*};
use leptos_router::{components::A, hooks::use_navigate};

use crate::{
    components::{
        command_line::CommandLine,
        image_form::{
            ImageForm,
            effect::{MinimumsEffect, VisibilityEffect},
            fields::ImageFields,
            formats::use_formats,
            opened::OpenedImage,
            saving::{Saving, SavingNotes},
        },
        image_words::{name_of, refusal},
        leave::LeaveGuard,
    },
    domain::{
        access::{Person, can_set_format, can_set_visibility},
        command::update_image,
        image_draft::{Field, ImageDraft},
    },
    i18n::word,
    openstack::glance::image::{Image, Visibility},
    pages::image_edit::owner::OwnerRights,
    routes,
    state::session::use_session,
    ui::{
        button::{Button, Kind},
        field::focus_first_problem,
    },
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
    let navigate = use_navigate();
    let form_element = NodeRef::<html::Form>::new();
    let form = {
        let base = base.clone();
        ImageForm::new(&ImageDraft::of(&base), move |draft| draft.validate_changes(&base))
    };
    let id = base.id.clone();
    let subtitle = name_of(&base);
    let done = Callback::new({
        let path = routes::image(&id);
        move |()| navigate(&path, Default::default())
    });
    let saving = Saving::new(base.clone(), done);
    let base = StoredValue::new(base);
    let me = StoredValue::new(me);
    let (formats, formats_hint) = use_formats(session);
    let patch = move || base.with_value(|base| form.draft().diff(base));

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !saving.begin() {
            return;
        }
        form.show_all_problems();
        if form.problems().read_untracked().is_empty() {
            saving.save(untrack(patch));
        } else if let Some(element) = form_element.get_untracked() {
            focus_first_problem(&element);
        }
    };
    let command = Signal::derive(move || {
        let is_ready = form.problems().read().is_empty();
        let patch = patch();
        let is_wanted = is_ready && !patch.is_empty();
        is_wanted.then(|| base.with_value(|base| update_image(base, &patch)))
    });
    let is_dirty = move || base.with_value(|base| !form.draft().changed_fields(base).is_empty());
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
        <form class="stack" node_ref=form_element on:submit=submit novalidate=true>
            <p class="muted"><bdi>{subtitle}</bdi></p>
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
            <SavingNotes saving=saving />
            <CommandLine command=command />
            <div class="row">
                <Button
                    label=word(|it| it.edit.save)
                    kind=Kind::Primary
                    submit=true
                    busy=saving.busy()
                />
                <A href=routes::image(&id) attr:class="button" attr:data-kind="quiet">
                    {word(|it| it.common.cancel)}
                </A>
            </div>
        </form>
        <LeaveGuard is_dirty=Signal::derive(is_dirty) />
    }
}
