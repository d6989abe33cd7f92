//! The files that were chosen. One shares the form's fields; several have a name and a format each.

use leptos::prelude::*;
use web_sys::File;

use crate::{
    client::browser::new_image_id,
    components::image_form::ImageForm,
    domain::{
        image_draft::{Field, ImageDraft, Problem},
        image_format::{container_for, guess_architecture, guess_format, name_of_file},
    },
    i18n::t,
    openstack::{
        glance::{CreateImage, image::DiskFormat},
        ids::ImageId,
    },
};

/// A chosen file.
#[derive(Clone, Copy, PartialEq)]
pub struct Picked {
    /// Unique on this page.
    pub key: u32,
    file: StoredValue<File, LocalStorage>,
    /// The record's id, the same for every try: a lost answer leaves no second record.
    id: RwSignal<ImageId>,
    /// Its image's name, where there are several files.
    pub name: RwSignal<String>,
    /// Its format, where there are several files.
    pub format: RwSignal<String>,
}

impl Picked {
    /// The file's name.
    pub fn file_name(self) -> String {
        self.file.with_value(File::name)
    }

    /// The file's bytes.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bytes below 2^53")]
    pub fn size(self) -> u64 {
        self.file.with_value(|file| file.size()) as u64
    }

    /// Takes another id for the next try.
    pub fn renew_id(self) {
        // The page may be gone by now.
        self.id.try_set(new_image_id());
    }

    fn same_file(self, other: &File) -> bool {
        self.file.with_value(|file| {
            let is_same_size = (file.size() - other.size()).abs() < 0.5;
            file.name() == other.name()
                && is_same_size
                && (file.last_modified() - other.last_modified()).abs() < 0.5
        })
    }

    /// This file's image: the shared fields with its own name and format.
    fn draft(self, shared: &ImageDraft) -> ImageDraft {
        let format = Some(self.format.get()).filter(|format| !format.is_empty()).map(DiskFormat::from);
        let guess = guess_format(&self.file_name()).filter(|guess| Some(&guess.disk) == format.as_ref());
        let container = guess.map(|guess| guess.container).or_else(|| format.as_ref().map(container_for));
        ImageDraft {
            name: self.name.get(),
            disk_format: format,
            container_format: container,
            ..shared.clone()
        }
    }
}

/// What was filled in by us, and may be filled in anew with the next file. What was typed stays.
#[derive(Clone, Default)]
struct Prefilled {
    name: String,
    format: String,
    architecture: String,
}

/// The files of the page.
#[derive(Clone, Copy)]
pub struct Files {
    list: RwSignal<Vec<Picked>>,
    several: Memo<bool>,
    form: StoredValue<Option<ImageForm>>,
    prefilled: StoredValue<Prefilled>,
    is_submitted: RwSignal<bool>,
    next: StoredValue<u32>,
    // Files are chosen in event handlers, whose signals would belong to nobody.
    owner: StoredValue<Option<Owner>>,
}

impl Files {
    /// None yet.
    pub fn new() -> Self {
        let list = RwSignal::new(Vec::new());
        Self {
            list,
            several: Memo::new(move |_| list.read().len() > 1),
            form: StoredValue::new(None),
            prefilled: StoredValue::new(Prefilled::default()),
            is_submitted: RwSignal::new(false),
            next: StoredValue::new(0),
            owner: StoredValue::new(Owner::current()),
        }
    }

    /// The form that a single file fills.
    pub fn fill(self, form: ImageForm) {
        self.form.set_value(Some(form));
    }

    /// The files; tracked.
    pub fn list(self) -> Vec<Picked> {
        self.list.get()
    }

    /// Whether there are more than one.
    pub fn is_several(self) -> Signal<bool> {
        self.several.into()
    }

    /// Bytes of all files; tracked.
    pub fn total(self) -> u64 {
        self.list.read().iter().map(|picked| picked.size()).sum()
    }

    /// Takes these instead of what was there.
    pub fn choose(self, files: Vec<File>) {
        if !files.is_empty() {
            let keep_form = self.list.read_untracked().len() > 1;
            self.change(|_| Vec::new(), files, keep_form);
        }
    }

    /// Takes these too.
    pub fn add(self, files: Vec<File>) {
        self.change(|before| before, files, false);
    }

    /// Leaves one out.
    pub fn remove(self, picked: Picked) {
        self.change(
            |mut before| {
                before.retain(|other| other.key != picked.key);
                before
            },
            Vec::new(),
            false,
        );
    }

    /// Shows what is missing from now on.
    pub fn show_all_problems(self) {
        self.is_submitted.set(true);
    }

    /// What is wrong with the choice of files, once it may show; tracked.
    pub fn problem(self) -> Option<String> {
        let list = self.list.read();
        match list.iter().find(|picked| picked.size() == 0) {
            // A folder that was dropped looks like this too.
            Some(empty) => Some((t().create.file_empty)(&empty.file_name())),
            None => (self.is_submitted.get() && list.is_empty()).then(|| t().form.missing_file.to_owned()),
        }
    }

    /// What is wrong with a file's own name or format, once it may show; tracked.
    pub fn problem_of(self, picked: Picked, field: Field) -> Option<Problem> {
        if !self.is_submitted.get() {
            return None;
        }
        picked.draft(&ImageDraft::default()).validate().remove(&field)
    }

    /// What to say about the format of a single file; tracked.
    pub fn format_hint(self) -> Option<String> {
        let list = self.list.read();
        let [picked] = list.as_slice() else { return None };
        let form = self.form.get_value()?;
        match guess_format(&picked.file_name()) {
            None => Some(t().create.guessed_nothing.to_owned()),
            Some(guess) if !guess.is_sure && *form.disk_format.read() == guess.disk.as_str() => {
                Some(t().create.guessed_unsure.to_owned())
            }
            Some(_) => None,
        }
    }

    /// The bodies of the records, and the file of each; `None` while something is wrong. Tracked.
    pub fn bodies(self, shared: &ImageDraft) -> Option<Vec<(Picked, File, CreateImage)>> {
        let list = self.list.get();
        if list.is_empty() || list.iter().any(|picked| picked.size() == 0) {
            return None;
        }
        let is_several = list.len() > 1;
        list.into_iter()
            .map(|picked| {
                let draft = if is_several { picked.draft(shared) } else { shared.clone() };
                Some((picked, picked.file.get_value(), draft.to_create(picked.id.get()).ok()?))
            })
            .collect()
    }

    fn change(self, keep: impl FnOnce(Vec<Picked>) -> Vec<Picked>, files: Vec<File>, is_new_choice: bool) {
        let before = self.list.get_untracked();
        let was = before.len();
        let was_several = was > 1 && !is_new_choice;
        if let ([single], Some(form)) = (before.as_slice(), self.form.get_value()) {
            // What was typed for a single file goes with it.
            single.name.set(form.name.get_untracked());
            single.format.set(form.disk_format.get_untracked());
        }
        let mut now = keep(before);
        for file in files {
            if !now.iter().any(|picked| picked.same_file(&file)) {
                now.push(self.pick(file));
            }
        }
        if let ([single], Some(form)) = (now.as_slice(), self.form.get_value()) {
            if was_several {
                form.name.set(single.name.get_untracked());
                form.disk_format.set(single.format.get_untracked());
            } else {
                self.prefill(form, *single);
            }
        }
        self.list.set(now);
    }

    fn pick(self, file: File) -> Picked {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        let file_name = file.name();
        let format = guess_format(&file_name).map(|guess| guess.disk.as_str().to_owned()).unwrap_or_default();
        let make = move || Picked {
            key,
            file: StoredValue::new_local(file),
            id: RwSignal::new(new_image_id()),
            name: RwSignal::new(name_of_file(&file_name)),
            format: RwSignal::new(format),
        };
        match self.owner.get_value() {
            Some(owner) => owner.with(make),
            None => make(),
        }
    }

    fn prefill(self, form: ImageForm, picked: Picked) {
        let file_name = picked.file_name();
        let last = self.prefilled.get_value();
        let may_fill = |field: RwSignal<String>, last: &str| {
            let now = field.read_untracked();
            now.trim().is_empty() || *now == last
        };
        let name = name_of_file(&file_name);
        if may_fill(form.name, &last.name) {
            form.name.set(name.clone());
        }
        let guess = guess_format(&file_name);
        if may_fill(form.disk_format, &last.format) {
            match &guess {
                Some(guess) => {
                    form.disk_format.set(guess.disk.as_str().to_owned());
                    form.container_format.set(guess.container.as_str().to_owned());
                }
                None => form.disk_format.set(String::new()),
            }
        }
        let architecture = guess_architecture(&file_name).unwrap_or_default().to_owned();
        if may_fill(form.architecture, &last.architecture) {
            form.architecture.set(architecture.clone());
        }
        let format = guess.map(|guess| guess.disk.as_str().to_owned()).unwrap_or_default();
        self.prefilled.set_value(Prefilled { name, format, architecture });
    }
}
