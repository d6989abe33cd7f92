//! Setting and lifting an image's protection, which its owner may do even where only administrators edit.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::image_words::{name_of, refusal},
    domain::access::can_protect,
    i18n::{isolated, t},
    openstack::glance::{self, image::Image, patch::Patch},
    state::{images::use_images, session::use_session, toasts::use_toasts},
    ui::button::Button,
};

/// Sends the change, with its result as a message. Call `use_…` through this at the top of a component.
pub fn use_protect() -> Callback<Image> {
    let (session, images, toasts) = (use_session(), use_images(), use_toasts());
    let running = StoredValue::new(BTreeSet::new());
    Callback::new(move |image: Image| {
        // A second press of the same does nothing.
        if !running.try_update_value(|running| running.insert(image.id.clone())).unwrap_or(false) {
            return;
        }
        spawn_local(async move {
            let mut patch = Patch::default();
            patch.replace("protected", !image.protected);
            let name = name_of(&image);
            match session.send(glance::update_image(&image.id, &patch)).await {
                Ok(changed) => {
                    let words =
                        if changed.protected { t().images.protected_now } else { t().images.unprotected_now };
                    images.upsert(changed);
                    toasts.good(words(&isolated(&name)));
                }
                Err(error) => toasts.bad((t().images.protect_failed)(&isolated(&name)), error),
            }
            running.try_update_value(|running| running.remove(&image.id));
        });
    })
}

/// What pressing the button would do, in words.
pub fn protect_words(is_protected: bool) -> &'static str {
    if is_protected { t().images.unprotect } else { t().images.protect }
}

/// The button of the image's page.
#[component]
pub fn ProtectButton(
    /// The image; none is shown without one.
    image: Memo<Option<Image>>,
) -> impl IntoView {
    let images = use_images();
    let protect = use_protect();
    let is_protected = Memo::new(move |_| image.read().as_ref().is_some_and(|image| image.protected));
    let reason = move || {
        let me = images.me();
        let (me, image) = (me.read(), image.read());
        refusal(can_protect(image.as_ref()?, me.as_ref()?))
    };
    view! {
        <Button
            label=Signal::derive(move || protect_words(is_protected.get()).to_owned())
            disabled_reason=Signal::derive(reason)
            on_press=move |()| {
                if let Some(image) = image.get_untracked() {
                    protect.run(image);
                }
            }
        />
    }
}
