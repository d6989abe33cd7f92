//! An open row: what the columns have no room for, and the flavors that fit.

use leptos::prelude::*;

use crate::{
    domain::image_list::filter::runs,
    i18n::{Words, t, word},
    openstack::glance::image::Image,
    pages::images::{filters::short, list::List},
};

/// Properties that say what is inside: shown where they are set.
const SYSTEM: &str = "os_";
/// Names are listed up to here.
const AT_MOST: usize = 40;

/// The words for something an image has, and what this one has.
type Fact = (Words, fn(&Image) -> String);

/// The row under an image's own.
#[component]
pub fn Details(
    /// The list.
    list: List,
    /// The image.
    image: Memo<Image>,
    /// Which row of the whole table the image's own is.
    number: Signal<usize>,
) -> impl IntoView {
    list.flavors.ensure();
    let facts: [Fact; 7] = [
        (|it| it.image.id, |image| image.id.to_string()),
        (|it| it.detail.checksum, |image| image.checksum.clone().unwrap_or_default()),
        (
            |it| it.detail.hash,
            |image| {
                let algorithm = image.os_hash_algo.as_deref().unwrap_or_default();
                let hash = image.os_hash_value.as_deref().map(|hash| format!("{algorithm} {hash}"));
                hash.unwrap_or_default()
            },
        ),
        (
            |it| it.image.container_format,
            |image| image.container_format.as_ref().map(|format| format.to_string()).unwrap_or_default(),
        ),
        (|it| it.image.architecture, |image| image.architecture().unwrap_or_default().to_owned()),
        (
            |it| it.list.system,
            |image| {
                let own = image.extra.iter().filter(|(key, _)| key.starts_with(SYSTEM));
                listed(own.map(|(key, value)| format!("{key}={}", short(value))).collect())
            },
        ),
        (|it| it.image.tags, |image| listed(image.tags.clone())),
    ];
    let fitting = move || {
        let (all, image) = (list.flavors.all().read(), image.read());
        match (all.as_deref(), &*list.images.me().read()) {
            (Some(all), Some(me)) => {
                let fits =
                    all.iter().filter(|flavor| runs(flavor, &image, me)).map(|flavor| flavor.name.clone());
                Some(listed(fits.collect()))
                    .filter(|names| !names.is_empty())
                    .unwrap_or_else(|| t().list.fits_none.to_owned())
            }
            _ if list.flavors.error().is_some() => t().list.fits_unknown.to_owned(),
            _ => t().common.loading.to_owned(),
        }
    };
    let fact = move |(words, value): Fact| {
        let text = move || {
            let text = value(&image.read());
            if text.is_empty() { t().common.not_available.to_owned() } else { text }
        };
        view! {
            <dt>{word(words)}</dt>
            <dd>
                <bdi>{text}</bdi>
            </dd>
        }
    };
    view! {
        <tr class="row-details" data-id=move || image.read().id.to_string() aria-rowindex=number>
            <td colspan=move || list.columns.cells()>
                <dl class="facts">
                    {facts.map(fact).collect_view()}
                    <dt>{word(|it| it.list.fits)}</dt>
                    <dd>
                        <bdi>{fitting}</bdi>
                    </dd>
                </dl>
            </td>
        </tr>
    }
}

fn listed(mut items: Vec<String>) -> String {
    let rest = items.len().saturating_sub(AT_MOST);
    items.truncate(AT_MOST);
    if rest > 0 {
        items.push((t().list.and_more)(rest));
    }
    (t().common.list)(&items)
}
