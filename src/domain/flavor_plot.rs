//! Where flavors stand in a plot of RAM across and disk up, both logarithmic, and the corner that an image's minimum cuts out.

use crate::domain::flavor_fit::{Row, Verdict};
use std::collections::BTreeMap;

/// More ticks than these would run into each other.
const TICKS_AT_MOST: usize = 6;
/// Flavors without a disk stand on a line of their own at the bottom: zero has no logarithm.
const FLOOR: f64 = 0.08;

/// Flavors of one size and verdict: they stand on one another.
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    /// From the left, 0 to 1.
    pub x: f64,
    /// From the bottom, 0 to 1.
    pub y: f64,
    /// Whether they can run the image.
    pub verdict: Verdict,
    /// Their names.
    pub names: Vec<String>,
}

/// A mark on an axis: the figure, and where it stands, 0 to 1.
pub type Tick = (u64, f64);

/// The plot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plot {
    /// The flavors.
    pub dots: Vec<Dot>,
    /// Where the corner of those that are large enough begins, from the left and from the bottom.
    pub corner: (f64, f64),
    /// Marks of RAM in MiB.
    pub ram: Vec<Tick>,
    /// Marks of disk in GiB.
    pub disk: Vec<Tick>,
}

/// Draws flavors, for an image that needs so much RAM in MiB and disk in GiB.
pub fn plot(rows: &[Row], min_ram: u64, min_disk: u64) -> Plot {
    let rams = Scale::over(rows.iter().map(|row| row.flavor.ram), min_ram, 0.0);
    let disks = Scale::over(rows.iter().map(|row| row.flavor.disk), min_disk, FLOOR);
    let mut groups: BTreeMap<(u64, u64, Verdict), Vec<String>> = BTreeMap::new();
    for row in rows {
        let flavor = &row.flavor;
        groups.entry((flavor.ram, flavor.disk, row.fit.verdict())).or_default().push(flavor.name.clone());
    }
    let dot =
        |((ram, disk, verdict), names)| Dot { x: rams.place(ram), y: disks.place(disk), verdict, names };
    Plot {
        dots: groups.into_iter().map(dot).collect(),
        corner: (rams.place(min_ram), disks.place(min_disk)),
        ram: rams.ticks(),
        disk: disks.ticks(),
    }
}

/// Powers of two from one exponent to another, on a line that begins at `floor`.
struct Scale {
    low: u32,
    high: u32,
    floor: f64,
}

impl Scale {
    /// Over all the values that aren't zero, with half a step of room at the ends.
    fn over(values: impl Iterator<Item = u64>, minimum: u64, floor: f64) -> Self {
        let known: Vec<u64> = values.chain([minimum]).filter(|value| *value > 0).collect();
        let low = known.iter().min().map_or(0, |least| least.ilog2());
        let high = known.iter().max().map_or(1, |most| most.ilog2() + 1);
        Self { low, high: high.max(low + 1), floor }
    }

    #[allow(clippy::cast_precision_loss, reason = "a place on the screen")]
    fn place(&self, value: u64) -> f64 {
        if value == 0 {
            return 0.0;
        }
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        let share = ((value as f64).log2() - low + 0.5) / (high - low + 1.0);
        self.floor + share.clamp(0.0, 1.0) * (1.0 - self.floor)
    }

    fn ticks(&self) -> Vec<Tick> {
        let count = (self.high - self.low + 1) as usize;
        let exponents = (self.low..=self.high).step_by(count.div_ceil(TICKS_AT_MOST));
        exponents.filter_map(|exponent| 1_u64.checked_shl(exponent)).map(|it| (it, self.place(it))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flavor_fit::{Fit, Refusal};
    use serde_json::json;

    fn row(name: &str, ram: u64, disk: u64, fits: bool) -> Row {
        let flavor = json!({"id": name, "name": name, "vcpus": 1, "ram": ram, "disk": disk});
        let refusals = if fits { vec![] } else { vec![Refusal::NoDisk] };
        Row { flavor: serde_json::from_value(flavor).unwrap(), fit: Fit { refusals, warnings: vec![] } }
    }

    #[test]
    fn doubling_is_one_step_everywhere() {
        let rows = [row("a", 512, 1, true), row("b", 1024, 2, true), row("c", 2048, 4, true)];
        let plot = plot(&rows, 0, 0);
        let (a, b, c) = (&plot.dots[0], &plot.dots[1], &plot.dots[2]);
        assert!((b.x - a.x - (c.x - b.x)).abs() < 1e-9 && b.x > a.x);
        assert!((b.y - a.y - (c.y - b.y)).abs() < 1e-9 && b.y > a.y);
        assert_eq!(plot.corner, (0.0, 0.0));
    }

    #[test]
    fn what_fits_stands_in_the_corner_and_what_does_not_outside() {
        let rows = [row("small", 512, 10, false), row("exact", 2048, 20, true), row("large", 8192, 80, true)];
        let plot = plot(&rows, 2048, 20);
        for dot in &plot.dots {
            let is_inside = dot.x >= plot.corner.0 && dot.y >= plot.corner.1;
            assert_eq!(is_inside, dot.verdict == Verdict::Fits, "{:?}", dot.names);
        }
    }

    #[test]
    fn flavors_of_one_size_are_one_dot_and_those_without_disk_stand_on_the_floor() {
        let rows = [row("a", 512, 0, false), row("b", 512, 0, false), row("c", 512, 5, true)];
        let plot = plot(&rows, 0, 1);
        assert_eq!(plot.dots[0].names, ["a", "b"]);
        assert_eq!(plot.dots[0].y, 0.0);
        assert!(plot.dots[1].y > FLOOR);
    }

    #[test]
    fn odd_flavors_stay_on_the_paper() {
        let rows = [row("zero", 0, 0, true), row("huge", u64::MAX, u64::MAX, true)];
        let plot = plot(&rows, u64::MAX, 0);
        assert!(plot.dots.iter().all(|dot| (0.0..=1.0).contains(&dot.x) && (0.0..=1.0).contains(&dot.y)));
        assert!(plot.ram.len() <= TICKS_AT_MOST + 1 && !plot.ram.is_empty());
        assert!(super::plot(&[], 0, 0).dots.is_empty());
    }
}
