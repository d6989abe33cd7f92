//! The files that were chosen. One shares the form's fields; several have a name and a format each.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use sextant_inspector::{
    decision::Rules,
    finding::{Finding, Fix},
    report::Report,
};
use web_sys::File;

use crate::{
    client::{
        browser::new_image_id,
        worker::{Worker, WorkerFailure},
    },
    components::image_form::{
        ImageForm,
        formats::{follow_format, some},
    },
    domain::{
        image_draft::{Field, ImageDraft, Problem},
        image_format::{FormatGuess, container_for, guess_architecture, guess_format, name_of_file},
        inspection,
    },
    i18n::t,
    openstack::{
        glance::{
            CreateImage,
            image::{ContainerFormat, DiskFormat},
        },
        ids::ImageId,
    },
    pages::image_new::{
        prefill::{Prefill, told_by_name},
        source::Source,
    },
};

/// The property that the firmware hint sets.
const FIRMWARE: &str = "hw_firmware_type";
/// A file that has not been looked into by then will not be.
const PATIENCE_MS: u32 = 15_000;

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
    /// Its container format, where there are several files.
    pub container: RwSignal<String>,
    /// What it turned out to be.
    pub checked: RwSignal<Checked>,
}

/// What the worker said of a file.
#[derive(Clone, Debug)]
pub enum Checked {
    /// Nothing yet.
    Running,
    /// This.
    Known(Report),
    /// It can't say.
    Failed(WorkerFailure),
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

    /// What it is, if that is known; tracked.
    pub fn tracked_report(self) -> Option<Report> {
        match &*self.checked.read() {
            Checked::Known(report) => Some(report.clone()),
            _ => None,
        }
    }

    /// What it is, if that is known; not tracked.
    pub fn report(self) -> Option<Report> {
        match self.checked.try_get_untracked()? {
            Checked::Known(report) => Some(report),
            _ => None,
        }
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

    /// What it tells of its image: its name and its content.
    fn told(self) -> ImageDraft {
        let (disk_format, container_format) = self.best_format();
        let by_name = told_by_name(&self.file_name(), ImageDraft::default());
        ImageDraft { disk_format, container_format, ..by_name }
    }

    /// The format by the content replaces the one by the name.
    fn best_format(self) -> (Option<DiskFormat>, Option<ContainerFormat>) {
        let guess = guess_format(&self.file_name());
        // A name that the content does not contradict knows more: a kernel looks like any other bytes.
        let is_wrong = |by_name: &FormatGuess, report: &Report| {
            let (format, container) = (by_name.disk.as_str(), by_name.container.as_str());
            format == "raw" || inspection::is_refused(report, format, container)
        };
        if let Some(report) = self.report()
            && let Some(found) = report.suggested_format()
            && guess.as_ref().is_none_or(|by_name| is_wrong(by_name, &report))
        {
            let found = DiskFormat::from(found.name());
            let container = container_for(&found);
            return (Some(found), Some(container));
        }
        guess.map(|guess| (guess.disk, guess.container)).unzip()
    }

    /// This file's image: the shared fields with its own name and format.
    fn draft(self, shared: &ImageDraft) -> ImageDraft {
        ImageDraft {
            name: self.name.get(),
            disk_format: some(&self.format.read()).map(DiskFormat::from),
            container_format: some(&self.container.read()).map(ContainerFormat::from),
            ..shared.clone()
        }
    }
}

/// The files of the page.
#[derive(Clone, Copy)]
pub struct Files {
    list: RwSignal<Vec<Picked>>,
    several: Memo<bool>,
    source: RwSignal<Source>,
    rules: Rules,
    prefill: StoredValue<Option<Prefill>>,
    is_submitted: RwSignal<bool>,
    next: StoredValue<u32>,
    // Files are chosen in event handlers, whose signals would belong to nobody.
    owner: StoredValue<Option<Owner>>,
    // Started with the page, so that it is there when a file is chosen.
    worker: StoredValue<Rc<Worker>, LocalStorage>,
}

impl Files {
    /// None yet.
    pub fn new(source: RwSignal<Source>, rules: Rules) -> Self {
        let list = RwSignal::new(Vec::new());
        let worker = StoredValue::new_local(Rc::new(Worker::start()));
        on_cleanup(move || {
            // Also what it is still at.
            worker.try_with_value(|worker| worker.end());
        });
        Self {
            worker,
            list,
            several: Memo::new(move |_| list.read().len() > 1),
            source,
            rules,
            prefill: StoredValue::new(None),
            is_submitted: RwSignal::new(false),
            next: StoredValue::new(0),
            // A child of the page's: the page's own, kept within itself, would never end.
            owner: StoredValue::new(Owner::current().map(|page| page.child())),
        }
    }

    /// Names the form that they fill.
    pub fn fill_into(self, prefill: Prefill) {
        self.prefill.set_value(Some(prefill));
    }

    /// Fills in what the files tell, where the image comes from files. Several share their architecture; name and format are
    /// each one's own.
    pub fn fill(self) {
        let Some(prefill) = self.prefill.get_value().filter(|_| self.source.get_untracked() == Source::File)
        else {
            return;
        };
        let list = self.list.get_untracked();
        let told = list.first().map(|first| first.told()).unwrap_or_default();
        let is_shared = list
            .iter()
            .all(|picked| guess_architecture(&picked.file_name()).unwrap_or_default() == told.architecture);
        let architecture = if is_shared { told.architecture } else { String::new() };
        prefill.fill(ImageDraft { architecture, ..told });
    }

    fn form(self) -> Option<ImageForm> {
        self.prefill.get_value().map(|prefill| prefill.form)
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

    /// The format that a file is declared to have; tracked.
    pub fn format_of(self, picked: Picked) -> String {
        match self.form() {
            Some(form) if !self.several.get() => form.disk_format.get(),
            _ => picked.format.get(),
        }
    }

    /// Another file whose image is to have the same name, where there are several; tracked.
    pub fn namesake(self, picked: Picked) -> Option<String> {
        let (list, name) = (self.list.read(), picked.name.read());
        let is_same = |other: &&Picked| other.key != picked.key && other.name.read().trim() == name.trim();
        list.iter().find(is_same).filter(|_| !name.trim().is_empty()).map(|other| other.file_name())
    }

    /// What there is to say about a file as it is declared; tracked.
    pub fn findings(self, picked: Picked) -> Vec<Finding> {
        let (format, container) = (self.format_of(picked), self.container_of(picked));
        let min_disk = self.form().map(|form| form.min_disk.get()).unwrap_or_default();
        match &*picked.checked.read() {
            Checked::Known(report) => inspection::findings(report, &format, &container, &min_disk),
            _ => Vec::new(),
        }
    }

    /// The files that the cloud would refuse; tracked.
    pub fn refused(self) -> Vec<String> {
        let is_refused = |picked: &&Picked| match &*picked.checked.read() {
            Checked::Known(report) => {
                inspection::is_refused(report, &self.format_of(**picked), &self.container_of(**picked))
            }
            _ => false,
        };
        self.list.read().iter().filter(is_refused).map(|picked| picked.file_name()).collect()
    }

    /// Whether a file is still being looked into; tracked.
    pub fn is_checking(self) -> bool {
        self.list.read().iter().any(|picked| matches!(*picked.checked.read(), Checked::Running))
    }

    /// Whether a click would change anything; tracked.
    pub fn can_fix(self, fix: Fix) -> bool {
        fix != Fix::SetFirmwareUefi || !self.has_property(FIRMWARE)
    }

    /// Mends what was found.
    pub fn fix(self, picked: Picked, fix: Fix) {
        let Some(form) = self.form() else { return };
        let is_several = self.several.get_untracked();
        match fix {
            Fix::SetFormat(format) if is_several => picked.format.set(format.name().to_owned()),
            Fix::SetFormat(format) => form.disk_format.set(format.name().to_owned()),
            Fix::SetContainerOva => {
                let container = if is_several { picked.container } else { form.container_format };
                container.set(ContainerFormat::Ova.as_str().to_owned());
            }
            Fix::SetMinDisk(gigabytes) => form.min_disk.set(gigabytes.to_string()),
            Fix::SetFirmwareUefi => self.set_property(FIRMWARE, "uefi"),
        }
    }

    /// Whether the form has a property already; tracked.
    pub fn has_property(self, key: &str) -> bool {
        self.form().is_some_and(|form| form.metadata.has(key))
    }

    /// Adds a property to the form.
    pub fn set_property(self, key: &str, value: &str) {
        if let Some(form) = self.form() {
            form.metadata.add(key, value.to_owned());
        }
    }

    fn container_of(self, picked: Picked) -> String {
        match self.form() {
            Some(form) if !self.several.get() => form.container_format.get(),
            _ => picked.container.get(),
        }
    }

    /// Lets the worker look into a file, and fills in what it is.
    fn check(self, picked: Picked) {
        let worker = self.worker.get_value();
        let file = picked.file.get_value();
        let rules = self.rules;
        let settle = move |checked: Checked| {
            let is_running = picked.checked.try_with_untracked(|it| matches!(it, Checked::Running));
            if is_running == Some(true) {
                picked.checked.set(checked);
                self.take_format(picked);
            }
        };
        spawn_local(async move {
            settle(worker.inspect(&file, rules).await.map_or_else(Checked::Failed, Checked::Known));
        });
        // A share on a slow network may never answer: the file can be sent all the same.
        spawn_local(async move {
            TimeoutFuture::new(PATIENCE_MS).await;
            settle(Checked::Failed(WorkerFailure::Broken));
        });
    }

    /// The format by the content replaces the one by the name; one that the person chose stays.
    fn take_format(self, picked: Picked) {
        let is_untouched = |now: &String| now.is_empty() || *now == guessed_format(&picked.file_name());
        if picked.format.with_untracked(is_untouched) {
            let (found, _) = picked.best_format();
            picked.format.set(found.map(|format| format.as_str().to_owned()).unwrap_or_default());
        }
        if self.list.with_untracked(|list| list.as_slice() == [picked]) {
            self.fill();
        }
    }

    /// What to say about the format of a single file; tracked.
    pub fn format_hint(self) -> Option<String> {
        let list = self.list.read();
        let [picked] = list.as_slice() else { return None };
        let form = self.form()?;
        if let Checked::Known(report) = &*picked.checked.read() {
            let found = report.suggested_format()?;
            return (*form.disk_format.read() == found.name()).then(|| t().findings.from_content.to_owned());
        }
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
        // What stands in the form for another source is no file's.
        let is_source = self.source.get_untracked() == Source::File;
        if let ([single], Some(form), true) = (before.as_slice(), self.form(), is_source) {
            // What was typed for a single file goes with it.
            single.name.set(form.name.get_untracked());
            single.format.set(form.disk_format.get_untracked());
            single.container.set(form.container_format.get_untracked());
        }
        let mut now = keep(before);
        for file in files {
            if !now.iter().any(|picked| picked.same_file(&file)) {
                let picked = self.pick(file);
                now.push(picked);
                // First of all: the worker reads while the page draws.
                self.check(picked);
            }
        }
        self.list.set(now.clone());
        self.fill();
        if let ([single], Some(form), true) = (now.as_slice(), self.form(), was_several) {
            // What was typed for it among the others stays.
            form.name.set(single.name.get_untracked());
            form.disk_format.set(single.format.get_untracked());
            form.container_format.set(single.container.get_untracked());
        }
    }

    fn pick(self, file: File) -> Picked {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        let file_name = file.name();
        let format = guessed_format(&file_name);
        let container = guess_format(&file_name).map(|guess| guess.container.as_str().to_owned());
        let make = move || {
            let picked = Picked {
                checked: RwSignal::new(Checked::Running),
                key,
                file: StoredValue::new_local(file),
                id: RwSignal::new(new_image_id()),
                name: RwSignal::new(name_of_file(&file_name)),
                format: RwSignal::new(format),
                container: RwSignal::new(container.unwrap_or_default()),
            };
            follow_format(picked.format, picked.container);
            picked
        };
        match self.owner.get_value() {
            Some(owner) => owner.with(make),
            None => make(),
        }
    }
}

fn guessed_format(file_name: &str) -> String {
    guess_format(file_name).map(|guess| guess.disk.as_str().to_owned()).unwrap_or_default()
}
