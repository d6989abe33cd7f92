//! The upload manager. It lives above the router: an upload goes on whatever page is open, and when the project is switched.
//! What happens to an upload is decided in `domain::upload`; `effects` performs it.

mod doubts;
pub(super) mod effects;
mod journal;
mod leftovers;
pub(super) mod origin;
pub(super) mod record;

use std::{collections::BTreeMap, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use sextant_inspector::report::Report;
use wasm_bindgen::JsValue;
use web_sys::File;

use crate::{
    client::{
        browser::{Listener, new_image_id, now_seconds},
        upload::Upload as Sending,
        web_lock::{self, WebLock},
        worker::Worker,
    },
    domain::{
        image_list::index::Moment,
        session::SessionState,
        upload::{
            Event, Failure, Phase, Upload,
            journal::{JournalEntry, lock_name},
            queue::{Queue, Steps, UploadId},
            verification::Doubt,
        },
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{
            CreateImage,
            image::{DiskFormat, Image},
        },
        ids::{ImageId, UserId},
        keystone::Project,
    },
    state::{
        images::{Images, use_images},
        session::{Session, use_session},
        toasts::use_toasts,
        uploads::{origin::Origin, record::make_record},
    },
};

pub use crate::state::uploads::{
    leftovers::{Leftover, Settled},
    record::NotCreated,
};

/// What an upload has that is no data: the file, its token, the request under way, the lock.
struct Handles {
    file: File,
    origin: Rc<Origin>,
    sending: Option<Sending>,
    hashing: Option<Hashing>,
    lock: Option<WebLock>,
}

/// The worker that reads the file, until this is dropped.
struct Hashing(Rc<Worker>);

impl Drop for Hashing {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// The upload service.
#[derive(Clone, Copy)]
pub struct Uploads {
    session: Session,
    images: Images,
    queue: RwSignal<Queue>,
    handles: StoredValue<BTreeMap<UploadId, Handles>, LocalStorage>,
    leftovers: RwSignal<Vec<Leftover>>,
    /// Files that were dropped on the app, for the create page to take.
    dropped: RwSignal<Vec<File>, LocalStorage>,
    /// Files are being dragged over the app.
    is_dragging: RwSignal<bool>,
}

impl Uploads {
    /// Makes the service; needs those of the session and of the images.
    pub fn provide() -> Self {
        let uploads = Self {
            session: use_session(),
            images: use_images(),
            queue: RwSignal::new(Queue::default()),
            handles: StoredValue::new_local(BTreeMap::new()),
            leftovers: RwSignal::new(Vec::new()),
            dropped: RwSignal::new_local(Vec::new()),
            is_dragging: RwSignal::new(false),
        };
        provide_context(uploads);
        uploads.ask_before_leaving();
        uploads.forget_with_the_person();
        uploads
    }

    /// Lets it work by itself: after a new sign-in, and with what was cut off. Called by what comes with its code, once.
    pub fn wake(self) {
        self.go_on_after_sign_in();
        self.look_for_leftovers();
    }

    /// Whose uploads these are: the cloud and the user; tracked.
    pub fn person(self) -> Option<(String, UserId)> {
        self.session.grant().map(|grant| (grant.cloud, grant.token.user.id))
    }

    /// How many uploads are under way; tracked.
    pub fn running(self) -> usize {
        self.queue.read().running()
    }

    /// All uploads, in the order of their adding; tracked.
    pub fn ids(self) -> Vec<UploadId> {
        self.queue.read().iter().map(|(id, _)| id).collect()
    }

    /// One upload; tracked.
    pub fn get(self, id: UploadId) -> Option<Upload> {
        self.queue.read().get(id).cloned()
    }

    /// The share of an image's file that was sent, 0 to 1, while it is being sent; tracked.
    pub fn share_of(self, image: &ImageId) -> Option<f64> {
        let queue = self.queue.read();
        let (_, upload) = queue.iter().find(|(_, upload)| upload.image == *image)?;
        (upload.phase == Phase::Sending).then(|| upload.meter.share(upload.size))
    }

    /// Why an image may not be the file that was sent to it, also after a reload; tracked.
    pub fn doubt_of(self, image: &ImageId) -> Option<Doubt> {
        self.queue.track();
        doubts::of(image)
    }

    /// Takes an image as it is.
    pub fn trust(self, image: &ImageId) {
        doubts::forget(image);
        self.queue.update(|_| {});
    }

    /// The project of an upload, where it is not the present one; tracked.
    pub fn other_project(self, id: UploadId) -> Option<Project> {
        let origin = self.origin(id)?;
        (!origin.is_current()).then(|| origin.project.clone())
    }

    /// Makes the record, and puts the file into the queue, to be sent to this store (`None` is the cloud's default). The form
    /// stays until this answers.
    ///
    /// # Errors
    /// As Glance says; there is then no record, or one that the journal remembers and the next try sets right.
    pub async fn create(
        self,
        body: CreateImage,
        file: File,
        report: Option<Report>,
        store: Option<String>,
    ) -> Result<(), NotCreated> {
        let origin = Origin::current(self.session).ok_or(ApiError::Aborted)?;
        let image = body.id.clone().unwrap_or_default();
        // Before the record is asked for: should the answer be lost with the tab, the journal still knows of it.
        let lock = self.remember(&origin, &image, &file, store.clone());
        let record = make_record(&origin, &body).await;
        if record.as_ref().is_err_and(|not| !not.may_be_left()) {
            journal::forget(&image);
        }
        let record = record?;
        if untrack(|| self.person()) != Some((origin.cloud.clone(), origin.user.clone())) {
            // Signed out meanwhile: the journal offers it at the next visit.
            return Err(ApiError::Aborted.into());
        }
        self.show(&origin, &record);
        let mut upload = Upload::new(file.name(), size_of(&file), body, true);
        (upload.report, upload.store) = (report, store);
        self.enqueue(upload, file, Rc::new(origin), lock);
        Ok(())
    }

    /// Stops an upload and deletes its record.
    pub fn cancel(self, id: UploadId) {
        self.apply(id, Event::Cancel);
    }

    /// Tries a failed upload again, on the same record.
    pub fn retry(self, id: UploadId) {
        self.apply(id, Event::Retry { fresh: new_image_id() });
    }

    /// Takes an upload that has ended off the tray.
    pub fn dismiss(self, id: UploadId) {
        if self.queue.try_update(|queue| queue.dismiss(id)).flatten().is_some() {
            self.handles.update_value(|handles| {
                handles.remove(&id);
            });
        }
    }

    /// An image is deleted: nothing is to be said of its upload any more.
    pub fn let_go(self, image: &ImageId) {
        doubts::forget(image);
        let queue = self.queue.get_untracked();
        queue.iter().filter(|(_, upload)| upload.image == *image).for_each(|(id, _)| self.dismiss(id));
    }

    /// Sends the file again under another format, after the cloud found that it is not the one that was declared.
    pub fn set_format_and_retry(self, id: UploadId, format: &DiskFormat) {
        self.queue.update(|queue| {
            if let Some(upload) = queue.get_mut(id) {
                upload.set_format(format.clone());
            }
        });
        self.retry(id);
    }

    /// Cancels every upload that is under way, and deletes its record.
    pub fn cancel_all(self) {
        let running: Vec<UploadId> = {
            let queue = self.queue.read_untracked();
            queue.iter().filter(|(_, upload)| upload.is_running()).map(|(id, _)| id).collect()
        };
        for id in running {
            self.cancel(id);
        }
    }

    /// Waits until nothing is under way any more, but no longer than `patience_ms`: what is not deleted by then is in the journal.
    pub async fn until_idle(self, patience_ms: u32) {
        const STEP_MS: u32 = 100;
        for _ in 0..patience_ms / STEP_MS {
            if self.queue.read_untracked().running() == 0 {
                return;
            }
            TimeoutFuture::new(STEP_MS).await;
        }
    }

    /// Files that were dropped on the app, for the create page to take; tracked.
    pub fn dropped(self) -> RwSignal<Vec<File>, LocalStorage> {
        self.dropped
    }

    /// Whether files are being dragged over a page that takes them; tracked.
    pub fn is_dragging(self) -> RwSignal<bool> {
        self.is_dragging
    }

    /// Lets the machine take in an event, and does what it asks for.
    fn apply(self, id: UploadId, event: Event) {
        let steps = self.queue.try_update(|queue| {
            let steps = queue.apply(id, event);
            // Written before anybody hears of the change.
            if let Some((image, doubt)) =
                queue.get(id).and_then(|upload| Some((&upload.image, upload.doubt()?)))
            {
                doubts::note(image, doubt);
            }
            steps
        });
        self.perform_all(steps.unwrap_or_default());
    }

    fn perform_all(self, steps: Steps) {
        for (id, effect) in steps {
            self.perform(id, effect);
        }
    }

    fn enqueue(
        self,
        upload: Upload,
        file: File,
        origin: Rc<Origin>,
        lock: Option<WebLock>,
    ) -> Option<UploadId> {
        let (id, steps) = self.queue.try_update(|queue| queue.add(upload))?;
        let handles = Handles { file, origin, sending: None, hashing: None, lock };
        self.handles.update_value(|all| {
            all.insert(id, handles);
        });
        self.perform_all(steps);
        Some(id)
    }

    fn remember(
        self,
        origin: &Origin,
        image: &ImageId,
        file: &File,
        store: Option<String>,
    ) -> Option<WebLock> {
        journal::remember(JournalEntry {
            image: image.clone(),
            cloud: origin.cloud.clone(),
            project: origin.project.id.clone(),
            user: origin.user.clone(),
            file_name: file.name(),
            size: size_of(file),
            began: now_seconds(),
            store,
        });
        web_lock::hold(&lock_name(image))
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

    fn origin(self, id: UploadId) -> Option<Rc<Origin>> {
        self.handles.with_value(|handles| handles.get(&id).map(|handles| handles.origin.clone()))
    }

    /// While anything is under way, the browser asks before the tab is closed or reloaded.
    fn ask_before_leaving(self) {
        let guard = StoredValue::new_local(None::<Listener>);
        let is_running = Memo::new(move |_| self.running() > 0);
        Effect::new(move |_| {
            let listener = is_running.get().then(|| {
                Listener::new(&window(), "beforeunload", |event| {
                    event.prevent_default();
                    // Older browsers ask for this instead. It can't fail on an event.
                    let _ = js_sys::Reflect::set(&event, &"returnValue".into(), &JsValue::from_str("?"));
                })
            });
            guard.set_value(listener);
        });
    }

    /// Sends again by itself what failed only because the token had ended.
    fn go_on_after_sign_in(self) {
        let is_expired = Memo::new(move |_| matches!(*self.session.state().read(), SessionState::Expired(_)));
        Effect::new(move |before: Option<bool>| {
            let now = is_expired.get();
            if before == Some(true) && !now {
                for id in self.refused_for_the_token() {
                    self.retry(id);
                }
            }
            now
        });
    }

    /// At sign-out nothing stays that would show one person's work to the next, nor a token. What was cut off is in the journal.
    fn forget_with_the_person(self) {
        let toasts = use_toasts();
        let person = Memo::new(move |_| self.person());
        Effect::new(move |before: Option<Option<(String, UserId)>>| {
            let now = person.get();
            if before.flatten().is_some_and(|before| now.as_ref() != Some(&before)) {
                self.forget_all();
                toasts.clear();
            }
            now
        });
    }

    fn forget_all(self) {
        // Taken out first: an aborted request answers at once, and then meets no upload any more.
        let handles = self.handles.try_update_value(std::mem::take).unwrap_or_default();
        self.queue.update(Queue::clear);
        self.leftovers.set(Vec::new());
        for sending in handles.values().filter_map(|handles| handles.sending.as_ref()) {
            sending.abort();
        }
    }

    fn refused_for_the_token(self) -> Vec<UploadId> {
        let queue = self.queue.read_untracked();
        let refused = queue.iter().filter(|(id, upload)| {
            is_refused_token(upload) && self.origin(*id).is_some_and(|origin| untrack(|| origin.is_current()))
        });
        refused.map(|(id, _)| id).collect()
    }
}

/// Whether an upload failed because its token was not accepted.
pub fn is_refused_token(upload: &Upload) -> bool {
    let Phase::Failed(Failure::Send(error) | Failure::Unknown(error) | Failure::Record(error)) =
        &upload.phase
    else {
        return false;
    };
    error.kind() == Some(FaultKind::Unauthorized)
}

/// The upload service.
pub fn use_uploads() -> Uploads {
    expect_context()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bytes below 2^53")]
fn size_of(file: &File) -> u64 {
    file.size() as u64
}

/// Runs work that outlives the page it was begun on.
fn in_background(work: impl Future<Output = ()> + 'static) {
    spawn_local(work);
}
