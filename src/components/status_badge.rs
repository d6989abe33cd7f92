//! An image's status in a pill.

use leptos::prelude::*;

use crate::{
    components::image_words::status_words,
    openstack::glance::image::ImageStatus,
    ui::notice::{Badge, Tone},
};

/// The colour of a status; unknown ones stay plain.
pub fn tone(status: &ImageStatus) -> Tone {
    match status {
        ImageStatus::Active => Tone::Good,
        ImageStatus::Saving
        | ImageStatus::Uploading
        | ImageStatus::Importing
        | ImageStatus::PendingDelete => Tone::Busy,
        ImageStatus::Killed => Tone::Bad,
        ImageStatus::Deactivated => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// An image's status.
#[component]
pub fn StatusBadge(
    /// As Glance says it.
    #[prop(into)]
    status: Signal<ImageStatus>,
) -> impl IntoView {
    view! {
        <Badge
            label=Signal::derive(move || status_words(&status.read()))
            tone=Signal::derive(move || tone(&status.read()))
        />
    }
}
