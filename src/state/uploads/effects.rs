//! What the machine asks for, done: requests, the journal, the lock.

use std::{cell::Cell, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use crate::{
    client::{
        browser::{core_count, now_ms, until_visible},
        upload,
        worker::{Worker, WorkerFailure},
    },
    domain::{
        import as import_machine,
        upload::{
            Effect, Event, Look, Phase, Upload, queue::UploadId, replacement::Record, verification::NoHash,
        },
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{
            self, CreateImage, ListImages,
            image::{ImageStatus, Visibility},
            import,
            member::{create_member, list_members},
            patch::Patch,
        },
        ids::{ImageId, ProjectId},
        secret::Secret,
    },
    state::{
        imports::effects::look_at,
        uploads::{
            Hashing, Uploads, doubts, in_background, is_refused_token, journal, origin::Origin, size_of,
        },
    },
};

/// A record that was just being written to may refuse its deletion for a moment: tried so often.
const DELETE_TRIES: u32 = 3;
/// So many images with the same bytes are named.
const MOST_TWINS: u32 = 4;
/// Progress is told so often at most: browsers tell it twenty times a second, and what draws it takes from what sends.
const TELL_EVERY_MS: u64 = 250;
/// How often it is looked whether the hash may begin.
const HASH_LOOK_MS: u32 = 250;
/// Between two tries.
const DELETE_AGAIN_MS: u32 = 1_000;

impl Uploads {
    /// Does one thing that the machine asked for; the answer comes back to it as an event.
    pub(super) fn perform(self, id: UploadId, effect: Effect) {
        let Some(origin) = self.origin(id) else { return };
        match effect {
            Effect::CreateRecord(body) => in_background(self.create_record(id, origin, body)),
            Effect::Send(image) => in_background(self.send_file(id, origin, glance::file_path(&image))),
            Effect::Stage(image) => in_background(self.send_file(id, origin, import::stage_path(&image))),
            Effect::Import(effect) => in_background(self.import(id, origin, effect)),
            Effect::Abort => {
                let sending = self.handles.try_update_value(|all| all.get_mut(&id)?.sending.take()).flatten();
                if let Some(sending) = sending {
                    sending.abort();
                }
            }
            Effect::Look { image, after_ms } => in_background(self.look(id, origin, image, after_ms)),
            Effect::Reread(image) => in_background(async move {
                let record = reread(&origin, &image).await;
                self.apply(id, Event::Reread(Box::new(record)));
            }),
            Effect::Offer(image, projects) => in_background(async move {
                let refused = offer(&origin, &image, projects).await;
                self.apply(id, Event::Offered(refused));
            }),
            Effect::Delete(image) => in_background(self.delete(id, origin, image)),
            Effect::Remember(image) => {
                let Some(file) = self.file(id) else { return };
                let is_locked =
                    self.handles.with_value(|all| all.get(&id).is_some_and(|it| it.lock.is_some()));
                if !is_locked {
                    let store = self.queue.read_untracked().get(id).and_then(|upload| upload.store.clone());
                    let lock = self.remember(&origin, &image, &file, store);
                    self.handles.update_value(|all| {
                        if let Some(handles) = all.get_mut(&id) {
                            handles.lock = lock;
                        }
                    });
                }
            }
            Effect::Hash => in_background(self.hash(id)),
            Effect::FindTwins(hash) => in_background(self.find_twins(id, origin, hash)),
            Effect::AskUsage => in_background(async move {
                // Without an answer the reason is guessed without it.
                if let Some(usage) = origin.usage().await {
                    self.apply(id, Event::Used(usage));
                }
            }),
            Effect::Forget(image) => {
                journal::forget(&image);
                self.handles.update_value(|all| {
                    if let Some(handles) = all.get_mut(&id) {
                        handles.lock = None;
                    }
                });
            }
        }
    }

    async fn create_record(self, id: UploadId, origin: Rc<Origin>, body: CreateImage) {
        let answer = origin.send(&glance::create_image(&body)).await;
        if let Ok(image) = &answer {
            self.show(&origin, image);
        }
        self.apply(id, Event::Recorded(answer.map(drop)));
    }

    async fn send_file(self, id: UploadId, origin: Rc<Origin>, path: String) {
        let Some(file) = self.file(id) else { return };
        if !self.can_read(id, &file).await {
            return self.apply(id, Event::Sent(Err(ApiError::Offline)));
        }
        // It may have been cancelled meanwhile.
        if self.queue.read_untracked().get(id).is_none_or(|upload| upload.phase != Phase::Sending) {
            return;
        }
        let (base, token) = origin.endpoint();
        let (size, told_at) = (size_of(&file), Cell::new(0));
        let progress = move |sent| {
            let at_ms = clock();
            if sent >= size || at_ms.abs_diff(told_at.get()) >= TELL_EVERY_MS {
                told_at.set(at_ms);
                self.apply(id, Event::Progress { sent, at_ms });
            }
        };
        let done = {
            let (origin, file, token) = (origin.clone(), file.clone(), token.clone());
            move |answer: Result<(), ApiError>| in_background(self.sent(id, origin, file, token, answer))
        };
        match upload::start(&base, &token, &path, &file, progress, done) {
            Ok(sending) => self.handles.update_value(|all| {
                if let Some(handles) = all.get_mut(&id) {
                    handles.sending = Some(sending);
                }
            }),
            Err(error) => self.apply(id, Event::Sent(Err(error))),
        }
    }

    async fn sent(
        self,
        id: UploadId,
        origin: Rc<Origin>,
        file: File,
        token: Secret,
        answer: Result<(), ApiError>,
    ) {
        self.handles.update_value(|all| {
            if let Some(handles) = all.get_mut(&id) {
                handles.sending = None;
            }
        });
        match &answer {
            // A file that was changed or removed ends like a broken line, or is sent to its end as it is then: looked at, to say so.
            Err(ApiError::Offline) | Ok(()) => {
                self.can_read(id, &file).await;
            }
            Err(error) => origin.note(error, &token),
        }
        self.apply(id, Event::Sent(answer));
        // A slow refusal may come when the person has signed in again already.
        let is_refused = self.queue.read_untracked().get(id).is_some_and(is_refused_token);
        if is_refused && origin.is_renewed_since(&token) {
            self.retry(id);
        }
    }

    async fn look(self, id: UploadId, origin: Rc<Origin>, image: ImageId, after_ms: u32) {
        if after_ms > 0 {
            TimeoutFuture::new(after_ms).await;
            // One that only waits for the cloud holds up no other: nothing is asked for a tab that nobody sees.
            let is_answered = Phase::Storing { is_answered: true };
            if self.queue.read_untracked().get(id).is_some_and(|upload| upload.phase == is_answered) {
                until_visible().await;
            }
            if self.queue.read_untracked().get(id).is_none() {
                return;
            }
        }
        let asked = self.images.moment();
        let answer = origin.ask(&glance::get_image(&image)).await;
        match &answer {
            Ok(image) => self.hear(&origin, image, asked),
            Err(error) if error.kind() == Some(FaultKind::NotFound) => self.hide(&origin, &image),
            Err(_) => {}
        }
        self.apply(id, Event::Looked(answer.as_ref().map(Look::from).map_err(Clone::clone)));
    }

    /// What the import of staged bytes needs: its beginning, a look at it, and after a failure the project's limits.
    async fn import(self, id: UploadId, origin: Rc<Origin>, effect: import_machine::Effect) {
        use import_machine::{Effect, Event as News};
        let upload = |wanted: fn(&Upload) -> bool| {
            let queue = self.queue.read_untracked();
            queue.get(id).filter(|upload| wanted(upload)).map(|it| (it.image.clone(), it.store.clone()))
        };
        let news = match effect {
            Effect::Start => {
                let Some((image, store)) = upload(|_| true) else { return };
                let request = import::import_image(&image, &import::Source::Staged, store.as_deref());
                News::Started(origin.ask(&request).await)
            }
            Effect::Look(after_ms) => {
                if after_ms > 0 {
                    TimeoutFuture::new(after_ms).await;
                    until_visible().await;
                }
                let Some((image, _)) = upload(|upload| upload.phase == Phase::Importing) else { return };
                let asked = self.images.moment();
                let answer = look_at(&origin, &image).await;
                match &answer {
                    Ok((image, _)) => self.hear(&origin, image, asked),
                    Err(error) if error.kind() == Some(FaultKind::NotFound) => self.hide(&origin, &image),
                    Err(_) => {}
                }
                News::Looked(Box::new(answer))
            }
            Effect::Probe => match origin.usage().await {
                Some(usage) => News::Probed(usage),
                None => return,
            },
            // The record and the journal are the upload's own.
            Effect::SetFormat | Effect::Delete | Effect::Forget => return,
        };
        self.apply(id, Event::Imported(Box::new(news)));
    }

    /// In a worker of its own, which ends when the upload is taken off the tray.
    async fn hash(self, id: UploadId) {
        let Some(file) = self.file(id) else { return };
        let worker = self.start_worker(id);
        if self.queue.read_untracked().get(id).is_some_and(|upload| upload.report.is_none())
            && let Ok(report) = worker.inspect(&file, self.session.config().checks).await
        {
            // Of a file that was chosen again: should the cloud refuse it, this says why.
            self.apply(id, Event::Inspected(Box::new(report)));
        }
        self.until_hash_is_free(id).await;
        let on_read = move |read| self.apply(id, Event::Hashing(read));
        let mut answer = worker.sha512(&file, on_read).await;
        // The console's own server may have been away when the worker was to be loaded.
        if answer == Err(WorkerFailure::Broken) && self.file(id).is_some() {
            answer = self.start_worker(id).sha512(&file, on_read).await;
        }
        self.set_hashing(id, None);
        self.apply(id, Event::Hashed(answer.map_err(no_hash)));
    }

    fn start_worker(self, id: UploadId) -> Rc<Worker> {
        let worker = Rc::new(Worker::start());
        self.set_hashing(id, Some(Hashing(worker.clone())));
        worker
    }

    /// Waits for as long as the hash would only slow the sending down: the image is usable sooner, and verified no later.
    async fn until_hash_is_free(self, id: UploadId) {
        let cores = core_count();
        let must_wait = move || {
            let queue = self.queue.read_untracked();
            let sending = queue.get(id).filter(|upload| upload.phase == Phase::Sending);
            sending.is_some_and(|upload| upload.meter.would_be_slowed(cores) != Some(false))
        };
        while must_wait() {
            TimeoutFuture::new(HASH_LOOK_MS).await;
        }
    }

    fn set_hashing(self, id: UploadId, hashing: Option<Hashing>) {
        self.handles.update_value(|all| {
            if let Some(handles) = all.get_mut(&id) {
                handles.hashing = hashing;
            }
        });
    }

    async fn find_twins(self, id: UploadId, origin: Rc<Origin>, hash: String) {
        let wanted = ListImages {
            limit: Some(MOST_TWINS),
            os_hash_value: Some(hash),
            // A refused upload keeps its hash while it is queued.
            status: Some(ImageStatus::Active),
            ..ListImages::default()
        };
        // It is a hint: without an answer there is none.
        if let Ok(page) = origin.send(&glance::list_images(&wanted)).await {
            let twins = page.images.into_iter().filter(|image| image.status == ImageStatus::Active);
            let twins = twins.map(|image| (image.id, image.name.unwrap_or_default()));
            self.apply(id, Event::Twins(twins.collect()));
        }
    }

    async fn delete(self, id: UploadId, origin: Rc<Origin>, image: ImageId) {
        let is_protected =
            self.queue.read_untracked().get(id).is_some_and(|upload| upload.body.protected == Some(true));
        let answer = delete_record(&origin, &image, is_protected).await;
        if answer.is_ok() {
            self.hide(&origin, &image);
        }
        self.apply(id, Event::Deleted(answer));
    }

    /// Whether the file's first byte can be read: not when it was changed, moved or removed since it was chosen.
    async fn can_read(self, id: UploadId, file: &File) -> bool {
        let is_readable = match file.slice_with_i32_and_i32(0, 1) {
            Ok(first) => JsFuture::from(first.array_buffer()).await.is_ok(),
            Err(_) => false,
        };
        self.apply(id, Event::Read(is_readable));
        is_readable
    }

    fn hide(self, origin: &Origin, image: &ImageId) {
        doubts::forget(image);
        if untrack(|| origin.is_current()) {
            self.images.remove(image);
        }
    }

    fn file(self, id: UploadId) -> Option<File> {
        self.handles.with_value(|all| all.get(&id).map(|handles| handles.file.clone()))
    }
}

/// Deletes a record; a protection that the same form set is lifted first.
///
/// # Errors
/// As Glance says. A record that is gone already is no error.
pub(in crate::state) async fn delete_record(
    origin: &Origin,
    image: &ImageId,
    is_protected: bool,
) -> Result<(), ApiError> {
    if is_protected {
        let mut patch = Patch::default();
        patch.replace("protected", false);
        match origin.ask(&glance::update_image(image, &patch)).await {
            Err(error) if error.kind() != Some(FaultKind::NotFound) => return Err(error),
            _ => {}
        }
    }
    let mut tries = 0;
    loop {
        tries += 1;
        match origin.ask(&glance::delete_image(image)).await {
            Err(error) if error.kind() == Some(FaultKind::NotFound) => return Ok(()),
            Err(error) if tries < DELETE_TRIES && is_passing(&error) => {
                TimeoutFuture::new(DELETE_AGAIN_MS).await
            }
            other => return other,
        }
    }
}

/// All that a record says, and whom it was offered to.
async fn reread(origin: &Origin, image: &ImageId) -> Result<Record, ApiError> {
    let image = origin.ask(&glance::get_image(image)).await?;
    // Only a shared one has members to list.
    let members = match image.visibility {
        Visibility::Shared => origin.ask(&list_members(&image.id)).await?,
        _ => Vec::new(),
    };
    Ok(Record { image, members: members.into_iter().map(|member| member.member_id).collect() })
}

/// Offers an image to projects; those that it could not be offered to.
async fn offer(origin: &Origin, image: &ImageId, projects: Vec<ProjectId>) -> Vec<ProjectId> {
    let mut refused = Vec::new();
    for project in projects {
        match origin.ask(&create_member(image, &project)).await {
            // It has the offer already: an answer was lost.
            Err(error) if error.kind() == Some(FaultKind::Conflict) => {}
            Err(_) => refused.push(project),
            Ok(_) => {}
        }
    }
    refused
}

/// Whether a refusal may be over in a moment: Glance is still busy with the bytes that were cut off.
fn is_passing(error: &ApiError) -> bool {
    matches!(error, ApiError::Offline)
        || matches!(error.kind(), Some(FaultKind::Conflict | FaultKind::Server | FaultKind::Unavailable))
}

fn no_hash(failure: WorkerFailure) -> NoHash {
    match failure {
        WorkerFailure::Unreadable => NoHash::Unreadable,
        WorkerFailure::Broken => NoHash::NoWorker,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970 are below 2^53"
)]
fn clock() -> u64 {
    now_ms() as u64
}
