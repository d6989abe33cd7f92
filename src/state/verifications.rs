//! The verifications: test launches that go on when their page is left, and that clean up after themselves. What they mean is
//! decided in `domain::verification`; this asks the cloud and keeps the time.

mod journal;
mod leftovers;
mod run;

use std::{collections::BTreeMap, rc::Rc};

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::{
    client::{
        browser::{Listener, new_image_id, now_ms, now_seconds},
        web_lock,
    },
    domain::{
        access::{NotAllowed, Person, can_edit},
        verification::{
            leftover::{JournalEntry, lock_name},
            plan::Plan,
            progress::Progress,
            report::Subject,
        },
    },
    openstack::{
        error::ApiError,
        glance::image::Image,
        ids::{ImageId, ServerId, UserId},
        nova::server::{CreateServer, Server},
    },
    state::{
        images::{Images, use_images},
        session::{Session, use_session},
        uploads::origin::Origin,
    },
};

/// How many characters of the mark stand in the server's name.
const SHORT_ID: usize = 4;

/// Where a verification is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// The server is made and watched.
    #[default]
    Running,
    /// What was to be seen was seen: the server is being deleted.
    CleaningUp,
    /// It could not be deleted, or has not gone though the deletion was taken. The person is asked to try again.
    NotCleanedUp(Option<ApiError>),
    /// Nothing is left of it but the report.
    Over,
}

/// What was kept on the image.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Kept {
    /// Nothing, so far.
    #[default]
    NotYet,
    /// The outcome.
    Saved,
    /// Nothing: the person may not edit the image.
    NotAllowed(NotAllowed),
    /// Nothing: somebody has verified it later.
    LaterThere,
    /// Nothing: Glance has refused.
    Refused(ApiError),
}

/// A verification.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// The image as it was at the start.
    pub image: Image,
    /// What the report is about.
    pub subject: Subject,
    /// How far it has come.
    pub progress: Progress,
    /// Where it is.
    pub phase: Phase,
    /// What was kept on the image.
    pub kept: Kept,
    mark: String,
    body: CreateServer,
    server: Option<ServerId>,
    edits: Result<(), NotAllowed>,
    is_cancelled: bool,
}

impl Job {
    /// Whether it still needs this tab.
    pub fn is_running(&self) -> bool {
        self.phase != Phase::Over
    }

    /// Whether the person has ended it, and it has not ended yet.
    pub fn is_cancelling(&self) -> bool {
        self.is_cancelled && self.progress.outcome.is_none()
    }
}

/// The verification service. One at a time for each image.
#[derive(Clone, Copy)]
pub struct Verifications {
    session: Session,
    images: Images,
    jobs: RwSignal<BTreeMap<ImageId, Job>>,
    found: RwSignal<Vec<Server>>,
}

impl Verifications {
    /// Makes the service; needs those of the session and of the images.
    pub fn provide() -> Self {
        let verifications = Self {
            session: use_session(),
            images: use_images(),
            jobs: RwSignal::new(BTreeMap::new()),
            found: RwSignal::new(Vec::new()),
        };
        provide_context(verifications);
        verifications
    }

    /// Looks for what a closed tab has left behind, now and in every new session. Called by what comes with its code, once.
    pub fn wake(self) {
        self.forget_with_the_person();
        self.ask_before_leaving();
        self.look_for_leftovers();
    }

    /// The verification of an image; tracked.
    pub fn get(self, image: &ImageId) -> Option<Job> {
        self.jobs.read().get(image).cloned()
    }

    /// How many go on; tracked.
    pub fn running(self) -> usize {
        self.jobs.read().values().filter(|job| job.is_running()).count()
    }

    /// What was left behind by verifications of before; tracked.
    pub fn leftovers(self) -> Signal<Vec<Server>> {
        self.found.into()
    }

    /// A new mark, and as much of it as stands in a name.
    pub fn new_mark() -> (String, String) {
        let mark = new_image_id().to_string();
        let short = mark.chars().take(SHORT_ID).collect();
        (mark, short)
    }

    /// Starts one, unless one of this image goes on.
    pub fn start(self, image: Image, plan: &Plan, flavor: String, mark: String) {
        if self.jobs.read_untracked().get(&image.id).is_some_and(Job::is_running) {
            return;
        }
        let Some(origin) = Origin::current(self.session) else { return };
        let Some(grant) = untrack(|| self.session.grant()) else { return };
        let me = Person::of(&grant.token, self.session.config().edit_images);
        let body = plan.to_create(&image, &mark);
        let entry = JournalEntry {
            mark: mark.clone(),
            cloud: origin.cloud.clone(),
            project: origin.project.id.clone(),
            user: origin.user.clone(),
            image: image.id.clone(),
            began: now_seconds(),
        };
        let subject = Subject {
            image_id: image.id.to_string(),
            image_name: image.name.clone().unwrap_or_default(),
            flavor,
            server_name: body.name.clone(),
            server_id: None,
            began_at: iso_now(),
        };
        let job = Job {
            progress: Progress::new(now(), plan.limit_minutes().unwrap_or(1)),
            subject,
            phase: Phase::Running,
            kept: Kept::NotYet,
            mark: mark.clone(),
            body,
            server: None,
            edits: can_edit(&image, &me),
            is_cancelled: false,
            image,
        };
        let id = job.image.id.clone();
        journal::remember(entry);
        let lock = web_lock::hold(&lock_name(&mark));
        self.jobs.update(|jobs| _ = jobs.insert(id.clone(), job));
        leptos::task::spawn_local(async move {
            self.run(&id, &mark, Rc::new(origin)).await;
            // Held until here: no other tab takes it for left behind.
            drop(lock);
        });
    }

    /// Ends one: the server is deleted all the same.
    pub fn cancel(self, image: &ImageId) {
        self.change(image, |job| job.is_cancelled = true);
    }

    /// Ends all of them.
    pub fn cancel_all(self) {
        self.jobs.update(|jobs| jobs.values_mut().for_each(|job| job.is_cancelled = true));
    }

    /// Waits until all servers are deleted, but no longer than `patience_ms`: what is left by then is in the journal.
    pub async fn until_idle(self, patience_ms: u32) {
        const STEP_MS: u32 = 100;
        for _ in 0..patience_ms / STEP_MS {
            if untrack(|| self.running()) == 0 {
                return;
            }
            gloo_timers::future::TimeoutFuture::new(STEP_MS).await;
        }
    }

    /// Takes the report away, for a new plan.
    pub fn dismiss(self, image: &ImageId) {
        self.jobs.update(|jobs| {
            if jobs.get(image).is_some_and(|job| !job.is_running()) {
                jobs.remove(image);
            }
        });
    }

    fn change(self, image: &ImageId, change: impl FnOnce(&mut Job)) {
        // Signed out meanwhile: then there is nothing to change.
        self.jobs.update(|jobs| {
            if let Some(job) = jobs.get_mut(image) {
                change(job);
            }
        });
    }

    /// At sign-out nothing stays that would show one person's work to the next. The journal keeps what was cut off.
    fn forget_with_the_person(self) {
        let session = self.session;
        let person = Memo::new(move |_| session.grant().map(|grant| (grant.cloud, grant.token.user.id)));
        Effect::new(move |before: Option<Option<(String, UserId)>>| {
            let now = person.get();
            if before.flatten().is_some_and(|before| now.as_ref() != Some(&before)) {
                self.jobs.update(BTreeMap::clear);
            }
            now
        });
    }

    /// While one goes on, the browser asks before the tab is closed: who stays spares themselves the cleaning up.
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
}

/// Milliseconds since 1970.
#[allow(
    clippy::cast_possible_truncation,
    reason = "milliseconds since 1970 fit an i64 with their fraction dropped"
)]
fn now() -> i64 {
    now_ms() as i64
}

/// RFC 3339, to the second.
fn iso_now() -> String {
    let now = String::from(js_sys::Date::new_0().to_iso_string());
    now.split_once('.').map_or(now.clone(), |(seconds, _)| format!("{seconds}Z"))
}

/// The verification service.
pub fn use_verifications() -> Verifications {
    expect_context()
}
