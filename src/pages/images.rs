//! The list of images: tabs, search, filters, table, row actions. What it shows stands in the URL.

mod bar;
mod chips;
mod columns;
mod details;
mod filters;
mod flavors;
mod list;
mod row;
mod row_menu;
mod rows;
mod scroll;
mod selection_bar;
mod storage;
mod table;
mod tabs;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

use crate::{
    client::later,
    components::{
        batch::{BatchDialog, provide_batch},
        delete_image::{DeleteImageDialog, provide_delete_image},
        error_panel::ErrorPanel,
        image_words::refusal,
        shell::Page,
    },
    domain::{
        access::{Person, can_create},
        image_list::Tab,
    },
    i18n::{intl, t, word},
    openstack::error::ApiError,
    pages::images::{
        bar::{Counts, SearchBox, SortList},
        chips::Chips,
        columns::ColumnMenu,
        filters::{FilterButton, FilterPanel},
        list::List,
        row_menu::RowMenu,
        selection_bar::SelectionBar,
        storage::StorageUse,
        table::Table,
        tabs::{Tabs, tab_words},
    },
    routes,
    state::{images::Images, session::Session},
    ui::{
        button::{Button, Kind},
        icon::Icon,
        id::unique_id,
        lazy::{lazy, part},
        notice::{Empty, Notice, Tone},
    },
};

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
    provide_delete_image();
    provide_batch();
    let list = List::new();
    let images = list.images;
    images.follow();
    learn_names_later(images, list.session);

    // A memo, so that the table is not made anew (and its open menu closed) at every answer of the background passes.
    let body = Memo::new(move |_| {
        let load = images.load();
        let load = load.read();
        match (list.count() == 0, load.has_rows) {
            (false, _) => Body::Table,
            (true, true) => Body::NothingHere,
            (true, false) if load.error.is_none() => Body::Table,
            (true, false) => Body::Failed,
        }
    });
    let is_running = Memo::new(move |_| images.load().read().is_running);
    let panel = unique_id("panel");
    let filters = unique_id("filters");
    let is_filtering = RwSignal::new(false);
    // For an administrator "Yours" is one, too.
    let has_chips = Memo::new(move |_| {
        let (query, me) = (list.query.read(), images.me().read());
        !query.filters.is_empty() || query.tab == Tab::Yours && me.as_ref().is_some_and(Person::is_admin)
    });
    // Once there, they stay: the dialog tells what became of images that are ticked no more.
    let has_ticked = Memo::new(move |before: Option<&bool>| {
        before.copied().unwrap_or_default() || !list.selection.is_empty()
    });
    let has_menu = Memo::new(move |_| list.menu_of.read().is_some());
    let panel_words = move || tab_words(list.query.read().tab, t());

    view! {
        <Page title=word(|it| it.images.title) actions=move || view! { <CreateLink images=images /> }>
            <div class="stack">
                <Tabs list=list panel=panel.clone() />
                <div class="stack-s" id=panel role="tabpanel" aria-label=panel_words>
                    <div class="list-bar">
                        <SearchBox list=list />
                        <FilterButton list=list is_open=is_filtering panel=filters.clone() />
                        <ColumnMenu list=list />
                        <Button
                            label=Signal::derive(move || if is_running.get() { t().images.stop } else { t().images.refresh }.to_owned())
                            kind=Kind::Quiet
                            icon=Icon::Refresh
                            icon_only=true
                            busy=is_running
                            on_stop=move |()| images.stop()
                            on_press=move |()| images.refresh()
                        />
                        <SortList list=list />
                        <Counts list=list />
                    </div>
                    <section id=filters class="filters" aria-label=word(|it| it.list.filters) hidden=move || !is_filtering.get()>
                        {move || is_filtering.get().then(|| lazy(move || filter_panel(list)))}
                    </section>
                    {move || has_chips.get().then(|| lazy(move || chips(list)))}
                    <StorageUse list=list />
                    <OffersSought list=list />
                    <Failure images=images />
                    {move || match body.get() {
                        Body::Table => view! { <Table list=list /> }.into_any(),
                        Body::NothingHere => view! { <NothingHere list=list /> }.into_any(),
                        Body::Failed => ().into_any(),
                    }}
                    {move || has_ticked.get().then(|| lazy(move || selection_tools(list)))}
                </div>
            </div>
            {move || has_menu.get().then(|| lazy(move || row_menu(list)))}
            <DeleteImageDialog />
        </Page>
    }
}

// What the first sight of the list does without.
part!(later: fn filter_panel(list: List) -> view! { <FilterPanel list=list /> });
part!(later: fn chips(list: List) -> view! { <Chips list=list /> });
part!(later: fn row_menu(list: List) -> view! { <RowMenu list=list /> });
part!(later: fn selection_tools(list: List) -> view! {
    <SelectionBar list=list />
    <BatchDialog />
});

/// Only once the first rows are on the screen: until then the first request is the list's alone.
fn learn_names_later(images: Images, session: Session) {
    Effect::new(move |_| {
        if images.load().read().has_rows {
            spawn_local(async move {
                later::after_first_sight().await;
                session.learn_project_names();
            });
        }
    });
}

/// "Create image": a link, or a disabled button with the reason.
#[component]
fn CreateLink(images: Images) -> impl IntoView {
    let reason = Memo::new(move |_| images.me().read().as_ref().and_then(|me| refusal(can_create(me))));
    move || match reason.get() {
        None => view! {
            <A href=routes::to(routes::NEW_IMAGE) attr:class="button" attr:data-kind="primary">
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

/// Until all images have been asked about, an administrator's offers under "Shared with you" are not all there are. Who looks at
/// them has all asked about.
#[component]
fn OffersSought(list: List) -> impl IntoView {
    let sought =
        Memo::new(move |_| list.images.offers_sought().filter(|_| list.query.read().tab == Tab::Shared));
    Effect::new(move |_| {
        if sought.read().is_some() {
            list.images.find_all_offers();
        }
    });
    move || {
        sought.get().map(|(asked, all)| {
            let words =
                move || (t().images.offers_sought)(&intl::integer(asked as u64), &intl::integer(all as u64));
            view! { <p class="muted">{words}</p> }
        })
    }
}

/// What could not be read: the list, or rows of it.
#[component]
fn Failure(images: Images) -> impl IntoView {
    let error = move || {
        let load = images.load().get();
        // That the rows are not all, the count says.
        let error = load.error.filter(|error| !load.has_rows || *error != ApiError::Aborted)?;
        let tried = move || {
            let texts = &t().images;
            if load.has_rows { texts.could_not_refresh } else { texts.could_not_list }.to_owned()
        };
        Some(
            view! { <ErrorPanel tried=Signal::derive(tried) error=error on_retry=move |()| images.refresh() /> },
        )
    };
    let skipped = Memo::new(move |_| images.load().read().skipped as u64);
    let unreadable = move || {
        let skipped = skipped.get();
        let words = move || (t().list.unreadable)(&intl::integer(skipped), skipped);
        (skipped > 0).then(|| view! { <Notice tone=Tone::Warn>{words}</Notice> })
    };
    view! {
        {error}
        {unreadable}
    }
}

#[component]
fn NothingHere(list: List) -> impl IntoView {
    let images = list.images;
    let is_narrowed =
        Memo::new(move |_| !list.typed.read().trim().is_empty() || !list.query.read().filters.is_empty());
    let title = move || {
        let texts = &t().images;
        if is_narrowed.get() {
            texts.nothing_matches
        } else if images.index().read().is_empty() {
            texts.empty_title
        } else {
            texts.tab_empty
        }
        .to_owned()
    };
    let narrowed = move || {
        let has_filters = Memo::new(move |_| !list.query.read().filters.is_empty());
        let clear =
            move || if has_filters.get() { t().list.clear_all } else { t().images.clear_search }.to_owned();
        view! {
            <p>{word(|it| it.images.nothing_matches_text)}</p>
            <Button label=Signal::derive(clear) on_press=move |()| list.clear() />
        }
    };
    view! {
        <div class="table-frame">
            <Empty title=Signal::derive(title)>
                {move || {
                    if is_narrowed.get() {
                        narrowed().into_any()
                    } else {
                        view! {
                            <p>{word(|it| it.images.empty_text)}</p>
                            <CreateLink images=images />
                        }
                            .into_any()
                    }
                }}
            </Empty>
        </div>
    }
}
