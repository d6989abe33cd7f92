//! The page for an address that has none.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::{components::shell::Page, i18n::word, routes};

/// Says that there is no such page.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Page title=word(|it| it.shell.not_found_title)>
            <p>{word(|it| it.shell.not_found_text)}</p>
            <p>
                <A href=routes::to(routes::IMAGES)>{word(|it| it.shell.not_found_link)}</A>
            </p>
        </Page>
    }
}
