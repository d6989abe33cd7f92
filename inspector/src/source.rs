//! The parts of a file that are known so far. A read of an unknown part is not an error but a request for it.

use std::ops::Range;

/// How much the first read takes. Nearly all headers are there, and in a browser a read costs the same whatever its length.
const FIRST: u64 = 64 * 1024;

/// What is known of a file.
#[derive(Clone, Debug)]
pub struct Source {
    size: u64,
    parts: Vec<(u64, Vec<u8>)>,
}

/// The range that must be known before the inspection can go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing(pub Range<u64>);

impl Source {
    /// A file of `size` bytes, of which nothing is known.
    pub fn new(size: u64) -> Self {
        Self { size, parts: Vec::new() }
    }

    /// The size of the file.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The bytes of `at..at + len` as far as the file has them.
    ///
    /// # Errors
    /// [`Missing`] if these bytes weren't fed yet.
    pub fn read(&self, at: u64, len: u64) -> Result<&[u8], Missing> {
        let start = at.min(self.size);
        let end = at.saturating_add(len).min(self.size);
        if start >= end {
            return Ok(&[]);
        }
        let known = self.parts.iter().find_map(|part| slice(part, start, end));
        let is_first = self.parts.is_empty() && end <= FIRST;
        known.ok_or(Missing(if is_first { 0..FIRST.min(self.size) } else { start..end }))
    }

    /// Takes the bytes of the `wanted` range. Fewer than wanted mean that the file ends there: it may have been cut since its size was asked.
    pub fn feed(&mut self, wanted: &Range<u64>, bytes: &[u8]) {
        let len = usize::try_from(wanted.end.saturating_sub(wanted.start)).unwrap_or(usize::MAX);
        let bytes = bytes.get(..len).unwrap_or(bytes);
        let end = wanted.start.saturating_add(bytes.len() as u64);
        if end < wanted.end {
            self.size = self.size.min(end);
        }
        self.parts.push((wanted.start, bytes.to_vec()));
    }
}

fn slice((offset, bytes): &(u64, Vec<u8>), start: u64, end: u64) -> Option<&[u8]> {
    let from = usize::try_from(start.checked_sub(*offset)?).ok()?;
    let to = usize::try_from(end.checked_sub(*offset)?).ok()?;
    bytes.get(from..to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_bytes_are_asked_for_once_and_clipped_to_the_file() {
        let mut source = Source::new(FIRST + 10);
        assert_eq!(source.read(FIRST + 4, 100), Err(Missing(FIRST + 4..FIRST + 10)));
        source.feed(&(FIRST + 4..FIRST + 10), b"abcdef");
        assert_eq!(source.read(FIRST + 4, 100), Ok(&b"abcdef"[..]));
        assert_eq!(source.read(FIRST + 5, 2), Ok(&b"bc"[..]));
        assert_eq!(source.read(u64::MAX, 7), Ok(&b""[..]));
    }

    #[test]
    fn the_first_read_is_of_all_that_most_formats_need() {
        assert_eq!(Source::new(FIRST + 10).read(4, 100), Err(Missing(0..FIRST)));
        let mut source = Source::new(10);
        assert_eq!(source.read(4, 2), Err(Missing(0..10)));
        source.feed(&(0..10), b"0123456789");
        assert_eq!(source.read(4, 2), Ok(&b"45"[..]));
    }

    #[test]
    fn a_short_answer_means_that_the_file_is_shorter() {
        let mut source = Source::new(100);
        source.feed(&(0..100), b"abc");
        assert_eq!(source.size(), 3);
        assert_eq!(source.read(0, 100), Ok(&b"abc"[..]));
    }
}
