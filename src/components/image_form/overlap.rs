//! The question about what somebody else has changed since the form was filled.

use leptos::prelude::*;

use crate::{
    components::image_words::{format_words, visibility_words},
    domain::image_draft::conflict::Conflict,
    i18n::{t, word},
    openstack::glance::{image::Image, patch::Patch},
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
    },
};

/// The values that would be overwritten, and what would overwrite them.
#[derive(Clone)]
pub struct Overlap {
    /// The values.
    pub conflicts: Vec<Conflict>,
    /// What is sent if the person says so.
    pub patch: Patch,
    /// The image as it is while the person is asked.
    pub seen: Image,
}

/// Shows both values of everything that would be overwritten.
#[component]
pub fn OverlapDialog(
    /// What would be overwritten.
    question: Overlap,
    /// Called when nothing shall be sent.
    #[prop(into)]
    on_close: Callback<()>,
    /// Called with the question when its patch shall be sent all the same.
    #[prop(into)]
    on_overwrite: Callback<Overlap>,
) -> impl IntoView {
    let conflicts = question.conflicts.clone();
    let row = |Conflict { key, theirs, mine, .. }: Conflict| {
        let name = match label(&key) {
            Some(label) => view! { <th scope="row">{label}</th> }.into_any(),
            None => view! { <th scope="row" class="mono"><bdi>{key.clone()}</bdi></th> }.into_any(),
        };
        view! {
            <tr>
                {name}
                <td><bdi>{value_words(&key, theirs)}</bdi></td>
                <td><bdi>{value_words(&key, mine)}</bdi></td>
            </tr>
        }
    };
    view! {
        <Dialog heading=word(|it| it.edit.overlap_title) on_close=on_close wide=true>
            <p>{word(|it| it.edit.overlap_text)}</p>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{word(|it| it.edit.field)}</th>
                        <th scope="col">{word(|it| it.edit.theirs)}</th>
                        <th scope="col">{word(|it| it.edit.yours)}</th>
                    </tr>
                </thead>
                <tbody>{conflicts.into_iter().map(row).collect_view()}</tbody>
            </table>
            <div class="dialog-foot">
                <Button
                    label=word(|it| it.edit.keep_editing)
                    on_press=on_close
                    autofocus=true
                />
                <Button
                    label=word(|it| it.edit.overwrite)
                    kind=Kind::Danger
                    on_press=move |()| on_overwrite.run(question.clone())
                />
            </div>
        </Dialog>
    }
}

/// The form's name for what Glance calls `key`; none for a property that the form doesn't name.
fn label(key: &str) -> Option<&'static str> {
    let (form, image) = (&t().form, &t().image);
    Some(match key {
        "name" => form.name,
        "description" => image.description,
        "disk_format" => image.format,
        "container_format" => image.container_format,
        "architecture" => image.architecture,
        "min_disk" => form.min_disk,
        "min_ram" => form.min_ram,
        "kernel_id" => form.kernel,
        "ramdisk_id" => form.ramdisk,
        "visibility" => image.visibility,
        "protected" => image.protected,
        "os_hidden" => image.hidden,
        "tags" => image.tags,
        _ => return None,
    })
}

fn value_words(key: &str, value: Option<String>) -> String {
    let Some(value) = value else { return t().common.none.to_owned() };
    match (key, &*value) {
        ("protected" | "os_hidden", "true") => t().common.yes.to_owned(),
        ("protected" | "os_hidden", "false") => t().common.no.to_owned(),
        ("visibility", word) => visibility_words(&word.into()),
        ("disk_format", word) => format_words(&word.into()),
        _ => value,
    }
}
