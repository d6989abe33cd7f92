//! The order of the list.

use crate::domain::image_list::index::{IndexedImage, Row};
use std::cmp::Ordering;

/// What the list is ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortColumn {
    /// "Name".
    Name,
    /// "Owner", as it is shown.
    Owner,
    /// "Type": images before snapshots.
    Type,
    /// "Status".
    Status,
    /// "Visibility".
    Visibility,
    /// "Protected".
    Protected,
    /// "Format".
    Format,
    /// "Size".
    Size,
    /// "Min disk".
    MinDisk,
    /// "Min RAM".
    MinRam,
    /// "Updated".
    Updated,
    /// When it was created: Glance's own order.
    #[default]
    Created,
}

/// Which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest, first, oldest on top.
    Ascending,
    /// Largest, last, newest on top.
    #[default]
    Descending,
}

/// The order of the list; the default is newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By what.
    pub column: SortColumn,
    /// Which way.
    pub direction: Direction,
}

impl Sort {
    /// What a click on a column's heading makes of it: the other way, or that column in the way that people want first.
    #[must_use]
    pub fn clicked(self, column: SortColumn) -> Self {
        let direction = match (self.column == column, self.direction) {
            (true, Direction::Ascending) => Direction::Descending,
            (true, Direction::Descending) => Direction::Ascending,
            (false, _) => match column {
                SortColumn::Size | SortColumn::Updated | SortColumn::Created | SortColumn::Protected => {
                    Direction::Descending
                }
                _ => Direction::Ascending,
            },
        };
        Self { column, direction }
    }
}

/// Orders rows. What has no value comes last, whichever way; equals keep the order of their names and ids. `owner`: what the
/// list shows of a row's owner, as far as it can be ordered.
pub fn sort(rows: &mut Vec<Row>, by: Sort, owner: impl Fn(&Row) -> Option<String>) {
    // Lower-casing once per row, not once per comparison. The other columns share the code: a sort of their own is one more to load.
    let key_of = |row: &Row| match by.column {
        SortColumn::Name => row.image.name.clone().filter(|name| !name.is_empty()),
        SortColumn::Owner => owner(row),
        _ => None,
    };
    let keyed = rows.drain(..).map(|row| (key_of(&row).map(|key| key.to_lowercase()), row));
    let mut keyed: Vec<_> = keyed.collect();
    keyed.sort_by(|(key_a, a), (key_b, b)| {
        let compared = directed(key_a, key_b, by.direction).then_with(|| compare(a, b, by));
        compared.then_with(|| a.image.name.cmp(&b.image.name)).then_with(|| a.image.id.cmp(&b.image.id))
    });
    rows.extend(keyed.into_iter().map(|(_, row)| row));
}

fn compare(a: &IndexedImage, b: &IndexedImage, by: Sort) -> Ordering {
    let (a, b) = (&a.image, &b.image);
    let way = by.direction;
    match by.column {
        // By their keys.
        SortColumn::Name | SortColumn::Owner => Ordering::Equal,
        SortColumn::Type => directed(&Some(a.is_snapshot()), &Some(b.is_snapshot()), way),
        SortColumn::Status => directed(&Some(a.status.as_str()), &Some(b.status.as_str()), way),
        SortColumn::Visibility => directed(&Some(a.visibility.as_str()), &Some(b.visibility.as_str()), way),
        SortColumn::Protected => directed(&Some(a.protected), &Some(b.protected), way),
        SortColumn::Format => directed(
            &a.disk_format.as_ref().map(|f| f.as_str()),
            &b.disk_format.as_ref().map(|f| f.as_str()),
            way,
        ),
        SortColumn::Size => directed(&a.size, &b.size, way),
        SortColumn::MinDisk => directed(&Some(a.min_disk), &Some(b.min_disk), way),
        SortColumn::MinRam => directed(&Some(a.min_ram), &Some(b.min_ram), way),
        // RFC 3339 in UTC orders as text.
        SortColumn::Updated => directed(&text(&a.updated_at), &text(&b.updated_at), way),
        SortColumn::Created => directed(&text(&a.created_at), &text(&b.created_at), way),
    }
}

fn text(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn directed<T: Ord>(a: &Option<T>, b: &Option<T>, direction: Direction) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => match direction {
            Direction::Ascending => a.cmp(b),
            Direction::Descending => b.cmp(a),
        },
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}
