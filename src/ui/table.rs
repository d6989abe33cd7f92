//! A sortable column head.

use leptos::prelude::*;

/// A `<th>` that sorts; it tells the direction by `aria-sort`.
#[component]
pub fn SortHead(
    /// The column's name.
    #[prop(into)]
    label: Signal<String>,
    /// `Some(true)` sorted ascending, `Some(false)` descending, `None` not by this column.
    #[prop(into)]
    ascending: Signal<Option<bool>>,
    /// Called to sort by it, or to turn the direction.
    #[prop(into)]
    on_sort: Callback<()>,
    /// A column of numbers.
    #[prop(optional)]
    number: bool,
    /// The class of the column.
    #[prop(optional, into)]
    class: &'static str,
) -> impl IntoView {
    let aria_sort = move || match ascending.get() {
        Some(true) => "ascending",
        Some(false) => "descending",
        None => "none",
    };
    let mark = move || match ascending.get() {
        Some(true) => "▲",
        Some(false) => "▼",
        None => "",
    };
    view! {
        <th scope="col" class=class class:number=number aria-sort=aria_sort>
            <button type="button" class="sort" on:click=move |_| on_sort.run(())>
                {label}
                <span class="sort-mark" aria-hidden="true">{mark}</span>
            </button>
        </th>
    }
}
