//! What a verification leaves on the image: three properties, which the badge reads.

use crate::{
    domain::verification::progress::{Outcome, Verdict},
    openstack::{
        glance::{image::Image, patch::Patch},
        time::unix_seconds,
    },
};

/// When it was verified, RFC 3339.
pub const VERIFIED_AT: &str = "sextant_verified_at";
/// "passed", "inconclusive" or "failed", and how.
pub const VERIFIED_RESULT: &str = "sextant_verified_result";
/// With which flavor, by name.
pub const VERIFIED_FLAVOR: &str = "sextant_verified_flavor";
/// As much of a flavor's name as a badge has room for.
const LONGEST_FLAVOR: usize = 64;

/// The properties read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When, RFC 3339.
    pub at: String,
    /// What came of it; `None` for a word that we don't know.
    pub verdict: Option<Verdict>,
    /// With which flavor.
    pub flavor: String,
}

impl Record {
    /// What an image says; nothing for one that was never verified, or that says so in an unknown way.
    pub fn of(image: &Image) -> Option<Self> {
        let at = image.property(VERIFIED_AT).filter(|at| unix_seconds(at).is_some())?;
        let result = image.property(VERIFIED_RESULT)?;
        let verdict = match result.split([':', ' ']).next() {
            Some("passed") => Some(Verdict::Passed),
            Some("inconclusive") => Some(Verdict::Inconclusive),
            Some("failed") => Some(Verdict::Failed),
            _ => None,
        };
        let flavor = image.property(VERIFIED_FLAVOR).unwrap_or_default();
        Some(Self { at: at.to_owned(), verdict, flavor: flavor.chars().take(LONGEST_FLAVOR).collect() })
    }
}

/// The change that keeps an outcome on an image, which is read again just before; nothing for an outcome that says nothing of
/// the image. `Err` where it holds a later one.
pub fn patch(outcome: &Outcome, flavor: &str, at: &str, fresh: &Image) -> Result<Option<Patch>, Later> {
    let Some(verdict) = outcome.verdict() else { return Ok(None) };
    let theirs = fresh.property(VERIFIED_AT).and_then(unix_seconds);
    if theirs.is_some_and(|theirs| unix_seconds(at).is_some_and(|ours| theirs > ours)) {
        return Err(Later);
    }
    let word = match verdict {
        Verdict::Passed => "passed",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Failed => "failed",
    };
    let mut patch = Patch::default();
    patch.set(VERIFIED_AT, at);
    patch.set(VERIFIED_RESULT, format!("{word}: {}", outcome.word()));
    patch.set(VERIFIED_FLAVOR, flavor);
    Ok(Some(patch))
}

/// Somebody has verified the image later than we.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Later;
