//! "Kernel" and "Ramdisk": only where there are images to name, or the format wants them.

use leptos::prelude::*;

use crate::{
    components::image_form::ImageForm,
    domain::image_draft::Field,
    i18n::{t, word},
    openstack::glance::image::DiskFormat,
    state::images::{Images, use_images},
    ui::field::{Choice, TextField},
};

/// The two fields, with the images that may be named.
#[component]
pub fn PartFields(
    /// What is typed.
    form: ImageForm,
    /// Why a field can't be changed.
    locked: Callback<Field, Option<String>>,
) -> impl IntoView {
    let images = use_images();
    let kernels = parts(images, DiskFormat::Aki);
    let ramdisks = parts(images, DiskFormat::Ari);
    let is_shown = Memo::new(move |_| {
        *form.disk_format.read() == "ami"
            || !(kernels.read().is_empty() && ramdisks.read().is_empty())
            || !(form.kernel.read().is_empty() && form.ramdisk.read().is_empty())
    });
    let field = move |field: Field, value: RwSignal<String>, known: Memo<Vec<Choice>>| {
        let (label, words): (_, fn() -> &'static str) = match field {
            Field::Kernel => (word(|it| it.form.kernel), || t().form.kernel_hint),
            _ => (word(|it| it.form.ramdisk), || t().form.ramdisk_hint),
        };
        // An id says little: the name of the image that it means stands under it.
        let hint = move || {
            let (known, value) = (known.read(), value.read());
            let name =
                known.iter().find(|choice| choice.value == value.trim()).map(|choice| choice.label.clone());
            Some(locked.run(field).or(name).unwrap_or_else(|| words().to_owned()))
        };
        view! {
            <TextField
                label=label
                value=value
                suggestions=known
                read_only=Signal::derive(move || locked.run(field).is_some())
                hint=Signal::derive(hint)
                problem=form.problem(field)
                on_leave=Callback::new(move |()| form.leave(field))
            />
        }
    };
    move || {
        is_shown.get().then(|| {
            [(Field::Kernel, form.kernel, kernels), (Field::Ramdisk, form.ramdisk, ramdisks)]
                .map(|(name, value, known)| field(name, value, known))
                .collect_view()
        })
    }
}

/// Images of a format that only serves others.
fn parts(images: Images, format: DiskFormat) -> Memo<Vec<Choice>> {
    Memo::new(move |_| {
        let index = images.index();
        let index = index.read();
        let of_format = index.rows().filter(|row| row.image.disk_format.as_ref() == Some(&format));
        of_format
            .map(|row| Choice::new(row.image.id.as_str(), row.image.name.clone().unwrap_or_default()))
            .collect::<Vec<_>>()
    })
}
