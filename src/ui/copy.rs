//! Copying a value to the clipboard.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use crate::{
    i18n::t,
    ui::{
        button::{Button, Kind},
        icon::Icon,
    },
};

/// Puts `text` on the clipboard; false where the browser refuses (no secure context, no permission).
pub async fn copy_text(text: &str) -> bool {
    // `navigator.clipboard` is undefined outside secure contexts, and calling through it would throw.
    let navigator = window().navigator();
    let has_clipboard =
        js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|it| !it.is_undefined());
    has_clipboard && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// A small button that copies a value and says so.
#[component]
pub fn CopyButton(
    /// The accessible name, for example "Copy id".
    #[prop(into)]
    label: Signal<String>,
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<bool>);
    let press = move |()| {
        let text = text.get_untracked();
        spawn_local(async move {
            let copied = copy_text(&text).await;
            outcome.try_set(Some(copied));
        });
    };
    view! {
        <span class="copy">
            <Button label=label kind=Kind::Quiet icon=Icon::Copy icon_only=true small=true on_press=press />
            <span role="status" class="muted">
                {move || outcome.get().map(|copied| if copied { t().common.copied } else { t().common.not_copied })}
            </span>
        </span>
    }
}
