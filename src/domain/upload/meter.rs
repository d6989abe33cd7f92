//! How fast an upload goes, and how long it will still take. The time comes in.

use std::collections::VecDeque;

/// The rate is that of the last so many milliseconds: it follows the line, and doesn't jump.
const WINDOW_MS: u64 = 10_000;
/// Closer samples are of no use.
const STEP_MS: u64 = 250;
/// Less is no rate yet.
const LEAST_MS: u64 = 1_000;
/// Sending keeps one core busy, the rest of the browser another: with more, a hash that is worked out beside it costs nothing.
const ENOUGH_CORES: u32 = 3;
/// Bytes a second up to which the line is what is waited for, whatever the machine: a gigabit's worth is 125 million.
const SLOW_LINE: f64 = 60e6;

/// Bytes sent over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    sent: u64,
    now_ms: u64,
    samples: VecDeque<(u64, u64)>,
}

impl Meter {
    /// Notes that so many bytes are sent.
    pub fn note(&mut self, sent: u64, at_ms: u64) {
        self.sent = self.sent.max(sent);
        self.now_ms = self.now_ms.max(at_ms);
        if self.samples.back().is_none_or(|(last, _)| at_ms >= last.saturating_add(STEP_MS)) {
            self.samples.push_back((at_ms, self.sent));
        }
        // The last one before the window stays: it is where the window begins.
        let edge = at_ms.checked_sub(WINDOW_MS);
        while self.samples.get(1).is_some_and(|(at, _)| edge.is_some_and(|edge| *at <= edge)) {
            self.samples.pop_front();
        }
    }

    /// Bytes sent.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Bytes a second; `None` before there is anything to tell.
    pub fn rate(&self) -> Option<f64> {
        let (since, before) = *self.samples.front()?;
        let elapsed = self.now_ms.saturating_sub(since);
        (elapsed >= LEAST_MS).then(|| self.sent.saturating_sub(before) as f64 * 1000.0 / elapsed as f64)
    }

    /// Seconds left for a file of this size; `None` when it doesn't move.
    pub fn seconds_left(&self, size: u64) -> Option<u64> {
        let rate = self.rate().filter(|rate| *rate > 0.0)?;
        Some((size.saturating_sub(self.sent) as f64 / rate).ceil() as u64)
    }

    /// Whether working out the file's hash now would slow its sending down: few cores, and a line that is not the bottleneck. `None`
    /// before that can be told.
    pub fn would_be_slowed(&self, cores: u32) -> Option<bool> {
        if cores >= ENOUGH_CORES { Some(false) } else { self.rate().map(|rate| rate > SLOW_LINE) }
    }

    /// The share sent, 0 to 1.
    pub fn share(&self, size: u64) -> f64 {
        if size == 0 { 0.0 } else { (self.sent as f64 / size as f64).min(1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_ten_seconds() {
        let mut meter = Meter::default();
        assert_eq!((meter.rate(), meter.seconds_left(100)), (None, None));
        for second in 0..=20u64 {
            meter.note(second * 1_000_000, second * 1000);
        }
        assert_eq!(meter.rate(), Some(1_000_000.0));
        assert_eq!(meter.seconds_left(30_000_000), Some(10));
        // The line slows down; ten seconds later only the new rate counts.
        for second in 21..=32u64 {
            meter.note(20_000_000 + (second - 20) * 100_000, second * 1000);
        }
        assert_eq!(meter.rate(), Some(100_000.0));
    }

    #[test]
    fn a_second_must_pass_and_bytes_must_move() {
        let mut meter = Meter::default();
        meter.note(0, 5_000);
        meter.note(500, 5_900);
        assert_eq!(meter.rate(), None);
        let mut still = Meter::default();
        still.note(0, 0);
        still.note(0, 60_000);
        assert_eq!((still.rate(), still.seconds_left(1)), (Some(0.0), None));
    }

    #[test]
    fn only_a_fast_line_on_few_cores_is_slowed_by_the_hash() {
        let after_two_seconds = |bytes| {
            let mut meter = Meter::default();
            meter.note(0, 0);
            meter.note(bytes, 2_000);
            meter
        };
        let (slow, fast) = (after_two_seconds(20_000_000), after_two_seconds(400_000_000));
        assert_eq!((slow.would_be_slowed(2), fast.would_be_slowed(2)), (Some(false), Some(true)));
        assert_eq!((slow.would_be_slowed(8), fast.would_be_slowed(8)), (Some(false), Some(false)));
        assert_eq!(
            (Meter::default().would_be_slowed(2), Meter::default().would_be_slowed(8)),
            (None, Some(false))
        );
    }

    #[test]
    fn a_huge_file_and_a_clock_that_jumps_back_do_no_harm() {
        let mut meter = Meter::default();
        for (sent, at) in [(0, 10_000), (1 << 50, 12_000), (1 << 49, 3), (u64::MAX, u64::MAX)] {
            meter.note(sent, at);
        }
        assert_eq!(meter.seconds_left(u64::MAX), Some(0));
        assert_eq!((meter.share(0), meter.share(u64::MAX)), (0.0, 1.0));
    }

    #[test]
    fn samples_do_not_pile_up() {
        let mut meter = Meter::default();
        for tick in 0..100_000u64 {
            meter.note(tick, tick * 10);
        }
        assert!(meter.samples.len() <= 42, "{}", meter.samples.len());
    }
}
