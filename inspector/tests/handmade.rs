//! Hand-made headers: what Glance does about each, and what a person is told.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/handmade.rs"]
mod handmade;
#[path = "support/image.rs"]
mod image;

use image::{Image, fixtures};
use sextant_inspector::decision::{Acceptance, Decision, Rejection, Rules};
use sextant_inspector::failure::{Failure, MbrFault};
use sextant_inspector::finding::What;
use sextant_inspector::format::Format;

fn kind(decision: &Decision) -> &'static str {
    match decision {
        Decision::Accept { .. } => "accept",
        Decision::Reject(Rejection::Mismatch(_)) => "mismatch",
        Decision::Reject(Rejection::Multiple(_)) => "multiple",
        Decision::Reject(Rejection::Incomplete(_)) => "incomplete",
        Decision::Reject(Rejection::Unreadable(_)) => "unreadable",
        Decision::Reject(Rejection::Unsafe(..)) => "unsafe",
    }
}

#[test]
fn headers_are_decided_on_as_glance_does() {
    let mut wrong = Vec::new();
    for made in handmade::all() {
        let report = made.image.inspect();
        let formats: Vec<_> = report.formats().iter().map(|format| format.name()).collect();
        if formats.join(" ") != made.formats {
            wrong.push(format!("{}: seen as {}", made.name, formats.join(" ")));
        }
        for (declared, expected) in made.decisions.split(' ').filter_map(|each| each.split_once('=')) {
            let decision = report.decide(declared);
            if kind(&decision) != expected {
                wrong.push(format!("{} as {declared}: {decision}, not {expected}", made.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// With `gpt_safety_checks_nonfatal` set to nothing.
const STRICT: Rules = Rules { require_match: true, tolerate_mbr: false };

fn image(name: &str) -> Image {
    handmade::all().into_iter().find(|made| made.name == name).unwrap().image
}

/// Refused for that and nothing else by strict clouds, taken by others.
fn assert_only_strictly_refused(image: &Image, fault: Option<MbrFault>, name: &str) {
    let report = image.inspect();
    let refusal = fault.map(|fault| Rejection::Unsafe(Format::Gpt, vec![Failure::Mbr(fault)]));
    for declared in ["raw", "gpt"] {
        assert!(report.decide(declared).is_accepted(), "{name} as {declared}");
        let strictly = report.decide_by(declared, STRICT);
        assert_eq!(strictly.rejection(), refusal.as_ref(), "{name} as {declared}");
    }
    let told = report.findings("raw").into_iter().find(|found| matches!(found.what, What::OddPartitions(_)));
    let expected = fault.map(|fault| {
        assert_eq!(Failure::Mbr(fault).check(), "mbr");
        format!("Warning: odd partition table ({fault:?}), which strict clouds refuse")
    });
    assert_eq!(told.map(|finding| finding.to_string()), expected, "{name}");
}

#[test]
fn strict_clouds_refuse_odd_partition_tables() {
    use MbrFault::{BootFlag, ExtraPartitions, NoPartitions, StartChs, StartLba};
    for (name, fault) in [
        ("mbr", None),
        ("mbr-second-entry", None),
        ("mbr-one-sector", None),
        ("gpt", None),
        ("gpt-4096", None),
        ("gpt-hybrid", Some(ExtraPartitions)),
        ("gpt-second-entry", Some(ExtraPartitions)),
        ("gpt-chs-0-1-0", Some(StartChs)),
        ("gpt-lba-2", Some(StartLba)),
        ("mbr-boot-flag", Some(BootFlag(1))),
        ("mbr-no-partitions", Some(NoPartitions)),
        ("ntfs", Some(BootFlag(0))),
    ] {
        assert_only_strictly_refused(&image(name), fault, name);
    }
    assert!(image("zeros").inspect().decide_by("raw", STRICT).is_accepted());
}

/// A good GPT with one byte changed.
#[test]
fn every_byte_that_strict_clouds_check_counts() {
    use MbrFault::{BootFlag, ExtraPartitions, NoPartitions, StartChs, StartLba};
    for (at, value, fault) in [
        (446, 0x80, None),
        (446, 0x81, Some(BootFlag(0))),
        (446 + 16, 0x01, Some(BootFlag(1))),
        (446 + 32, 0x7F, Some(BootFlag(2))),
        (446 + 48, 0xFF, Some(BootFlag(3))),
        (446 + 1, 1, Some(StartChs)),
        (446 + 2, 1, Some(StartChs)),
        (446 + 3, 1, Some(StartChs)),
        (446 + 4, 0, Some(NoPartitions)),
        // No longer a GPT, of which less is asked.
        (446 + 4, 0x83, None),
        (446 + 5, 0, None),
        (446 + 8, 0, Some(StartLba)),
        (446 + 8, 2, Some(StartLba)),
        (446 + 11, 1, Some(StartLba)),
        (446 + 12, 0, None),
        (446 + 16 + 4, 0x83, Some(ExtraPartitions)),
        (446 + 32 + 4, 0x83, Some(ExtraPartitions)),
        (446 + 48 + 4, 0x83, Some(ExtraPartitions)),
    ] {
        let name = format!("{value:#x} at {at}");
        assert_only_strictly_refused(&image("gpt").with(at, [value]), fault, &name);
    }
}

/// What looks like its partition table is code: strict clouds refuse it as a disk, but nobody is to mend its partitions.
#[test]
fn a_kernel_is_decided_on_like_a_disk() {
    for (name, fault) in [("kernel", Some(MbrFault::BootFlag(0))), ("kernel-like-mbr", None)] {
        let report = image(name).inspect();
        let refusal = fault.map(|fault| Rejection::Unsafe(Format::Gpt, vec![Failure::Mbr(fault)]));
        assert_eq!(report.decide_by("raw", STRICT).rejection(), refusal.as_ref(), "{name}");
        assert!(report.decide("raw").is_accepted(), "{name}");
        for part in ["aki", "ari", "ami"] {
            assert_eq!(kind(&report.decide(part)), "mismatch", "{name} as {part}");
            let lax = Rules { require_match: false, ..STRICT };
            assert_eq!(kind(&report.decide_by(part, lax)), "accept", "{name} as {part}");
        }
    }
}

/// Where no match is required, the size is as far as the parser came: to the end of the first chunk.
#[test]
fn lax_clouds_take_what_the_parser_gave_up_on() {
    let report = image("vmdk-footer-lost").inspect();
    let because = Acceptance::Tolerated(Rejection::Incomplete(Format::Vmdk));
    let lax = Rules { require_match: false, ..Rules::default() };
    assert_eq!(report.decide_by("raw", lax), Decision::Accept { virtual_size: Some(65536), because });
}

/// `compare_with_oslo.py` reads them from there.
#[test]
fn headers_are_kept_as_fixtures_too() {
    for made in handmade::all() {
        let path = fixtures().join(format!("made/{}.hex", made.name));
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::write(&path, made.image.to_text()).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == made.image.to_text(), "{}: run with UPDATE_FIXTURES=1 to write it anew", made.name);
    }
}
