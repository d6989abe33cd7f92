//! The imports that the cloud is doing for this person. They live above the router, and are followed again after a reload: the
//! cloud goes on without us. What happens to one is decided in `domain::import`; this performs it.

pub(super) mod effects;
mod journal;

use std::{collections::BTreeMap, rc::Rc};

use leptos::prelude::*;

use crate::{
    domain::{
        image_list::index::Moment,
        import::{Event, Import, Phase, checksum::Checksum, journal::JournalEntry, may_run},
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{
            CreateImage,
            image::{DiskFormat, Image},
            import::{self, Source},
        },
        ids::{ImageId, UserId},
        keystone::Project,
    },
    state::{
        images::{Images, use_images},
        session::{Session, use_session},
        uploads::{
            effects::delete_record,
            origin::Origin,
            record::{Left, NotCreated, make_record},
        },
    },
};

/// Which import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImportId(u32);

/// What is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebImport {
    /// From where.
    pub uri: String,
    /// Into which store; `None` is the cloud's default.
    pub store: Option<String>,
    /// What the bytes should be.
    pub expected: Option<Checksum>,
}

/// The import service.
#[derive(Clone, Copy)]
pub struct Imports {
    session: Session,
    images: Images,
    jobs: RwSignal<BTreeMap<ImportId, Import>>,
    origins: StoredValue<BTreeMap<ImportId, Rc<Origin>>, LocalStorage>,
    next: StoredValue<u32>,
    /// Images whose records are being made: the journal knows of them before the cloud does.
    beginning: StoredValue<Vec<ImageId>>,
}

impl Imports {
    /// Makes the service; needs those of the session and of the images.
    pub fn provide() -> Self {
        let imports = Self {
            session: use_session(),
            images: use_images(),
            jobs: RwSignal::new(BTreeMap::new()),
            origins: StoredValue::new_local(BTreeMap::new()),
            next: StoredValue::new(0),
            beginning: StoredValue::default(),
        };
        provide_context(imports);
        imports.forget_with_the_person();
        imports
    }

    /// Follows what goes on in the cloud, now and in every new session. Called by what comes with its code, once.
    pub fn wake(self) {
        self.follow_again();
    }

    /// All imports, in the order of their adding; tracked.
    pub fn ids(self) -> Vec<ImportId> {
        self.jobs.read().keys().copied().collect()
    }

    /// One import; tracked.
    pub fn get(self, id: ImportId) -> Option<Import> {
        self.jobs.read().get(&id).cloned()
    }

    /// How many go on; tracked.
    pub fn running(self) -> usize {
        self.jobs.read().values().filter(|import| import.is_running()).count()
    }

    /// Whether anything is being fetched or copied for this image, as far as this tab knows; tracked.
    pub fn is_busy_with(self, image: &ImageId) -> bool {
        self.jobs.read().values().any(|import| import.is_running() && import.image == *image)
    }

    /// Whether this image is being copied to a store, as far as this tab has asked for it; tracked.
    pub fn is_copying(self, image: &ImageId, store: &str) -> bool {
        self.jobs.read().values().any(|import| {
            import.is_running()
                && import.source == Source::Copy
                && import.image == *image
                && import.store.as_deref() == Some(store)
        })
    }

    /// The project of an import, where it is not the present one; tracked.
    pub fn other_project(self, id: ImportId) -> Option<Project> {
        let origin = self.origin(id)?;
        (!origin.is_current()).then(|| origin.project.clone())
    }

    /// Makes the record and has the cloud fetch its bytes. The form stays until this answers; after a refused import no record is left, or the
    /// tray shows it.
    ///
    /// # Errors
    /// As Glance says of the record or of the import.
    pub async fn create(self, body: CreateImage, web: WebImport) -> Result<(), NotCreated> {
        let origin = Rc::new(Origin::current(self.session).ok_or(ApiError::Aborted)?);
        let image = body.id.clone().unwrap_or_default();
        let name = body.name.clone().unwrap_or_default();
        let mut job = Import::new(image.clone(), name, Source::Web(web.uri), web.store);
        job.expected = web.expected;
        job.is_protected = body.protected == Some(true);
        let entry = entry_of(&job, &origin);
        // Before the record is asked for: should the answer be lost with the tab, the journal still knows of it.
        journal::remember(entry.clone());
        self.beginning.update_value(|beginning| beginning.push(image.clone()));
        let record = make_record(&origin, &body).await;
        self.beginning.update_value(|beginning| beginning.retain(|other| *other != image));
        if record.as_ref().is_err_and(|not| !not.may_be_left()) {
            journal::forget(&entry);
        }
        self.show(&origin, &record?);
        let answer = origin.ask(&import::import_image(&image, &job.source, job.store.as_deref())).await;
        let refusal = answer.clone().err().filter(|error| !may_run(error));
        if let Some(error) = refusal {
            if delete_record(&origin, &image, job.is_protected).await.is_ok() {
                journal::forget(&entry);
                self.hide(&origin, &image);
            } else {
                // The tray offers the deletion again.
                self.add(job, origin, answer);
            }
            return Err(NotCreated { error, left: Left::SpentId });
        }
        if untrack(|| self.person()) != Some((origin.cloud.clone(), origin.user.clone())) {
            // Signed out meanwhile: the journal finds it at the next visit.
            return Err(ApiError::Aborted.into());
        }
        self.add(job, origin, answer);
        Ok(())
    }

    /// Has the cloud copy an image to another store.
    ///
    /// # Errors
    /// As Glance says.
    pub async fn copy(self, image: &Image, store: &str) -> Result<(), ApiError> {
        let origin = Rc::new(Origin::current(self.session).ok_or(ApiError::Aborted)?);
        let name = image.name.clone().unwrap_or_default();
        let job = Import::new(image.id.clone(), name, Source::Copy, Some(store.to_owned()));
        let answer = origin.send(&import::import_image(&image.id, &Source::Copy, Some(store))).await;
        if let Err(error) = &answer
            && (!may_run(error) || error.kind() == Some(FaultKind::Conflict))
        {
            return Err(error.clone());
        }
        journal::remember(entry_of(&job, &origin));
        self.add(job, origin, answer);
        Ok(())
    }

    /// Ends an import by deleting its record.
    pub fn cancel(self, id: ImportId) {
        self.apply(id, Event::Cancel);
    }

    /// Asks the cloud to try again, with the same record.
    pub fn retry(self, id: ImportId) {
        self.apply(id, Event::Retry);
    }

    /// Declares another format, which the failure may be about, and asks the cloud to try again.
    pub fn set_format_and_retry(self, id: ImportId, format: DiskFormat) {
        self.apply(id, Event::SetFormat(format));
    }

    /// Takes up a failed import that is not on the tray, or no more, and asks the cloud to try again, with another format where one is
    /// given. One that is on the tray is tried again there.
    pub fn adopt(self, import: Import, format: Option<DiskFormat>) {
        let Some(origin) = Origin::current(self.session).map(Rc::new) else { return };
        let entry = entry_of(&import, &origin);
        let known = self.jobs.read_untracked().iter().find_map(|(id, other)| {
            let origin = self.origin(*id)?;
            entry_of(other, &origin).is_same(&entry).then_some(*id)
        });
        let id = known.unwrap_or_else(|| {
            journal::remember(entry);
            self.insert(import, origin)
        });
        self.apply(id, format.map_or(Event::Retry, Event::SetFormat));
    }

    /// Takes an import that has ended off the tray, and does not come back to it.
    pub fn dismiss(self, id: ImportId) {
        if !self.jobs.read_untracked().get(&id).is_some_and(Import::can_dismiss) {
            return;
        }
        self.forget(id);
        self.jobs.update(|jobs| {
            jobs.remove(&id);
        });
        self.origins.update_value(|origins| {
            origins.remove(&id);
        });
    }

    /// Adds an import and lets it go on from the answer to its beginning; not one that is followed already: the journal, which
    /// is read when the tray comes, may have told of it while the cloud was asked.
    fn add(self, import: Import, origin: Rc<Origin>, answer: Result<(), ApiError>) {
        if self.is_known(&entry_of(&import, &origin), Import::is_running) {
            return;
        }
        let id = self.insert(import, origin);
        self.apply(id, Event::Started(answer));
    }

    fn insert(self, import: Import, origin: Rc<Origin>) -> ImportId {
        let id = ImportId(self.next.get_value());
        self.next.set_value(id.0 + 1);
        self.origins.update_value(|origins| {
            origins.insert(id, origin);
        });
        self.jobs.update(|jobs| {
            jobs.insert(id, import);
        });
        id
    }

    /// Lets the machine take in an event, and does what it asks for.
    fn apply(self, id: ImportId, event: Event) {
        let effects = self
            .jobs
            .try_update(|jobs| jobs.get_mut(&id).map(|import| import.apply(event)))
            .flatten()
            .unwrap_or_default();
        effects.into_iter().for_each(|effect| self.perform(id, effect));
        let is_cancelled =
            self.jobs.read_untracked().get(&id).is_some_and(|import| import.phase == Phase::Cancelled);
        if is_cancelled {
            self.dismiss(id);
        }
    }

    fn person(self) -> Option<(String, UserId)> {
        self.session.grant().map(|grant| (grant.cloud, grant.token.user.id))
    }

    fn origin(self, id: ImportId) -> Option<Rc<Origin>> {
        self.origins.with_value(|origins| origins.get(&id).cloned())
    }

    /// Lets the list know of an image, where it shows this project's.
    fn show(self, origin: &Origin, image: &Image) {
        if untrack(|| origin.is_current()) {
            self.images.upsert(image.clone());
        }
    }

    /// As `show`, for an image that was asked for at `asked`.
    fn hear(self, origin: &Origin, image: &Image, asked: Moment) {
        if untrack(|| origin.is_current()) {
            self.images.heard(image.clone(), asked);
        }
    }

    fn hide(self, origin: &Origin, image: &ImageId) {
        if untrack(|| origin.is_current()) {
            self.images.remove(image);
        }
    }

    fn forget(self, id: ImportId) {
        if let (Some(import), Some(origin)) = (self.get_untracked(id), self.origin(id)) {
            journal::forget(&entry_of(&import, &origin));
        }
    }

    fn get_untracked(self, id: ImportId) -> Option<Import> {
        self.jobs.read_untracked().get(&id).cloned()
    }

    /// At sign-out nothing stays that would show one person's work to the next, nor a token. The journal keeps what goes on.
    fn forget_with_the_person(self) {
        let person = Memo::new(move |_| self.person());
        Effect::new(move |before: Option<Option<(String, UserId)>>| {
            let now = person.get();
            if before.flatten().is_some_and(|before| now.as_ref() != Some(&before)) {
                self.jobs.update(BTreeMap::clear);
                self.origins.update_value(BTreeMap::clear);
            }
            now
        });
    }

    fn is_known(self, entry: &JournalEntry, wanted: fn(&Import) -> bool) -> bool {
        self.jobs.read_untracked().iter().any(|(id, import)| {
            wanted(import) && self.origin(*id).is_some_and(|origin| entry_of(import, &origin).is_same(entry))
        })
    }

    /// In every new session, and in another project: what the journal knows to be under way there.
    fn follow_again(self) {
        Effect::new(move |_| {
            self.session.generation();
            let Some(origin) = Origin::current(self.session).map(Rc::new) else { return };
            for entry in journal::entries() {
                let is_beginning = self.beginning.with_value(|beginning| beginning.contains(&entry.image));
                if !is_beginning
                    && !self.is_known(&entry, |_| true)
                    && entry.is_of(&origin.cloud, &origin.project.id, &origin.user)
                {
                    self.add(entry.import(), origin.clone(), Ok(()));
                }
            }
        });
    }
}

/// What the journal says of an import.
fn entry_of(import: &Import, origin: &Origin) -> JournalEntry {
    let uri = match &import.source {
        Source::Web(uri) => Some(uri.clone()),
        Source::Staged | Source::Copy => None,
    };
    JournalEntry {
        image: import.image.clone(),
        cloud: origin.cloud.clone(),
        project: origin.project.id.clone(),
        user: origin.user.clone(),
        name: import.name.clone(),
        uri,
        store: import.store.clone(),
        expected: import.expected.clone(),
        is_protected: import.is_protected,
    }
}

/// The import service.
pub fn use_imports() -> Imports {
    expect_context()
}
