//! Tab "Properties": every property of the image, explained by the cloud's metadata definitions where it has some.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::{
    components::error_panel::ErrorPanel,
    i18n::{t, word},
    openstack::{
        error::ApiError,
        glance::{
            image::Image,
            metadef::{self, Definition, Namespace},
        },
    },
    pages::image::overview::is_in_overview,
    state::{
        offer::Offer,
        session::{Session, use_session},
    },
};

/// The tab.
#[component]
pub fn Properties(
    /// The image.
    image: Memo<Image>,
) -> impl IntoView {
    let session = use_session();
    let keys: Vec<String> = {
        let image = image.read_untracked();
        image.extra.keys().filter(|key| !is_in_overview(key)).cloned().collect()
    };
    let meanings = Offer::new(move || meanings_of(session, keys.clone()));
    let rows = move || {
        let image = image.read();
        let meanings = meanings.value().read();
        let row = |(key, value): (&String, &String)| {
            let meaning = meanings.as_ref().and_then(|known| known.get(key));
            let title = meaning.map(|it| it.title.clone()).filter(|title| !title.is_empty() && title != key);
            let text = match (meaning, meanings.as_ref()) {
                (Some(meaning), _) => meaning.description.clone(),
                (None, Some(_)) => t().detail.not_defined.to_owned(),
                (None, None) => String::new(),
            };
            view! {
                <tr>
                    <th scope="row">
                        <bdi class="mono">{key.clone()}</bdi>
                        {title.map(|title| view! { <small class="muted"><bdi>{title}</bdi></small> })}
                    </th>
                    <td data-label=t().detail.value><bdi>{value.clone()}</bdi></td>
                    <td data-label=t().detail.meaning class="muted"><bdi>{text}</bdi></td>
                </tr>
            }
        };
        image.extra.iter().filter(|(key, _)| !is_in_overview(key)).map(row).collect_view()
    };
    let has_rows = Memo::new(move |_| image.read().extra.keys().any(|key| !is_in_overview(key)));
    view! {
        <div class="stack">
            {move || {
                let error = meanings.error()?;
                let tried = word(|it| it.detail.meanings_failed);
                Some(view! { <ErrorPanel tried=tried error=error on_retry=move |()| meanings.again() /> })
            }}
            {move || match has_rows.get() {
                false => view! { <p role="status">{word(|it| it.detail.no_properties)}</p> }.into_any(),
                true => {
                    view! {
                        <div class="table-frame">
                            <table
                                class="table property-table"
                                aria-label=word(|it| it.detail.tab_properties)
                                aria-busy=move || if meanings.is_waiting() { "true" } else { "false" }
                            >
                                <thead>
                                    <tr>
                                        <th scope="col">{word(|it| it.detail.property)}</th>
                                        <th scope="col">{word(|it| it.detail.value)}</th>
                                        <th scope="col">{word(|it| it.detail.meaning)}</th>
                                    </tr>
                                </thead>
                                <tbody>{rows}</tbody>
                            </table>
                        </div>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// What the cloud says about these properties. A namespace is read only as long as a property is without an explanation: first those
/// whose prefix promises one.
async fn meanings_of(
    session: Session,
    mut keys: Vec<String>,
) -> Result<BTreeMap<String, Definition>, ApiError> {
    let mut known = BTreeMap::new();
    let mut marker = None;
    let mut namespaces: Vec<Namespace> = Vec::new();
    while !keys.is_empty() {
        let page = session.send(metadef::list_namespaces(marker.as_deref())).await?;
        namespaces.extend(page.namespaces);
        marker = page.next;
        if marker.is_none() {
            break;
        }
    }
    let promises = |namespace: &Namespace| {
        !namespace.prefix.is_empty() && keys.iter().any(|key| key.starts_with(&namespace.prefix))
    };
    namespaces.sort_by_key(|namespace| !promises(namespace));
    for namespace in namespaces {
        if keys.is_empty() {
            break;
        }
        for definition in session.send(metadef::get_definitions(&namespace.name)).await? {
            if let Some(at) = keys.iter().position(|key| *key == definition.key) {
                known.insert(keys.swap_remove(at), definition);
            }
        }
    }
    Ok(known)
}
