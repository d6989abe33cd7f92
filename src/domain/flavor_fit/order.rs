//! In which order judged flavors are shown: always the fitting ones first.

use crate::domain::flavor_fit::Row;
use std::cmp::Ordering;

/// What flavors can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The name.
    Name,
    /// Virtual processors.
    Vcpus,
    /// Memory.
    Ram,
    /// Root disk.
    Disk,
}

/// The order: a column and whether it rises; without one the smallest come first, as they were judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order(Option<(Column, bool)>);

impl Order {
    /// Sorts by a column, or the other way round if that is done already.
    pub fn turn(&mut self, column: Column) {
        self.0 = Some((column, self.of(column) != Some(true)));
    }

    /// Whether a column rises; `None` where another one counts.
    pub fn of(&self, column: Column) -> Option<bool> {
        self.0.filter(|(sorted, _)| *sorted == column).map(|(_, rises)| rises)
    }

    /// The rows whose flavor's name or id holds `search`, in order.
    pub fn apply<'a>(&self, rows: &'a [Row], search: &str) -> Vec<&'a Row> {
        let needle = search.trim().to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&needle);
        let mut found: Vec<&Row> =
            rows.iter().filter(|row| has(&row.flavor.name) || has(row.flavor.id.as_str())).collect();
        if let Some((column, rises)) = self.0 {
            found.sort_by(|a, b| {
                let order = compare(column, a, b);
                let order = if rises { order } else { order.reverse() };
                a.fit.verdict().cmp(&b.fit.verdict()).then(order)
            });
        }
        found
    }
}

fn compare(column: Column, a: &Row, b: &Row) -> Ordering {
    let (a, b) = (&a.flavor, &b.flavor);
    match column {
        Column::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
        Column::Vcpus => a.vcpus.cmp(&b.vcpus),
        Column::Ram => a.ram.cmp(&b.ram),
        Column::Disk => a.disk.cmp(&b.disk),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::flavor_fit::{Fit, Refusal},
        openstack::nova::flavor::Flavor,
    };

    fn row(name: &str, ram: u64, fits: bool) -> Row {
        let refusals = if fits { vec![] } else { vec![Refusal::NoDisk] };
        let flavor = Flavor { id: name.into(), name: name.into(), ram, ..Flavor::default() };
        Row { flavor, fit: Fit { refusals, warnings: vec![] } }
    }

    #[test]
    fn what_fits_comes_first_however_it_is_sorted() {
        let rows = [row("b", 1, true), row("A", 3, true), row("c", 2, false), row("a-small", 0, false)];
        let names = |order: &Order, search| -> Vec<String> {
            order.apply(&rows, search).into_iter().map(|row| row.flavor.name.clone()).collect()
        };
        let mut order = Order::default();
        assert_eq!(names(&order, ""), ["b", "A", "c", "a-small"], "as judged");
        order.turn(Column::Name);
        assert_eq!(names(&order, ""), ["A", "b", "a-small", "c"]);
        order.turn(Column::Name);
        assert_eq!(
            (names(&order, ""), order.of(Column::Name)),
            (vec!["b".into(), "A".into(), "c".into(), "a-small".into()], Some(false))
        );
        order.turn(Column::Ram);
        assert_eq!(names(&order, ""), ["b", "A", "a-small", "c"]);
        assert_eq!((order.of(Column::Ram), order.of(Column::Name)), (Some(true), None));
        assert_eq!(names(&order, " A "), ["A", "a-small"]);
        assert!(names(&order, "nothing").is_empty());
    }
}
