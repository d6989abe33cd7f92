//! The fields, in the form's order.

use leptos::{html, prelude::*};

use crate::{
    components::{
        image_form::{
            ImageForm,
            advanced::Advanced,
            formats::{follow_format, format_choices},
            parts::PartFields,
            visibility::VisibilityField,
        },
        metadata_editor::MetadataEditor,
    },
    domain::{image_draft::Field, image_format::ARCHITECTURES},
    i18n::{t, word},
    openstack::glance::{image::Visibility, info::Formats},
    ui::field::{CheckField, Choice, SelectField, TextField, TextKind},
};

/// The fields, in the form's order. Put it into a `<form novalidate>`.
#[component]
pub fn ImageFields(
    /// What is typed.
    form: ImageForm,
    /// The formats that the cloud takes.
    #[prop(into)]
    formats: Signal<Formats>,
    /// Where the formats come from, when that needs saying.
    #[prop(optional, into)]
    formats_hint: Signal<Option<String>>,
    /// Leaves out name, format and container format: several files have one each.
    #[prop(optional, into)]
    several: Signal<bool>,
    /// Why a field can't be changed; it then shows the reason in place of its hint.
    #[prop(optional, into)]
    locked: Option<Callback<Field, Option<String>>>,
    /// Why a visibility can't be chosen.
    #[prop(into)]
    visibility_reason: Callback<Visibility, Option<String>>,
    /// Stands under the name.
    #[prop(optional, into)]
    under_name: Option<ViewFn>,
    /// Stands under the minimums: what they change.
    #[prop(optional, into)]
    under_minimums: Option<ViewFn>,
    /// Stands under the visibility: what it changes.
    #[prop(optional, into)]
    under_visibility: Option<ViewFn>,
    /// Stands first under Advanced.
    #[prop(optional, into)]
    in_advanced: Option<ViewFn>,
) -> impl IntoView {
    let locked = move |field: Field| Signal::derive(move || locked.and_then(|locked| locked.run(field)));
    let is_locked = move |field: Field| {
        let reason = locked(field);
        Signal::derive(move || reason.read().is_some())
    };
    let hint = move |field: Field, words: fn() -> &'static str| {
        let reason = locked(field);
        Signal::derive(move || reason.get().or_else(|| Some(words().to_owned())))
    };
    let reason_only = locked;
    let leave = move |field: Field| Callback::new(move |()| form.leave(field));

    let format_choices = Signal::derive(move || format_choices(&formats.read(), &form.disk_format.read()));
    let format_reason = locked(Field::DiskFormat);
    let format_hint = Signal::derive(move || {
        format_reason.get().or_else(|| formats_hint.get()).or_else(|| Some(t().form.format_hint.to_owned()))
    });
    follow_format(form.disk_format, form.container_format);
    view! {
        <div class="fields">
            {move || {
                (!several.get())
                    .then(|| {
                        view! {
                            <div class="stack-s">
                                <TextField
                                    label=word(|it| it.form.name)
                                    value=form.name
                                    required=true
                                    name="image-name"
                                    read_only=is_locked(Field::Name)
                                    hint=reason_only(Field::Name)
                                    problem=form.problem(Field::Name)
                                    on_leave=leave(Field::Name)
                                />
                                {under_name.clone().map(|under| under.run())}
                            </div>
                            <SelectField
                                label=word(|it| it.image.format)
                                value=form.disk_format
                                choices=format_choices
                                hint=format_hint
                                disabled=is_locked(Field::DiskFormat)
                                problem=form.problem(Field::DiskFormat)
                            />
                        }
                    })
            }}
            <div class="wide">
                <TextField
                    label=word(|it| it.image.description)
                    value=form.description
                    multiline=true
                    read_only=is_locked(Field::Description)
                    hint=reason_only(Field::Description)
                    problem=form.problem(Field::Description)
                    on_leave=leave(Field::Description)
                />
            </div>
            <TextField
                label=word(|it| it.form.min_disk)
                value=form.min_disk
                kind=TextKind::Number
                required=true
                read_only=is_locked(Field::MinDisk)
                hint=hint(Field::MinDisk, || t().form.min_disk_hint)
                problem=form.problem(Field::MinDisk)
                on_leave=leave(Field::MinDisk)
            />
            <TextField
                label=word(|it| it.form.min_ram)
                value=form.min_ram
                kind=TextKind::Number
                required=true
                read_only=is_locked(Field::MinRam)
                hint=hint(Field::MinRam, || t().form.min_ram_hint)
                problem=form.problem(Field::MinRam)
                on_leave=leave(Field::MinRam)
            />
            {under_minimums.map(|under| view! { <div class="wide">{under.run()}</div> })}
            <TextField
                label=word(|it| it.image.architecture)
                value=form.architecture
                suggestions=Signal::stored(ARCHITECTURES.iter().map(|name| Choice::new(*name, *name)).collect::<Vec<_>>())
                read_only=is_locked(Field::Architecture)
                hint=hint(Field::Architecture, || t().form.architecture_hint)
                problem=form.problem(Field::Architecture)
                on_leave=leave(Field::Architecture)
            />
            <PartFields form=form locked=Callback::new(move |field| locked(field).get()) />
            <VisibilityField value=form.visibility reason=visibility_reason />
            {under_visibility.map(|under| view! { <div class="wide">{under.run()}</div> })}
            <div class="wide">
                <CheckField
                    label=word(|it| it.image.protected)
                    value=form.protected
                    hint=hint(Field::Protected, || t().form.protected_hint)
                    disabled=is_locked(Field::Protected)
                />
            </div>
            <Advanced form=form formats=formats several=several locked=Callback::new(move |field| locked(field).get()) first=in_advanced />
            <MetadataFields form=form />
        </div>
    }
}

/// "Metadata", behind a summary: the definitions are asked for when it is opened. It opens by itself when a problem lies in it.
#[component]
fn MetadataFields(form: ImageForm) -> impl IntoView {
    let was_opened = RwSignal::new(false);
    // Closing it keeps what is in it.
    let opened = move || {
        if !was_opened.get_untracked() {
            was_opened.set(true);
        }
    };
    let details = NodeRef::<html::Details>::new();
    let problem = form.problem(Field::Metadata);
    Effect::new(move |_| {
        if problem.read().is_some()
            && let Some(details) = details.get()
        {
            details.set_open(true);
            // Not only once the browser tells that it is open: what is in it is focused before that.
            opened();
        }
    });
    view! {
        <details class="advanced wide" node_ref=details on:toggle=move |_| opened()>
            <summary>{word(|it| it.metadata.metadata)}</summary>
            {move || was_opened.get().then(|| view! { <MetadataEditor form=form.metadata /> })}
        </details>
    }
}
