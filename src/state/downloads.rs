//! The download service: images on their way to the person's disk, whichever page is open.

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};
use web_sys::AbortController;

use crate::{
    client::{
        browser::{Listener, now_ms},
        download::{Sink, Trouble, receive},
        worker::Worker,
    },
    domain::download::{Download, Failure, Phase, file_name, judge, wants_hash},
    openstack::{
        error::{ApiError, FaultKind},
        glance::image::Image,
    },
    state::session::Session,
};

/// The progress is told so often at most: a fast line has a thousand pieces a second.
const TELL_EVERY_MS: f64 = 100.0;

/// Which download.
pub type DownloadId = u32;

/// The service.
#[derive(Clone, Copy)]
pub struct Downloads {
    session: Session,
    all: RwSignal<BTreeMap<DownloadId, Download>>,
    asked: RwSignal<Option<Image>>,
    stops: StoredValue<BTreeMap<DownloadId, AbortController>, LocalStorage>,
    next: StoredValue<DownloadId>,
}

impl Downloads {
    /// Makes the service.
    pub fn provide(session: Session) -> Self {
        let downloads = Self {
            session,
            all: RwSignal::new(BTreeMap::new()),
            asked: RwSignal::new(None),
            stops: StoredValue::new_local(BTreeMap::new()),
            next: StoredValue::new(0),
        };
        provide_context(downloads);
        // The next person has no business with them.
        let person = Memo::new(move |_| session.grant().map(|grant| (grant.cloud, grant.token.user.id)));
        Effect::new(move |before: Option<_>| {
            let now = person.get();
            if before.is_some_and(|before: Option<_>| before.is_some() && before != now) {
                downloads.forget_all();
            }
            now
        });
        downloads.ask_before_leaving();
        downloads
    }

    /// All, in the order of their beginning; tracked.
    pub fn all(self) -> RwSignal<BTreeMap<DownloadId, Download>> {
        self.all
    }

    /// How many are under way; tracked.
    pub fn running(self) -> usize {
        self.all.read().values().filter(|download| download.is_running()).count()
    }

    /// Whether the image is on its way already.
    pub fn has(self, image: &Image) -> bool {
        self.all.read_untracked().values().any(|it| it.is_running() && it.image.id == image.id)
    }

    /// Asks for an image; the tray, which comes with the code for it, takes the wish up. To be called while a click is handled,
    /// since the browser lets a file be chosen only shortly after.
    pub fn ask(self, image: Image) {
        self.asked.set(Some(image));
    }

    /// The wish that nobody has taken up yet; tracked.
    pub fn take_asked(self) -> Option<Image> {
        let wish = self.asked.get();
        if wish.is_some() {
            self.asked.set(None);
        }
        wish
    }

    /// Begins to receive an image.
    pub fn start(self, image: Image, name: String, sink: Sink) {
        let Ok(stop) = AbortController::new() else { return };
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let file = file_name(&image);
        let download = Download {
            image: image.clone(),
            name,
            file: file.clone(),
            meter: Default::default(),
            phase: Phase::Receiving,
        };
        self.all.update(|all| {
            // A new try takes the place of those that came to nothing.
            all.retain(|_, other| other.image.id != image.id || !other.can_retry());
            all.insert(id, download);
        });
        self.stops.update_value(|stops| drop(stops.insert(id, stop.clone())));
        spawn_local(async move {
            let phase = match self.run(id, &image, sink, &stop, &file).await {
                Ok(phase) => phase,
                Err(Trouble::Stopped) => Phase::Cancelled,
                Err(Trouble::NotWritten) => Phase::Failed(Failure::NotWritten),
                Err(Trouble::Refused(error)) => Phase::Failed(Failure::Refused(error)),
                Err(Trouble::CutOff(got)) => Phase::Failed(Failure::CutOff { got, size: image.size }),
            };
            self.edit(id, |download| download.phase = phase);
            self.stops.update_value(|stops| drop(stops.remove(&id)));
        });
    }

    /// Stops one: no file is kept.
    pub fn cancel(self, id: DownloadId) {
        self.stops.with_value(|stops| {
            if let Some(stop) = stops.get(&id) {
                stop.abort();
            }
        });
    }

    /// Asks anew for the image of one that came to nothing: where to, as the first time. To be called while a click is handled, as `ask`.
    pub fn retry(self, id: DownloadId) {
        let image = self.all.read_untracked().get(&id).map(|download| download.image.clone());
        if let Some(image) = image {
            self.ask(image);
        }
    }

    /// Takes one that has ended off the list.
    pub fn dismiss(self, id: DownloadId) {
        self.all.update(|all| drop(all.remove(&id)));
    }

    async fn run(
        self,
        id: DownloadId,
        image: &Image,
        mut sink: Sink,
        stop: &AbortController,
        file: &str,
    ) -> Result<Phase, Trouble> {
        let Some((base, token)) = self.session.image_endpoint() else {
            sink.give_up().await;
            return Err(Trouble::Refused(ApiError::Aborted));
        };
        let worker = wants_hash(image).then(Worker::start);
        let told = std::cell::Cell::new(0.0);
        let on_bytes = |got: u64| {
            let now = now_ms();
            if now - told.get() >= TELL_EVERY_MS || Some(got) == image.size {
                told.set(now);
                self.edit(id, |download| download.meter.note(got, whole(now)));
            }
        };
        let received =
            receive((&base, &token), image, &mut sink, worker.as_ref(), &stop.signal(), on_bytes).await;
        let judged = match &received {
            Ok((got, hash)) => judge(image, *got, hash.as_deref()),
            Err(Trouble::Refused(error)) => {
                if error.kind() == Some(FaultKind::Unauthorized) {
                    self.session.expire_token(&token);
                }
                Err(Failure::Refused(error.clone()))
            }
            Err(_) => Err(Failure::NotWritten),
        };
        match judged {
            Ok(verdict) => {
                sink.finish(file).await?;
                Ok(Phase::Done(verdict))
            }
            Err(failure) => {
                // What nobody writes any more is not received to its end.
                stop.abort();
                sink.give_up().await;
                received?;
                Ok(Phase::Failed(failure))
            }
        }
    }

    fn edit(self, id: DownloadId, change: impl FnOnce(&mut Download)) {
        self.all.update(|all| {
            if let Some(download) = all.get_mut(&id) {
                change(download);
            }
        });
    }

    fn forget_all(self) {
        let stops = self.stops.try_update_value(std::mem::take).unwrap_or_default();
        stops.values().for_each(AbortController::abort);
        self.all.set(BTreeMap::new());
    }

    /// While anything is under way, the browser asks before the tab is closed or reloaded.
    fn ask_before_leaving(self) {
        let guard = Listener::new(&window(), "beforeunload", move |event| {
            if untrack(|| self.running()) > 0 {
                event.prevent_default();
            }
        });
        // For as long as the app runs.
        std::mem::forget(guard);
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds since 1970")]
fn whole(ms: f64) -> u64 {
    ms as u64
}

/// The download service.
pub fn use_downloads() -> Downloads {
    expect_context()
}
