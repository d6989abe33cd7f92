//! Two panes: what the cloud says that properties are, and what is set now. What is not shown is never changed.

mod available;
mod own_key;
mod value;

use leptos::prelude::*;

use crate::{
    components::{
        metadata_editor::{available::Available, own_key::OwnKey, value::ValueField},
        metadata_form::{MetadataForm, Row},
    },
    domain::metadata::MOST_PROPERTIES,
    i18n::{intl, t, word},
    ui::field::{TextField, TextKind},
};

/// So many properties are found by looking; more get a search box.
const FOUND_BY_LOOKING: usize = 8;

/// Both panes. Put it into a form, and save what `form` holds.
#[component]
pub fn MetadataEditor(
    /// What is typed.
    form: MetadataForm,
) -> impl IntoView {
    let keys = untrack(|| form.properties().into_keys().collect());
    form.definitions.load(keys);
    let search = form.search;
    let is_found = move |key: &str| {
        let title = form.definitions.of(key).map(|definition| definition.title).unwrap_or_default();
        let wanted = search.read().trim().to_lowercase();
        [key, &title].iter().any(|text| text.to_lowercase().contains(&wanted))
    };
    let shown = move || form.rows().into_iter().filter(|row| is_found(&row.key)).collect::<Vec<_>>();
    let is_long = Memo::new(move |_| form.rows().len() > FOUND_BY_LOOKING || !search.read().is_empty());
    view! {
        <div class="metadata">
            <Available form=form />
            <section class="stack-s" aria-label=word(|it| it.metadata.set_now)>
                <div class="metadata-head">
                    <h2>{word(|it| it.metadata.set_now)}</h2>
                    <span class="muted">
                        {move || (t().metadata.count)(&intl::integer(form.count()), &intl::integer(MOST_PROPERTIES as u64))}
                    </span>
                </div>
                <OwnKey form=form />
                {move || {
                    is_long
                        .get()
                        .then(|| {
                            view! {
                                <div on:keydown=keep_enter>
                                    <TextField label=word(|it| it.metadata.find_set) value=search kind=TextKind::Search />
                                </div>
                            }
                        })
                }}
                {move || form.rows().is_empty().then(|| view! { <p class="muted">{t().metadata.none_set}</p> })}
                <ul class="metadata-rows">
                    <For each=shown key=|row| row.id.clone() children={move |row: Row| view! { <ValueField form=form row=row /> }} />
                </ul>
                <FixedRows form=form />
            </section>
        </div>
    }
}

/// What the cloud sets itself.
#[component]
fn FixedRows(form: MetadataForm) -> impl IntoView {
    let row = |(key, value): (String, String)| {
        view! {
            <dt class="mono"><bdi>{key}</bdi></dt>
            <dd><bdi>{value}</bdi></dd>
        }
    };
    move || {
        let fixed = form.fixed();
        (!fixed.is_empty()).then(|| {
            view! {
                <section class="stack-s" aria-label=t().metadata.read_only>
                    <h3>{t().metadata.read_only}</h3>
                    <p class="hint">{t().metadata.read_only_hint}</p>
                    <dl class="facts">{fixed.into_iter().map(row).collect_view()}</dl>
                </section>
            }
        })
    }
}

/// Enter in a search box is no press of the form's button.
fn keep_enter(event: leptos::ev::KeyboardEvent) {
    if event.key() == "Enter" {
        event.prevent_default();
    }
}
