//! The columns: which there are, which are shown, and the menu that chooses them.

use leptos::prelude::*;

use crate::{
    client::{
        browser::Listener,
        storage::{self, Area},
    },
    components::{
        image_words::{format_cell, size_cell, status_words, visibility_words},
        status_badge::tone,
    },
    domain::image_list::sort::{Direction, Sort, SortColumn},
    i18n::{Words, intl, t, word},
    openstack::glance::image::Image,
    pages::images::list::List,
    ui::{
        icon::{Icon, Picture},
        menu::{Menu, MenuItem},
    },
};

const KEY: &str = "sextant.list.hidden-columns";

/// A column beside the name.
#[derive(Clone, Copy)]
pub struct Column {
    /// What it shows and sorts by.
    pub by: SortColumn,
    /// Its class.
    pub class: &'static str,
    /// Its heading.
    pub words: Words,
    /// The least width of the window that has room for it, as a step of [`STEPS`].
    step: usize,
}

/// Widths in rem at which there is room for more: below the first, rows are cards.
const STEPS: [u32; 4] = [48, 64, 75, 90];

/// All columns beside the name, in their order.
pub const COLUMNS: [Column; 10] = [
    Column { by: SortColumn::Owner, class: "col-owner", words: |it| it.image.owner, step: 3 },
    Column { by: SortColumn::Type, class: "col-type", words: |it| it.image.kind, step: 4 },
    Column { by: SortColumn::Status, class: "col-status", words: |it| it.image.status, step: 0 },
    Column { by: SortColumn::Visibility, class: "col-visibility", words: |it| it.image.visibility, step: 0 },
    Column { by: SortColumn::Protected, class: "col-protected", words: |it| it.image.protected, step: 4 },
    Column { by: SortColumn::Format, class: "col-format", words: |it| it.image.format, step: 2 },
    Column { by: SortColumn::Size, class: "col-size number", words: |it| it.image.size, step: 0 },
    Column { by: SortColumn::MinDisk, class: "col-min-disk number", words: |it| it.image.min_disk, step: 3 },
    Column { by: SortColumn::MinRam, class: "col-min-ram number", words: |it| it.image.min_ram, step: 3 },
    Column { by: SortColumn::Updated, class: "col-updated", words: |it| it.image.updated, step: 2 },
];

/// The shown columns.
#[derive(Clone, Copy)]
pub struct Columns {
    /// Those that the person does not want, by the words of the address; `None` as long as nothing was chosen.
    hidden: RwSignal<Option<Vec<String>>>,
    /// How many of the `STEPS` the window's width takes.
    step: RwSignal<usize>,
    shown: Memo<Vec<usize>>,
}

impl Columns {
    /// As chosen before in this browser, else as the window's width allows.
    pub fn new() -> Self {
        let hidden = RwSignal::new(storage::read::<Vec<String>>(Area::Browser, KEY));
        let step = RwSignal::new(step_now());
        let shown = Memo::new(move |_| {
            let (hidden, step) = (hidden.read(), step.get());
            let is_shown = |column: &Column| match hidden.as_ref().filter(|_| step > 0) {
                Some(hidden) => !hidden.contains(&word_of(column)),
                None => column.step <= step,
            };
            (0..COLUMNS.len()).filter(|&at| COLUMNS.get(at).is_some_and(is_shown)).collect()
        });
        let resized = Listener::new(&window(), "resize", move |_| {
            let now = step_now();
            if step.try_get_untracked().is_some_and(|before| before != now) {
                step.try_set(now);
            }
        });
        let resized = StoredValue::new_local(Some(resized));
        on_cleanup(move || _ = resized.try_set_value(None));
        Self { hidden, step, shown }
    }

    /// Those that are shown; tracked.
    pub fn shown(self) -> Vec<Column> {
        self.shown.read().iter().filter_map(|&at| COLUMNS.get(at).copied()).collect()
    }

    /// Cells of a row: the box, the name, the columns, the actions; tracked.
    pub fn cells(self) -> usize {
        self.shown.read().len() + 3
    }

    /// Whether rows are cards; tracked.
    pub fn are_cards(self) -> bool {
        self.step.get() == 0
    }

    fn toggle(self, at: usize) {
        let shown = self.shown.read_untracked();
        let is_hidden = |it: usize| shown.contains(&it) == (it == at);
        let hidden = (0..COLUMNS.len()).filter(|&it| is_hidden(it)).filter_map(|it| COLUMNS.get(it));
        let hidden: Vec<String> = hidden.map(word_of).collect();
        drop(shown);
        storage::write(Area::Browser, KEY, &hidden);
        self.hidden.set(Some(hidden));
    }

    fn reset(self) {
        storage::remove(Area::Browser, KEY);
        self.hidden.set(None);
    }
}

fn word_of(column: &Column) -> String {
    Sort { column: column.by, direction: Direction::Ascending }.word()
}

fn step_now() -> usize {
    let fits = |rem: &&u32| {
        let query = window().match_media(&format!("(min-width: {rem}rem)"));
        query.ok().flatten().is_none_or(|query| query.matches())
    };
    STEPS.iter().take_while(fits).count()
}

/// The menu that chooses the columns.
#[component]
pub fn ColumnMenu(
    /// The list.
    list: List,
) -> impl IntoView {
    let columns = list.columns;
    let item = move |(at, column): (usize, Column)| {
        let is_shown = move || columns.shown.read().contains(&at);
        view! {
            <button
                class="menu-item"
                type="button"
                role="menuitemcheckbox"
                tabindex="-1"
                aria-checked=move || if is_shown() { "true" } else { "false" }
                on:click=move |_| columns.toggle(at)
            >
                {word(column.words)}
            </button>
        }
    };
    view! {
        <div class="column-menu">
            <Menu label=word(|it| it.list.columns) text=word(|it| it.list.columns) icon=Icon::Columns>
                {COLUMNS.into_iter().enumerate().map(item).collect_view()}
                <div class="menu-separator" role="separator"></div>
                <MenuItem label=word(|it| it.list.columns_by_width) on_press=move |()| columns.reset() />
            </Menu>
        </div>
    }
}

/// What a cell shows.
pub fn cell(list: List, column: SortColumn, image: &Image, sent: Option<f64>) -> AnyView {
    let none = || t().common.not_available.to_owned();
    let limit = |value: u64, words: fn(u64) -> String| if value == 0 { none() } else { words(value) };
    let text = match column {
        SortColumn::Status => {
            let sent = sent
                .map(|percent| view! { <small class="muted sent">{intl::decimal(percent, 0)} "%"</small> });
            return view! {
                <span class="badge" data-tone=tone(&image.status).name()>{status_words(&image.status)}</span>
                {sent}
            }
            .into_any();
        }
        SortColumn::Protected if image.protected => {
            return view! { <span class="protected"><Picture icon=Icon::Lock />{t().common.yes}</span> }
                .into_any();
        }
        SortColumn::Protected => t().common.no.to_owned(),
        SortColumn::Owner => owner_words(list, image),
        SortColumn::Type if image.is_snapshot() => t().image.kind_snapshot.to_owned(),
        SortColumn::Type => t().image.kind_image.to_owned(),
        SortColumn::Visibility => visibility_words(&image.visibility),
        SortColumn::Format => format_cell(image),
        SortColumn::Size => size_cell(image.size),
        SortColumn::MinDisk => limit(image.min_disk, t().images.gb),
        SortColumn::MinRam => limit(image.min_ram, t().images.mb),
        SortColumn::Name | SortColumn::Created | SortColumn::Updated => intl::date_time(&image.updated_at),
    };
    view! { <bdi>{text}</bdi> }.into_any()
}

/// The owner: "You", the project's name where it may be read, else its id.
pub fn owner_words(list: List, image: &Image) -> String {
    match &image.owner {
        _ if list.images.me().read().as_ref().is_some_and(|me| me.owns(image)) => t().image.you.to_owned(),
        Some(owner) => list.session.project_name(owner).unwrap_or_else(|| owner.as_str().to_owned()),
        None => t().common.not_available.to_owned(),
    }
}
