//! The images service: one index of all images that the person can see, kept up to date for every page.

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::browser::{Listener, now_ms, until_visible},
    domain::{
        access::Person,
        image_list::index::{ImageIndex, Pass},
        polling::{Backoff, is_transitional},
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{self, image::Image},
        ids::ImageId,
    },
    state::session::Session,
};

/// Rows of the first request: what fits a screen, so that it is quick.
const FIRST_PAGE: u32 = 50;
/// Rows of every further one: the most that Glance gives.
const FULL_PAGE: u32 = 1000;
/// The index is read anew after so long, milliseconds.
const STALE_AFTER: f64 = 5.0 * 60_000.0;
/// And when the person comes back to the tab after so long.
const STALE_ON_RETURN: f64 = 60_000.0;
/// Images asked for in one round of polling.
const POLL_AT_MOST: usize = 10;

/// How far loading has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    /// A round is under way.
    pub is_running: bool,
    /// At least the first page is there.
    pub has_rows: bool,
    /// When the last complete round ended, milliseconds since 1970.
    pub complete_at: Option<f64>,
    /// Why the last round failed, if it did; the rows are then those of before.
    pub error: Option<ApiError>,
}

/// The images service.
#[derive(Clone, Copy)]
pub struct Images {
    session: Session,
    index: RwSignal<ImageIndex>,
    load: RwSignal<Load>,
    /// As `index` and `load`; made once, since each such view is kept for as long as its owner.
    views: (Signal<ImageIndex>, Signal<Load>),
    me: Memo<Option<Person>>,
    /// Which round is the current one: an older one gives up.
    round: StoredValue<u32>,
    backoff: StoredValue<Backoff>,
}

impl Images {
    /// Makes the service; it loads nothing until a page asks for it.
    pub fn provide(session: Session) -> Self {
        let edit_images = session.config().edit_images;
        let index = RwSignal::new(ImageIndex::default());
        let load = RwSignal::new(Load::default());
        let images = Self {
            session,
            index,
            load,
            views: (index.into(), load.into()),
            me: Memo::new(move |_| {
                let state = session.state();
                let state = state.read();
                state
                    .grant()
                    .filter(|grant| grant.token.project.is_some())
                    .map(|grant| Person::of(&grant.token, edit_images))
            }),
            round: StoredValue::new(0),
            backoff: StoredValue::new(Backoff::default()),
        };
        provide_context(images);
        // Another project sees other images.
        Effect::new(move |before: Option<u32>| {
            let generation = session.generation();
            if before.is_some_and(|before| before != generation) {
                images.forget();
            }
            generation
        });
        images.keep_fresh();
        spawn_local(images.poll());
        images
    }

    /// Who is looking; tracked. `None` while signed out.
    pub fn me(self) -> Memo<Option<Person>> {
        self.me
    }

    /// All images; tracked.
    pub fn index(self) -> Signal<ImageIndex> {
        self.views.0
    }

    /// How far loading has come; tracked.
    pub fn load(self) -> Signal<Load> {
        self.views.1
    }

    /// Loads unless it is loaded or loading.
    pub fn ensure(self) {
        let is_needed = {
            let load = self.load.read_untracked();
            !load.is_running && load.complete_at.is_none_or(|at| now_ms() - at > STALE_AFTER)
        };
        if is_needed {
            self.refresh();
        }
    }

    /// Reads the whole index again; the rows stay meanwhile.
    pub fn refresh(self) {
        let round = self.next_round();
        self.load.update(|load| load.is_running = true);
        spawn_local(async move {
            let outcome = self.run_round(round).await;
            if self.round.get_value() != round || outcome == Err(ApiError::Aborted) {
                return;
            }
            self.load.update(|load| {
                load.is_running = false;
                load.complete_at = outcome.is_ok().then(now_ms).or(load.complete_at);
                load.error = outcome.err();
            });
        });
    }

    /// Asks for one image and takes it in; one that is gone is forgotten.
    ///
    /// # Errors
    /// As Glance says.
    pub async fn fetch(self, id: &ImageId) -> Result<Image, ApiError> {
        let answer = self.session.send(glance::get_image(id)).await;
        match &answer {
            Ok(image) => self.upsert(image.clone()),
            Err(error) if error.kind() == Some(FaultKind::NotFound) => self.remove(id),
            Err(_) => {}
        }
        answer
    }

    /// Takes in an image that was just made, changed or read.
    pub fn upsert(self, image: Image) {
        self.backoff.set_value(Backoff::default());
        let is_known = self.index.read_untracked().get(&image.id).is_some_and(|row| row.image == image);
        if !is_known {
            self.index.update(|index| index.upsert(image));
        }
    }

    /// Forgets an image that is gone.
    pub fn remove(self, id: &ImageId) {
        self.index.update(|index| {
            index.remove(id);
        });
    }

    fn next_round(self) -> u32 {
        self.round.update_value(|round| *round += 1);
        self.round.get_value()
    }

    fn forget(self) {
        self.next_round();
        self.index.set(ImageIndex::default());
        self.load.set(Load::default());
    }

    async fn run_round(self, round: u32) -> Result<(), ApiError> {
        let Some(me) = self.me.get_untracked() else { return Err(ApiError::Aborted) };
        self.index.update_untracked(ImageIndex::begin);
        for pass in Pass::ALL {
            // For an administrator Glance lists every shared image there, offered to the project or not: it says nothing.
            if me.is_admin() && matches!(pass, Pass::Pending | Pass::Rejected) {
                continue;
            }
            let is_first_look = pass == Pass::Default && !self.load.read_untracked().has_rows;
            let mut limit = if is_first_look { FIRST_PAGE } else { FULL_PAGE };
            let mut marker = None;
            let mut restarts_left = 3;
            loop {
                let answer =
                    self.session.send(glance::list_images(&pass.request(limit, marker.clone()))).await;
                let page = match answer {
                    // Glance refuses a marker that was deleted meanwhile: this pass begins anew.
                    Err(error)
                        if error.kind() == Some(FaultKind::BadRequest)
                            && marker.is_some()
                            && restarts_left > 0 =>
                    {
                        restarts_left -= 1;
                        marker = None;
                        continue;
                    }
                    answer => answer?,
                };
                if self.round.get_value() != round {
                    return Err(ApiError::Aborted);
                }
                self.index.update(|index| index.add(pass, page.images, &me));
                self.load.update(|load| load.has_rows = true);
                if page.next.is_none() {
                    break;
                }
                marker = page.next;
                limit = FULL_PAGE;
            }
        }
        self.index.update(ImageIndex::finish);
        Ok(())
    }

    /// Reads the index again now and then, and when the person comes back.
    fn keep_fresh(self) {
        let age = move || self.load.read_untracked().complete_at.map(|at| now_ms() - at);
        let refresh_after = move |limit: f64| {
            let is_idle = !self.load.read_untracked().is_running && self.me.get_untracked().is_some();
            if is_idle && age().is_some_and(|age| age > limit) {
                self.refresh();
            }
        };
        spawn_local(async move {
            loop {
                TimeoutFuture::new(30_000).await;
                until_visible().await;
                refresh_after(STALE_AFTER);
            }
        });
        let returned = Listener::new(&document(), "visibilitychange", move |_| {
            if !document().hidden() {
                refresh_after(STALE_ON_RETURN);
            }
        });
        // For as long as the app runs.
        std::mem::forget(returned);
    }

    /// Asks again for the images that are on their way to another status.
    async fn poll(self) {
        loop {
            TimeoutFuture::new(self.backoff.get_value().delay_ms()).await;
            until_visible().await;
            if self.session.state().read_untracked().usable_grant().is_none() {
                continue;
            }
            let moving = self.moving();
            let mut has_changed = moving.is_empty();
            for image in moving {
                has_changed |= self.poll_one(&image).await;
            }
            self.backoff.update_value(|backoff| *backoff = backoff.after(has_changed));
        }
    }

    /// The youngest images whose status will change: what was left queued months ago can wait.
    fn moving(self) -> Vec<Image> {
        let index = self.index.read_untracked();
        let mut moving: Vec<&Image> =
            index.rows().map(|row| &row.image).filter(|image| is_transitional(&image.status)).collect();
        moving.sort_by(|a, b| b.updated_at.cmp(&a.updated_at));
        moving.into_iter().take(POLL_AT_MOST).cloned().collect()
    }

    /// Whether the image has changed. A poll that fails has changed nothing: it is asked again.
    async fn poll_one(self, before: &Image) -> bool {
        match self.session.send(glance::get_image(&before.id)).await {
            Ok(image) => {
                let has_changed = image != *before;
                if has_changed {
                    self.index.update(|index| index.upsert(image));
                }
                has_changed
            }
            Err(error) if error.kind() == Some(FaultKind::NotFound) => {
                self.remove(&before.id);
                true
            }
            Err(_) => false,
        }
    }
}

/// The images service.
pub fn use_images() -> Images {
    expect_context()
}
