//! Tabs that are links, so that the address names the open one.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// One tab.
#[derive(Clone)]
pub struct Tab {
    /// Where it leads.
    pub href: Signal<String>,
    /// Its words.
    pub words: Signal<String>,
    /// Whether it is the open one.
    pub is_open: Signal<bool>,
}

/// A row of tabs.
#[component]
pub fn Tabs(
    /// The accessible name of the row.
    #[prop(into)]
    label: Signal<String>,
    /// The tabs.
    tabs: Vec<Tab>,
    /// The id of the panel that they change.
    panel: String,
) -> impl IntoView {
    let tab = move |Tab { href, words, is_open }: Tab| {
        view! {
            <a
                href=href
                role="tab"
                tabindex=move || if is_open.get() { "0" } else { "-1" }
                aria-selected=move || if is_open.get() { "true" } else { "false" }
                aria-controls=panel.clone()
                data-noscroll=""
            >
                {words}
            </a>
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=go_to_tab>
            {tabs.into_iter().map(tab).collect_view()}
        </div>
    }
}

/// Arrow keys go from tab to tab, as screen readers say; Space presses a link like a button.
pub fn go_to_tab(event: leptos::ev::KeyboardEvent) {
    let Some(here) = document().active_element() else { return };
    let Some(tabs) = here.closest("[role=tablist]").ok().flatten().map(|list| list.children()) else {
        return;
    };
    let last = tabs.length().saturating_sub(1);
    let Some(at) = (0..=last).find(|&at| tabs.item(at).as_ref() == Some(&here)) else { return };
    let to = match event.key().as_str() {
        "ArrowRight" => (at + 1) % (last + 1),
        "ArrowLeft" => (at + last) % (last + 1),
        "Home" => 0,
        "End" => last,
        " " => at,
        _ => return,
    };
    event.prevent_default();
    if let Some(tab) = tabs.item(to).and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
        // What can't take the focus can still be pressed.
        let _ = tab.focus();
        tab.click();
    }
}
