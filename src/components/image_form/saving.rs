//! Saving a patch: the image is read again first, and what somebody else has changed meanwhile is shown before it is
//! overwritten. The edit form and the metadata editor save in this way.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        error_panel::ErrorPanel,
        image_form::overlap::{Overlap, OverlapDialog},
        image_words::name_of,
    },
    domain::image_draft::conflict::{conflicts, rebased},
    i18n::{t, word},
    openstack::{
        error::ApiError,
        glance::{self, image::Image, patch::Patch},
        ids::ImageId,
    },
    state::{
        images::{Images, use_images},
        session::{Session, use_session},
        toasts::{Toasts, use_toasts},
    },
    ui::notice::Notice,
};

/// Saving goes on when the person leaves the page meanwhile; its end is then told by a message.
#[derive(Clone, Copy)]
pub struct Saving {
    session: Session,
    images: Images,
    toasts: Toasts,
    base: StoredValue<Image>,
    busy: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
    nothing: RwSignal<bool>,
    overlap: RwSignal<Option<Overlap>>,
    done: Callback<()>,
}

impl Saving {
    /// Saves changes of `base`, as it was when the form was filled; then calls `done`. Call it at the top of a component.
    pub fn new(base: Image, done: Callback<()>) -> Self {
        Self {
            session: use_session(),
            images: use_images(),
            toasts: use_toasts(),
            base: StoredValue::new(base),
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
            nothing: RwSignal::new(false),
            overlap: RwSignal::new(None),
            done,
        }
    }

    /// Whether a patch is under way.
    pub fn busy(self) -> RwSignal<bool> {
        self.busy
    }

    /// Takes what the last press said from the screen. Whether another may begin.
    pub fn begin(self) -> bool {
        self.failure.set(None);
        self.nothing.set(false);
        !self.busy.get_untracked()
    }

    /// Saves, or says that there is nothing to save.
    pub fn save(self, patch: Patch) {
        if patch.is_empty() {
            self.nothing.set(true);
        } else {
            self.busy.set(true);
            spawn_local(self.check_and_send(patch, self.base.get_value()));
        }
    }

    /// Reads the image again, and sends the patch unless somebody else has changed the same since it was `base`.
    async fn check_and_send(self, patch: Patch, base: Image) {
        let fresh = match self.images.fetch(&base.id).await {
            Ok(fresh) => fresh,
            Err(error) => return self.fail(error),
        };
        let conflicts = conflicts(&patch, &base, &fresh);
        let patch = rebased(&patch, &fresh);
        if !conflicts.is_empty() {
            self.busy.try_set(false);
            if self.overlap.try_set(Some(Overlap { conflicts, patch })).is_some() {
                self.toasts.bad_words(t().edit.failed);
            }
        } else if patch.is_empty() {
            // Somebody else has made the very same change.
            self.finish();
        } else {
            let name = name_of(&base);
            self.send(base.id, name, patch).await;
        }
    }

    async fn send(self, id: ImageId, name: String, patch: Patch) {
        match self.session.send(glance::update_image(&id, &patch)).await {
            Ok(image) => {
                self.images.upsert(image);
                self.toasts.good((t().edit.saved)(&name));
                self.finish();
            }
            Err(error) => self.fail(error),
        }
    }

    fn finish(self) {
        self.busy.try_set(false);
        // Nowhere to go from a page that was left.
        let _ = self.done.try_run(());
    }

    fn fail(self, error: ApiError) {
        self.busy.try_set(false);
        if let Some(Some(error)) = self.failure.try_set(Some(error)) {
            self.toasts.bad(t().edit.failed, error);
        }
    }
}

/// What came of saving: a refusal, nothing to save, or the question about what somebody else has changed.
#[component]
pub fn SavingNotes(
    /// What saves.
    saving: Saving,
) -> impl IntoView {
    let overwrite = move |patch| {
        saving.overlap.set(None);
        saving.busy.set(true);
        let (id, name) = saving.base.with_value(|base| (base.id.clone(), name_of(base)));
        spawn_local(saving.send(id, name, patch));
    };
    view! {
        {move || {
            saving
                .failure
                .get()
                .map(|error| view! { <ErrorPanel tried=word(|it| it.edit.failed) error=error /> })
        }}
        {move || saving.nothing.get().then(|| view! { <Notice><p>{t().edit.nothing_changed}</p></Notice> })}
        {move || {
            saving
                .overlap
                .get()
                .map(|question| {
                    view! {
                        <OverlapDialog
                            question=question
                            on_close=move |()| saving.overlap.set(None)
                            on_overwrite=overwrite
                        />
                    }
                })
        }}
    }
}
