//! The picture above the list: how much room the shown images take, by format.

use leptos::prelude::*;

use crate::{
    domain::image_list::storage::{Use, by_format},
    i18n::{intl, t, word},
    pages::images::list::List,
};

/// A bar, and the same figures in words once it is opened.
#[component]
pub fn StorageUse(
    /// The list.
    list: List,
) -> impl IntoView {
    let uses = Memo::new(move |_| by_format(&list.rows()));
    let total = move || uses.read().iter().fold(0_u64, |sum, one| sum.saturating_add(one.bytes));
    #[allow(clippy::cast_precision_loss, reason = "a share of a bar")]
    let bar = move || {
        let total = total().max(1) as f64;
        let part = |(at, one): (usize, &Use)| {
            let width = format!("{}%", one.bytes as f64 * 100.0 / total);
            view! { <span data-part=at style:width=width></span> }
        };
        uses.read().iter().enumerate().map(part).collect_view()
    };
    let legend = move || {
        let line = |(at, one): (usize, &Use)| {
            let format = one.format.clone().unwrap_or_else(|| t().list.other_formats.to_owned());
            let images = (t().images.count)(&intl::integer(one.images), one.images);
            view! {
                <li>
                    <span class="storage-mark" data-part=at></span>
                    <bdi>{format}</bdi>
                    " "
                    <span class="muted">{(t().common.list)(&[intl::bytes(one.bytes), images])}</span>
                </li>
            }
        };
        uses.read().iter().enumerate().map(line).collect_view()
    };
    view! {
        <details class="storage">
            <summary>
                <span>{word(|it| it.list.storage)}</span>
                <span class="muted">{move || intl::bytes(total())}</span>
                <span class="storage-bar" aria-hidden="true">
                    {bar}
                </span>
            </summary>
            <ul class="row">{legend}</ul>
        </details>
    }
}
