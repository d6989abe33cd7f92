//! Tab "Properties": every property of the image, explained by the cloud's metadata definitions where it has some.

use leptos::prelude::*;

use crate::{
    components::{error_panel::ErrorPanel, metadata_definitions::Definitions},
    i18n::{t, word},
    openstack::glance::{image::Image, metadef::Namespace},
    pages::image::overview::is_in_overview,
    state::session::use_session,
};

/// The tab.
#[component]
pub fn Properties(
    /// The image.
    image: Memo<Image>,
) -> impl IntoView {
    let definitions = Definitions::new(use_session());
    let load = move || {
        let image = image.read_untracked();
        definitions.load(image.extra.keys().filter(|key| !is_in_overview(key)).cloned().collect());
    };
    load();
    let failed = move |namespace: &Namespace| definitions.details(&namespace.name)??.err();
    let error = Memo::new(move |_| match definitions.namespaces()? {
        Ok(all) => all.iter().find_map(failed),
        Err(error) => Some(error),
    });
    // What was read stays.
    let again = move |()| match untrack(|| definitions.namespaces()) {
        Some(Ok(all)) => {
            let failed = all.into_iter().filter(|namespace| untrack(|| failed(namespace)).is_some());
            failed.for_each(|namespace| definitions.open(namespace.name));
        }
        _ => load(),
    };
    // Without an error the last of them is there when nothing is read any more.
    let is_waiting = Memo::new(move |_| definitions.is_busy() || definitions.namespaces().is_none());
    let rows = move || {
        let image = image.read();
        let row = |(key, value): (&String, &String)| {
            let meaning = definitions.of(key);
            let text = match &meaning {
                Some(meaning) => meaning.description.clone(),
                None if is_waiting.get() || error.read().is_some() => String::new(),
                None => t().detail.not_defined.to_owned(),
            };
            let title = meaning.map(|it| it.title).filter(|title| !title.is_empty() && title != key);
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
                let error = error.get()?;
                let tried = word(|it| it.detail.meanings_failed);
                Some(view! { <ErrorPanel tried=tried error=error on_retry=again /> })
            }}
            {move || match has_rows.get() {
                false => view! { <p role="status">{word(|it| it.detail.no_properties)}</p> }.into_any(),
                true => {
                    view! {
                        <div class="table-frame">
                            <table
                                class="table property-table"
                                aria-label=word(|it| it.detail.tab_properties)
                                aria-busy=move || if is_waiting.get() { "true" } else { "false" }
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
