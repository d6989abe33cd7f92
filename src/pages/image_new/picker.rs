//! "File": a picker, and dropping files anywhere on the page.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{DataTransfer, File, FileList};

use crate::{
    i18n::{t, word},
    pages::image_new::files::Files,
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
            files.choose(input.files().map(|list| all(&list)).unwrap_or_default());
            // So that the same file can be chosen again after it was removed from the list.
            input.set_value("");
        }
    };
    let is_dragging = dropping(files);
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

/// Takes files that are dropped anywhere on the window; true while some are dragged over it.
fn dropping(files: Files) -> RwSignal<bool> {
    let is_dragging = RwSignal::new(false);
    let over = window_event_listener(ev::dragover, move |event| {
        if event.data_transfer().as_ref().is_some_and(holds_files) {
            event.prevent_default();
            if !is_dragging.get_untracked() {
                is_dragging.set(true);
            }
        }
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        // Without one that is entered instead, it leaves the window.
        if event.related_target().is_none() {
            is_dragging.set(false);
        }
    });
    let drop = window_event_listener(ev::drop, move |event| {
        if let Some(dropped) = event.data_transfer().filter(holds_files) {
            event.prevent_default();
            is_dragging.set(false);
            files.add(dropped.files().map(|list| all(&list)).unwrap_or_default());
        }
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        drop.remove();
    });
    is_dragging
}

fn holds_files(data: &DataTransfer) -> bool {
    data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files"))
}

fn all(list: &FileList) -> Vec<File> {
    let list: &js_sys::Object = list.unchecked_ref();
    js_sys::Array::from(list).iter().filter_map(|file| file.dyn_into().ok()).collect()
}
