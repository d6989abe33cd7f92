//! "Image URL": an address that the cloud fetches, typed or taken from the gallery.

use leptos::prelude::*;

use crate::{
    client::browser::new_image_id,
    domain::{
        gallery::{Entry, web_address},
        image_draft::ImageDraft,
        image_format::{container_for, guess_format},
        import::causes::packing_of,
    },
    i18n::{t, word},
    openstack::{
        error::ApiError,
        glance::{CreateImage, image::DiskFormat},
        ids::ImageId,
    },
    pages::image_new::{
        prefill::{Prefill, told_by_name},
        source::Source,
    },
    state::imports::WebImport,
    ui::field::{TextField, TextKind},
};

/// The address, and what goes with it.
#[derive(Clone, Copy)]
pub struct UrlSource {
    /// As typed.
    pub url: RwSignal<String>,
    /// The entry of the gallery that was chosen.
    pub chosen: RwSignal<Option<Entry>>,
    /// The store that the bytes go to; empty is the cloud's default.
    pub store: RwSignal<String>,
    source: RwSignal<Source>,
    prefill: Prefill,
    /// The record's id, the same for every try: a lost answer leaves no second record.
    id: RwSignal<ImageId>,
    shows_problems: RwSignal<bool>,
    /// The address that the cloud refused, with its words.
    refused: RwSignal<Option<(String, String)>>,
}

impl UrlSource {
    /// Nothing yet.
    pub fn new(source: RwSignal<Source>, prefill: Prefill) -> Self {
        Self {
            url: RwSignal::default(),
            chosen: RwSignal::default(),
            store: RwSignal::default(),
            source,
            prefill,
            id: RwSignal::new(new_image_id()),
            shows_problems: RwSignal::new(false),
            refused: RwSignal::default(),
        }
    }

    /// Fills the form from an entry of the gallery.
    pub fn choose(self, entry: Entry) {
        let form = self.prefill.form;
        // What its image is the entry knows, whatever was typed for another.
        for field in [
            form.name,
            form.disk_format,
            form.container_format,
            form.architecture,
            form.min_disk,
            form.min_ram,
        ] {
            field.set(String::new());
        }
        self.url.set(entry.url.clone());
        self.chosen.set(Some(entry));
        self.fill();
    }

    /// Fills in what the entry of the gallery says, or else what the address tells, unless something was typed there.
    pub fn fill(self) {
        let (url, source) = (self.url.get_untracked(), self.source.get_untracked());
        self.prefill.fill(match self.chosen.get_untracked() {
            Some(entry) if entry.url == url => told_by_entry(entry),
            // A mirror of its own: the same image at another address.
            Some(entry) if source == Source::ReadyMade => told_by_name(&url, told_by_entry(entry)),
            _ => told_by_name(&url, ImageDraft::default()),
        });
    }

    /// Shows what is missing from now on.
    pub fn show_all_problems(self) {
        self.shows_problems.set(true);
    }

    /// Marks the address as refused by the cloud.
    pub fn refuse(self, error: &ApiError) {
        let words = error.fault().map(|fault| fault.message.clone()).unwrap_or_default();
        self.refused.set(Some((self.url.get_untracked(), words)));
    }

    /// Takes another id for the next try.
    pub fn renew_id(self) {
        // The page may be gone by now.
        self.id.try_set(new_image_id());
    }

    /// The record's body and what is to be fetched; `None` while something is wrong. Tracked.
    pub fn body(self, draft: &ImageDraft) -> Option<(CreateImage, WebImport)> {
        let uri = web_address(&self.url.read())?.to_owned();
        let body = draft.to_create(self.id.get()).ok()?;
        // The published checksum is that of the entry's own address, not of one that was typed over it.
        let is_its_own = |entry: &Entry| self.source.get() == Source::ReadyMade && entry.url == uri;
        let entry = self.chosen.get().filter(is_its_own);
        let expected = entry.and_then(|entry| entry.checksum);
        let store = Some(self.store.get()).filter(|store| !store.is_empty());
        Some((body, WebImport { uri, store, expected }))
    }

    /// What to say about the format; tracked.
    pub fn format_hint(self) -> Option<String> {
        let url = self.url.read();
        let is_from_gallery = self.chosen.read().as_ref().is_some_and(|entry| entry.url == *url);
        if is_from_gallery || web_address(&url).is_none() {
            return None;
        }
        match guess_format(&url) {
            None => Some(t().create.guessed_nothing.to_owned()),
            Some(guess) if guess.is_sure => None,
            Some(guess) => {
                let is_guess = DiskFormat::from(self.prefill.form.disk_format.get()) == guess.disk;
                is_guess.then(|| t().create.guessed_unsure.to_owned())
            }
        }
    }

    fn problem(self) -> Option<String> {
        let url = self.url.read();
        let words = &t().imports;
        match &*self.refused.read() {
            Some((address, said)) if *address == *url => return Some((words.url_refused)(said)),
            _ => {}
        }
        (self.shows_problems.get() && web_address(&url).is_none()).then(|| words.url_bad.to_owned())
    }
}

fn told_by_entry(entry: Entry) -> ImageDraft {
    ImageDraft {
        name: entry.title(),
        container_format: Some(container_for(&entry.format)),
        disk_format: Some(entry.format),
        architecture: entry.architecture,
        min_disk: entry.min_disk.to_string(),
        min_ram: entry.min_ram.to_string(),
        description: entry.description,
        kernel: entry.kernel,
        ramdisk: entry.ramdisk,
        properties: entry.properties,
        ..ImageDraft::default()
    }
}

/// The field.
#[component]
pub fn UrlField(
    /// The address.
    url: UrlSource,
) -> impl IntoView {
    let problem = Memo::new(move |_| url.problem());
    let hint = Signal::derive(move || {
        let packing = packing_of(&url.url.read());
        Some(
            packing
                .map_or_else(|| t().imports.url_hint.to_owned(), |ending| (t().imports.url_packed)(ending)),
        )
    });
    Effect::new(move |_| {
        url.url.track();
        url.fill();
    });
    let leave = move |()| {
        // An empty field is not reproached for being left.
        if !url.url.read_untracked().is_empty() {
            url.show_all_problems();
        }
    };
    view! {
        <TextField
            label=word(|it| it.imports.url)
            value=url.url
            kind=TextKind::Text
            required=true
            hint=hint
            problem=problem
            on_leave=leave
        />
    }
}
