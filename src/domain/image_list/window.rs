//! Which rows of a long list are drawn: those near the window, with room kept for the others.

use std::collections::BTreeMap;

use crate::openstack::ids::ImageId;

/// Rows come and go in groups of so many, so that scrolling by one row changes nothing.
pub const GROUP: usize = 4;
/// Never more than so many, however small the rows or large the window.
const AT_MOST: usize = 160;

/// The rows to draw.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Window {
    /// The first one.
    pub first: usize,
    /// The one after the last.
    pub end: usize,
    /// Pixels that the rows before them take.
    pub before: f64,
    /// Pixels that the rows after them take.
    pub after: f64,
}

/// What a person sees of the list, in pixels below the first row's upper edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The window's upper edge.
    pub top: f64,
    /// Its lower edge.
    pub bottom: f64,
    /// Nothing beside what is seen is to be drawn: it comes first where all of it is new.
    pub is_alone: bool,
}

/// The rows in `span`, and unless it is alone a group on either side, in whole groups. Rows are `usual` high, but for those in
/// `odd` (position and height, in order).
pub fn window(len: usize, usual: f64, odd: &[(usize, f64)], span: Span) -> Window {
    let (mut first, mut end) = (row_at(len, usual, odd, span.top), row_at(len, usual, odd, span.bottom) + 1);
    if !span.is_alone {
        first = (first / GROUP * GROUP).saturating_sub(GROUP);
        end = end.next_multiple_of(GROUP) + GROUP;
    }
    let end = end.min(first + AT_MOST).min(len);
    let before = height(0, first, usual, odd);
    Window { first, end, before, after: height(end, len, usual, odd) }
}

/// Where those of a list's images are whose rows' heights are `odd`: position and height, in order.
pub fn places<'a>(
    images: impl Iterator<Item = &'a ImageId>,
    odd: &BTreeMap<ImageId, f64>,
) -> Vec<(usize, f64)> {
    // Few of ten thousand are odd: the ids' first bytes, which are in order too, rule out most others in a fraction of the time.
    let heads: Vec<_> = odd.keys().map(head).collect();
    let may_be_odd = images.enumerate().filter(|(_, id)| heads.binary_search(&head(id)).is_ok());
    may_be_odd.filter_map(|(at, id)| Some((at, *odd.get(id)?))).collect()
}

/// An id's first bytes, in the order of the ids.
fn head(id: &ImageId) -> u64 {
    let mut head = [0; 8];
    head.iter_mut().zip(id.as_str().as_bytes()).for_each(|(to, byte)| *to = *byte);
    u64::from_be_bytes(head)
}

/// How high the rows from `first` to before `end` are.
pub fn height(first: usize, end: usize, usual: f64, odd: &[(usize, f64)]) -> f64 {
    let inside = odd.iter().filter(|(at, _)| (first..end).contains(at));
    count(end.saturating_sub(first)) * usual + inside.map(|(_, height)| height - usual).sum::<f64>()
}

/// The row that is `down` pixels below the upper edge of the first.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float to integer cast saturates"
)]
fn row_at(len: usize, usual: f64, odd: &[(usize, f64)], down: f64) -> usize {
    let usual = usual.max(1.0);
    // The end of what was gone past, in rows and in pixels.
    let (mut row, mut edge) = (0, 0.0);
    for &(at, height) in odd {
        let begins = edge + count(at.saturating_sub(row)) * usual;
        if begins > down {
            break;
        }
        if begins + height > down {
            return at.min(len.saturating_sub(1));
        }
        (row, edge) = (at + 1, begins + height);
    }
    (row + ((down - edge) / usual) as usize).min(len.saturating_sub(1))
}

#[allow(clippy::cast_precision_loss, reason = "rows are far fewer than 2^52")]
fn count(rows: usize) -> f64 {
    rows as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_covers_what_is_seen_and_the_rest_keeps_its_room() {
        let ten_thousand = 10_000;
        for top in [0.0, 3.0, 420.0, 199_990.0, 399_100.0, 1e9] {
            for (is_alone, at_most) in [(true, 24), (false, 28 + 2 * GROUP)] {
                let window = window(ten_thousand, 40.0, &[], Span { top, bottom: top + 900.0, is_alone });
                assert!(window.end - window.first <= at_most, "{window:?}");
                let drawn = height(window.first, window.end, 40.0, &[]);
                assert_eq!(window.before + drawn + window.after, 400_000.0, "{window:?}");
                let is_covered =
                    window.before <= top && window.before + drawn >= (top + 900.0).min(400_000.0);
                assert!(is_covered || top > 400_000.0, "{top}: {window:?}");
            }
        }
    }

    #[test]
    fn rows_of_other_heights_are_counted_with_them() {
        let odd = [(1, 400.0), (30, 10.0)];
        assert_eq!(height(0, 31, 40.0, &odd), 29.0 * 40.0 + 410.0);
        for (down, row) in
            [(0.0, 0), (39.0, 0), (40.0, 1), (439.0, 1), (440.0, 2), (1559.0, 29), (1560.0, 30), (1570.0, 31)]
        {
            assert_eq!(row_at(100, 40.0, &odd, down), row, "{down}");
        }
    }

    #[test]
    fn odd_rows_are_found_wherever_they_stand() {
        let ids = ["abcdefgi", "b", "abcdefghi", "", "é", "a", "abcdefgh", "ab"].map(ImageId::from);
        let all = |odd: &[(&str, f64)]| {
            let odd = odd.iter().map(|(id, height)| (ImageId::from(*id), *height)).collect();
            places(ids.iter(), &odd)
        };
        assert_eq!(all(&[]), []);
        assert_eq!(all(&[("abcdefgh", 3.0), ("", 4.0), ("elsewhere", 5.0)]), [(3, 4.0), (6, 3.0)]);
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(all(&[("aa", 2.0), (id.as_str(), 1.0), ("z", 2.0)]), [(at, 1.0)], "{id}");
        }
    }

    #[test]
    fn scrolling_by_one_row_mostly_changes_nothing() {
        let at = |top: f64| window(1000, 40.0, &[], Span { top, bottom: top + 800.0, is_alone: false });
        assert_eq!(at(4000.0), at(4020.0));
        assert_ne!(at(4000.0), at(4400.0));
    }

    #[test]
    fn odd_figures_never_panic() {
        for (len, usual, top, bottom) in
            [(0, 40.0, 0.0, 900.0), (3, 0.0, -50.0, 1e12), (5, f64::NAN, 0.0, 1.0), (500, 0.1, 0.0, 900.0)]
        {
            for is_alone in [true, false] {
                let window = window(len, usual, &[(900, 5.0)], Span { top, bottom, is_alone });
                assert!(
                    window.first <= window.end && window.end <= len && window.end - window.first <= AT_MOST
                );
            }
        }
    }
}
