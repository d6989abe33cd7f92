//! The list of images: tabs, search, table, row actions. What it shows stands in the URL.

mod row;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_location, use_navigate},
};
use wasm_bindgen::JsCast;

use crate::{
    client::browser::now_ms,
    components::{
        delete_image::{DeleteImageDialog, provide_delete_image},
        error_panel::ErrorPanel,
        image_words::refusal,
        shell::Page,
    },
    domain::{
        access::can_create,
        image_list::{
            ListQuery, Tab, pending_offers, select,
            sort::{Direction, Sort, SortColumn},
        },
    },
    i18n::{Texts, Words, intl, t, word},
    openstack::ids::ImageId,
    pages::images::row::ImageRow,
    routes,
    state::{
        images::{Images, use_images},
        session::use_session,
    },
    ui::{
        button::{Button, Kind},
        icon::Icon,
        id::unique_id,
        notice::{Empty, SkeletonRows},
        table::SortHead,
    },
};

/// Rows drawn at first, and more at each wish: the browser stays quick with ten thousand.
const ROWS_AT_ONCE: usize = 100;
/// How long the typing must rest before the address follows.
const ADDRESS_AFTER: Duration = Duration::from_millis(300);
/// Cells of a row.
const CELLS: usize = 12;

/// What stands under the search box.
#[derive(Clone, Copy, PartialEq)]
enum Body {
    /// The rows, or the grey bars of those to come.
    Table,
    /// Nothing matches, or there is nothing at all.
    NothingHere,
    /// Nothing could be read; the reason stands above.
    Failed,
}

/// The list.
#[component]
pub fn ImagesPage() -> impl IntoView {
    let images = use_images();
    images.ensure();
    provide_delete_image();
    // Only once there are rows to name: the first request is the list's alone.
    let session = use_session();
    Effect::new(move |_| {
        if images.load().read().has_rows {
            session.learn_project_names();
        }
    });

    let search = use_location().search;
    let query = Memo::new(move |_| ListQuery::parse(&search.read()));
    let navigate = use_navigate();
    let go = Callback::new(move |(query, replace): (ListQuery, bool)| {
        let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
        navigate(&format!("{}{}", routes::IMAGES, query.print()), options);
    });

    // What is typed counts at once; the address follows when the typing rests (browsers limit how often it may change).
    let typed = RwSignal::new(query.read_untracked().search.clone());
    Effect::new(move |before: Option<String>| {
        let search = query.read().search.clone();
        if before.is_some_and(|before| before != search) {
            typed.set(search.clone());
        }
        search
    });
    let shown = Memo::new(move |_| ListQuery { search: typed.get(), ..query.get() });

    let rows = Memo::new(move |_| match images.me().get() {
        Some(me) => {
            let index = images.index();
            let index = index.read();
            select(&index, &shown.read(), &me).into_iter().map(|row| row.image.id.clone()).collect()
        }
        None => Vec::new(),
    });
    let wanted = RwSignal::new(ROWS_AT_ONCE);
    // Another view begins at its top.
    Effect::new(move |_| {
        query.track();
        wanted.set(ROWS_AT_ONCE);
    });
    // A memo, so that the table is not made anew (and its open menu closed) at every answer of the background passes.
    let body = Memo::new(move |_| {
        let load = images.load();
        let load = load.read();
        match (rows.read().is_empty(), load.has_rows) {
            (false, _) => Body::Table,
            (true, true) => Body::NothingHere,
            (true, false) if load.error.is_none() => Body::Table,
            (true, false) => Body::Failed,
        }
    });
    let panel = unique_id("panel");

    view! {
        <Page title=word(|it| it.images.title) actions=move || view! { <CreateLink images=images /> }>
            <div class="stack">
                <Tabs images=images query=query panel=panel.clone() />
                <div class="stack-s" id=panel role="tabpanel" aria-label=move || tab_words(query.read().tab, t())>
                    <div class="list-bar">
                        <SearchBox typed=typed query=query go=go />
                        <Button
                            label=word(|it| it.images.refresh)
                            kind=Kind::Quiet
                            icon=Icon::Refresh
                            icon_only=true
                            busy=Signal::derive(move || images.load().read().is_running)
                            on_press=move |()| images.refresh()
                        />
                        <SortList query=query go=go />
                        <Counts images=images rows=rows />
                    </div>
                    <Failure images=images />
                    {move || match body.get() {
                        Body::Table => {
                            view! { <Table images=images query=query go=go rows=rows wanted=wanted /> }.into_any()
                        }
                        Body::NothingHere => {
                            view! { <NothingHere images=images query=shown go=go /> }.into_any()
                        }
                        Body::Failed => ().into_any(),
                    }}
                </div>
            </div>
            <DeleteImageDialog />
        </Page>
    }
}

/// "Create image": a link, or a disabled button with the reason.
#[component]
fn CreateLink(images: Images) -> impl IntoView {
    let reason = Memo::new(move |_| images.me().read().as_ref().and_then(|me| refusal(can_create(me))));
    move || match reason.get() {
        None => view! {
            <A href=routes::NEW_IMAGE attr:class="button" attr:data-kind="primary">
                {word(|it| it.images.create)}
            </A>
        }
        .into_any(),
        Some(why) => view! {
            <Button label=word(|it| it.images.create) kind=Kind::Primary disabled_reason=Some(why) />
        }
        .into_any(),
    }
}

fn tab_words(tab: Tab, texts: &Texts) -> &'static str {
    match tab {
        Tab::All => texts.images.tab_all,
        Tab::Yours => texts.images.tab_yours,
        Tab::Public => texts.images.tab_public,
        Tab::Shared => texts.images.tab_shared,
        Tab::Community => texts.images.tab_community,
    }
}

#[component]
fn Tabs(images: Images, query: Memo<ListQuery>, panel: String) -> impl IntoView {
    let pending = Memo::new(move |_| {
        images.me().read().as_ref().map_or(0, |me| pending_offers(&images.index().read(), me))
    });
    let tab = move |tab: Tab| {
        let is_here = move || query.read().tab == tab;
        let count = move || (tab == Tab::Shared && pending.get() > 0).then(|| pending.get());
        view! {
            <a
                href=move || format!("{}{}", routes::IMAGES, ListQuery { tab, ..query.get() }.print())
                role="tab"
                tabindex=move || if is_here() { "0" } else { "-1" }
                aria-selected=move || if is_here() { "true" } else { "false" }
                aria-controls=panel.clone()
                data-noscroll=""
            >
                {move || tab_words(tab, t())}
                {move || count().map(|count| view! { " " <span class="count">{intl::integer(count as u64)}</span> })}
            </a>
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=word(|it| it.images.views) on:keydown=go_to_tab>
            {Tab::ALL.map(tab).collect_view()}
        </div>
    }
}

#[component]
fn SearchBox(
    typed: RwSignal<String>,
    query: Memo<ListQuery>,
    go: Callback<(ListQuery, bool)>,
) -> impl IntoView {
    let follow = StoredValue::new(debounce(ADDRESS_AFTER, move |search: String| {
        // The page may have been left meanwhile.
        if let Some(query) = query.try_get_untracked() {
            // One step of Back for the whole search, not one for each pause.
            let goes_on = !query.search.is_empty();
            let _ = go.try_run((ListQuery { search, ..query }, goes_on));
        }
    }));
    view! {
        <input
            class="input search"
            type="search"
            aria-label=word(|it| it.images.search)
            placeholder=word(|it| it.images.search_placeholder)
            spellcheck="false"
            autocomplete="off"
            prop:value=typed
            on:input:target=move |event| {
                let search = event.target().value();
                typed.set(search.clone());
                follow.update_value(|follow| follow(search));
            }
        />
    }
}

/// Arrow keys go from tab to tab, as screen readers say; Space presses a link like a button.
fn go_to_tab(event: leptos::ev::KeyboardEvent) {
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

/// How many there are, whether more are coming, and how old it all is.
#[component]
fn Counts(images: Images, rows: Memo<Vec<ImageId>>) -> impl IntoView {
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
        let (shown, all) = (rows.read().len() as u64, images.index().read().len() as u64);
        if load.is_running && load.complete_at.is_none() && load.has_rows {
            return (texts.loading_more)(&intl::integer(all));
        }
        if !load.has_rows {
            return String::new();
        }
        if shown == all {
            (texts.count)(&intl::integer(all), all)
        } else {
            (texts.count_filtered)(&intl::integer(shown), &intl::integer(all))
        }
    };
    let age = move || {
        let at = images.load().read().complete_at?;
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
fn SortList(query: Memo<ListQuery>, go: Callback<(ListQuery, bool)>) -> impl IntoView {
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
            let query = query.get_untracked();
            let newest = Sort::default();
            let sort = if column == newest.column { newest } else { newest.clicked(column) };
            go.run((ListQuery { sort, ..query }, false));
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
                        <option value=at.to_string() selected=move || query.read().sort.column == column>
                            {word(words)}
                        </option>
                    }
                })
                .collect_view()}
        </select>
    }
}

#[component]
fn Failure(images: Images) -> impl IntoView {
    move || {
        let load = images.load().get();
        let error = load.error?;
        let tried = move || {
            let texts = &t().images;
            if load.has_rows { texts.could_not_refresh } else { texts.could_not_list }.to_owned()
        };
        Some(
            view! { <ErrorPanel tried=Signal::derive(tried) error=error on_retry=move |()| images.refresh() /> },
        )
    }
}

#[component]
fn NothingHere(images: Images, query: Memo<ListQuery>, go: Callback<(ListQuery, bool)>) -> impl IntoView {
    let is_search = move || !query.read().search.trim().is_empty();
    let title = move || {
        let texts = &t().images;
        if is_search() {
            texts.nothing_matches
        } else if images.index().read().is_empty() {
            texts.empty_title
        } else {
            texts.tab_empty
        }
        .to_owned()
    };
    let clear = move |()| go.run((ListQuery { search: String::new(), ..query.get_untracked() }, false));
    view! {
        <div class="table-frame">
            <Empty title=Signal::derive(title)>
                {move || {
                    if is_search() {
                        view! {
                            <p>{t().images.nothing_matches_text}</p>
                            <Button label=word(|it| it.images.clear_search) on_press=clear />
                        }
                            .into_any()
                    } else {
                        view! {
                            <p>{t().images.empty_text}</p>
                            <CreateLink images=images />
                        }
                            .into_any()
                    }
                }}
            </Empty>
        </div>
    }
}

#[component]
fn Table(
    images: Images,
    query: Memo<ListQuery>,
    go: Callback<(ListQuery, bool)>,
    rows: Memo<Vec<ImageId>>,
    wanted: RwSignal<usize>,
) -> impl IntoView {
    let head = move |column: SortColumn, class: &'static str, words: Words| {
        let ascending = move || {
            let sort = query.read().sort;
            (sort.column == column).then_some(sort.direction == Direction::Ascending)
        };
        let sort = move |()| {
            let query = query.get_untracked();
            go.run((ListQuery { sort: query.sort.clicked(column), ..query }, false));
        };
        let is_number = matches!(column, SortColumn::Size | SortColumn::MinDisk | SortColumn::MinRam);
        view! {
            <SortHead
                label=Signal::derive(move || words(t()).to_owned())
                ascending=Signal::derive(ascending)
                on_sort=sort
                number=is_number
                class=class
            />
        }
    };
    let shown = move || -> Vec<ImageId> { rows.read().iter().take(wanted.get()).cloned().collect() };
    let rest = move || rows.read().len().saturating_sub(wanted.get());
    view! {
        <div class="table-frame">
            <table class="table images-table">
                <caption class="visually-hidden">{word(|it| it.images.title)}</caption>
                <thead>
                    <tr>
                        {head(SortColumn::Name, "col-name", |it| it.image.name)}
                        {head(SortColumn::Owner, "col-owner", |it| it.image.owner)}
                        {head(SortColumn::Type, "col-type", |it| it.image.kind)}
                        {head(SortColumn::Status, "col-status", |it| it.image.status)}
                        {head(SortColumn::Visibility, "col-visibility", |it| it.image.visibility)}
                        {head(SortColumn::Protected, "col-protected", |it| it.image.protected)}
                        {head(SortColumn::Format, "col-format", |it| it.image.format)}
                        {head(SortColumn::Size, "col-size", |it| it.image.size)}
                        {head(SortColumn::MinDisk, "col-min-disk", |it| it.image.min_disk)}
                        {head(SortColumn::MinRam, "col-min-ram", |it| it.image.min_ram)}
                        {head(SortColumn::Updated, "col-updated", |it| it.image.updated)}
                        <th scope="col" class="col-actions">
                            <span class="visually-hidden">{word(|it| it.images.actions)}</span>
                        </th>
                    </tr>
                </thead>
                <tbody aria-busy=move || if images.load().read().has_rows { "false" } else { "true" }>
                    {move || {
                        (!images.load().read().has_rows).then(|| view! { <SkeletonRows rows=8 cells=CELLS /> })
                    }}
                    <For each=shown key=|id| id.clone() children={move |id| view! { <ImageRow images=images id=id /> }} />
                </tbody>
            </table>
        </div>
        {move || {
            (rest() > 0)
                .then(|| {
                    let more = move || (t().images.show_more)(&intl::integer(rest().min(ROWS_AT_ONCE) as u64));
                    view! {
                        <div class="row">
                            <Button
                                label=Signal::derive(more)
                                on_press=move |()| wanted.update(|wanted| *wanted += ROWS_AT_ONCE)
                            />
                        </div>
                    }
                })
        }}
    }
}
