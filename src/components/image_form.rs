//! The fields of an image that the create and the edit form share: what is typed, which problems show, and the fields
//! themselves. Saving, files and the difference to an image are the pages' matter.

mod advanced;
mod formats;
mod visibility;
pub mod words;

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::{
    components::{
        image_form::{advanced::Advanced, visibility::VisibilityField, words::problem_words},
        image_words::format_words,
    },
    domain::{
        image_draft::{Field, ImageDraft, Problems},
        image_format::{ARCHITECTURES, container_for},
        metadata::Properties,
    },
    i18n::{t, word},
    openstack::glance::{
        image::{ContainerFormat, DiskFormat, Visibility},
        info::Formats,
    },
    ui::field::{CheckField, Choice, SelectField, TextField, TextKind},
};

pub use crate::components::image_form::formats::use_formats;

/// What is typed into the form: one signal a field, and which problems may show already.
#[derive(Clone, Copy)]
pub struct ImageForm {
    /// "Image name".
    pub name: RwSignal<String>,
    /// "Description".
    pub description: RwSignal<String>,
    /// "Format", as Glance writes it; empty until chosen.
    pub disk_format: RwSignal<String>,
    /// "Container format", as Glance writes it.
    pub container_format: RwSignal<String>,
    /// "Architecture".
    pub architecture: RwSignal<String>,
    /// "Minimum disk (GB)".
    pub min_disk: RwSignal<String>,
    /// "Minimum RAM (MB)".
    pub min_ram: RwSignal<String>,
    /// "Kernel".
    pub kernel: RwSignal<String>,
    /// "Ramdisk".
    pub ramdisk: RwSignal<String>,
    /// "Visibility".
    pub visibility: RwSignal<Visibility>,
    /// "Protected".
    pub protected: RwSignal<bool>,
    /// "Hidden".
    pub hidden: RwSignal<bool>,
    /// "Tags", separated by commas.
    pub tags: RwSignal<String>,
    /// "Metadata".
    pub properties: RwSignal<Properties>,
    left: RwSignal<BTreeSet<Field>>,
    is_submitted: RwSignal<bool>,
    problems: Signal<Problems>,
}

impl ImageForm {
    /// A form filled with `draft`. `check` says what is wrong: `ImageDraft::validate` for a new image,
    /// `validate_changes` for one that is there.
    pub fn new(draft: &ImageDraft, check: impl Fn(&ImageDraft) -> Problems + Send + Sync + 'static) -> Self {
        let form = Self {
            name: RwSignal::default(),
            description: RwSignal::default(),
            disk_format: RwSignal::default(),
            container_format: RwSignal::default(),
            architecture: RwSignal::default(),
            min_disk: RwSignal::default(),
            min_ram: RwSignal::default(),
            kernel: RwSignal::default(),
            ramdisk: RwSignal::default(),
            visibility: RwSignal::new(draft.visibility.clone()),
            protected: RwSignal::default(),
            hidden: RwSignal::default(),
            tags: RwSignal::default(),
            properties: RwSignal::default(),
            left: RwSignal::default(),
            is_submitted: RwSignal::default(),
            problems: Signal::stored(Problems::new()),
        };
        form.fill(draft);
        Self { problems: Memo::new(move |_| check(&form.draft())).into(), ..form }
    }

    /// Puts other values into the fields.
    pub fn fill(self, draft: &ImageDraft) {
        let word = |format: Option<&str>| format.unwrap_or_default().to_owned();
        self.name.set(draft.name.clone());
        self.description.set(draft.description.clone());
        self.disk_format.set(word(draft.disk_format.as_ref().map(DiskFormat::as_str)));
        self.container_format.set(word(draft.container_format.as_ref().map(ContainerFormat::as_str)));
        self.architecture.set(draft.architecture.clone());
        self.min_disk.set(draft.min_disk.clone());
        self.min_ram.set(draft.min_ram.clone());
        self.kernel.set(draft.kernel.clone());
        self.ramdisk.set(draft.ramdisk.clone());
        self.visibility.set(draft.visibility.clone());
        self.protected.set(draft.protected);
        self.hidden.set(draft.hidden);
        self.tags.set(draft.tags.join(", "));
        self.properties.set(draft.properties.clone());
    }

    /// What is typed; tracked.
    pub fn draft(self) -> ImageDraft {
        let format = |word: String| (!word.is_empty()).then_some(word);
        ImageDraft {
            name: self.name.get(),
            description: self.description.get(),
            disk_format: format(self.disk_format.get()).map(DiskFormat::from),
            container_format: format(self.container_format.get()).map(ContainerFormat::from),
            architecture: self.architecture.get(),
            min_disk: self.min_disk.get(),
            min_ram: self.min_ram.get(),
            kernel: self.kernel.get(),
            ramdisk: self.ramdisk.get(),
            visibility: self.visibility.get(),
            protected: self.protected.get(),
            hidden: self.hidden.get(),
            tags: split_tags(&self.tags.read()),
            properties: self.properties.get(),
        }
    }

    /// What is wrong, whether it shows yet or not; tracked.
    pub fn problems(self) -> Signal<Problems> {
        self.problems
    }

    /// The person is done with a field: its problem may show.
    pub fn leave(self, field: Field) {
        self.left.update(|left| {
            left.insert(field);
        });
    }

    /// The person pressed the button: every problem shows.
    pub fn show_all_problems(self) {
        self.is_submitted.set(true);
    }

    /// The problem of a field in words, once it may show; tracked.
    pub fn problem(self, field: Field) -> Signal<Option<String>> {
        Signal::derive(move || {
            let may_show = self.is_submitted.get() || self.left.read().contains(&field);
            let problems = self.problems.read();
            problems.get(&field).filter(|_| may_show).map(|problem| problem_words(field, problem))
        })
    }
}

/// Tags as typed: also with the commas of a Chinese keyboard.
pub fn split_tags(typed: &str) -> Vec<String> {
    typed.split([',', '，', '、']).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

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
    /// Images that may be the kernel, by id and name.
    #[prop(optional, into)]
    kernels: Signal<Vec<(String, String)>>,
    /// Images that may be the ramdisk, by id and name.
    #[prop(optional, into)]
    ramdisks: Signal<Vec<(String, String)>>,
    /// Stands under the name.
    #[prop(optional, into)]
    under_name: Option<ViewFn>,
    /// Stands under the minimums: what they change.
    #[prop(optional, into)]
    under_minimums: Option<ViewFn>,
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
    // The container follows the format, unless the person chose one under Advanced since.
    Effect::new(move |before: Option<String>| {
        let now = form.disk_format.get();
        if before.is_some_and(|before| before != now) && !now.is_empty() {
            let known = DiskFormat::from(now.as_str());
            form.container_format.set(container_for(&known).as_str().to_owned());
        }
        now
    });
    let has_parts = Memo::new(move |_| {
        *form.disk_format.read() == "ami"
            || !kernels.read().is_empty()
            || !ramdisks.read().is_empty()
            || !form.kernel.read().is_empty()
            || !form.ramdisk.read().is_empty()
    });
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
                suggestions=Signal::stored(ARCHITECTURES.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
                read_only=is_locked(Field::Architecture)
                hint=hint(Field::Architecture, || t().form.architecture_hint)
                problem=form.problem(Field::Architecture)
                on_leave=leave(Field::Architecture)
            />
            {move || {
                has_parts
                    .get()
                    .then(|| {
                        view! {
                            <TextField
                                label=word(|it| it.form.kernel)
                                value=form.kernel
                                suggestions=ids_of(kernels)
                                read_only=is_locked(Field::Kernel)
                                hint=hint(Field::Kernel, || t().form.kernel_hint)
                                problem=form.problem(Field::Kernel)
                                on_leave=leave(Field::Kernel)
                            />
                            <TextField
                                label=word(|it| it.form.ramdisk)
                                value=form.ramdisk
                                suggestions=ids_of(ramdisks)
                                read_only=is_locked(Field::Ramdisk)
                                hint=hint(Field::Ramdisk, || t().form.ramdisk_hint)
                                problem=form.problem(Field::Ramdisk)
                                on_leave=leave(Field::Ramdisk)
                            />
                        }
                    })
            }}
            <VisibilityField value=form.visibility reason=visibility_reason />
            <div class="wide">
                <CheckField
                    label=word(|it| it.image.protected)
                    value=form.protected
                    hint=hint(Field::Protected, || t().form.protected_hint)
                    disabled=is_locked(Field::Protected)
                />
            </div>
            <Advanced form=form formats=formats several=several locked=Callback::new(move |field| locked(field).get()) />
        </div>
    }
}

fn ids_of(images: Signal<Vec<(String, String)>>) -> Signal<Vec<String>> {
    Signal::derive(move || images.read().iter().map(|(id, _)| id.clone()).collect())
}

/// The choices of a format list: those of the cloud, and `current` where the cloud does not name it.
pub fn format_choices(formats: &Formats, current: &str) -> Vec<Choice> {
    let choose = current.is_empty().then(|| Choice::new("", t().form.format_choose));
    let unknown = (!current.is_empty() && !formats.disk.iter().any(|format| format.as_str() == current))
        .then(|| {
            let words = format_words(&DiskFormat::from(current));
            Choice::new(current, t().common.with_reason(&words, t().form.format_unknown_here))
        });
    let known = formats.disk.iter().map(|format| Choice::new(format.as_str(), format_words(format)));
    choose.into_iter().chain(unknown).chain(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_split_at_the_commas_of_either_keyboard() {
        assert_eq!(split_tags("lts, server ,,web"), ["lts", "server", "web"]);
        assert_eq!(split_tags("长期支持，服务器、网页"), ["长期支持", "服务器", "网页"]);
        assert!(split_tags(" , ").is_empty());
    }
}
