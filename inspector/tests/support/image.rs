//! Images for tests: mostly zeros, kept as what differs from zero.
#![allow(dead_code, reason = "every test uses another part of it")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use sextant_inspector::report::Report;

/// Bytes of one row of a fixture.
const ROW: usize = 32;

/// A file of `size` bytes, zero but for the rows. Later rows lie over earlier ones.
#[derive(Clone, Debug, Default)]
pub struct Image {
    pub size: u64,
    pub rows: Vec<(u64, Vec<u8>)>,
}

impl Image {
    pub fn new(size: u64) -> Self {
        Self { size, rows: Vec::new() }
    }

    pub fn with(mut self, at: u64, bytes: impl AsRef<[u8]>) -> Self {
        self.rows.push((at, bytes.as_ref().to_vec()));
        self
    }

    /// With what isn't zero in these bytes.
    pub fn with_sparse(mut self, at: u64, bytes: &[u8]) -> Self {
        for (place, row) in (at..).step_by(ROW).zip(bytes.chunks(ROW)) {
            if row.iter().any(|byte| *byte != 0) {
                self.rows.push((place, row.to_vec()));
            }
        }
        self
    }

    pub fn cut(self, size: u64) -> Self {
        Self { size, ..self }
    }

    pub fn read(&self, range: Range<u64>) -> Vec<u8> {
        let range = range.start.min(self.size)..range.end.min(self.size);
        let mut bytes = vec![0; (range.end - range.start) as usize];
        for (at, row) in &self.rows {
            let from = (*at).max(range.start);
            let to = at.saturating_add(row.len() as u64).min(range.end);
            if from < to {
                bytes[(from - range.start) as usize..(to - range.start) as usize]
                    .copy_from_slice(&row[(from - at) as usize..(to - at) as usize]);
            }
        }
        bytes
    }

    pub fn inspect(&self) -> Report {
        sextant_inspector::inspect(self.size, |range| Ok(self.read(range))).unwrap()
    }

    /// Keeps of a file what isn't zero, up to `most` rows.
    pub fn of_file(path: &Path, most: usize) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let image = Self::new(file.metadata()?.len());
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let mut image = image.with_sparse(0, &bytes);
        image.rows.truncate(most);
        Ok(image)
    }

    /// A fixture: the size, then rows in hexadecimal; a long row of one byte as "byte*count".
    pub fn to_text(&self) -> String {
        let mut text = format!("size {}\n", self.size);
        for (at, row) in &self.rows {
            write!(text, "{at:x} ").unwrap();
            match row.first() {
                Some(first) if row.len() > ROW && row.iter().all(|byte| byte == first) => {
                    write!(text, "{first:02x}*{}", row.len()).unwrap();
                }
                _ => row.iter().for_each(|byte| write!(text, "{byte:02x}").unwrap()),
            }
            text.push('\n');
        }
        text
    }

    pub fn from_text(text: &str) -> Self {
        let (first, rows) = text.split_once('\n').unwrap();
        let mut image = Self::new(first.strip_prefix("size ").unwrap().parse().unwrap());
        for (at, row) in rows.lines().map(|line| line.split_once(' ').unwrap()) {
            let (hex, times) = row.split_once('*').unwrap_or((row, "1"));
            let digits = (0..hex.len()).step_by(2).map(|i| &hex[i..i + 2]);
            let row: Vec<_> = digits.map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect();
            let at = u64::from_str_radix(at, 16).unwrap();
            image.rows.push((at, row.repeat(times.parse().unwrap())));
        }
        image
    }
}

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The fixture of that name.
pub fn fixture(name: &str) -> Image {
    let path = fixtures().join(format!("{name}.hex"));
    Image::from_text(&std::fs::read_to_string(path).unwrap())
}
