//! Update an image's metadata: its properties beside the cloud's definitions. Only what was changed is sent.

use leptos::{html, prelude::*};

use crate::{
    components::{
        held::HeldFields,
        image_form::{
            opened::OpenedImage,
            saving::{Saving, SavingFoot},
        },
        image_words::name_of,
        metadata_editor::MetadataEditor,
        metadata_form::MetadataForm,
    },
    domain::metadata::diff,
    i18n::word,
    openstack::glance::image::Image,
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
    let form_element = NodeRef::<html::Form>::new();
    let form = MetadataForm::new(&[]);
    form.fill(&base.extra);
    let subtitle = name_of(&base);
    let saving = Saving::new(base.clone());
    let is_busy = saving.is_busy();
    let base = StoredValue::new(base);
    // The keys that can't be set are not among the form's; `diff` leaves them alone.
    let changes = Memo::new(move |_| base.with_value(|base| diff(&base.extra, &form.properties())));
    let patch = Signal::derive(move || form.is_sound().then(|| changes.get()));

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if saving.begin() {
            form.show_all_problems();
            saving.save(patch.get_untracked(), form_element);
        }
    };
    let is_dirty = Signal::derive(move || !changes.read().is_empty() || form.has_new_key());
    view! {
        <form class="stack" node_ref=form_element on:submit=submit novalidate=true aria-busy=move || is_busy.get().then_some("true")>
            <p class="muted"><bdi>{subtitle}</bdi></p>
            <p>{word(|it| it.metadata.intro)}</p>
            <HeldFields busy=is_busy>
                <MetadataEditor form=form />
            </HeldFields>
            <SavingFoot saving=saving patch=patch is_dirty=is_dirty />
        </form>
    }
}
