//! Files that are dropped anywhere on the app. The list of images and the create page take them; elsewhere nothing happens, where
//! the browser alone would leave the app to show the file, and cut off what is being sent.

use leptos::{ev, prelude::*};
use leptos_router::hooks::{use_location, use_navigate};
use web_sys::DataTransfer;

use crate::{client::browser::all_files, i18n::word, routes, state::uploads::Uploads};

/// Listens on the window; on the list of images it says that they may be dropped.
#[component]
pub fn DropTarget(
    /// Where they go.
    uploads: Uploads,
) -> impl IntoView {
    let is_dragging = uploads.is_dragging();
    let path = use_location().pathname;
    let navigate = use_navigate();
    let is_list = move |path: &str| path.trim_end_matches('/').ends_with(routes::IMAGES);
    let takes = move |path: &str| is_list(path) || path.trim_end_matches('/').ends_with(routes::NEW_IMAGE);
    let over = window_event_listener(ev::dragover, move |event| {
        let Some(data) = event.data_transfer().filter(holds_files) else { return };
        event.prevent_default();
        let is_taken = takes(&path.read_untracked());
        data.set_drop_effect(if is_taken { "copy" } else { "none" });
        if is_taken && !is_dragging.get_untracked() {
            is_dragging.set(true);
        }
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        // Without one that is entered instead, it leaves the window.
        if event.related_target().is_none() {
            is_dragging.set(false);
        }
    });
    let drop = window_event_listener(ev::drop, move |event| {
        let Some(data) = event.data_transfer().filter(holds_files) else { return };
        event.prevent_default();
        is_dragging.set(false);
        let here = path.get_untracked();
        if takes(&here) {
            uploads.dropped().set(data.files().map(|list| all_files(&list)).unwrap_or_default());
            if is_list(&here) {
                navigate(&routes::to(routes::NEW_IMAGE), leptos_router::NavigateOptions::default());
            }
        }
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        drop.remove();
    });
    let is_shown = Memo::new(move |_| is_dragging.get() && is_list(&path.read()));
    move || is_shown.get().then(|| view! { <p class="drop-banner">{word(|it| it.uploads.drop_here)}</p> })
}

fn holds_files(data: &DataTransfer) -> bool {
    data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files"))
}
