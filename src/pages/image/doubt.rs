//! An image that this browser has uploaded, and that may not be the file: said as long as somebody may use it.

use leptos::prelude::*;

use crate::{
    components::image_words::doubt_words,
    i18n::word,
    openstack::ids::ImageId,
    state::uploads::use_uploads,
    ui::{
        button::Button,
        notice::{Notice, Tone},
    },
};

/// What happened and what to do; nothing where there is no doubt.
#[component]
pub fn DoubtNotice(
    /// The image.
    id: StoredValue<ImageId>,
) -> impl IntoView {
    let uploads = use_uploads();
    let doubt = Memo::new(move |_| id.with_value(|id| uploads.doubt_of(id)));
    move || {
        let doubt = doubt.get()?;
        Some(view! {
            <Notice tone=Tone::Bad title=word(|it| it.uploads.doubtful)>
                <p>{doubt_words(doubt)}</p>
                <Button
                    label=word(|it| it.uploads.trust_image)
                    small=true
                    on_press=move |()| id.with_value(|id| uploads.trust(id))
                />
            </Notice>
        })
    }
}
