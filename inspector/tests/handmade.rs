//! Hand-made headers: what Glance does about each, and what a person is told.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/handmade.rs"]
mod handmade;
#[path = "support/image.rs"]
mod image;

use image::fixtures;
use sextant_inspector::decision::{Decision, Rejection, Rules};

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

/// With `gpt_safety_checks_nonfatal` set to nothing; kernels and ramdisks are still excused.
#[test]
fn strict_clouds_refuse_odd_partition_tables() {
    let strict = Rules { tolerate_mbr: false, ..Rules::default() };
    for (name, refused) in [("gpt-hybrid", true), ("mbr", false), ("gpt", false), ("zeros", false)] {
        let report = handmade::all().into_iter().find(|made| made.name == name).unwrap().image.inspect();
        assert!(report.decide("raw").is_accepted(), "{name}");
        assert_eq!(kind(&report.decide_by("raw", strict)) == "unsafe", refused, "{name}");
    }
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
