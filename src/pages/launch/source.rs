//! Step "Source": the image or snapshot to boot from.

use std::cmp::Reverse;

use leptos::prelude::*;

use crate::{
    components::{
        error_panel::ErrorPanel,
        image_words::{format_cell, name_of, size_cell},
        server_words::{disk_words, ram_words},
    },
    domain::{
        access::can_launch,
        flavor_fit::source::SourceKind,
        launch_draft::{Problem, Step, source::SourceProblem},
    },
    i18n::{intl, t, word},
    openstack::glance::image::Image,
    pages::launch::{wizard::Wizard, words::problem_words},
    ui::{
        button::{Button, Kind},
        field::{TextField, TextKind},
        id::unique_id,
        notice::{Notice, Tone},
    },
};

/// Rows shown at first, and by which "Show more" adds.
const ROWS: usize = 50;

/// What matches, as far as it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    images: Vec<Image>,
    more: usize,
    is_any: bool,
}

/// The step.
#[component]
pub fn SourceStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let limit = RwSignal::new(ROWS);
    let load = wizard.images.load();
    // The chosen one leads the list as it stands when the step is opened; a later choice moves nothing.
    let leading = StoredValue::new(wizard.draft.read_untracked().source.image().cloned());
    let found = Memo::new(move |_| {
        let needle = search.read().trim().to_lowercase();
        let me = wizard.images.me();
        let me = me.read();
        let index = wizard.images.index();
        let index = index.read();
        let leading = leading.get_value();
        let can_be_chosen = |image: &Image| me.as_ref().is_none_or(|me| can_launch(image, me).is_ok());
        let mut rows: Vec<_> = index
            .rows()
            .filter(|row| row.matches(&needle))
            .filter(|row| can_be_chosen(&row.image) || Some(&row.image.id) == leading.as_ref())
            .map(|row| &row.image)
            .collect();
        rows.sort_by_cached_key(|image| {
            (Some(&image.id) != leading.as_ref(), Reverse(image.created_at.clone()), image.id.clone())
        });
        let limit = limit.get();
        Found {
            is_any: !index.is_empty(),
            more: rows.len().saturating_sub(limit),
            images: rows.into_iter().take(limit).cloned().collect(),
        }
    });
    let problem = Memo::new(move |_| {
        let problems = wizard.problems.read();
        let found = problems.get(&Step::Source)?.first()?;
        let is_shown = !matches!(found, Problem::Source(SourceProblem::Missing(_))) || wizard.was_tried.get();
        is_shown.then(|| problem_words(wizard, found))
    });
    let list_error = Memo::new(move |_| load.read().error.clone());
    let is_loading = Memo::new(move |_| load.read().is_running && !load.read().has_rows);
    let group = unique_id("source");
    view! {
        {move || problem.get().map(|words| view! { <Notice tone=Tone::Bad><p>{words}</p></Notice> })}
        {move || {
            wizard
                .image_error
                .get()
                .map(|error| {
                    view! {
                        <ErrorPanel
                            tried=word(|it| it.launch.load_image)
                            error=error
                            on_retry=move |()| wizard.read_image()
                        />
                    }
                })
        }}
        {move || {
            list_error
                .get()
                .map(|error| {
                    view! {
                        <ErrorPanel
                            tried=word(|it| it.launch.load_images)
                            error=error
                            on_retry=move |()| wizard.images.refresh()
                        />
                    }
                })
        }}
        <search>
            <TextField label=word(|it| it.launch.search_images) value=search kind=TextKind::Search />
        </search>
        <div class="table-frame">
            <table class="table source-table" aria-label=word(|it| it.launch.source)>
                <thead>
                    <tr>
                        <th scope="col">{word(|it| it.image.name)}</th>
                        <th scope="col">{word(|it| it.image.kind)}</th>
                        <th scope="col">{word(|it| it.image.format)}</th>
                        <th scope="col" class="number">{word(|it| it.image.size)}</th>
                        <th scope="col" class="number">{word(|it| it.image.min_disk)}</th>
                        <th scope="col" class="number">{word(|it| it.image.min_ram)}</th>
                    </tr>
                </thead>
                <tbody>
                    <For
                        each=move || found.get().images
                        key=|image| image.id.clone()
                        children={move |image: Image| {
                            view! { <SourceRow wizard=wizard image=image group=group.clone() /> }
                        }}
                    />
                </tbody>
            </table>
            {move || {
                let found = found.read();
                let words = if is_loading.get() {
                    t().common.loading
                } else if !found.images.is_empty() || list_error.read().is_some() {
                    return None;
                } else if found.is_any && !search.read().trim().is_empty() {
                    t().source.no_match
                } else {
                    (t().source.empty)("image")
                };
                Some(view! { <p class="muted table-note" role="status">{words}</p> })
            }}
        </div>
        {move || {
            let more = found.read().more.min(ROWS) as u64;
            (more > 0)
                .then(|| {
                    view! {
                        <div class="row">
                            <Button
                                label=Signal::derive(move || (t().images.show_more)(&intl::integer(more)))
                                kind=Kind::Normal
                                on_press=move |()| limit.update(|limit| *limit += ROWS)
                            />
                        </div>
                    }
                })
        }}
    }
}

#[component]
fn SourceRow(wizard: Wizard, image: Image, group: String) -> impl IntoView {
    let id = unique_id("source");
    let checked = {
        let id = image.id.clone();
        Memo::new(move |_| wizard.draft.read().source.image() == Some(&id))
    };
    let choose = {
        let id = image.id.clone();
        move |_| wizard.choose_source(SourceKind::Image, id.to_string())
    };
    let is_snapshot = image.is_snapshot();
    let image = StoredValue::new(image);
    let dash = || t().common.not_available.to_owned();
    let min_disk = move || {
        image.with_value(|image| if image.min_disk == 0 { dash() } else { disk_words(image.min_disk) })
    };
    let min_ram =
        move || image.with_value(|image| if image.min_ram == 0 { dash() } else { ram_words(image.min_ram) });
    view! {
        <tr>
            <th scope="row">
                <span class="flavor-name">
                    <input type="radio" id=id.clone() name=group prop:checked=checked on:change=choose />
                    <label for=id><bdi>{move || image.with_value(name_of)}</bdi></label>
                </span>
            </th>
            <td data-label=move || t().image.kind>
                {move || if is_snapshot { t().image.kind_snapshot } else { t().image.kind_image }}
            </td>
            <td data-label=move || t().image.format>{move || image.with_value(format_cell)}</td>
            <td class="number" data-label=move || t().image.size>
                {move || size_cell(image.with_value(|image| image.size))}
            </td>
            <td class="number" data-label=move || t().image.min_disk>{min_disk}</td>
            <td class="number" data-label=move || t().image.min_ram>{min_ram}</td>
        </tr>
    }
}
