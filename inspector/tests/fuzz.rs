//! Any input gives a verdict: never a panic, never more bytes than the budget, never a loop.
//!
//! A quick run by default. Before a release, ten million inputs (or `FUZZ_INPUTS` of them, from `FUZZ_SEED` on):
//! `cargo test --release -p sextant-inspector --test fuzz -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/handmade.rs"]
#[allow(dead_code, reason = "only the images are needed here")]
mod handmade;
#[path = "support/image.rs"]
mod image;
#[path = "support/qemu.rs"]
#[allow(dead_code, reason = "only the names are needed here")]
mod qemu;

use std::ops::Range;
use std::sync::LazyLock;

use image::{Image, fixture};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sextant_inspector::decision::Rules;
use sextant_inspector::finding::Level;
use sextant_inspector::inspection::{BUDGET, Inspection};
use sextant_inspector::report::Report;

const DECLARED: [&str; 15] = [
    "raw", "qcow2", "vhd", "vhdx", "vmdk", "vdi", "iso", "gpt", "luks", "qed", "ami", "ari", "aki", "ploop",
    "",
];

/// Beginnings and fields that parsers act on.
const MARKS: [&[u8]; 30] = [
    b"QFI\xfb\0\0\0\x03",
    b"KDMV\x01\0\0\0",
    b"conectix",
    b"vhdxfile",
    b"regi",
    b"metadata",
    b"QED\0",
    b"LUKS\xba\xbe\0\x01",
    b"\x7f\x10\xda\xbe",
    b"CD001",
    b"NSR02",
    b"\x55\xaa",
    b"EFI PART",
    b"ustar",
    b"WithoutFreeSpace",
    b"createType=\"monolithicSparse\"",
    b"createType=\"",
    b"\"",
    b"\n",
    b"rw ",
    b"\0",
    b"\xc3\xa9",
    b"\x00\x00\x00\x00\x00\x00\x00\x00",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x80\0\0\0\0\0\0\0",
    b"\x01\0\0\0\0\0\0\0",
    b"\0\0\0\0\0\0\0\x01",
    b"\0\0\0\x40",
    b"\x1f\x8b",
];

static BASES: LazyLock<Vec<Image>> = LazyLock::new(|| {
    let real = qemu::CASES.iter().map(|case| fixture(case.name));
    real.chain(handmade::all().into_iter().map(|made| made.image)).collect()
});

fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1500);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        select(MARKS.to_vec()).prop_map(<[u8]>::to_vec),
        vec(any::<u8>(), 1..9),
        any::<u64>().prop_map(|number| number.to_le_bytes().to_vec()),
        (0_u64..1 << 24).prop_map(|number| number.to_le_bytes().to_vec()),
        (0_u64..1 << 24).prop_map(|number| number.to_be_bytes().to_vec()),
    ]
}

fn place() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0_u64..700,
        1 => select(vec![0_u64, 4, 28, 36, 56, 446, 510, 512, 1024, 4096]),
        1 => 0x8000_u64..0x8900,
        1 => 0x30000_u64..0x30100,
        1 => 0_u64..0x31_0000,
    ]
}

fn size() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![
        3 => Just(None),
        1 => (0_u64..2048).prop_map(Some),
        1 => (0_u64..0x40_0000).prop_map(Some),
        1 => any::<u64>().prop_map(Some),
        1 => select(vec![511_u64, 512, 591, 592, 4095, 4096, 4608, 0x87FF, 0x8800, 0x10000, 0x3FFFF, 0x40000, u64::MAX]).prop_map(Some),
    ]
}

prop_compose! {
    /// A real image, or two over one another, with some fields changed and perhaps cut.
    fn mutated()(
        base in select(BASES.clone()),
        over in prop_oneof![4 => Just(Image::default()), 1 => select(BASES.clone())],
        changes in vec((place(), value()), 0..8),
        at_rows in vec((any::<prop::sample::Index>(), 0_u64..32, value()), 0..4),
        size in size(),
    ) -> Image {
        let mut image = base;
        image.size = size.unwrap_or(image.size);
        image.rows.extend(over.rows);
        for (index, shift, value) in at_rows {
            if !image.rows.is_empty() {
                let at = index.get(&image.rows).0 + shift;
                image.rows.push((at, value));
            }
        }
        image.rows.extend(changes);
        image
    }
}

/// Runs the state machine, holding it to what it promises.
fn drive(size: u64, mut read: impl FnMut(Range<u64>) -> Vec<u8>) -> (Report, u64) {
    let mut inspection = Inspection::new(size);
    let mut asked = 0;
    for _ in 0..20 {
        let Some(range) = inspection.wants() else {
            return (inspection.report().unwrap(), asked);
        };
        assert!(range.start < range.end && range.end <= size, "{range:?} of {size}");
        asked += range.end - range.start;
        inspection.feed(&read(range));
    }
    panic!("it never ends: {inspection:?}");
}

fn check(report: &Report) {
    #[cfg(feature = "serde")]
    {
        let text = serde_json::to_string(report).unwrap();
        // The app takes no longer one from its worker.
        assert!(text.len() < 8_000, "{} bytes: {text}", text.len());
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), *report, "{text}");
    }
    assert!(!report.formats().is_empty());
    if let Some(format) = report.suggested_format() {
        assert!(report.decide(format.name()).is_accepted());
    }
    for declared in DECLARED {
        let decision = report.decide(declared);
        let findings = report.findings(declared);
        let is_blocked = findings.iter().any(|finding| finding.level == Level::Blocker);
        assert_eq!(is_blocked, !decision.is_accepted(), "{declared}: {decision} {findings:?}");
        assert!(findings.is_sorted_by_key(|finding| finding.level));
        let lax = report.decide_by(declared, Rules { require_match: false, tolerate_mbr: true });
        assert!(lax.is_accepted() || !decision.is_accepted(), "{declared}: {decision}, but lax: {lax}");
        for finding in findings {
            assert!(!finding.to_string().is_empty());
        }
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn mutated_images_get_a_verdict_within_the_budget(image in mutated()) {
        let (report, asked) = drive(image.size, |range| image.read(range));
        prop_assert!(asked <= BUDGET, "{} bytes asked", asked);
        prop_assert_eq!(&report, &image.inspect());
        check(&report);
    }

    #[test]
    fn random_bytes_get_a_verdict(bytes in vec(any::<u8>(), 0..6000)) {
        let image = Image::new(bytes.len() as u64).with(0, bytes);
        check(&image.inspect());
    }

    #[test]
    fn short_and_long_answers_get_a_verdict(image in mutated(), lengths in vec(0_usize..70_000, 20)) {
        let mut lengths = lengths.into_iter();
        let (report, _) = drive(image.size, |range| {
            let mut bytes = image.read(range);
            bytes.resize(lengths.next().unwrap_or(0), 0xAA);
            bytes
        });
        check(&report);
    }
}

/// SplitMix64: as good as any for changing bytes, and the same run for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Mostly fields of headers, now and then anything.
    fn place(&mut self) -> u64 {
        match self.below(8) {
            0..=4 => self.next() % 700,
            5 => 0x8000 + self.next() % 0x900,
            6 => 0x30000 + self.next() % 0x100,
            _ => self.next() % 0x31_0000,
        }
    }

    fn value(&mut self) -> Vec<u8> {
        match self.below(4) {
            0 => MARKS[self.below(MARKS.len())].to_vec(),
            1 => vec![self.next() as u8],
            2 => self.next().to_le_bytes().to_vec(),
            _ => (self.next() % (1 << 24)).to_be_bytes().to_vec(),
        }
    }

    fn image(&mut self) -> Image {
        let mut image = BASES[self.below(BASES.len())].clone();
        if self.below(5) == 0 {
            image.rows.extend(BASES[self.below(BASES.len())].rows.clone());
        }
        for _ in 0..self.below(8) {
            let change = (self.place(), self.value());
            image.rows.push(change);
        }
        match self.below(6) {
            0 => image.size = self.next() % 2048,
            1 => image.size = self.next() % 0x40_0000,
            2 => image.size = self.next(),
            _ => {}
        }
        image
    }
}

/// Whether it is accepted as one of the formats.
fn check_input(seed: u64) -> bool {
    let mut random = Random(seed);
    let image = random.image();
    let (report, asked) = drive(image.size, |range| image.read(range));
    assert!(asked <= BUDGET, "{asked} bytes asked");
    check(&report);
    report.decide(DECLARED[random.below(DECLARED.len())]).is_accepted()
}

#[test]
#[ignore = "takes minutes"]
fn ten_million_inputs_get_a_verdict() {
    let number =
        |name: &str, default| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (inputs, seed) = (number("FUZZ_INPUTS", 10_000_000_u64), number("FUZZ_SEED", 1_u64));
    let mut accepted = 0_u64;
    for input in 0..inputs {
        // Each input by a seed of its own, so that a failing one can be run alone.
        let seed = seed.wrapping_add(input);
        let outcome = std::panic::catch_unwind(|| check_input(seed));
        accepted +=
            u64::from(outcome.unwrap_or_else(|_| panic!("FUZZ_INPUTS=1 FUZZ_SEED={seed} runs it alone")));
    }
    eprintln!("{inputs} inputs from seed {seed}: {accepted} accepted, {} refused", inputs - accepted);
    assert!(inputs < 100 || (accepted > 0 && accepted < inputs), "the inputs are all alike");
}
