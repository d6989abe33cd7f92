//! What most images do without: container format, hidden, tags.

use leptos::{html, prelude::*};

use crate::{
    components::{
        image_form::{ImageForm, formats::container_choices},
        tags_field::TagsField,
    },
    domain::image_draft::Field,
    i18n::{t, word},
    openstack::{
        glance::{HIDDEN, info::Formats},
        request::Service,
    },
    state::{session::use_session, versions::use_versions},
    ui::field::{CheckField, SelectField},
};

/// A `<details>` that opens by itself when a problem lies in it.
#[component]
pub fn Advanced(
    /// What is typed.
    form: ImageForm,
    /// The formats that the cloud takes.
    formats: Signal<Formats>,
    /// Leaves out the container format: several files have one each.
    several: Signal<bool>,
    /// Why a field can't be changed.
    locked: Callback<Field, Option<String>>,
    /// Stands first.
    first: Option<ViewFn>,
) -> impl IntoView {
    let details = NodeRef::<html::Details>::new();
    let (tags_problem, container_problem) = (form.problem(Field::Tags), form.problem(Field::ContainerFormat));
    Effect::new(move |_| {
        if (tags_problem.read().is_some() || container_problem.read().is_some())
            && let Some(details) = details.get()
        {
            details.set_open(true);
        }
    });
    let glance = use_versions(use_session(), Service::Image);
    let locked = move |field: Field| {
        let is_too_old = || glance.read().as_ref().is_some_and(|glance| !glance.reaches(HIDDEN));
        let too_old = || (field == Field::Hidden && is_too_old()).then(|| t().old.hidden.to_owned());
        locked.run(field).or_else(too_old)
    };
    let is_locked = move |field: Field| Signal::derive(move || locked(field).is_some());
    let hint = move |field: Field, words: fn() -> &'static str| {
        Signal::derive(move || locked(field).or_else(|| Some(words().to_owned())))
    };
    let containers =
        Signal::derive(move || container_choices(&formats.read(), &form.container_format.read()));
    view! {
        <details class="advanced wide" node_ref=details>
            <summary>{word(|it| it.form.advanced)}</summary>
            <div class="fields">
                {first.map(|first| first.run())}
                {move || {
                    (!several.get())
                        .then(|| {
                            view! {
                                <SelectField
                                    label=word(|it| it.image.container_format)
                                    value=form.container_format
                                    choices=containers
                                    hint=hint(Field::ContainerFormat, || t().form.container_hint)
                                    disabled=is_locked(Field::ContainerFormat)
                                    problem=container_problem
                                />
                            }
                        })
                }}
                <TagsField
                    tags=form.tags
                    read_only=is_locked(Field::Tags)
                    hint=hint(Field::Tags, || t().form.tags_hint)
                    problem=tags_problem
                    on_leave=Callback::new(move |()| form.leave(Field::Tags))
                />
                <div class="wide">
                    <CheckField
                        label=word(|it| it.image.hidden)
                        value=form.hidden
                        hint=hint(Field::Hidden, || t().form.hidden_hint)
                        disabled=is_locked(Field::Hidden)
                    />
                </div>
            </div>
        </details>
    }
}
