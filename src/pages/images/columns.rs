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
    domain::image_list::{
        index::Row,
        sort::{Direction, Sort, SortColumn},
    },
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
    /// Its width in rem, as in the style sheet.
    width: f64,
    /// Where there is no room for all, those with the lowest number are shown.
    rank: u8,
}

/// What the box, the shortest names, the actions and the page's margins take of the window's width, in rem.
const TAKEN: f64 = 26.5;
/// The page grows no wider than this, in rem.
const WIDEST: f64 = 90.0;
/// Columns of a card.
const ON_CARDS: u8 = 2;

/// All columns beside the name, in their order.
pub const COLUMNS: [Column; 10] = [
    Column { by: SortColumn::Owner, class: "col-owner", words: |it| it.image.owner, width: 6.5, rank: 7 },
    Column { by: SortColumn::Type, class: "col-type", words: |it| it.image.kind, width: 5.0, rank: 8 },
    Column { by: SortColumn::Status, class: "col-status", words: |it| it.image.status, width: 8.75, rank: 0 },
    Column {
        by: SortColumn::Visibility,
        class: "col-visibility",
        words: |it| it.image.visibility,
        width: 6.25,
        rank: 1,
    },
    Column {
        by: SortColumn::Protected,
        class: "col-protected",
        words: |it| it.image.protected,
        width: 5.75,
        rank: 9,
    },
    Column { by: SortColumn::Format, class: "col-format", words: |it| it.image.format, width: 5.0, rank: 3 },
    Column { by: SortColumn::Size, class: "col-size number", words: |it| it.image.size, width: 5.0, rank: 2 },
    Column {
        by: SortColumn::MinDisk,
        class: "col-min-disk number",
        words: |it| it.image.min_disk,
        width: 5.0,
        rank: 5,
    },
    Column {
        by: SortColumn::MinRam,
        class: "col-min-ram number",
        words: |it| it.image.min_ram,
        width: 5.0,
        rank: 6,
    },
    Column {
        by: SortColumn::Updated,
        class: "col-updated",
        words: |it| it.image.updated,
        width: 11.25,
        rank: 4,
    },
];

/// The shown columns.
#[derive(Clone, Copy)]
pub struct Columns {
    /// Those that the person does not want, by the words of the address; `None` as long as nothing was chosen.
    hidden: RwSignal<Option<Vec<String>>>,
    shown: Memo<Vec<usize>>,
}

impl Columns {
    /// As chosen before in this browser, as far as the window's width allows.
    pub fn new() -> Self {
        let hidden = RwSignal::new(storage::read::<Vec<String>>(Area::Browser, KEY));
        let room = RwSignal::new(room_now());
        let shown = Memo::new(move |_| shown_in(room.get(), hidden.read().as_deref().unwrap_or_default()));
        let resized = Listener::new(&window(), "resize", move |_| {
            let now = room_now();
            if room.try_get_untracked().is_some_and(|before| before != now) {
                room.try_set(now);
            }
        });
        let resized = StoredValue::new_local(Some(resized));
        on_cleanup(move || _ = resized.try_set_value(None));
        Self { hidden, shown }
    }

    /// Those that are shown; tracked.
    pub fn shown(self) -> Vec<Column> {
        self.shown.read().iter().filter_map(|&at| COLUMNS.get(at).copied()).collect()
    }

    /// Cells of a row: the box, the name, the columns, the actions; tracked.
    pub fn cells(self) -> usize {
        self.shown.read().len() + 3
    }

    /// Whether a column is wanted, be there room for it or not; tracked.
    fn is_wanted(self, column: &Column) -> bool {
        !self.hidden.read().iter().flatten().any(|hidden| *hidden == word_of(column))
    }

    fn toggle(self, column: Column) {
        let word = word_of(&column);
        let mut hidden = self.hidden.get_untracked().unwrap_or_default();
        let before = hidden.len();
        hidden.retain(|other| *other != word);
        if hidden.len() == before {
            hidden.push(word);
        }
        storage::write(Area::Browser, KEY, &hidden);
        self.hidden.set(Some(hidden));
    }

    fn reset(self) {
        storage::remove(Area::Browser, KEY);
        self.hidden.set(None);
    }
}

/// The wanted columns that there is room for, by rank.
fn shown_in(room: Option<u32>, hidden: &[String]) -> Vec<usize> {
    let mut ranked: Vec<(usize, &Column)> = COLUMNS.iter().enumerate().collect();
    ranked.sort_by_key(|(_, column)| column.rank);
    let mut left = room.map_or(0.0, f64::from).min(WIDEST) - TAKEN;
    let mut shown: Vec<usize> = ranked
        .into_iter()
        .filter(|(_, column)| match room {
            None => column.rank <= ON_CARDS,
            Some(_) => {
                let fits = column.width <= left && !hidden.contains(&word_of(column));
                left -= if fits { column.width } else { 0.0 };
                fits
            }
        })
        .map(|(at, _)| at)
        .collect();
    shown.sort_unstable();
    shown
}

fn word_of(column: &Column) -> String {
    Sort { column: column.by, direction: Direction::Ascending }.word()
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float to integer cast saturates"
)]
fn room_now() -> Option<u32> {
    // The style sheet's own question, so that both agree.
    let wide = window().match_media("(min-width: 48rem)").ok().flatten();
    let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(1440.0);
    wide.is_none_or(|wide| wide.matches()).then_some((width / 16.0) as u32)
}

/// The menu that chooses the columns.
#[component]
pub fn ColumnMenu(
    /// The list.
    list: List,
) -> impl IntoView {
    let columns = list.columns;
    let item = move |column: Column| {
        let is_wanted = move || columns.is_wanted(&column);
        view! {
            <button
                class="menu-item"
                type="button"
                role="menuitemcheckbox"
                tabindex="-1"
                aria-checked=move || if is_wanted() { "true" } else { "false" }
                on:click=move |_| columns.toggle(column)
            >
                {word(column.words)}
            </button>
        }
    };
    view! {
        <div class="column-menu">
            <Menu label=word(|it| it.list.columns) text=word(|it| it.list.columns) icon=Icon::Columns>
                {COLUMNS.map(item).collect_view()}
                <div class="menu-separator" role="separator"></div>
                <MenuItem label=word(|it| it.list.columns_all) on_press=move |()| columns.reset() />
            </Menu>
        </div>
    }
}

/// What a cell shows; it follows the row. `sent`: whole percents of an upload that is under way.
pub fn cell(list: List, column: SortColumn, row: Memo<Row>, sent: Memo<Option<f64>>) -> AnyView {
    let status = move || row.read().image.status.clone();
    match column {
        SortColumn::Status => view! {
            <span class="badge" data-tone=move || tone(&status()).name()>
                {move || status_words(&status())}
            </span>
            {move || {
                let percent = sent.get()?;
                Some(view! { <small class="muted sent">{intl::decimal(percent, 0)} "%"</small> })
            }}
        }
        .into_any(),
        SortColumn::Protected => {
            let is_protected = Memo::new(move |_| row.read().image.protected);
            let words = move || {
                if is_protected.get() {
                    view! { <span class="protected"><Picture icon=Icon::Lock />{t().common.yes}</span> }
                        .into_any()
                } else {
                    view! { <bdi>{t().common.no}</bdi> }.into_any()
                }
            };
            words.into_any()
        }
        _ => view! { <bdi>{move || text(list, column, &row.read().image)}</bdi> }.into_any(),
    }
}

fn text(list: List, column: SortColumn, image: &Image) -> String {
    let none = || t().common.not_available.to_owned();
    let limit = |value: u64, words: fn(u64) -> String| if value == 0 { none() } else { words(value) };
    match column {
        SortColumn::Owner => owner_words(list, image),
        SortColumn::Type if image.is_snapshot() => t().image.kind_snapshot.to_owned(),
        SortColumn::Type => t().image.kind_image.to_owned(),
        SortColumn::Visibility => visibility_words(&image.visibility),
        SortColumn::Format => format_cell(image),
        SortColumn::Size => size_cell(image.size),
        SortColumn::MinDisk => limit(image.min_disk, t().images.gb),
        SortColumn::MinRam => limit(image.min_ram, t().images.mb),
        SortColumn::Updated => intl::date_time(&image.updated_at),
        // These have cells of another kind, or none.
        SortColumn::Name | SortColumn::Created | SortColumn::Status | SortColumn::Protected => String::new(),
    }
}

/// The owner: "You", the project's name where it may be read, else its id.
pub fn owner_words(list: List, image: &Image) -> String {
    match &image.owner {
        _ if list.images.me().read().as_ref().is_some_and(|me| me.owns(image)) => t().image.you.to_owned(),
        Some(owner) => list.session.project_name(owner).unwrap_or_else(|| owner.as_str().to_owned()),
        None => t().common.not_available.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_shown_as_far_as_there_is_room_the_important_first() {
        let names = |room, hidden: &[&str]| -> Vec<String> {
            let hidden: Vec<String> = hidden.iter().map(|word| (*word).to_owned()).collect();
            shown_in(room, &hidden).into_iter().filter_map(|at| COLUMNS.get(at)).map(word_of).collect()
        };
        assert_eq!(names(Some(90), &[]).len(), COLUMNS.len(), "all at 1440 pixels");
        assert_eq!(names(None, &["status"]), ["status", "visibility", "size"], "a card is always the same");
        assert_eq!(names(Some(48), &[]), ["status", "visibility", "size"]);
        assert_eq!(
            names(Some(64), &["updated", "format"]),
            ["owner", "status", "visibility", "size", "min_disk", "min_ram"]
        );
        assert_eq!(names(Some(300), &["size"]).len(), COLUMNS.len() - 1);
    }
}
