//! One verification from its launch to its cleaning up.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::ReadUntracked;

use crate::{
    domain::verification::{
        plan::MARK,
        progress::Outcome,
        record::{Later, patch},
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance,
        ids::{ImageId, ServerId},
        nova::{self, server::ServerStatus},
    },
    state::{
        uploads::origin::Origin,
        verifications::{Kept, Phase, Verifications, iso_now, journal, now},
    },
};

/// Between two looks.
const LOOK_EVERY_MS: u32 = 2_000;
/// How much of the console's log is asked for, in lines.
const LINES: u32 = 1_000;
/// A server that can't be deleted is tried again after so long, and then left to the person.
const TRY_AGAIN_MS: [u32; 3] = [2_000, 5_000, 10_000];
/// How often a server that is being deleted is looked at before it counts as one that isn't.
const MOST_LOOKS: u32 = 60;

impl Verifications {
    pub(super) async fn run(self, image: &ImageId, mark: &str, origin: Rc<Origin>) {
        let server = self.launch(image, mark, &origin).await;
        if let Some(server) = &server {
            self.watch(image, server, &origin).await;
        }
        self.keep(image, &origin).await;
        let is_gone = match &server {
            Some(server) => self.clean_up(image, server, &origin).await,
            None => true,
        };
        if is_gone {
            journal::forget(mark);
            self.change(image, |job| job.phase = Phase::Over);
        }
    }

    /// Tries to delete the server of a verification again.
    pub fn clean_up_again(self, image: ImageId) {
        let job = self.jobs.read_untracked().get(&image).map(|job| (job.server.clone(), job.mark.clone()));
        let (Some((Some(server), mark)), Some(origin)) = (job, Origin::current(self.session)) else { return };
        leptos::task::spawn_local(async move {
            if self.clean_up(&image, &server, &origin).await {
                journal::forget(&mark);
                self.change(&image, |job| job.phase = Phase::Over);
            }
        });
    }

    async fn launch(self, image: &ImageId, mark: &str, origin: &Origin) -> Option<ServerId> {
        let body = self.jobs.read_untracked().get(image).map(|job| job.body.clone())?;
        let server = match origin.send(&nova::create_server(&body)).await {
            Ok(server) => server,
            Err(error) => match self.find(mark, &error, origin).await {
                Some(server) => server,
                None => {
                    self.change(image, |job| job.progress.end(Outcome::Refused(error)));
                    return None;
                }
            },
        };
        self.change(image, |job| {
            job.progress.accepted(now());
            job.subject.server_id = Some(server.to_string());
            job.server = Some(server.clone());
        });
        Some(server)
    }

    /// The server of a request whose answer was lost: it may have been made all the same.
    async fn find(self, mark: &str, error: &ApiError, origin: &Origin) -> Option<ServerId> {
        let may_be_there = match error.kind() {
            None => true,
            Some(kind) => matches!(kind, FaultKind::Unavailable | FaultKind::Server),
        };
        if !may_be_there {
            return None;
        }
        let servers = origin.ask(&nova::list_servers()).await.ok()?;
        let is_ours = |metadata: Option<&String>| metadata.is_some_and(|found| found == mark);
        servers.into_iter().find(|server| is_ours(server.metadata.get(MARK))).map(|server| server.id)
    }

    async fn watch(self, image: &ImageId, server: &ServerId, origin: &Origin) {
        loop {
            let answer = origin.ask(&nova::get_server(server)).await;
            self.change(image, |job| match &answer {
                Ok(server) => job.progress.take_server(server, now()),
                Err(error) if error.kind() == Some(FaultKind::NotFound) => job.progress.end(Outcome::Gone),
                // Asked again: the line may be down for a moment.
                Err(_) => {}
            });
            let is_active = self.jobs.read_untracked().get(image).is_some_and(|job| job.progress.is_active());
            if is_active {
                // A console that can't be read (yet) is as good as one that says nothing.
                if let Ok(log) = origin.ask(&nova::get_console_output(server, Some(LINES))).await {
                    self.change(image, |job| job.progress.take_log(&log, now()));
                }
            }
            let mut is_over = true;
            self.change(image, |job| {
                if job.is_cancelled {
                    job.progress.end(Outcome::Cancelled);
                }
                job.progress.judge(now());
                is_over = job.progress.outcome.is_some();
            });
            if is_over {
                return;
            }
            self.pause(image).await;
        }
    }

    /// Ends early when the person ends the verification.
    async fn pause(self, image: &ImageId) {
        const STEP_MS: u32 = 250;
        for _ in 0..LOOK_EVERY_MS / STEP_MS {
            TimeoutFuture::new(STEP_MS).await;
            if self.jobs.read_untracked().get(image).is_none_or(|job| job.is_cancelled) {
                return;
            }
        }
    }

    /// Keeps the outcome on the image, which is read again first.
    async fn keep(self, image: &ImageId, origin: &Origin) {
        let Some(job) = self.jobs.read_untracked().get(image).cloned() else { return };
        let Some(outcome) = job.progress.outcome.filter(|outcome| outcome.verdict().is_some()) else {
            return;
        };
        if let Err(reason) = job.edits {
            return self.change(image, |job| job.kept = Kept::NotAllowed(reason));
        }
        let kept = async {
            let fresh = origin.ask(&glance::get_image(image)).await?;
            match patch(&outcome, &job.subject.flavor, &iso_now(), &fresh) {
                Err(Later) => Ok(Kept::LaterThere),
                Ok(None) => Ok(Kept::NotYet),
                Ok(Some(patch)) => {
                    let changed = origin.ask(&glance::update_image(image, &patch)).await?;
                    if leptos::prelude::untrack(|| origin.is_current()) {
                        self.images.upsert(changed);
                    }
                    Ok(Kept::Saved)
                }
            }
        };
        let kept = kept.await.unwrap_or_else(Kept::Refused);
        self.change(image, |job| job.kept = kept);
    }

    /// Deletes the server, and sees it go; a volume that was made for it goes with it. True when nothing is left.
    async fn clean_up(self, image: &ImageId, server: &ServerId, origin: &Origin) -> bool {
        self.change(image, |job| job.phase = Phase::CleaningUp);
        match delete(server, origin).await {
            Ok(()) => true,
            Err(error) => {
                self.change(image, |job| job.phase = Phase::NotCleanedUp(error));
                false
            }
        }
    }
}

/// Deletes a server and waits until it is gone.
///
/// # Errors
/// As Nova says, tried several times; without words when it has taken the deletion and the server has not gone in two minutes.
pub async fn delete(server: &ServerId, origin: &Origin) -> Result<(), Option<ApiError>> {
    let is_gone = |error: &ApiError| error.kind() == Some(FaultKind::NotFound);
    let mut waits = TRY_AGAIN_MS.into_iter();
    while let Err(error) = origin.ask(&nova::delete_server(server)).await {
        if is_gone(&error) {
            return Ok(());
        }
        match waits.next() {
            Some(wait) => TimeoutFuture::new(wait).await,
            None => return Err(Some(error)),
        }
    }
    let mut last = None;
    for _ in 0..MOST_LOOKS {
        match origin.ask(&nova::get_server(server)).await {
            Err(error) if is_gone(&error) => return Ok(()),
            Ok(server) if matches!(server.status, ServerStatus::Deleted | ServerStatus::SoftDeleted) => {
                return Ok(());
            }
            answer => last = answer.err(),
        }
        TimeoutFuture::new(LOOK_EVERY_MS).await;
    }
    Err(last)
}
