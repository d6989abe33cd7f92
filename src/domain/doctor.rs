//! The connection doctor: what probes have heard of a service goes in, what it means comes out. What a browser can't tell apart
//! (a name that does not exist, a closed port, a bad certificate) is one finding here, too.

pub mod address;
pub mod demands;
pub mod paste;

use crate::{
    domain::doctor::{
        address::{is_blocked_as_mixed, is_internal, origin},
        demands::Demand,
    },
    openstack::{
        glance, nova,
        request::{Answer, Method, Service},
        versions::{Version, Versions, list_versions},
    },
};

/// Up to here an unanswered request counts as turned away at once; later, as lost on the way.
const QUICK_MS: u32 = 2_000;
/// From here on a wrong clock is worth a word: tokens live for an hour or more, certificates for months.
pub const SKEW_WORTH_A_WORD: i64 = 300;

/// What came of one probe.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// An answer that the page may read.
    Answer {
        /// The answer.
        answer: Answer,
        /// Where it came from in the end, if that is not where it was asked for.
        moved_to: Option<String>,
    },
    /// Something answers, and the page may not read what.
    Unreadable,
    /// It sends the browser somewhere else, which does not let the page read its answer.
    Redirect,
    /// No answer, after so many milliseconds.
    Nothing(u32),
    /// No answer in the time allowed.
    TimedOut,
    /// The page's own Content-Security-Policy did not let it ask.
    Blocked,
}

impl Heard {
    fn answer(&self) -> Option<&Answer> {
        match self {
            Heard::Answer { answer, .. } => Some(answer),
            _ => None,
        }
    }

    /// Whether what was asked may be asked: neither CORS nor a proxy that does not know the method stands in the way.
    pub fn is_granted(&self) -> bool {
        self.answer().is_some_and(|answer| !matches!(answer.status, 405 | 501))
    }

    /// Whether the page can read what is answered.
    pub fn is_readable(&self) -> bool {
        self.answer().is_some()
    }
}

/// Where the page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// The page's own origin.
    pub origin: String,
    /// Whether the browser believes that there is a network.
    pub is_online: bool,
}

/// What was heard of one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The service.
    pub service: Service,
    /// Its address, in full.
    pub url: String,
    /// Whether anything answers at all. Not asked for an address that the browser would refuse.
    pub reached: Option<Heard>,
    /// The list of versions at the service's root, which anybody may read.
    pub versions: Option<Heard>,
    /// A path of the interface, asked for without anything that needs leave.
    pub plain: Option<Heard>,
    /// One probe for each header and method that Sextant needs.
    pub demands: Vec<(&'static Demand, Heard)>,
    /// A question with the session's token.
    pub with_token: Option<Heard>,
    /// Whether the same address answers by `https`; asked only where `http` fails.
    pub secure_twin: bool,
}

impl Evidence {
    /// Nothing heard yet.
    pub fn new(service: Service, url: String) -> Self {
        Self {
            service,
            url,
            reached: None,
            versions: None,
            plain: None,
            demands: Vec::new(),
            with_token: None,
            secure_twin: false,
        }
    }

    /// What the service speaks, where it said so.
    pub fn spoken(&self) -> Option<Versions> {
        list_versions(self.service).decode(self.versions.as_ref()?.answer()?).ok()
    }

    /// Something in the cloud's own voice: versions, an accepted token, or a refusal for want of one.
    fn is_the_service(&self) -> bool {
        let says = |heard: &Heard, status| heard.answer().is_some_and(|answer| answer.status == status);
        // A server that has a page for every path answers 200, too.
        let is_json = |heard: &Heard| {
            heard.answer().is_some_and(|answer| answer.body.trim_start().starts_with(['{', '[']))
        };
        self.spoken().is_some()
            || self.with_token.as_ref().is_some_and(|heard| says(heard, 200) && is_json(heard))
            || self.demands.iter().any(|(_, heard)| says(heard, 401))
    }
}

/// One thing that is worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The browser says that it has no network.
    Offline,
    /// A page that came by `https` may not ask an `http` address.
    MixedContent,
    /// The page's own policy lacks the service's origin.
    BlockedByPolicy,
    /// Nothing answers, and it was quick: refused, no such name, or a certificate that the browser does not trust.
    TurnedAway,
    /// Nothing answers, and it took a while: lost on the way.
    Lost,
    /// Nothing in the time allowed.
    TimedOut,
    /// The address names a machine that only the cloud's own network may know.
    InternalName,
    /// The same address answers by `https`.
    AnswersByHttps,
    /// The server is up; the page may not read it.
    OriginRefused,
    /// The server sends the browser elsewhere, where the page may not follow.
    RedirectRefused,
    /// What answers is not the service.
    NotTheService {
        /// The HTTP status.
        status: u16,
        /// The media type of what it sent.
        media: String,
    },
    /// A proxy, or the service itself, is up and has nothing to say.
    Failing(u16),
    /// These request headers are not allowed.
    HeadersRefused(Vec<&'static str>),
    /// These methods are not allowed.
    MethodsRefused(Vec<&'static str>),
    /// The service does not accept the token that Keystone gave.
    TokenRefused,
    /// It answers from another address than the one that was asked.
    Moved(String),
    /// It works, without what these versions brought.
    Lacks(Vec<Lack>),
    /// Glance is new enough for several stores, and has one.
    OneStore,
    /// Request ids can't be read, so errors come without them.
    NoRequestId,
    /// The list of versions can't be read.
    NoVersions,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Good to know.
    Note,
    /// Something of Sextant won't work.
    Limit,
    /// Nothing works there.
    Fatal,
}

impl Finding {
    /// How bad it is.
    pub fn weight(&self) -> Weight {
        match self {
            Finding::NoRequestId
            | Finding::NoVersions
            | Finding::Lacks(_)
            | Finding::OneStore
            | Finding::Moved(_) => Weight::Note,
            Finding::MethodsRefused(_) => Weight::Limit,
            // Without its microversion header Nova is only older; without these two nothing goes.
            Finding::HeadersRefused(names) => {
                let all_work_stops =
                    names.iter().any(|name| matches!(*name, "X-Auth-Token" | "Content-Type"));
                if all_work_stops { Weight::Fatal } else { Weight::Limit }
            }
            _ => Weight::Fatal,
        }
    }
}

/// How bad it is that the catalog has no address of a service; nothing where a cloud may well do without it. `is_elsewhere`: it has
/// one, in another region or for another interface, so somebody has asked for the wrong one.
pub fn absence_weight(service: Service, is_elsewhere: bool) -> Option<Weight> {
    match service {
        _ if is_elsewhere => Some(Weight::Fatal),
        Service::Identity | Service::Image => Some(Weight::Fatal),
        Service::Compute => Some(Weight::Limit),
        Service::Network | Service::BlockStorage => None,
    }
}

/// Something that an old cloud does not have yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lack {
    /// What: the catalogue words it.
    pub what: &'static str,
    /// The version that brought it.
    pub since: &'static str,
}

/// What is told by which version: of the interface for Glance, microversions for Nova.
const ARRIVALS: &[(Service, &str, Lack)] = &[
    arrival(Service::Image, "2.6", "import"),
    arrival(Service::Image, glance::HIDDEN, "hidden"),
    arrival(Service::Image, glance::HIDDEN, "hashes"),
    arrival(Service::Image, glance::STORES, "stores"),
    (Service::Image, glance::TASKS_AND_USAGE, Lack { what: "tasks", since: "2.12" }),
    (Service::Image, glance::TASKS_AND_USAGE, Lack { what: "usage", since: "2.13" }),
    arrival(Service::Compute, nova::SERVER_AUTO_NETWORK, "auto_network"),
    arrival(Service::Compute, nova::action::SNAPSHOT_ID, "snapshot_id"),
    arrival(Service::Compute, nova::SERVER_EMBEDDED_FLAVOR, "embedded_flavor"),
    arrival(Service::Compute, nova::FLAVOR_EXTRA_SPECS, "extra_specs"),
    arrival(Service::Compute, nova::SERVER_VOLUME_TYPE, "volume_type"),
    arrival(Service::Compute, nova::keypair::WIDER_NAMES, "wider_names"),
];

/// What is told by the very version that brought it.
const fn arrival(service: Service, since: &'static str, what: &'static str) -> (Service, &'static str, Lack) {
    (service, since, Lack { what, since })
}

/// What a service of these versions lacks of what Sextant can use.
pub fn lacks(service: Service, spoken: &Versions) -> Vec<Lack> {
    let reaches = match service {
        // Nova without microversions is older than all of them.
        Service::Compute => {
            spoken.micro.map_or(Some(Version { major: 2, minor: 1 }), |(_, highest)| Some(highest))
        }
        _ => spoken.newest,
    };
    let Some(reaches) = reaches else { return Vec::new() };
    let of_service = ARRIVALS.iter().filter(|(of, ..)| *of == service);
    of_service
        .filter(|(_, told_by, _)| told_by.parse::<Version>().is_ok_and(|told_by| told_by > reaches))
        .map(|(.., lack)| *lack)
        .collect()
}

/// What the evidence means, the worst first.
pub fn findings(evidence: &Evidence, here: &Here) -> Vec<Finding> {
    let mut found = Vec::new();
    if is_blocked_as_mixed(&here.origin, &evidence.url) {
        found.push(Finding::MixedContent);
        found.extend(evidence.secure_twin.then_some(Finding::AnswersByHttps));
        return found;
    }
    let unreached = match evidence.reached {
        Some(Heard::Blocked) => Some(Finding::BlockedByPolicy),
        Some(Heard::TimedOut) => Some(Finding::TimedOut),
        Some(Heard::Nothing(_)) if !here.is_online => Some(Finding::Offline),
        Some(Heard::Nothing(ms)) if ms > QUICK_MS => Some(Finding::Lost),
        Some(Heard::Nothing(_)) => Some(Finding::TurnedAway),
        _ => None,
    };
    if let Some(unreached) = unreached {
        let is_elsewhere = unreached != Finding::BlockedByPolicy && unreached != Finding::Offline;
        found.push(unreached);
        found.extend(
            (is_elsewhere && is_internal(&here.origin, &evidence.url)).then_some(Finding::InternalName),
        );
        found.extend(evidence.secure_twin.then_some(Finding::AnswersByHttps));
        return found;
    }
    let read = [&evidence.versions, &evidence.plain].into_iter().flatten();
    let Some(first) = read.clone().find(|heard| heard.is_readable()) else {
        let redirects = read.clone().any(|heard| *heard == Heard::Redirect);
        let timed_out = read.clone().any(|heard| *heard == Heard::TimedOut);
        found.extend(match (timed_out, redirects) {
            _ if read.clone().next().is_none() => None,
            (true, _) => Some(Finding::TimedOut),
            (_, true) => Some(Finding::RedirectRefused),
            _ => Some(Finding::OriginRefused),
        });
        found.extend(evidence.secure_twin.then_some(Finding::AnswersByHttps));
        return found;
    };
    if let Some(failing) = not_working(evidence, first) {
        return vec![failing];
    }
    found.extend(refusals(evidence));
    if evidence.with_token.as_ref().and_then(Heard::answer).is_some_and(|answer| answer.status == 401) {
        found.push(Finding::TokenRefused);
    }
    found.extend(remarks(evidence, here, first));
    found.sort_by_key(|finding| std::cmp::Reverse(finding.weight()));
    found
}

/// Whether what answers is no service at all, or one that is down.
fn not_working(evidence: &Evidence, first: &Heard) -> Option<Finding> {
    let answer = evidence.with_token.as_ref().and_then(Heard::answer).or(first.answer())?;
    if answer.status >= 500 {
        return Some(Finding::Failing(answer.status));
    }
    let media = answer.header("content-type").unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_owned();
    (!evidence.is_the_service()).then_some(Finding::NotTheService { status: answer.status, media })
}

/// What is refused of that which Sextant needs: by CORS, or by a proxy that does not let a method through.
fn refusals(evidence: &Evidence) -> Vec<Finding> {
    let mut headers: Vec<&'static str> = Vec::new();
    let mut methods = Vec::new();
    for (demand, heard) in &evidence.demands {
        let asks_no_method = matches!(demand.method, Method::Get | Method::Post);
        match demand.header {
            Some((name, _)) if asks_no_method && !heard.is_readable() => headers.push(name),
            // The header was refused already: it says nothing about the method.
            Some((name, _)) if headers.contains(&name) => {}
            _ if !heard.is_granted() => methods.push(demand.method.as_str()),
            _ => {}
        }
    }
    [
        (!headers.is_empty()).then_some(Finding::HeadersRefused(headers)),
        (!methods.is_empty()).then_some(Finding::MethodsRefused(methods)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn remarks(evidence: &Evidence, here: &Here, first: &Heard) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Heard::Answer { moved_to: Some(to), .. } = first {
        found.push(Finding::Moved(to.clone()));
    }
    match evidence.spoken() {
        None => found.push(Finding::NoVersions),
        Some(spoken) => {
            let lacks = lacks(evidence.service, &spoken);
            let is_one_store = evidence.service == Service::Image
                && spoken.reaches(glance::STORES)
                && !spoken.lists(glance::STORES);
            found.extend((!lacks.is_empty()).then_some(Finding::Lacks(lacks)));
            found.extend(is_one_store.then_some(Finding::OneStore));
        }
    }
    let is_elsewhere = origin(&evidence.url) != Some(&here.origin);
    let answer = evidence.with_token.as_ref().and_then(Heard::answer);
    let has_id = |answer: &Answer| {
        answer.header("x-openstack-request-id").or(answer.header("x-compute-request-id")).is_some()
    };
    // Only services that send one to everybody are blamed: Neutron's and Keystone's come with every answer, too.
    if is_elsewhere && answer.is_some_and(|answer| !has_id(answer)) {
        found.push(Finding::NoRequestId);
    }
    found
}

#[cfg(test)]
mod tests;
