//! What a disk image is, from a few byte ranges of it.
//!
//! Nothing here reads a file: an [`Inspection`](inspection::Inspection) says which bytes it wants, is fed them, and ends in a
//! [`Report`](report::Report). From the report come Glance's own decision ([`decision`]) and what a person should
//! know ([`finding`]). There are no sentences for people here: those are the app's (`i18n`).

pub mod bytes;
pub mod content;
pub mod decision;
pub mod detect;
pub mod failure;
pub mod finding;
pub mod format;
pub mod guess;
pub mod inspection;
pub mod report;
pub mod source;
pub mod truncation;

use std::io;
use std::ops::Range;

/// Inspects a file of `size` bytes whose ranges `read` can fetch.
///
/// # Errors
/// Only those of `read`: content of any kind gives a report.
pub fn inspect(
    size: u64,
    mut read: impl FnMut(Range<u64>) -> io::Result<Vec<u8>>,
) -> io::Result<report::Report> {
    let mut inspection = inspection::Inspection::new(size);
    loop {
        match inspection.report() {
            Ok(report) => return Ok(report),
            Err(range) => inspection.feed(&read(range)?),
        }
    }
}
