//! The panel that sets the filters, and their words.

use leptos::prelude::*;

use crate::{
    components::image_words::{format_words, status_words, visibility_words},
    domain::image_list::{
        Beside, Tab,
        filter::{Facets, FilterKind},
        offers,
    },
    i18n::{Texts, intl, t, word},
    openstack::ids::ProjectId,
    pages::images::list::List,
    ui::{
        icon::{Icon, Picture},
        id::unique_id,
        notice::{Notice, Tone},
    },
};

/// Choices that a list offers; what is rarer is found by the search box.
const OFFERED: usize = 300;
/// Characters of a value that are shown: anybody may have written it.
const SHOWN: usize = 80;
const MIB: f64 = 1_048_576.0;

/// The kinds with a field of their own, and the type of its input.
const FIELDS: [(FilterKind, &str); 6] = [
    (FilterKind::SizeMin, "number"),
    (FilterKind::SizeMax, "number"),
    (FilterKind::MinDiskMax, "number"),
    (FilterKind::MinRamMax, "number"),
    (FilterKind::CreatedSince, "date"),
    (FilterKind::UpdatedSince, "date"),
];

/// A kind of filter in words.
pub fn kind_words(kind: FilterKind, it: &Texts) -> &'static str {
    match kind {
        FilterKind::Status => it.image.status,
        FilterKind::Visibility => it.image.visibility,
        FilterKind::Format => it.image.format,
        FilterKind::Container => it.image.container_format,
        FilterKind::Owner => it.image.owner,
        FilterKind::Os => it.list.os,
        FilterKind::Tag => it.list.tag,
        FilterKind::Protected => it.image.protected,
        FilterKind::Hidden => it.image.hidden,
        FilterKind::SizeMin => it.list.size_min,
        FilterKind::SizeMax => it.list.size_max,
        FilterKind::MinDiskMax => it.list.min_disk_max,
        FilterKind::MinRamMax => it.list.min_ram_max,
        FilterKind::CreatedSince => it.list.created_since,
        FilterKind::UpdatedSince => it.list.updated_since,
        FilterKind::Flavor => it.list.flavor,
    }
}

/// A value in words. What the cloud's people wrote is shortened.
pub fn value_words(list: List, kind: FilterKind, value: &str) -> String {
    let number = || value.parse().unwrap_or_default();
    let words = match kind {
        FilterKind::Status => status_words(&value.into()),
        FilterKind::Visibility => visibility_words(&value.into()),
        FilterKind::Format => format_words(&value.into()),
        FilterKind::Owner => project_words(list, &value.into()),
        FilterKind::Protected | FilterKind::Hidden if value == "yes" => t().common.yes.to_owned(),
        FilterKind::Protected | FilterKind::Hidden => t().common.no.to_owned(),
        FilterKind::SizeMin | FilterKind::SizeMax => intl::bytes(number()),
        FilterKind::CreatedSince | FilterKind::UpdatedSince if value.contains('T') => intl::date_time(value),
        FilterKind::MinDiskMax => (t().images.gb)(number()),
        FilterKind::MinRamMax => (t().images.mb)(number()),
        FilterKind::Flavor => {
            let flavors = list.flavors.all().read();
            let known = flavors.iter().flatten().find(|flavor| flavor.id.as_str() == value);
            known.map_or(value, |flavor| flavor.name.as_str()).to_owned()
        }
        _ => value.to_owned(),
    };
    short(&words)
}

/// A project's name, as far as it is known.
pub fn project_words(list: List, project: &ProjectId) -> String {
    let name = list.session.project_name(project).unwrap_or_else(|| project.to_string());
    let is_mine = list.images.me().read().as_ref().is_some_and(|me| me.project == *project);
    if is_mine { t().common.with_reason(&short(&name), t().image.you) } else { name }
}

/// The beginning of a text that may be very long.
pub fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Adds a filter. An owner has no place under "Yours": it means among all.
fn add(list: List, kind: FilterKind, value: &str) {
    let mut query = list.current();
    if kind == FilterKind::Owner && query.tab == Tab::Yours {
        query.tab = Tab::All;
    }
    query.filters.add(kind, value);
    list.go(query, false);
}

/// The button that opens the panel.
#[component]
pub fn FilterButton(
    /// The list.
    list: List,
    /// Whether the panel is open.
    is_open: RwSignal<bool>,
    /// The panel's id.
    panel: String,
) -> impl IntoView {
    let words = move || {
        let count = list.query.read().filters.iter().count();
        if count == 0 {
            t().list.filters.to_owned()
        } else {
            t().common.with_reason(t().list.filters, &intl::integer(count as u64))
        }
    };
    view! {
        <button
            class="button"
            type="button"
            aria-expanded=move || if is_open.get() { "true" } else { "false" }
            aria-controls=panel
            on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)
        >
            <Picture icon=Icon::Filter />
            {words}
        </button>
    }
}

/// All filters. Made when it is opened: only then are the values counted and the flavors read.
#[component]
pub fn FilterPanel(
    /// The list.
    list: List,
) -> impl IntoView {
    list.flavors.ensure();
    let offered = Memo::new(move |_| {
        let (me, index) = (list.images.me().read(), list.images.index());
        let flavors = list.flavors.all().read();
        match &*me {
            Some(me) => offers(
                &index.read(),
                &list.query.read(),
                &list.needle.read(),
                Beside { me, flavors: flavors.as_deref(), names: None },
            ),
            None => Facets::new(),
        }
    });
    let facet_options = move |kind: FilterKind| {
        let (offered, query) = (offered.read(), list.query.read());
        let values = offered.get(&kind).map(Vec::as_slice).unwrap_or_default();
        let free = values.iter().filter(|(value, _)| query.filters.of(kind).all(|chosen| chosen != value));
        let option = |(value, count): &(String, usize)| {
            let words = value_words(list, kind, value);
            (value.clone(), t().common.with_reason(&words, &intl::integer(*count as u64)))
        };
        free.take(OFFERED).map(option).collect()
    };
    let flavor_options = move |_| {
        let flavors = list.flavors.all().read();
        flavors.iter().flatten().map(|flavor| (flavor.id.to_string(), short(&flavor.name))).collect()
    };
    let facet = move |kind| view! { <Choices list=list kind=kind options=Callback::new(facet_options) /> };
    view! {
        <div class="filter-fields">
            {FilterKind::FACETS.map(facet).collect_view()}
            <Choices list=list kind=FilterKind::Flavor options=Callback::new(flavor_options) />
            {FIELDS.map(|(kind, input)| view! { <Limit list=list kind=kind input=input /> }).collect_view()}
        </div>
        {move || {
            list.flavors
                .error()
                .map(|_| view! { <Notice tone=Tone::Warn>{word(|it| it.list.flavors_failed)}</Notice> })
        }}
    }
}

/// A list of values to choose from, one after the other; the chips show what was chosen.
#[component]
fn Choices(
    list: List,
    kind: FilterKind,
    options: Callback<FilterKind, Vec<(String, String)>>,
) -> impl IntoView {
    let id = unique_id("filter");
    let first = move || {
        let is_set = list.query.read().filters.of(kind).next().is_some();
        if is_set { t().list.one_more } else { t().list.any }
    };
    view! {
        <div class="field">
            <label for=id.clone()>{move || kind_words(kind, t())}</label>
            <select
                class="input"
                id=id
                on:change:target=move |event| {
                    let value = event.target().value();
                    event.target().set_value("");
                    add(list, kind, &value);
                }
            >
                <option value="">{first}</option>
                {move || {
                    let option = |(value, words)| view! { <option value=value>{words}</option> };
                    options.run(kind).into_iter().map(option).collect_view()
                }}
            </select>
        </div>
    }
}

/// A number or a date.
#[component]
fn Limit(list: List, kind: FilterKind, input: &'static str) -> impl IntoView {
    let id = unique_id("filter");
    let is_size = matches!(kind, FilterKind::SizeMin | FilterKind::SizeMax);
    let is_date = matches!(kind, FilterKind::CreatedSince | FilterKind::UpdatedSince);
    let label = move || {
        let words = kind_words(kind, t());
        match kind {
            _ if is_date => words.to_owned(),
            FilterKind::MinDiskMax => t().common.with_reason(words, "GB"),
            _ => t().common.with_reason(words, "MB"),
        }
    };
    let value = move || {
        let query = list.query.read();
        let value = query.filters.of(kind).next().unwrap_or_default();
        match value.parse::<f64>() {
            Ok(bytes) if is_size => (bytes / MIB).to_string(),
            _ if is_date => intl::day_of(value),
            _ => value.to_owned(),
        }
    };
    // The day is meant as the list shows days; in the address stands the moment, which is the same for everybody.
    let changed = move |typed: String| match typed.parse::<f64>() {
        Ok(mib) if is_size => add(list, kind, &(mib * MIB).round().to_string()),
        _ if is_date => add(list, kind, &intl::start_of_day(&typed).unwrap_or_default()),
        _ => add(list, kind, &typed),
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                type=input
                min=(input == "number").then_some("0")
                prop:value=value
                on:change:target=move |event| changed(event.target().value())
            />
        </div>
    }
}
