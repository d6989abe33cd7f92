//! Which things are asked for again by themselves, and how often.

use std::{collections::BTreeMap, mem};

use crate::openstack::{
    glance::image::ImageStatus,
    nova::server::{Server, ServerStatus},
};

/// Between the first two questions.
pub const FIRST_DELAY_MS: u32 = 2_500;
/// Never longer than this.
pub const LONGEST_DELAY_MS: u32 = 30_000;

/// A delay that grows while nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    delay_ms: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { delay_ms: FIRST_DELAY_MS }
    }
}

impl Backoff {
    /// How long to wait now.
    pub fn delay_ms(self) -> u32 {
        self.delay_ms
    }

    /// After an answer: back to the start when something changed, else half as long again. A failed poll changed nothing.
    #[must_use]
    pub fn after(self, has_changed: bool) -> Self {
        if has_changed {
            return Self::default();
        }
        Self { delay_ms: (self.delay_ms + self.delay_ms / 2).min(LONGEST_DELAY_MS) }
    }
}

/// When each of the things that will change is asked for again: each has a [`Backoff`] of its own. `V` is how one looks.
#[derive(Debug)]
pub struct Schedule<K, V>(BTreeMap<K, Turn<V>>);

#[derive(Debug)]
struct Turn<V> {
    seen: V,
    /// How long it rests once it was asked for.
    backoff: Backoff,
    /// Milliseconds since 1970.
    due: f64,
}

impl<K, V> Default for Schedule<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone, V: PartialEq> Schedule<K, V> {
    /// Which of `all` that will change are to be asked for at `now` (milliseconds since 1970); first those that changed last, then
    /// those that have waited longest, and not more than `at_most`: the others stay due. One that is new or looks different starts
    /// anew, one that is not among them any more is forgotten.
    pub fn due(&mut self, all: impl IntoIterator<Item = (K, V)>, now: f64, at_most: usize) -> Vec<K> {
        let mut before = mem::take(&mut self.0);
        let mut due = Vec::new();
        for (key, seen) in all {
            let known = before.remove(&key).filter(|turn| turn.seen == seen);
            // One that was only just told of comes the next time.
            if let Some(turn) = known.as_ref().filter(|turn| turn.due <= now) {
                due.push((turn.backoff.delay_ms, turn.due, key.clone()));
            }
            self.0.insert(key, known.unwrap_or(Turn { seen, backoff: Backoff::default(), due: now }));
        }
        due.sort_unstable_by(|(delay, due, _), (other, their, _)| {
            delay.cmp(other).then(due.total_cmp(their))
        });
        due.truncate(at_most);
        let due: Vec<K> = due.into_iter().map(|(.., key)| key).collect();
        for key in &due {
            if let Some(turn) = self.0.get_mut(key) {
                turn.due = now + f64::from(turn.backoff.delay_ms);
                turn.backoff = turn.backoff.after(false);
            }
        }
        due
    }
}

/// The next ones to ask for of all, after the last one that was asked for: in turn, however many there are.
pub fn in_turn<T: Ord + Clone>(all: impl IntoIterator<Item = T>, last: Option<&T>, at_most: usize) -> Vec<T> {
    let mut all: Vec<T> = all.into_iter().collect();
    all.sort_unstable();
    let begin = all.partition_point(|it| last.is_some_and(|last| it <= last));
    all.rotate_left(begin);
    all.truncate(at_most);
    all
}

/// Whether an image's status will change by itself. One that we don't know may.
pub fn is_transitional(status: &ImageStatus) -> bool {
    use ImageStatus::*;
    match status {
        Queued | Saving | Uploading | Importing | PendingDelete | Other(_) => true,
        Active | Deactivated | Killed | Deleted => false,
    }
}

/// Whether a server will change by itself: it is being made, moved, or has a task.
pub fn is_server_transitional(server: &Server) -> bool {
    use ServerStatus::*;
    match &server.status {
        Build | Reboot | HardReboot | Resize | RevertResize | Rebuild | Migrating | Other(_) => true,
        Deleted => false,
        _ => server.task_state.as_deref().is_some_and(|task| !task.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_to_half_a_minute_and_starts_anew_on_a_change() {
        let mut backoff = Backoff::default();
        let mut delays = Vec::new();
        for _ in 0..9 {
            delays.push(backoff.delay_ms());
            backoff = backoff.after(false);
        }
        assert_eq!(delays, [2_500, 3_750, 5_625, 8_437, 12_655, 18_982, 28_473, 30_000, 30_000]);
        assert_eq!(backoff.after(true).delay_ms(), 2_500);
    }

    #[test]
    fn each_is_asked_for_by_a_delay_of_its_own() {
        let mut schedule = Schedule::default();
        let mut asked: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for tenth in 0..1_500_u32 {
            let old = ("old", "queued");
            // One that comes later, changes once, and is over in the end.
            let young = [("young", if tenth < 600 { "queued" } else { "saving" })];
            let young = young.into_iter().filter(|_| (500..700).contains(&tenth));
            for key in schedule.due(young.chain([old]), f64::from(tenth * 100), 9) {
                asked.entry(key).or_default().push(tenth);
            }
        }
        assert_eq!(asked["old"], [1, 26, 64, 121, 206, 333, 523, 808, 1108, 1408]);
        assert_eq!(asked["young"], [501, 526, 564, 601, 626, 664]);
        assert_eq!(schedule.0.len(), 1, "the one that is over is forgotten");
    }

    #[test]
    fn what_has_changed_last_comes_first() {
        let mut schedule = Schedule::default();
        let old = || [("a", 0), ("b", 0)];
        assert!(schedule.due(old(), 0.0, 9).is_empty());
        assert_eq!(schedule.due(old(), 3_000.0, 9), ["a", "b"]);
        let all = || old().into_iter().chain([("c", 0)]);
        assert!(schedule.due(all(), 4_000.0, 9).is_empty());
        assert_eq!(schedule.due(all(), 7_000.0, 2), ["c", "a"]);
        assert_eq!(schedule.due(all(), 8_000.0, 2), ["b"], "it has waited");
        // Of two that rest as long, the one that is due sooner.
        assert_eq!(schedule.due(all(), 90_000.0, 9), ["c", "a", "b"]);
    }

    #[test]
    fn every_one_gets_its_turn() {
        let all = ["c", "a", "e", "b", "d"];
        let (mut last, mut asked) = (None, Vec::new());
        for _ in 0..5 {
            let now = in_turn(all, last.as_ref(), 2);
            last = now.last().copied();
            asked.push(now.concat());
        }
        assert_eq!(asked, ["ab", "cd", "ea", "bc", "de"]);
        assert_eq!(in_turn(all, Some(&"bb"), 9).concat(), "cdeab", "one that is gone since");
        assert!(in_turn([0; 0], Some(&1), 2).is_empty());
    }

    #[test]
    fn unknown_statuses_are_followed() {
        for status in ["queued", "saving", "uploading", "importing", "pending_delete", "thawing"] {
            assert!(is_transitional(&status.into()), "{status}");
        }
        for status in ["active", "deactivated", "killed", "deleted"] {
            assert!(!is_transitional(&status.into()), "{status}");
        }
    }

    #[test]
    fn a_resting_server_with_a_task_is_followed() {
        let server = |status: &str, task: Option<&str>| -> Server {
            serde_json::from_value(
                serde_json::json!({"id": "s", "status": status, "OS-EXT-STS:task_state": task}),
            )
            .unwrap()
        };
        assert!(is_server_transitional(&server("BUILD", None)));
        assert!(is_server_transitional(&server("ACTIVE", Some("image_snapshot"))));
        assert!(is_server_transitional(&server("DREAMING", None)));
        assert!(!is_server_transitional(&server("ACTIVE", None)));
        assert!(!is_server_transitional(&server("ERROR", None)));
    }
}
