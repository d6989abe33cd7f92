//! The images service: one index of all images that the person can see, kept up to date for every page.

mod live;
mod offers;
mod rounds;

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use web_sys::AbortController;

use crate::{
    client::browser::{new_abort_controller, now_ms},
    domain::{
        access::Person,
        image_list::index::{ImageIndex, Moment},
        offers::Offers,
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{self, image::Image, member::MemberStatus},
        ids::ImageId,
    },
    state::{selection::Selection, session::Session},
};

/// The index is read anew after so long, milliseconds.
const STALE_AFTER: f64 = 5.0 * 60_000.0;
/// And so long after a listing was not to be had, milliseconds.
const AGAIN_AFTER: f64 = 60_000.0;
/// And so long after something was done: the next deed may follow at once, milliseconds.
const ACTED_BEFORE: u32 = 2_000;

/// How far loading has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    /// A round is under way.
    pub is_running: bool,
    /// At least the first page is there.
    pub has_rows: bool,
    /// When the last round ended, be it without one of its listings, milliseconds since 1970.
    pub ended_at: Option<f64>,
    /// When the cloud last told what there is, be it in a round or by what has changed since.
    pub heard_at: Option<f64>,
    /// Rows of the last round that were no images at all.
    pub skipped: usize,
    /// Why the last round failed, or one of its listings; what that would have told is then as it was before.
    pub error: Option<ApiError>,
}

impl Load {
    /// Where something failed that may pass, it is tried again before long.
    fn is_stale(&self) -> bool {
        let may_pass = self.error.as_ref().is_some_and(|error| error.kind() == Some(FaultKind::Unavailable));
        let after = if may_pass { AGAIN_AFTER } else { STALE_AFTER };
        self.ended_at.is_none_or(|at| now_ms() - at > after)
    }
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
    /// Ends what the current round waits for.
    asking: StoredValue<AbortController, LocalStorage>,
    /// For an administrator: the images that are asked about this project's offers.
    offers: RwSignal<Offers>,
    /// How many such questions may be under way.
    askers: StoredValue<u32>,
    /// How often something was done.
    acts: StoredValue<u32>,
    /// Pages that show the list now: only for them is it asked what has changed.
    followers: StoredValue<u32>,
    selection: Selection,
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
            asking: StoredValue::new_local(new_abort_controller()),
            offers: RwSignal::new(Offers::default()),
            askers: StoredValue::new(0),
            acts: StoredValue::new(0),
            followers: StoredValue::new(0),
            selection: Selection::new(),
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
        spawn_local(images.follow_passing_later());
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
            !load.is_running && load.is_stale()
        };
        if is_needed {
            self.refresh();
        }
    }

    /// The images that the person has ticked.
    pub fn selection(self) -> Selection {
        self.selection
    }

    /// Loads, and asks now and then what has changed for as long as the page that calls this is open.
    pub fn follow(self) {
        self.ensure();
        self.followers.update_value(|followers| *followers += 1);
        on_cleanup(move || self.followers.update_value(|followers| *followers -= 1));
    }

    /// Something was done that others may do, too, and that no date tells of: images were deleted, or offers answered. The index is
    /// read anew once a while has passed without another deed, unless that has begun already.
    pub fn acted(self) {
        let now =
            move || (self.round.get_value(), self.acts.get_value(), untrack(|| self.session.generation()));
        self.acts.update_value(|acts| *acts += 1);
        let then = now();
        spawn_local(async move {
            TimeoutFuture::new(ACTED_BEFORE).await;
            if now() == then && !self.load.read_untracked().is_running {
                self.refresh();
            }
        });
    }

    /// Asks for one image and takes it in; one that is gone is forgotten.
    ///
    /// # Errors
    /// As Glance says.
    pub async fn fetch(self, id: &ImageId) -> Result<Image, ApiError> {
        let asked = self.moment();
        let answer = self.session.send(glance::get_image(id)).await;
        match &answer {
            Ok(image) => self.heard(image.clone(), asked),
            Err(error) if error.kind() == Some(FaultKind::NotFound) => self.remove(id),
            Err(_) => {}
        }
        answer
    }

    /// Takes in an image that was just made or changed.
    pub fn upsert(self, image: Image) {
        self.update(|index| index.upsert(image));
    }

    /// To be taken before an image is asked for, and given with the answer.
    pub fn moment(self) -> Moment {
        self.index.try_update_untracked(ImageIndex::moment).unwrap_or_default()
    }

    /// Takes in an image that was asked for at `asked`, unless more is known since.
    pub fn heard(self, image: Image, asked: Moment) {
        self.update(|index| index.take(image, asked));
    }

    /// Tells of a change, and only of one.
    fn update(self, change: impl FnOnce(&mut ImageIndex) -> bool) {
        if self.index.try_update_untracked(change).unwrap_or_default() {
            self.index.notify();
        }
    }

    /// Notes what this project said to an offer: the count of those that wait follows at once.
    pub fn set_membership(self, id: &ImageId, status: &MemberStatus) {
        let known = self.index.read_untracked().get(id).and_then(|row| row.membership.clone());
        if known.as_ref() != Some(status) {
            self.index.update(|index| index.set_membership(id, status.clone()));
        }
    }

    /// Forgets an image that is gone.
    pub fn remove(self, id: &ImageId) {
        self.index.update(|index| index.remove(id));
    }

    fn forget(self) {
        self.next_round();
        self.index.set(ImageIndex::default());
        self.load.set(Load::default());
        self.offers.set(Offers::default());
        self.selection.clear();
    }
}

/// The images service.
pub fn use_images() -> Images {
    expect_context()
}
