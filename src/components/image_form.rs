//! The form of an image that the create and the edit page share: what is typed, and which problems show. The fields
//! themselves, and what else both pages need, lie beside it; files and the difference to an image are the pages' matter.

mod advanced;
pub mod effect;
pub mod fields;
pub mod formats;
pub mod opened;
pub mod overlap;
pub mod parts;
pub mod saving;
mod visibility;
pub mod words;

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::{
    components::{image_form::words::problem_words, metadata_form::MetadataForm, tags_field::Tags},
    domain::image_draft::{Field, ImageDraft, OWN_PROPERTIES, Problem, Problems},
    openstack::glance::image::{ContainerFormat, DiskFormat, Visibility},
};

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
    /// "Tags".
    pub tags: Tags,
    /// "Metadata".
    pub metadata: MetadataForm,
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
            tags: Tags::default(),
            metadata: MetadataForm::new(&OWN_PROPERTIES),
            left: RwSignal::default(),
            is_submitted: RwSignal::default(),
            problems: Signal::stored(Problems::new()),
        };
        form.fill(draft);
        let problems = Memo::new(move |_| {
            let mut problems = check(&form.draft());
            if !form.metadata.is_sound() {
                problems.insert(Field::Metadata, Problem::Property);
            }
            problems
        });
        Self { problems: problems.into(), ..form }
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
        self.tags.fill(&draft.tags);
        self.metadata.fill(&draft.properties);
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
            tags: self.tags.all(),
            properties: self.metadata.properties(),
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
        self.metadata.show_all_problems();
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
