//! Deleting an image: the question, the refusal in the dialog, the result as a message. Several at once are a batch.

pub mod facts;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        command_line::CommandLine, delete_image::facts::DeleteFacts, error_panel::ErrorPanel,
        image_words::name_of,
    },
    domain::command,
    i18n::{isolated, t, word},
    openstack::{
        error::{ApiError, FaultKind},
        glance::{self, image::Image},
        ids::ImageId,
    },
    state::{images::use_images, session::use_session, toasts::use_toasts},
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
        lazy::{lazy, part},
    },
};

/// Asks whether to delete an image.
#[derive(Clone, Copy)]
pub struct DeleteImage {
    asked: RwSignal<Option<Image>>,
    on_deleted: StoredValue<Option<Callback<ImageId>>>,
}

impl DeleteImage {
    /// Opens the dialog for `image`.
    pub fn ask(self, image: Image) {
        self.asked.set(Some(image));
    }
}

/// Makes a page's place for the question; the page shows [`DeleteImageDialog`].
pub fn provide_delete_image() -> DeleteImage {
    let delete = DeleteImage { asked: RwSignal::new(None), on_deleted: StoredValue::new(None) };
    provide_context(delete);
    delete
}

/// The page's question.
pub fn use_delete_image() -> DeleteImage {
    expect_context()
}

/// The dialog, open while an image is asked about.
#[component]
pub fn DeleteImageDialog(
    /// Called with the id of an image that is gone.
    #[prop(optional, into)]
    on_deleted: Option<Callback<ImageId>>,
) -> impl IntoView {
    let delete = use_delete_image();
    delete.on_deleted.set_value(on_deleted);
    move || delete.asked.get().map(|image| lazy(move || question(delete, image.clone())))
}

part!(later: fn question(delete: DeleteImage, image: Image) -> view! { <Question delete=delete image=image /> });

#[component]
fn Question(delete: DeleteImage, image: Image) -> impl IntoView {
    let (session, images, toasts) = (use_session(), use_images(), use_toasts());
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let name = name_of(&image);
    let images_asked = vec![image.clone()];
    let id = image.id;
    let command = command::delete_images(std::slice::from_ref(&id));
    let close = move |()| delete.asked.set(None);
    let confirm = {
        let (id, name) = (id.clone(), name.clone());
        move |()| {
            let (id, name) = (id.clone(), name.clone());
            let on_deleted = delete.on_deleted.get_value();
            busy.set(true);
            failure.set(None);
            spawn_local(async move {
                let outcome = session.send(glance::delete_image(&id)).await;
                busy.try_set(false);
                let is_gone = match &outcome {
                    Ok(()) => true,
                    // Somebody else was quicker: it is what was wanted.
                    Err(error) => error.kind() == Some(FaultKind::NotFound),
                };
                if is_gone {
                    images.remove(&id);
                    images.acted();
                    toasts.good((t().images.deleted)(&isolated(&name)));
                    delete.asked.try_set(None);
                    if let Some(on_deleted) = on_deleted {
                        // The page may have been left.
                        let _ = on_deleted.try_run(id);
                    }
                } else if let Err(error) = outcome
                    && let Some(Some(error)) = failure.try_set(Some(error))
                {
                    toasts.bad(t().images.delete_failed, error);
                }
            });
        }
    };
    view! {
        <Dialog heading=word(|it| it.images.delete_title) on_close=close locked=busy>
            <DeleteFacts images=images_asked />
            <CommandLine command=Signal::stored(Some(command)) />
            {move || {
                failure
                    .get()
                    .map(|error| {
                        view! { <ErrorPanel tried=word(|it| it.images.delete_failed) error=error /> }
                    })
            }}
            <div class="dialog-foot">
                <Button label=word(|it| it.common.cancel) on_press=close />
                <Button
                    label=word(|it| it.images.delete_title)
                    kind=Kind::Danger
                    busy=busy
                    autofocus=true
                    on_press=confirm
                />
            </div>
        </Dialog>
    }
}
