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
            journal::{JournalEntry, interrupted, lock_name},
            store::is_being_imported,
        },
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{
            self, CreateImage,
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

impl Uploads {
    /// What was cut off; tracked.
    pub fn leftovers(self) -> Signal<Vec<Leftover>> {
        self.leftovers.into()
    }

    /// Deletes the empty record.
    ///
    /// # Errors
    /// As Glance says.
    pub async fn delete_leftover(self, leftover: &Leftover) -> Result<(), ApiError> {
        let origin = Origin::current(self.session).ok_or(ApiError::Aborted)?;
        delete_record(&origin, &leftover.entry.image, leftover.image.protected).await?;
        self.images.remove(&leftover.entry.image);
        self.drop_leftover(&leftover.entry.image);
        Ok(())
    }

    /// Leaves the record as it is, and does not ask again.
    pub fn keep_leftover(self, image: &ImageId) {
        self.drop_leftover(image);
    }

    /// Sends the file again, to the same record where that can take it. False for a file that can't be the same.
    pub fn resume_leftover(self, leftover: &Leftover, file: File) -> bool {
        let entry = &leftover.entry;
        if file.name() != entry.file_name || size_of(&file) != entry.size {
            return false;
        }
        let Some(origin) = Origin::current(self.session) else { return false };
        let body = ImageDraft::of(&leftover.image)
            .to_create(entry.image.clone())
            .unwrap_or_else(|_| CreateImage { id: Some(entry.image.clone()), ..CreateImage::default() });
        self.leftovers.update(|all| all.retain(|other| other.entry.image != entry.image));
        let lock = web_lock::hold(&lock_name(&entry.image));
        let mut upload = Upload::new(file.name(), size_of(&file), body, true);
        // What was staged, or a part of it, is in the way of another try.
        let is_stuck = entry.store.is_some();
        if is_stuck {
            upload.store.clone_from(&entry.store);
            upload = upload.stuck(leftover.image.status.clone());
        }
        if let Some(id) = self.enqueue(upload, file, Rc::new(origin), lock).filter(|_| is_stuck) {
            self.retry(id);
        }
        true
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
        for wait in LOOK_AGAIN_MS {
            if found.is_empty() {
                return;
            }
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
                    Ok(image)
                        if matches!(
                            image.status,
                            ImageStatus::Queued | ImageStatus::Uploading | ImageStatus::Importing
                        ) =>
                    {
                        self.leftovers.update(|all| all.push(Leftover { entry, image }));
                    }
                    Ok(image) if image.status == ImageStatus::Saving => unsure.push(entry),
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
