//! Findings in words.

use crate::{
    domain::doctor::{Finding, address::shown},
    i18n::{
        Texts,
        catalogue::{Doctor, Told},
    },
    openstack::versions::Versions,
    pages::doctor::examine::{Check, Health, Place},
    ui::notice::Tone,
};

/// Title, meaning and advice of a finding.
pub fn told(finding: &Finding, texts: &'static Doctor) -> &'static Told {
    match finding {
        Finding::Offline => &texts.offline,
        Finding::MixedContent => &texts.mixed_content,
        Finding::BlockedByPolicy => &texts.blocked_by_policy,
        Finding::TurnedAway => &texts.turned_away,
        Finding::Lost => &texts.lost,
        Finding::TimedOut => &texts.timed_out,
        Finding::InternalName => &texts.internal_name,
        Finding::AnswersByHttps => &texts.answers_by_https,
        Finding::OriginRefused => &texts.origin_refused,
        Finding::RedirectRefused => &texts.redirect_refused,
        Finding::NotTheService { .. } => &texts.not_the_service,
        Finding::Failing(_) => &texts.failing,
        Finding::HeadersRefused(_) => &texts.headers_refused,
        Finding::MethodsRefused(_) => &texts.methods_refused,
        Finding::TokenRefused => &texts.token_refused,
        Finding::Moved(_) => &texts.moved,
        Finding::Lacks(_) => &texts.lacks,
        Finding::OneStore => &texts.one_store,
        Finding::NoRequestId => &texts.no_request_id,
        Finding::NoVersions => &texts.no_versions,
    }
}

/// What exactly was found, line by line.
pub fn particulars(finding: &Finding, texts: &Doctor) -> Vec<String> {
    match finding {
        Finding::NotTheService { status, media } => vec![format!("HTTP {status} {media}")],
        Finding::Failing(status) => vec![format!("HTTP {status}")],
        Finding::HeadersRefused(names) | Finding::MethodsRefused(names) => {
            names.iter().map(|name| (*name).to_owned()).collect()
        }
        Finding::Moved(to) => vec![shown(to)],
        Finding::Lacks(lacks) => {
            lacks.iter().map(|lack| (texts.lack_since)((texts.lack)(lack.what), lack.since)).collect()
        }
        Finding::NoRequestId => vec!["X-OpenStack-Request-ID".to_owned()],
        _ => Vec::new(),
    }
}

/// The state of a service, and how it feels; tracked.
pub fn health_words(check: &Check, texts: &Texts) -> (&'static str, Tone) {
    let words = &texts.doctor;
    let (state, tone) = state_words(check.health(), texts);
    match check.target.place {
        Place::NotInCatalog => (words.absent, tone),
        Place::NotInRegion => (words.elsewhere, tone),
        Place::At(_) | Place::Later => (state, tone),
    }
}

fn state_words(health: Health, texts: &Texts) -> (&'static str, Tone) {
    let words = &texts.doctor;
    match health {
        Health::Checking => (words.running_line, Tone::Busy),
        Health::Good => (words.reachable, Tone::Good),
        Health::Limited => (words.limited, Tone::Warn),
        Health::Bad => (words.unusable, Tone::Bad),
        Health::Absent => (words.absent, Tone::Plain),
        Health::Later => (words.later, Tone::Plain),
    }
}

/// What a service speaks.
pub fn version_words(spoken: &Versions, texts: &Doctor) -> String {
    match (spoken.micro, spoken.newest) {
        (Some((low, high)), _) => (texts.micro)(&low.to_string(), &high.to_string()),
        (None, Some(newest)) => newest.to_string(),
        (None, None) => String::new(),
    }
}
