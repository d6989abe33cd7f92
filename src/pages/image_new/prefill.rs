//! What the page fills in by itself: from a file, an address, or an entry of the gallery. What was typed stays; what one of them
//! brought goes when another takes its place.

use leptos::prelude::*;

use crate::{
    components::image_form::ImageForm,
    domain::{
        image_draft::ImageDraft,
        image_format::{guess_architecture, guess_format, name_of_file},
    },
    openstack::glance::image::{ContainerFormat, DiskFormat},
};

/// The form, and what was filled in last.
#[derive(Clone, Copy)]
pub struct Prefill {
    /// The form.
    pub form: ImageForm,
    last: StoredValue<ImageDraft>,
}

type OwnField = (RwSignal<String>, fn(&ImageDraft) -> &str);

impl Prefill {
    /// Nothing yet.
    pub fn new(form: ImageForm) -> Self {
        Self { form, last: StoredValue::default() }
    }

    /// Fills in what is `told` of an image, in place of what was told before.
    pub fn fill(self, told: ImageDraft) {
        let (form, last) = (self.form, self.last.get_value());
        let is_free = |field: RwSignal<String>, of: fn(&ImageDraft) -> &str| {
            field.with_untracked(|now| now.trim().is_empty() || now == of(&last))
        };
        // The container goes with the format: of another image, whatever it was, of the same one unless it was chosen.
        let has_container = is_free(form.disk_format, format)
            && (told.name != last.name || is_free(form.container_format, container));
        let fields: [OwnField; 8] = [
            (form.name, |it| &it.name),
            (form.disk_format, format),
            (form.architecture, |it| &it.architecture),
            (form.min_disk, |it| &it.min_disk),
            (form.min_ram, |it| &it.min_ram),
            (form.description, |it| &it.description),
            (form.kernel, |it| &it.kernel),
            (form.ramdisk, |it| &it.ramdisk),
        ];
        for (field, of) in fields {
            if is_free(field, of) {
                field.set(of(&told).to_owned());
            }
        }
        if has_container {
            form.container_format.set(container(&told).to_owned());
        }
        if told.properties != last.properties {
            form.metadata.fill(&told.properties);
        }
        self.last.set_value(told);
    }
}

/// What the name of a file tells of its image, or an address; and `beside` what it doesn't.
pub fn told_by_name(name: &str, beside: ImageDraft) -> ImageDraft {
    let (disk_format, container_format) =
        guess_format(name).map(|guess| (guess.disk, guess.container)).unzip();
    ImageDraft {
        name: name_of_file(name),
        disk_format,
        container_format,
        architecture: guess_architecture(name).unwrap_or_default().to_owned(),
        ..beside
    }
}

fn format(draft: &ImageDraft) -> &str {
    draft.disk_format.as_ref().map(DiskFormat::as_str).unwrap_or_default()
}

fn container(draft: &ImageDraft) -> &str {
    draft.container_format.as_ref().map(ContainerFormat::as_str).unwrap_or_default()
}
