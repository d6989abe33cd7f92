//! The browser's own modal dialog: focus trap, Escape, inert background and focus return come with it.

use leptos::{html, prelude::*};

use crate::ui::id::unique_id;

/// A modal dialog, named by its heading. It is open while this component is mounted: show it with
/// `{move || open.get().then(|| view! { <Dialog …/> })}`.
#[component]
pub fn Dialog(
    /// The heading, which names the dialog.
    #[prop(into)]
    heading: Signal<String>,
    /// Called when the person closes it (Escape), unless it is `locked`.
    #[prop(into)]
    on_close: Callback<()>,
    /// Can't be closed by Escape (work is under way, or an answer is needed).
    #[prop(optional, into)]
    locked: Signal<bool>,
    /// Wider, for lists.
    #[prop(optional)]
    wide: bool,
    /// The body and the row of buttons (class `dialog-foot`).
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let heading_id = unique_id("dialog");
    let labelled_by = heading_id.clone();
    // Removing an open dialog from the page drops the focus; the element that had it gets it back.
    let opener = StoredValue::new_local(document().active_element());
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            // Fails only for an element outside the document, which a mounted one is not.
            let _ = dialog.show_modal();
        }
    });
    on_cleanup(move || {
        use wasm_bindgen::JsCast;
        let element = opener
            .try_get_value()
            .flatten()
            .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(element) = element {
            // After the removal, not before: the open modal would still hold the focus.
            request_animation_frame(move || {
                // A focus that fails (the opener is gone) leaves it on the body: nothing better to do.
                let _ = element.focus();
            });
        }
    });
    view! {
        <dialog
            class="dialog"
            node_ref=dialog
            data-wide=wide.then_some("true")
            aria-labelledby=labelled_by
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                if !locked.get_untracked() {
                    on_close.run(());
                }
            }
            on:close=move |_| {
                // A second Escape closes it whatever `cancel` says.
                if !locked.get_untracked() {
                    on_close.run(());
                } else if let Some(dialog) = dialog.get_untracked() {
                    // As above: it is mounted.
                    let _ = dialog.show_modal();
                }
            }
        >
            <div class="dialog-body">
                <h2 id=heading_id>{heading}</h2>
                {children()}
            </div>
        </dialog>
    }
}
