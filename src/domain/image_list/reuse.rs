//! Which drawn row shows which image next: few are to be made anew, and few to be moved.

/// For each of `wanted`, in order, which of the `drawn` rows shows it: the one that does already, else one whose own key is wanted
/// no more and that `is_free`; `None` where a new one is needed. Where few are wanted that are drawn, all that are free change
/// places without being moved: to lay out a moved row takes a browser longer than to change its texts.
pub fn reuse<K: PartialEq>(drawn: &[K], wanted: &[K], is_free: impl Fn(usize) -> bool) -> Vec<Option<usize>> {
    // A window's rows are few: to look through them takes less than a map's code would to load.
    let mut kept: Vec<_> = wanted.iter().map(|key| drawn.iter().position(|other| other == key)).collect();
    if 2 * kept.iter().flatten().count() < wanted.len() {
        kept.iter_mut().for_each(|kept| *kept = kept.filter(|place| !is_free(*place)));
    }
    let mut free: Vec<bool> =
        (0..drawn.len()).map(|place| is_free(place) && !kept.contains(&Some(place))).collect();
    // The one that comes next, if there is one: it need not be moved.
    let mut next = 0;
    kept.into_iter()
        .map(|kept| {
            let mut places = (next..drawn.len()).chain(0..next);
            let place = kept.or_else(|| places.find(|place| free.get(*place) == Some(&true)))?;
            if let Some(free) = free.get_mut(place) {
                *free = false;
            }
            next = place + 1;
            Some(place)
        })
        .collect()
}

/// Which rows may stay where they are, while the others are put between them: the most whose places are in order already.
pub fn staying(places: &[Option<usize>]) -> Vec<bool> {
    // For each row as the last one that stays: how many do, and which is the one before it.
    let mut runs: Vec<(usize, Option<usize>)> = Vec::with_capacity(places.len());
    for place in places {
        let earlier = runs.iter().zip(places).enumerate();
        let smaller = earlier.filter(|(_, (_, other))| other.is_some() && *other < place);
        let before = smaller.max_by_key(|(_, (run, _))| run.0).map(|(at, (run, _))| (at, run.0));
        let length = place.map_or(0, |_| 1 + before.map_or(0, |(_, length)| length));
        runs.push((length, before.map(|(at, _)| at)));
    }
    let mut stays = vec![false; places.len()];
    let longest = runs.iter().enumerate().filter(|(_, run)| run.0 > 0).max_by_key(|(_, run)| run.0);
    let mut last = longest.map(|(at, _)| at);
    while let Some(at) = last {
        if let Some(stay) = stays.get_mut(at) {
            *stay = true;
        }
        last = runs.get(at).and_then(|run| run.1);
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a list of letters looks like after the rows were reused, and how many were moved or made.
    fn redraw(drawn: &str, wanted: &str, focused: &str) -> (String, usize, usize) {
        let (drawn, wanted): (Vec<char>, Vec<char>) = (drawn.chars().collect(), wanted.chars().collect());
        let places = reuse(&drawn, &wanted, |place| !focused.contains(drawn[place]));
        let stays = staying(&places);
        let mut used: Vec<_> = places.iter().flatten().collect();
        used.sort_unstable();
        used.dedup();
        assert_eq!(used.len(), places.iter().flatten().count(), "no row is used twice");
        let kept: Vec<_> =
            places.iter().zip(&stays).filter(|(_, stays)| **stays).map(|(place, _)| place).collect();
        assert!(kept.is_sorted() && kept.iter().all(|place| place.is_some()), "{places:?} {stays:?}");
        let is_kept = |wanted: &&char| drawn.contains(wanted);
        let most_stay = 2 * wanted.iter().filter(is_kept).count() >= wanted.len();
        for (wanted, place) in wanted.iter().zip(&places) {
            if let Some(at) = drawn.iter().position(|drawn| drawn == wanted)
                && (most_stay || focused.contains(*wanted))
            {
                assert_eq!(*place, Some(at), "a row keeps what it has");
            }
        }
        let made = places.iter().filter(|place| place.is_none()).count();
        let text = places.iter().map(|place| place.map_or('+', |place| drawn[place])).collect();
        (text, made, stays.iter().filter(|stays| !**stays).count() - made)
    }

    #[test]
    fn rows_that_leave_are_used_for_those_that_come() {
        assert_eq!(redraw("", "abc", ""), ("+++".into(), 3, 0));
        assert_eq!(redraw("abc", "", ""), (String::new(), 0, 0));
        assert_eq!(redraw("abc", "xyz", ""), ("abc".into(), 0, 0), "other rows altogether");
        assert_eq!(redraw("abc", "wxyz", ""), ("abc+".into(), 1, 0));
        assert_eq!(redraw("abcdefgh", "cdefghij", ""), ("cdefghab".into(), 0, 2), "scrolled down");
        assert_eq!(redraw("abcdefgh", "yzabcdef", ""), ("ghabcdef".into(), 0, 2), "scrolled up");
        assert_eq!(redraw("abcdefgh", "axcyg", ""), ("abcdg".into(), 0, 0), "narrowed by a letter more");
        assert_eq!(
            redraw("abcdefgh", "ghijklmn", ""),
            ("abcdefgh".into(), 0, 0),
            "scrolled by most of a window"
        );
        assert_eq!(redraw("abc", "cba", "").2, 2, "turned round");
    }

    #[test]
    fn a_row_in_use_is_not_taken() {
        assert_eq!(redraw("abc", "xyz", "b"), ("ac+".into(), 1, 0));
        assert_eq!(redraw("abc", "abx", "c"), ("ab+".into(), 1, 0));
        assert_eq!(redraw("abcdefgh", "ghijklmn", "g"), ("ghabcdef".into(), 0, 2), "but keeps its image");
    }
}
