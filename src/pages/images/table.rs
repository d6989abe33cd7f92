//! The table: its head, and the rows near the window (`rows`). Those above and below are two empty ones of their height.

use leptos::{html, prelude::*};

use crate::{
    domain::image_list::{
        ListQuery, Tab,
        sort::{Direction, SortColumn},
    },
    i18n::{Words, word},
    pages::images::{list::List, rows::draw_rows, scroll::Scroll},
    ui::{notice::SkeletonRows, table::SortHead},
};

/// The table of the images.
#[component]
pub fn Table(
    /// The list.
    list: List,
) -> impl IntoView {
    let images = list.images;
    let body = NodeRef::<html::Tbody>::new();
    let near = Scroll::follow(list, body).near;
    let end = NodeRef::<html::Tr>::new();
    draw_rows(list, near, end);
    let has_offers = move || list.query.read().tab == Tab::Shared;
    let is_empty = move || !images.load().read().has_rows;
    view! {
        <div class="table-frame">
            <table class="table images-table" data-offers=move || has_offers().then_some("true") aria-rowcount=move || list.count() + 1>
                <caption class="visually-hidden">{word(|it| it.images.title)}</caption>
                <Head list=list />
                <tbody node_ref=body aria-busy=move || if is_empty() { "true" } else { "false" }>
                    {move || is_empty().then(|| view! { <SkeletonRows rows=8 cells=list.columns.cells() /> })}
                    <Gap list=list height=Signal::derive(move || near.read().before) />
                    <Gap list=list height=Signal::derive(move || near.read().after) node=end />
                </tbody>
            </table>
        </div>
    }
}

/// The room of rows that are not drawn.
#[component]
fn Gap(list: List, height: Signal<f64>, #[prop(optional)] node: NodeRef<html::Tr>) -> impl IntoView {
    view! {
        <tr class="row-gap" aria-hidden="true" node_ref=node>
            <td colspan=move || list.columns.cells() style:height=move || format!("{}px", height.get())></td>
        </tr>
    }
}

#[component]
fn Head(list: List) -> impl IntoView {
    let head = move |column: SortColumn, class: &'static str, words: Words| {
        let ascending = move || {
            let sort = list.query.read().sort;
            (sort.column == column).then_some(sort.direction == Direction::Ascending)
        };
        let sort = move |()| {
            let query = list.current();
            list.go(ListQuery { sort: query.sort.clicked(column), ..query }, false);
        };
        view! {
            <SortHead label=word(words) ascending=Signal::derive(ascending) on_sort=sort class=class />
        }
    };
    let selection = list.selection;
    let ticked = Memo::new(move |_| (selection.count_in(&list.rows()), list.count()));
    let is_all = move || ticked.with(|(ticked, all)| *ticked > 0 && ticked == all);
    let is_some = move || ticked.with(|(ticked, all)| *ticked > 0 && ticked < all);
    view! {
        <thead>
            <tr aria-rowindex="1">
                <th scope="col" class="col-select">
                    <input
                        type="checkbox"
                        aria-label=word(|it| it.list.select_all)
                        prop:checked=is_all
                        prop:indeterminate=is_some
                        // Ticked before the first rows are there, it would stay ticked and mean none.
                        disabled=move || list.count() == 0
                        on:change:target=move |event| {
                            let is_ticked = event.target().checked();
                            selection.set(untrack(|| list.rows()).iter().map(|row| &row.image.id), is_ticked);
                        }
                    />
                </th>
                {head(SortColumn::Name, "col-name", |it| it.image.name)}
                {move || {
                    let columns = list.columns.shown().into_iter();
                    columns.map(|column| head(column.by, column.class, column.words)).collect_view()
                }}
                <th scope="col" class="col-actions">
                    <span class="visually-hidden">{word(|it| it.images.actions)}</span>
                </th>
            </tr>
        </thead>
    }
}
