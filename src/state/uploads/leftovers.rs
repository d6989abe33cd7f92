//! Uploads that were cut off by a closed tab: found in the journal at the next visit, and offered for clean-up or for a new try.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use web_sys::File;

use crate::{
    client::{browser::now_seconds, web_lock},
    domain::{
        image_draft::ImageDraft,
        upload::{
            Upload,
            journal::{JournalEntry, interrupted, is_leftover, lock_name},
            store::is_being_imported,
        },
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{
            self,
            image::{Image, ImageStatus},
        },
        ids::ImageId,
    },
    state::uploads::{Uploads, effects::delete_record, in_background, journal, origin::Origin, size_of},
};

/// The cloud needs a moment to notice that nobody sends any more: looked again after so long, milliseconds.
const LOOK_AGAIN_MS: [u32; 4] = [0, 3_000, 10_000, 30_000];
/// Where the browser has no locks, another tab may still be at it: only what is older than this is offered, seconds.
const OLD_ENOUGH: i64 = 12 * 3_600;

/// An upload that was cut off, and its record.
#[derive(Clone, Debug, PartialEq)]
pub struct Leftover {
    /// What the journal says.
    pub entry: JournalEntry,
    /// What the cloud has.
    pub image: Image,
}

/// What came of a decision about a leftover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It was done.
    Done,
    /// The file can't be the same.
    OtherFile,
    /// It is no leftover any more: nothing was changed.
    Over,
}

impl Uploads {
    /// What was cut off; tracked.
    pub fn leftovers(self) -> Signal<Vec<Leftover>> {
        self.leftovers.into()
    }

    /// Deletes the empty record. `Over` where there is none any more.
    ///
    /// # Errors
    /// As Glance says.
    pub async fn delete_leftover(self, leftover: &Leftover) -> Result<Settled, ApiError> {
        let origin = Origin::current(self.session).ok_or(ApiError::Aborted)?;
        let Some(image) = self.look_at_leftover(&origin, leftover).await? else { return Ok(Settled::Over) };
        delete_record(&origin, &image.id, image.protected).await?;
        self.images.remove(&image.id);
        self.drop_leftover(&image.id);
        Ok(Settled::Done)
    }

    /// Leaves the record as it is, and does not ask again.
    pub fn keep_leftover(self, image: &ImageId) {
        self.drop_leftover(image);
    }

    /// Sends the file again, to the same record where that can take it. `Over` where there is no such record any more.
    ///
    /// # Errors
    /// As Glance says.
    pub async fn resume_leftover(self, leftover: &Leftover, file: File) -> Result<Settled, ApiError> {
        let entry = &leftover.entry;
        if file.name() != entry.file_name || size_of(&file) != entry.size {
            return Ok(Settled::OtherFile);
        }
        let origin = Origin::current(self.session).ok_or(ApiError::Aborted)?;
        let Some(image) = self.look_at_leftover(&origin, leftover).await? else { return Ok(Settled::Over) };
        let body = ImageDraft::of(&image).body(image.id.clone());
        self.leftovers.update(|all| all.retain(|other| other.entry.image != entry.image));
        let lock = web_lock::hold(&lock_name(&entry.image));
        let mut upload = Upload::new(file.name(), size_of(&file), body, true);
        // What was staged, or a part of it, is in the way of another try; a record that is still "saving" takes no bytes.
        let is_stuck = entry.store.is_some() || image.status == ImageStatus::Saving;
        if is_stuck {
            upload.store.clone_from(&entry.store);
            upload = upload.stuck(image.status);
        }
        if let Some(id) = self.enqueue(upload, file, Rc::new(origin), lock).filter(|_| is_stuck) {
            self.retry(id);
        }
        Ok(Settled::Done)
    }

    /// What was found at sign-in may be hours old: the record as it is now, where it still is a leftover. Else it is no more
    /// offered.
    async fn look_at_leftover(self, origin: &Origin, leftover: &Leftover) -> Result<Option<Image>, ApiError> {
        let id = &leftover.entry.image;
        let asked = self.images.moment();
        let found = match origin.ask(&glance::get_image(id)).await {
            Err(error) if error.kind() == Some(FaultKind::NotFound) => {
                self.images.remove(id);
                journal::forget(id);
                None
            }
            answer => Some(answer?),
        };
        // Asked last: nothing lies between this and what is done.
        let held = web_lock::held().await.unwrap_or_default();
        let left = found.clone().filter(|image| is_leftover(image, &held) && !is_being_imported(image));
        if left.is_none() {
            // The journal is the other tab's where one is at work.
            if found.as_ref().is_some_and(|image| is_leftover(image, &[])) {
                self.leftovers.update(|all| all.retain(|other| other.entry.image != *id));
            } else {
                self.drop_leftover(id);
            }
            if let Some(image) = found {
                self.hear(origin, &image, asked);
            }
        }
        Ok(left)
    }

    /// Looks at every new session, and in another project.
    pub(super) fn look_for_leftovers(self) {
        Effect::new(move |_| {
            let generation = self.session.generation();
            self.leftovers.set(Vec::new());
            if let Some(origin) = Origin::current(self.session) {
                in_background(self.gather(origin, generation));
            }
        });
    }

    /// Ends as soon as the session is another: back in this project, a new search is under way already.
    async fn gather(self, origin: Origin, generation: u32) {
        let is_same_session = move || untrack(|| self.session.generation()) == generation;
        let all = journal::entries();
        let held = web_lock::held().await;
        let mut found: Vec<JournalEntry> = interrupted(
            &all,
            held.as_deref().unwrap_or_default(),
            &origin.cloud,
            &origin.project.id,
            &origin.user,
        )
        .into_iter()
        .cloned()
        .collect();
        if held.is_none() {
            found.retain(|entry| now_seconds() - entry.began > OLD_ENOUGH);
        }
        for (look, wait) in LOOK_AGAIN_MS.into_iter().enumerate() {
            if found.is_empty() {
                return;
            }
            let is_last = look + 1 == LOOK_AGAIN_MS.len();
            TimeoutFuture::new(wait).await;
            if !is_same_session() {
                return;
            }
            let mut unsure = Vec::new();
            for entry in found {
                let is_at_work =
                    self.queue.read_untracked().iter().any(|(_, upload)| upload.image == entry.image);
                if is_at_work {
                    continue;
                }
                let answer = origin.ask(&glance::get_image(&entry.image)).await;
                if !is_same_session() {
                    return;
                }
                match answer {
                    // The cloud goes on without us; should it fail, the record is offered the next time.
                    Ok(image) if is_being_imported(&image) => unsure.push(entry),
                    Ok(image) if image.status == ImageStatus::Saving && !is_last => unsure.push(entry),
                    // Still "saving": a cloud that was restarted meanwhile leaves it so for ever.
                    Ok(image) if is_leftover(&image, &[]) => {
                        self.leftovers.update(|all| all.push(Leftover { entry, image }));
                    }
                    // It has its bytes, or somebody is at work on it: nothing to clean up.
                    Ok(_) => journal::forget(&entry.image),
                    Err(error) if error.kind() == Some(FaultKind::NotFound) => journal::forget(&entry.image),
                    Err(_) => unsure.push(entry),
                }
            }
            found = unsure;
        }
    }

    fn drop_leftover(self, image: &ImageId) {
        journal::forget(image);
        self.leftovers.update(|all| all.retain(|other| other.entry.image != *image));
    }
}
