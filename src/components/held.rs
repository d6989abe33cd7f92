//! The fields of a form that is being sent. What is changed meanwhile would not be sent with it, and be lost with the page.

use leptos::{
    ev::{DragEvent, FocusEvent},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement};

use crate::client::browser::Listener;

/// The fields. While `busy` they can't be reached, nor files be dropped on the page; afterwards the focus is where it was. What
/// is inert is silent: `aria-busy` belongs on the form around them, with the button.
#[component]
pub fn HeldFields(
    /// The form is being sent.
    #[prop(into)]
    busy: Signal<bool>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let fields = NodeRef::<html::Div>::new();
    let last = StoredValue::new_local(None::<HtmlElement>);
    let remember = move |event: FocusEvent| {
        last.set_value(event.target().and_then(|target| target.dyn_into().ok()));
    };
    Effect::new(move |was_busy: Option<bool>| {
        let is_busy = busy.get();
        if let Some(fields) = fields.get() {
            fields.set_inert(is_busy);
        }
        // Before anything that comes next looks for the focus: a dialog gives it back where it finds it now.
        if was_busy == Some(true)
            && !is_busy
            && is_focus_lost()
            && let Some(last) = last.get_value()
        {
            // A click may leave the focus nowhere by itself: then nothing on the screen is to move. Fails for a field that is gone.
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            let _ = last.focus_with_options(&options);
        }
        is_busy
    });
    let refuse = move |event: web_sys::Event| {
        if busy.try_get_untracked() != Some(true) {
            return;
        }
        event.prevent_default();
        // Whoever takes files listens on the window, behind this.
        event.stop_propagation();
        if let Some(data) = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer) {
            data.set_drop_effect("none");
        }
    };
    let listeners = ["dragover", "drop"].map(|event| Listener::new(&document(), event, refuse));
    // For as long as the form is there.
    StoredValue::new_local(listeners);
    view! {
        <div class="stack" node_ref=fields on:focusin=remember>
            {children()}
        </div>
    }
}

fn is_focus_lost() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}
