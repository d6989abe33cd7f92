//! The bar above the list: search box, refresh, sorting on a phone, counts.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    client::browser::now_ms,
    domain::image_list::{
        ListQuery,
        sort::{Sort, SortColumn},
    },
    i18n::{Words, intl, t, word},
    pages::images::list::List,
};

/// How long the typing must rest before the address follows.
const ADDRESS_AFTER: Duration = Duration::from_millis(300);

/// The search box.
#[component]
pub fn SearchBox(
    /// The list.
    list: List,
) -> impl IntoView {
    let go = move |search: String| {
        // The page may have been left meanwhile, or the box been cleared: what stood there is then of no interest any more.
        let is_current = list.typed.try_with_untracked(|typed| *typed == search) == Some(true);
        let query = list.query.try_get_untracked().filter(|query| is_current && query.search != search);
        if let Some(query) = query {
            // One step of Back for the whole search, not one for each pause.
            let goes_on = !query.search.is_empty();
            list.go(ListQuery { search, ..query }, goes_on);
        }
    };
    let follow = StoredValue::new(debounce(ADDRESS_AFTER, go));
    view! {
        <input
            class="input search"
            type="search"
            aria-label=word(|it| it.images.search)
            placeholder=word(|it| it.images.search_placeholder)
            spellcheck="false"
            autocomplete="off"
            prop:value=list.typed
            on:input:target=move |event| {
                let search = event.target().value();
                list.typed.set(search.clone());
                follow.update_value(|follow| follow(search));
            }
            // Enter, or on the way to a link: Back shall find the search there.
            on:change:target=move |event| go(event.target().value())
        />
    }
}

/// How many there are, whether more are coming, and how old it all is.
#[component]
pub fn Counts(
    /// The list.
    list: List,
) -> impl IntoView {
    let images = list.images;
    let now = RwSignal::new(now_ms());
    let clock = set_interval_with_handle(move || now.set(now_ms()), Duration::from_secs(15));
    on_cleanup(move || {
        if let Ok(clock) = clock {
            clock.clear();
        }
    });
    let words = move || {
        let texts = &t().images;
        let load = images.load();
        let load = load.read();
        let (shown, all) = (list.count() as u64, images.index().read().len() as u64);
        if !load.has_rows {
            return String::new();
        }
        if load.ended_at.is_none() {
            let words = if load.is_running { texts.loading_more } else { texts.loaded_in_part };
            return words(&intl::integer(all));
        }
        if shown == all {
            (texts.count)(&intl::integer(all), all)
        } else {
            (texts.count_filtered)(&intl::integer(shown), &intl::integer(all))
        }
    };
    let age = move || {
        let at = images.load().read().heard_at?;
        let since = js_sys::Date::new(&at.into()).to_iso_string();
        Some((t().images.refreshed)(&intl::ago(&String::from(since), now.get().max(at))))
    };
    view! {
        <p class="muted list-counts">
            <span role="status">{words}</span>
            {move || age().map(|age| view! { <small>" · " {age}</small> })}
        </p>
    }
}

/// Sorting where there are no column heads: a phone shows cards.
#[component]
pub fn SortList(
    /// The list.
    list: List,
) -> impl IntoView {
    let choices: [(SortColumn, Words); 6] = [
        (SortColumn::Created, |it| it.image.created),
        (SortColumn::Name, |it| it.image.name),
        (SortColumn::Updated, |it| it.image.updated),
        (SortColumn::Status, |it| it.image.status),
        (SortColumn::Size, |it| it.image.size),
        (SortColumn::Visibility, |it| it.image.visibility),
    ];
    let choose = move |value: String| {
        let chosen = choices.iter().enumerate().find(|(at, _)| at.to_string() == value);
        if let Some((_, &(column, _))) = chosen {
            let newest = Sort::default();
            let sort = if column == newest.column { newest } else { newest.clicked(column) };
            list.go(ListQuery { sort, ..list.current() }, false);
        }
    };
    view! {
        <select
            class="input sort-list"
            aria-label=word(|it| it.images.sort_by)
            on:change:target=move |event| choose(event.target().value())
        >
            {choices
                .into_iter()
                .enumerate()
                .map(|(at, (column, words))| {
                    view! {
                        <option value=at.to_string() selected=move || list.query.read().sort.column == column>
                            {word(words)}
                        </option>
                    }
                })
                .collect_view()}
        </select>
    }
}
