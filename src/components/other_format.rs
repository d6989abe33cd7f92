//! Another format for bytes that the cloud did not take as the declared one: in the tray, for files and for addresses, and in an image's
//! history.

use leptos::prelude::*;

use crate::{
    components::{image_form::formats::use_formats, image_words::format_words},
    i18n::{t, word},
    openstack::glance::image::DiskFormat,
    state::session::use_session,
    ui::{
        button::Button,
        field::{Choice, SelectField},
    },
};

/// A choice of the cloud's formats, and "Set format to … and retry".
#[component]
pub fn OtherFormat(
    /// The one that failed.
    #[prop(into)]
    declared: Option<DiskFormat>,
    /// The likely one, chosen to begin with.
    better: Option<DiskFormat>,
    /// Sets it.
    on_set: Callback<DiskFormat>,
) -> impl IntoView {
    let (formats, _) = use_formats(use_session());
    let others = Memo::new(move |_| {
        let formats = formats.get();
        formats.disk.into_iter().filter(|format| Some(format) != declared.as_ref()).collect::<Vec<_>>()
    });
    let value = RwSignal::new(better.map(|format| format.to_string()).unwrap_or_default());
    // The first, where none is likely, or the cloud does not take the likely one.
    Effect::new(move |_| {
        let others = others.read();
        if !others.iter().any(|format| *value.read_untracked() == format.as_str()) {
            value.set(others.first().map(DiskFormat::to_string).unwrap_or_default());
        }
    });
    let choices = Signal::derive(move || {
        let others = others.read();
        others.iter().map(|format| Choice::new(format.as_str(), format_words(format))).collect::<Vec<_>>()
    });
    let press = move |()| on_set.run(DiskFormat::from(value.get_untracked()));
    view! {
        <div class="upload-format">
            <SelectField label=word(|it| it.image.format) value=value choices=choices />
            <Button label=Signal::derive(move || (t().uploads.set_format)(&value.read())) small=true on_press=press />
        </div>
    }
}
