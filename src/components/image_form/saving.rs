//! Saving a patch: the image is read again first, and what somebody else has changed meanwhile is shown before it is
//! overwritten. The edit form and the metadata editor save in this way, their fields in [`HeldFields`].
//!
//! [`HeldFields`]: crate::components::held::HeldFields

use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{components::A, hooks::use_navigate};

use crate::{
    components::{
        command_line::CommandLine,
        error_panel::ErrorPanel,
        image_form::overlap::{Overlap, OverlapDialog},
        image_words::name_of,
        leave::LeaveGuard,
    },
    domain::{
        command::update_image,
        image_draft::conflict::{conflicts, rebased},
    },
    i18n::{Words, isolated, t, word},
    openstack::{
        error::ApiError,
        glance::{self, image::Image, patch::Patch},
        ids::ImageId,
    },
    routes,
    state::{
        images::{Images, use_images},
        session::{Session, use_session},
        toasts::{Toasts, use_toasts},
    },
    ui::{
        button::{Button, Kind},
        field::focus_first_problem,
        notice::Notice,
    },
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
    /// Saves changes of `base`, as it was when the form was filled; then goes to the image's page. Call it at the top of a
    /// component.
    pub fn new(base: Image) -> Self {
        let navigate = use_navigate();
        let path = routes::image(&base.id);
        let done = Callback::new(move |()| navigate(&path, Default::default()));
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

    /// It is being saved: for the fields, which can't be changed meanwhile. Tracked.
    pub fn is_busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// Takes what the last press said from the screen. Whether another may begin.
    pub fn begin(self) -> bool {
        self.failure.set(None);
        self.nothing.set(false);
        !self.busy.get_untracked()
    }

    /// Saves the patch of a sound form, or says that there is nothing to save; leads to the first problem of another.
    pub fn save(self, patch: Option<Patch>, form: NodeRef<html::Form>) {
        let Some(patch) = patch else {
            if let Some(element) = form.get_untracked() {
                focus_first_problem(&element);
            }
            return;
        };
        if patch.is_empty() {
            self.nothing.set(true);
        } else {
            self.busy.set(true);
            spawn_local(self.check_and_send(patch, self.base.get_value()));
        }
    }

    /// Reads the image again, and sends the patch unless somebody else has changed the same since it was `seen`.
    async fn check_and_send(self, patch: Patch, seen: Image) {
        let fresh = match self.images.fetch(&seen.id).await {
            Ok(fresh) => fresh,
            Err(error) => return self.fail(error),
        };
        let conflicts = conflicts(&patch, &seen, &fresh);
        let left = rebased(&patch, &fresh);
        if !conflicts.is_empty() {
            self.busy.try_set(false);
            // All of the patch: what is so already may have changed back by the time that the person has answered.
            if self.overlap.try_set(Some(Overlap { conflicts, patch, seen: fresh })).is_some() {
                self.toasts.bad_words(t().edit.failed);
            }
        } else if left.is_empty() {
            // Somebody else has made the very same change.
            self.finish();
        } else {
            self.send(fresh.id, left).await;
        }
    }

    async fn send(self, id: ImageId, patch: Patch) {
        match self.session.send(glance::update_image(&id, &patch)).await {
            Ok(image) => {
                self.toasts.good((t().edit.saved)(&isolated(&name_of(&image))));
                self.images.upsert(image);
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

/// The foot of a form that saves: what came of it, the command, the buttons, and the question before unsaved changes are left.
#[component]
pub fn SavingFoot(
    /// What saves.
    saving: Saving,
    /// The button that does; "Save changes" unless said otherwise.
    #[prop(optional)]
    verb: Option<Words>,
    /// What would be saved; nothing while the form has problems.
    patch: Signal<Option<Patch>>,
    /// Something is typed that would be lost.
    is_dirty: Signal<bool>,
) -> impl IntoView {
    let command = move || {
        let patch = patch.get().filter(|patch| !patch.is_empty())?;
        Some(saving.base.with_value(|base| update_image(base, &patch)))
    };
    let image = routes::image(&saving.base.with_value(|base| base.id.clone()));
    view! {
        <SavingNotes saving=saving />
        <CommandLine
            command=Signal::derive(move || command().map(|command| command.line))
            leaves_out=Signal::derive(move || command().unwrap_or_default().leaves_out)
        />
        <div class="row">
            <Button label=word(verb.unwrap_or(|it| it.edit.save)) kind=Kind::Primary submit=true busy=saving.busy />
            <A href=image attr:class="button" attr:data-kind="quiet">
                {word(|it| it.common.cancel)}
            </A>
        </div>
        <LeaveGuard is_dirty=is_dirty />
    }
}

/// A refusal, nothing to save, or the question about what somebody else has changed.
#[component]
fn SavingNotes(saving: Saving) -> impl IntoView {
    // The image may have changed once more while the question stood open.
    let overwrite = move |Overlap { patch, seen, .. }| {
        saving.overlap.set(None);
        saving.busy.set(true);
        spawn_local(saving.check_and_send(patch, seen));
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
