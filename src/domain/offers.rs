//! Which images are asked about, one by one, to find what was offered to an administrator's project.

use std::collections::BTreeSet;

use crate::{domain::polling::in_turn, openstack::ids::ImageId};

/// Images that are asked about in one round, unless somebody waits for the others: a cloud may have thousands.
const A_ROUND: usize = 300;

/// Shared images of other projects, and which of them have been asked about.
#[derive(Clone, Debug, Default)]
pub struct Offers {
    /// How many are known to be offered; `asked` and `unasked` are the others.
    offered: usize,
    asked: BTreeSet<ImageId>,
    unasked: BTreeSet<ImageId>,
    /// Of those that have been asked about, the one that was asked about anew last.
    last: Option<ImageId>,
    /// The next one is at the end.
    due: Vec<ImageId>,
    /// Those that were never asked about and have to wait for another round.
    later: Vec<ImageId>,
}

impl Offers {
    /// Begins a round: those that are known to be `offered` come first, then those that were never asked about, and the rest in
    /// turn.
    pub fn begin(&mut self, offered: Vec<ImageId>, others: Vec<ImageId>) {
        let (asked, mut unasked): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|id| self.asked.contains(id));
        self.offered = offered.len();
        self.asked = asked.iter().cloned().collect();
        self.unasked = unasked.iter().cloned().collect();
        self.later = unasked.split_off(unasked.len().min(A_ROUND));
        let again = in_turn(asked, self.last.as_ref(), A_ROUND - unasked.len());
        self.due = [offered, unasked, again].concat();
        self.due.reverse();
    }

    /// Somebody waits: all that were never asked about are due in this round. Whether there are any more.
    pub fn hurry(&mut self) -> bool {
        let later = std::mem::take(&mut self.later);
        let has_more = !later.is_empty();
        self.due.splice(..0, later.into_iter().rev());
        has_more
    }

    /// Ends the round.
    pub fn stop(&mut self) {
        self.due.clear();
        self.later.clear();
    }

    /// The next one to ask about.
    pub fn take_next(&mut self) -> Option<ImageId> {
        self.due.pop()
    }

    /// The cloud has answered. One that is not told of here stays to be asked about in the next round.
    pub fn answered(&mut self, image: ImageId) {
        if self.unasked.remove(&image) {
            self.asked.insert(image);
        } else if self.asked.contains(&image) {
            self.last = Some(image);
        }
    }

    /// How many have been asked about, and how many there are; `None` once that is all of them.
    pub fn sought(&self) -> Option<(usize, usize)> {
        let asked = self.offered + self.asked.len();
        (!self.unasked.is_empty()).then(|| (asked, asked + self.unasked.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: std::ops::Range<usize>) -> Vec<ImageId> {
        numbers.map(|number| format!("{number:04}").into()).collect()
    }

    /// Asks about so many at most, all of which are answered.
    fn ask(offers: &mut Offers, at_most: usize) -> Vec<ImageId> {
        let mut asked = Vec::new();
        while asked.len() < at_most
            && let Some(image) = offers.take_next()
        {
            offers.answered(image.clone());
            asked.push(image);
        }
        asked
    }

    #[test]
    fn every_image_has_its_turn() {
        let mut offers = Offers::default();
        assert_eq!(offers.sought(), None);
        for (turn, sought) in [(0..300, Some((300, 700))), (300..600, Some((600, 700)))] {
            offers.begin(vec![], ids(0..700));
            assert_eq!((ask(&mut offers, 999), offers.sought()), (ids(turn), sought));
        }
        // Those that were never asked about go before those that have their turn.
        offers.begin(vec![], ids(0..700));
        assert_eq!((ask(&mut offers, 999), offers.sought()), ([ids(600..700), ids(0..200)].concat(), None));
        offers.begin(vec![], ids(0..700));
        assert_eq!(ask(&mut offers, 999), ids(200..500));
    }

    #[test]
    fn what_is_known_to_be_offered_is_asked_about_in_every_round() {
        let mut offers = Offers::default();
        for turn in [0..300, 300..600, 0..300] {
            offers.begin(ids(900..902), ids(0..600));
            assert_eq!(ask(&mut offers, 999), [ids(900..902), ids(turn)].concat());
        }
        offers.begin(ids(900..902), ids(0..601));
        assert_eq!(offers.sought(), Some((602, 603)));
        // One that was taken back is as any other.
        offers.begin(ids(900..901), [ids(0..600), ids(901..902)].concat());
        assert_eq!(ask(&mut offers, 3), ids(900..902).into_iter().chain(ids(300..301)).collect::<Vec<_>>());
    }

    #[test]
    fn somebody_who_waits_has_all_asked_about_at_once() {
        let mut offers = Offers::default();
        offers.begin(vec![], ids(0..700));
        assert_eq!(ask(&mut offers, 10), ids(0..10));
        assert!(offers.hurry() && !offers.hurry());
        assert_eq!((ask(&mut offers, 999), offers.sought()), (ids(10..700), None));
        // None of them is left for then: no more than a round's.
        offers.begin(vec![], ids(0..700));
        assert!(!offers.hurry());
        assert_eq!(ask(&mut offers, 999).len(), 300);
    }

    #[test]
    fn one_that_could_not_be_asked_about_is_left_for_the_next_round_and_one_that_is_gone_is_not() {
        let mut offers = Offers::default();
        offers.begin(vec![], ids(0..3));
        let failed = offers.take_next();
        ask(&mut offers, 1);
        offers.stop();
        assert_eq!((offers.take_next(), offers.hurry(), offers.sought()), (None, false, Some((1, 3))));
        offers.begin(vec![], ids(0..2));
        assert_eq!((offers.sought(), offers.take_next()), (Some((1, 2)), failed));
        // The late answer of a round, or project, that is over.
        offers.begin(vec![], ids(1..2));
        offers.answered("0000".into());
        assert_eq!(offers.sought(), None);
    }
}
