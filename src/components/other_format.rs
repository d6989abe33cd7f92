//! Another format for bytes that the cloud did not take as the declared one: in the tray, for files and for addresses.

use leptos::prelude::*;

use crate::{
    components::image_words::format_words,
    i18n::{t, word},
    openstack::glance::image::DiskFormat,
    ui::{
        button::Button,
        field::{Choice, SelectField},
    },
};

/// A choice of formats, and "Set format to … and retry".
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
    let others = DiskFormat::KNOWN.iter().filter(move |format| Some(*format) != declared.as_ref());
    let others: Vec<DiskFormat> = others.cloned().collect();
    let first = better.as_ref().or(others.first()).map(|format| format.as_str().to_owned());
    let value = RwSignal::new(first.unwrap_or_default());
    let choices = Signal::derive(move || {
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
