//! "File": a picker. Files may also be dropped anywhere on the page (`components::upload_tray::drop`).

use leptos::{html, prelude::*};

use crate::{
    client::browser::all_files,
    i18n::{t, word},
    pages::image_new::files::Files,
    state::uploads::use_uploads,
    ui::{
        icon::{Icon, Picture},
        id::unique_id,
    },
};

/// The picker.
#[component]
pub fn FilePicker(
    /// Where the files go.
    files: Files,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let id = unique_id("file");
    let (label_id, hint_id, problem_id) =
        (format!("{id}-label"), format!("{id}-hint"), format!("{id}-problem"));
    let problem = Memo::new(move |_| files.problem());
    let described_by = {
        let (hint, problem_id) = (hint_id.clone(), problem_id.clone());
        move || match problem.read().is_some() {
            true => format!("{problem_id} {hint}"),
            false => hint.clone(),
        }
    };
    let chosen = move |_| {
        if let Some(input) = input.get_untracked() {
            files.choose(input.files().map(|list| all_files(&list)).unwrap_or_default());
            // So that the same file can be chosen again after it was removed from the list.
            input.set_value("");
        }
    };
    let uploads = use_uploads();
    let is_dragging = uploads.is_dragging();
    // Dropped here, or on the list of images, which then opened this page.
    let dropped = uploads.dropped();
    Effect::new(move |_| {
        if !dropped.read().is_empty() {
            files.add(std::mem::take(&mut *dropped.write()));
        }
    });
    view! {
        <div class="field">
            <span class="label" id=label_id.clone()>{word(|it| it.create.file)}</span>
            <div class="dropzone" data-dragging=move || is_dragging.get().then_some("true")>
                <input
                    class="visually-hidden"
                    type="file"
                    multiple=true
                    id=id.clone()
                    node_ref=input
                    aria-labelledby=label_id
                    aria-describedby=described_by
                    aria-invalid=move || problem.read().is_some().then_some("true")
                    on:change=chosen
                />
                <label class="button" for=id>
                    <Picture icon=Icon::Upload />
                    {word(|it| it.create.choose_files)}
                </label>
                <span class="hint" id=hint_id>
                    {move || if is_dragging.get() { t().create.drop_now } else { t().create.drop_hint }}
                </span>
            </div>
            {move || problem.get().map(|problem| view! { <p class="problem" id=problem_id.clone()>{problem}</p> })}
        </div>
    }
}
