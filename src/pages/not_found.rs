//! The page for an address that has none.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::{components::shell::Page, i18n::t, routes};

/// Says that there is no such page.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Page title=Signal::derive(|| t().shell.not_found_title.to_owned())>
            <p>{move || t().shell.not_found_text}</p>
            <p>
                <A href=routes::IMAGES>{move || t().shell.not_found_link}</A>
            </p>
        </Page>
    }
}
