//! The chosen files. With several, each has its own name, format and container format here.

use leptos::prelude::*;

use crate::{
    components::image_form::{
        formats::{container_choices, format_choices},
        words::problem_words,
    },
    domain::image_draft::Field,
    i18n::{intl, t, word},
    openstack::glance::info::Formats,
    pages::image_new::{
        duplicate::Duplicate,
        files::{Files, Picked},
        findings::FindingList,
    },
    state::images::Images,
    ui::{
        button::{Button, Kind},
        field::{SelectField, TextField},
        icon::Icon,
    },
};

/// The list; nothing while no file is chosen.
#[component]
pub fn FileList(
    /// The files.
    files: Files,
    /// The formats that the cloud takes.
    formats: Signal<Formats>,
    /// For names that are taken.
    images: Images,
) -> impl IntoView {
    let is_several = files.is_several();
    move || {
        (!files.list().is_empty()).then(|| {
            view! {
                <ul class="picked-files" aria-label=word(|it| it.create.files)>
                    <For each=move || files.list() key=|picked| picked.key children={move |picked| {
                        view! { <PickedFile picked=picked files=files is_several=is_several formats=formats images=images /> }
                    }} />
                </ul>
            }
        })
    }
}

#[component]
fn PickedFile(
    picked: Picked,
    files: Files,
    is_several: Signal<bool>,
    formats: Signal<Formats>,
    images: Images,
) -> impl IntoView {
    let name = StoredValue::new(picked.file_name());
    let problem = move |field: Field| {
        Signal::derive(move || files.problem_of(picked, field).map(|problem| problem_words(field, &problem)))
    };
    view! {
        <li class="picked-file">
            <div class="picked-head">
                <bdi class="picked-name">{picked.file_name()}</bdi>
                <span class="muted number">{move || intl::bytes(picked.size())}</span>
                <Button
                    label=Signal::derive(move || (t().create.remove)(&name.read_value()))
                    kind=Kind::Quiet
                    icon=Icon::Close
                    icon_only=true
                    small=true
                    on_press=move |()| files.remove(picked)
                />
            </div>
            <FindingList picked=picked files=files />
            {move || {
                is_several
                    .get()
                    .then(|| {
                        view! {
                            <div class="fields">
                                <div class="stack-s">
                                    <TextField
                                        label=Signal::derive(move || (t().create.name_for)(&name.read_value()))
                                        value=picked.name
                                        required=true
                                        problem=problem(Field::Name)
                                    />
                                    <Duplicate
                                        name=picked.name
                                        images=images
                                        namesake=Signal::derive(move || files.namesake(picked))
                                    />
                                </div>
                                <SelectField
                                    label=Signal::derive(move || (t().create.format_for)(&name.read_value()))
                                    value=picked.format
                                    choices=Signal::derive(move || format_choices(&formats.read(), &picked.format.read()))
                                    problem=problem(Field::DiskFormat)
                                />
                                <SelectField
                                    label=Signal::derive(move || (t().create.container_for)(&name.read_value()))
                                    value=picked.container
                                    choices=Signal::derive(move || container_choices(&formats.read(), &picked.container.read()))
                                    problem=problem(Field::ContainerFormat)
                                />
                            </div>
                        }
                    })
            }}
        </li>
    }
}
