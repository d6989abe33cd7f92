//! The state machine: which bytes next, and the report at the end.

use std::ops::Range;

use crate::report::Report;
use crate::source::Source;

/// No inspection asks for more bytes than this in all.
pub const BUDGET: u64 = 1_250_000;

/// One file being inspected. Ask [`wants`](Self::wants), [`feed`](Self::feed) it, until it wants nothing more.
#[derive(Clone, Debug)]
pub struct Inspection {
    source: Source,
}

impl Inspection {
    /// Starts on a file of `size` bytes.
    pub fn new(size: u64) -> Self {
        Self { source: Source::new(size) }
    }

    /// The bytes to feed next, within the file; `None` when the report is ready.
    pub fn wants(&self) -> Option<Range<u64>> {
        self.report().err()
    }

    /// Takes the bytes of the range last wanted. A short answer means that the file ends there; what was not wanted is ignored.
    pub fn feed(&mut self, bytes: &[u8]) {
        if let Some(range) = self.wants() {
            self.source.feed(&range, bytes);
        }
    }

    /// The report.
    ///
    /// # Errors
    /// The range that is wanted first.
    pub fn report(&self) -> Result<Report, Range<u64>> {
        Report::of(&self.source).map_err(|missing| missing.0)
    }
}
