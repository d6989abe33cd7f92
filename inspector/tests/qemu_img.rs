//! Images of every format and sub-format that `qemu-img` writes.
//!
//! Their first bytes are kept in `fixtures/`, so that the tests need no tool. Where `qemu-img` is installed, they also run on fresh images;
//! `UPDATE_FIXTURES=1` then writes the fixtures anew.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/image.rs"]
mod image;
#[path = "support/qemu.rs"]
mod qemu;

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use image::{Image, fixture, fixtures};
use qemu::{CASES, Case, make, qemu_img_is_installed};
use sextant_inspector::format::Format;
use sextant_inspector::report::Report;

fn check(case: &Case, report: &Report) {
    let name = case.name;
    assert_eq!(report.formats(), [case.format], "{name}: {report:#?}");
    assert_eq!(report.virtual_size(), case.virtual_size, "{name}: {report:#?}");
    let failing: Vec<_> =
        report.detected.seen.iter().flat_map(|seen| &seen.failures).map(|failure| failure.check()).collect();
    assert_eq!(failing, case.failing, "{name}: {report:#?}");
    assert_eq!(report.truncation, None, "{name}: {report:#?}");
    let decision = report.decide(case.format.name());
    assert_eq!(decision.is_accepted(), case.failing.is_empty(), "{name}: {decision}");
    assert_eq!(report.decide("raw").is_accepted(), case.failing.is_empty(), "{name}");
    assert!(case.format == Format::Iso || !report.decide("iso").is_accepted(), "{name}");
}

#[test]
fn fixtures_of_qemu_img_are_seen_as_what_they_are() {
    for case in CASES {
        check(case, &fixture(case.name).inspect());
    }
}

#[test]
fn fresh_images_of_qemu_img_are_seen_as_what_they_are() {
    if !qemu_img_is_installed() {
        eprintln!("SKIPPED: qemu-img is not installed; only the committed fixtures were tested");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for case in CASES {
        let path = make(case, folder.path());
        check(case, &inspect(&path));
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            let kept = Image::of_file(&path, case.rows).unwrap();
            std::fs::write(fixtures().join(format!("{}.hex", case.name)), kept.to_text()).unwrap();
        }
    }
}

fn inspect(path: &Path) -> Report {
    let file = File::open(path).unwrap();
    let size = file.metadata().unwrap().len();
    sextant_inspector::inspect(size, |range| {
        let mut bytes = vec![0; (range.end - range.start) as usize];
        file.read_exact_at(&mut bytes, range.start)?;
        Ok(bytes)
    })
    .unwrap()
}
