//! Update an image's metadata: its properties beside the cloud's definitions. Only what was changed is sent.

use leptos::{html, prelude::*};
use leptos_router::{components::A, hooks::use_navigate};

use crate::{
    components::{
        command_line::CommandLine,
        image_form::{
            opened::OpenedImage,
            saving::{Saving, SavingNotes},
        },
        image_words::name_of,
        leave::LeaveGuard,
        metadata_editor::MetadataEditor,
        metadata_form::MetadataForm,
    },
    domain::{command::update_image, metadata::diff},
    i18n::word,
    openstack::glance::image::Image,
    routes,
    ui::{
        button::{Button, Kind},
        field::focus_first_problem,
    },
};

/// The editor for the image that the address names.
#[component]
pub fn ImageMetadataPage() -> impl IntoView {
    view! {
        <OpenedImage
            title=|it| it.metadata.title
            form=|_, base| view! { <Editor base=base /> }.into_any()
            otherwise=|_, _| ().into_any()
            wide=true
        />
    }
}

#[component]
fn Editor(base: Image) -> impl IntoView {
    let navigate = use_navigate();
    let form_element = NodeRef::<html::Form>::new();
    let form = MetadataForm::new(&[]);
    form.fill(&base.extra);
    let id = base.id.clone();
    let subtitle = name_of(&base);
    let done = Callback::new({
        let path = routes::image(&id);
        move |()| navigate(&path, Default::default())
    });
    let saving = Saving::new(base.clone(), done);
    let base = StoredValue::new(base);
    // The keys that can't be set are not among the form's; `diff` leaves them alone.
    let patch = Memo::new(move |_| base.with_value(|base| diff(&base.extra, &form.properties())));

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !saving.begin() {
            return;
        }
        form.show_all_problems();
        if untrack(|| form.is_sound()) {
            saving.save(patch.get_untracked());
        } else if let Some(element) = form_element.get_untracked() {
            focus_first_problem(&element);
        }
    };
    let command = Signal::derive(move || {
        let is_wanted = form.is_sound() && !patch.read().is_empty();
        is_wanted.then(|| base.with_value(|base| update_image(base, &patch.read())))
    });
    let is_dirty = Signal::derive(move || !patch.read().is_empty());
    view! {
        <form class="stack" node_ref=form_element on:submit=submit novalidate=true>
            <p class="muted"><bdi>{subtitle}</bdi></p>
            <p>{word(|it| it.metadata.intro)}</p>
            <MetadataEditor form=form />
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
        <LeaveGuard is_dirty=is_dirty />
    }
}
