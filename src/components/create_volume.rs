//! Making a volume of an image: the dialog's place. The dialog itself comes when it is first opened.

mod form;
mod progress;

use leptos::prelude::*;

use crate::{
    components::{create_volume::form::VolumeDialog, image_words::refusal},
    domain::access::{Person, can_create_volume},
    openstack::{glance::image::Image, request::Service},
    state::session::Session,
    ui::lazy::{lazy, part},
};

/// Asks for a volume.
#[derive(Clone, Copy)]
pub struct CreateVolume {
    asked: RwSignal<Option<Image>>,
}

impl CreateVolume {
    /// Opens the dialog for `image`.
    pub fn ask(self, image: Image) {
        self.asked.set(Some(image));
    }

    /// Closes it.
    fn close(self) {
        // The page may have been left meanwhile.
        self.asked.try_set(None);
    }
}

/// Makes a page's place for the dialog; the page shows [`CreateVolumeDialog`].
pub fn provide_create_volume() -> CreateVolume {
    let create = CreateVolume { asked: RwSignal::new(None) };
    provide_context(create);
    create
}

/// The page's place.
pub fn use_create_volume() -> CreateVolume {
    expect_context()
}

/// Why no volume can be made of an image, in words; tracked.
pub fn no_volume_of(image: &Image, me: &Person, session: Session) -> Option<String> {
    refusal(can_create_volume(image, me, session.has_service(Service::BlockStorage)))
}

/// The dialog, open while an image is asked about.
#[component]
pub fn CreateVolumeDialog() -> impl IntoView {
    let create = use_create_volume();
    move || create.asked.get().map(|image| lazy(move || dialog(create, image.clone())))
}

part!(later: fn dialog(create: CreateVolume, image: Image) -> view! { <VolumeDialog create=create image=image /> });
