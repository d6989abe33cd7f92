//! The tabs: All, Yours, Public, Shared with you, Community.

use leptos::prelude::*;

use crate::{
    domain::image_list::{ListQuery, Tab, pending_offers},
    i18n::{Texts, intl, t, word},
    pages::images::list::List,
    routes,
    ui::tabs::go_to_tab,
};

/// A tab's name.
pub fn tab_words(tab: Tab, texts: &Texts) -> &'static str {
    match tab {
        Tab::All => texts.images.tab_all,
        Tab::Yours => texts.images.tab_yours,
        Tab::Public => texts.images.tab_public,
        Tab::Shared => texts.images.tab_shared,
        Tab::Community => texts.images.tab_community,
    }
}

/// The tabs.
#[component]
pub fn Tabs(
    /// The list.
    list: List,
    /// The id of what they choose from.
    panel: String,
) -> impl IntoView {
    let (images, query) = (list.images, list.query);
    let pending = Memo::new(move |_| {
        images.me().read().as_ref().map_or(0, |me| pending_offers(&images.index().read(), me))
    });
    let has_all = Memo::new(move |_| images.offers_sought().is_none());
    let tab = move |tab: Tab| {
        let is_here = move || query.read().tab == tab;
        let count = move || {
            let pending = Some(pending.get()).filter(|pending| tab == Tab::Shared && *pending > 0)?;
            Some(format!("{}{}", intl::integer(pending as u64), if has_all.get() { "" } else { "+" }))
        };
        view! {
            <a
                href=move || format!("{}{}{}", routes::base(), routes::IMAGES, ListQuery { tab, ..query.get() }.print())
                role="tab"
                tabindex=move || if is_here() { "0" } else { "-1" }
                aria-selected=move || if is_here() { "true" } else { "false" }
                aria-controls=panel.clone()
                data-noscroll=""
            >
                {move || tab_words(tab, t())}
                {move || count().map(|count| view! { " " <span class="count">{count}</span> })}
            </a>
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=word(|it| it.images.views) on:keydown=go_to_tab>
            {Tab::ALL.map(tab).collect_view()}
        </div>
    }
}
