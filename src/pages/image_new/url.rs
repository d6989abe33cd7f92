//! "Image URL": an address that the cloud fetches, typed or taken from the gallery.

use leptos::prelude::*;

use crate::{
    client::browser::new_image_id,
    components::image_form::ImageForm,
    domain::{
        gallery::{Entry, web_address},
        image_draft::ImageDraft,
        image_format::{container_for, guess_architecture, guess_format, name_of_file},
        import::causes::packing_of,
    },
    i18n::{t, word},
    openstack::{
        error::ApiError,
        glance::{CreateImage, image::DiskFormat},
        ids::ImageId,
    },
    pages::image_new::source::Source,
    state::imports::WebImport,
    ui::field::{TextField, TextKind},
};

/// What was filled in by us, and may be filled in anew with the next address. What was typed stays.
type Prefilled = [String; 3];
/// A field of the form for a property that an entry of the gallery may bring.
type OwnField = (RwSignal<String>, fn(&Entry) -> &String);

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
    form: ImageForm,
    /// The record's id, the same for every try: a lost answer leaves no second record.
    id: RwSignal<ImageId>,
    shows_problems: RwSignal<bool>,
    /// The address that the cloud refused, with its words.
    refused: RwSignal<Option<(String, String)>>,
    prefilled: StoredValue<Prefilled>,
}

impl UrlSource {
    /// Nothing yet.
    pub fn new(source: RwSignal<Source>, form: ImageForm) -> Self {
        Self {
            url: RwSignal::default(),
            chosen: RwSignal::default(),
            store: RwSignal::default(),
            source,
            form,
            id: RwSignal::new(new_image_id()),
            shows_problems: RwSignal::new(false),
            refused: RwSignal::default(),
            prefilled: StoredValue::default(),
        }
    }

    /// Fills the form from an entry of the gallery.
    pub fn choose(self, entry: Entry) {
        let form = self.form;
        form.name.set(entry.title());
        form.disk_format.set(entry.format.as_str().to_owned());
        form.container_format.set(container_for(&entry.format).as_str().to_owned());
        form.architecture.set(entry.architecture.clone());
        form.min_disk.set(entry.min_disk.to_string());
        form.min_ram.set(entry.min_ram.to_string());
        // What another entry had brought goes with it; what was typed stays.
        let before = self.chosen.get_untracked();
        let own: [OwnField; 3] = [
            (form.description, |it| &it.description),
            (form.kernel, |it| &it.kernel),
            (form.ramdisk, |it| &it.ramdisk),
        ];
        for (field, of) in own {
            let brought = before.as_ref().map(of);
            if field.with_untracked(|text| text.trim().is_empty() || Some(text) == brought) {
                field.set(of(&entry).clone());
            }
        }
        let mut properties = untrack(|| form.metadata.properties());
        properties
            .retain(|key, value| before.as_ref().and_then(|it| it.properties.get(key)) != Some(&*value));
        properties.extend(entry.properties.clone());
        form.metadata.fill(&properties);
        self.prefilled.set_value([
            entry.title(),
            entry.format.as_str().to_owned(),
            entry.architecture.clone(),
        ]);
        self.url.set(entry.url.clone());
        self.chosen.set(Some(entry));
    }

    /// Fills in what the address tells, unless something was typed there.
    fn prefill(self) {
        let url = self.url.get_untracked();
        if self.chosen.read_untracked().as_ref().is_some_and(|entry| entry.url == url) {
            return;
        }
        let guess = guess_format(&url);
        let now = [
            name_of_file(&url),
            guess.as_ref().map(|guess| guess.disk.as_str().to_owned()).unwrap_or_default(),
            guess_architecture(&url).unwrap_or_default().to_owned(),
        ];
        let last = self.prefilled.get_value();
        let form = self.form;
        for (field, (now, last)) in
            [form.name, form.disk_format, form.architecture].into_iter().zip(now.iter().zip(&last))
        {
            let may_fill = field.with_untracked(|text| text.trim().is_empty() || text == last);
            if may_fill {
                field.set(now.clone());
            }
        }
        if let Some(guess) = guess.filter(|guess| *form.disk_format.read_untracked() == guess.disk.as_str()) {
            form.container_format.set(guess.container.as_str().to_owned());
        } else if form.disk_format.read_untracked().is_empty() {
            // The one of the address before: an OVA's would stay.
            form.container_format.set(String::new());
        }
        self.prefilled.set_value(now);
    }

    /// Shows what is missing from now on.
    pub fn show_all_problems(self) {
        self.shows_problems.set(true);
    }

    /// Marks the address as refused by the cloud.
    pub fn refuse(self, error: &ApiError) {
        let words = error.fault().map(|fault| fault.message.clone()).unwrap_or_default();
        self.refused.set(Some((self.url.get_untracked(), words)));
        self.renew_id_after(error);
    }

    /// Takes another id for the next try: the record of this one was deleted, and Glance remembers it. Not after a lost answer,
    /// where the record may be there.
    pub fn renew_id_after(self, error: &ApiError) {
        if error.fault().is_some() {
            self.id.set(new_image_id());
        }
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
                let is_guess = DiskFormat::from(self.form.disk_format.get()) == guess.disk;
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
        url.prefill();
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
