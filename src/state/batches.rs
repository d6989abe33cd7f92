//! The batch service: changes many images, a few at a time, whichever page is open, and keeps the outcome until it was read.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    domain::batch::{Change, requests, run::Run, writes_all_tags},
    openstack::{
        error::{ApiError, FaultKind},
        glance::image::Image,
    },
    state::{images::Images, session::Session},
};

/// A change under way, or ended and not read yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// What is done.
    pub change: Change,
    /// How far it is.
    pub run: Run,
    /// It was stopped: nothing more is begun.
    pub is_stopping: bool,
}

/// The service.
#[derive(Clone, Copy)]
pub struct Batches {
    session: Session,
    images: Images,
    job: RwSignal<Option<Job>>,
}

impl Batches {
    /// Makes the service.
    pub fn provide(session: Session, images: Images) -> Self {
        let batches = Self { session, images, job: RwSignal::new(None) };
        provide_context(batches);
        // Another project has other images.
        Effect::new(move |before: Option<u32>| {
            let generation = session.generation();
            if before.is_some_and(|before| before != generation) {
                batches.job.set(None);
            }
            generation
        });
        batches
    }

    /// What is under way or waits to be read; tracked.
    pub fn job(self) -> RwSignal<Option<Job>> {
        self.job
    }

    /// Begins. One at a time: the dialog of the one before is still open.
    pub fn start(self, change: Change, images: Vec<Image>) {
        self.job.set(Some(Job { change, run: Run::new(images), is_stopping: false }));
        self.fill();
    }

    /// Begins no further image.
    pub fn stop(self) {
        self.edit(|job| {
            job.run.stop();
            job.is_stopping = true;
        });
    }

    /// Tries those again that failed or were not begun.
    pub fn retry(self) {
        self.edit(|job| {
            job.run.retry();
            job.is_stopping = false;
        });
        self.fill();
    }

    /// The outcome was read.
    pub fn close(self) {
        self.job.set(None);
    }

    fn edit(self, change: impl FnOnce(&mut Job)) {
        self.job.update(|job| {
            if let Some(job) = job {
                change(job);
            }
        });
    }

    /// Begins as many as there is room for.
    fn fill(self) {
        let generation = untrack(|| self.session.generation());
        let begun = self.job.try_update(|job| {
            let job = job.as_mut()?;
            let places = job.run.start();
            let images: Vec<(usize, Image)> =
                places.into_iter().filter_map(|at| Some((at, job.run.image(at)?.clone()))).collect();
            Some((job.change.clone(), images))
        });
        let Some((change, images)) = begun.flatten() else { return };
        for (at, image) in images {
            let change = change.clone();
            spawn_local(async move {
                let outcome = self.perform(&change, &image).await;
                // Of another project by now: this is about nothing that is shown.
                if untrack(|| self.session.generation()) == generation {
                    self.edit(|job| job.run.finish(at, outcome));
                    self.fill();
                    let is_over = self.job.read_untracked().as_ref().is_some_and(|job| !job.run.is_running());
                    if is_over && change == Change::Delete {
                        self.images.acted();
                    }
                }
            });
        }
    }

    async fn perform(self, change: &Change, image: &Image) -> Result<(), ApiError> {
        // Somebody else was quicker: the image, or the tag, is gone as wanted.
        let is_gone_as_wanted = |error: &ApiError| {
            error.kind() == Some(FaultKind::NotFound)
                && matches!(change, Change::Delete | Change::RemoveTags(_))
        };
        let fresh = match writes_all_tags(change, image) {
            true => match self.images.fetch(&image.id).await {
                Err(error) if is_gone_as_wanted(&error) => return Ok(()),
                fresh => Some(fresh?),
            },
            false => None,
        };
        for request in requests(change, fresh.as_ref().unwrap_or(image)) {
            match self.session.send(request).await {
                Err(error) if is_gone_as_wanted(&error) => {}
                outcome => outcome?,
            }
        }
        match change {
            Change::Delete => self.images.remove(&image.id),
            // Should reading it fail, the next refresh of the list brings what has changed.
            _ => _ = self.images.fetch(&image.id).await,
        }
        Ok(())
    }
}

/// The batch service.
pub fn use_batches() -> Batches {
    expect_context()
}
