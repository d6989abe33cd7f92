//! What is checked, and the probes of one service, one after the other.

use leptos::prelude::*;

use crate::{
    client::probe::{self, Outcome, PolicyWatch, Probe, Reading, whereabouts},
    domain::{
        config::Cloud,
        doctor::{
            Evidence, Finding, Heard, Here, Weight, absence_weight,
            address::{is_blocked_as_mixed, secure_twin},
            demands::{Demand, demands, question},
            findings,
        },
    },
    openstack::{
        catalog::endpoint_url,
        request::{Method, Service},
        secret::Secret,
    },
    state::session::Session,
};

const SERVICES: [Service; 5] =
    [Service::Identity, Service::Image, Service::Compute, Service::Network, Service::BlockStorage];

/// Where a service is.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// At this address.
    At(String),
    /// The cloud has none.
    NotInCatalog,
    /// The cloud has one, elsewhere.
    NotInRegion,
    /// The sign-in will tell.
    Later,
}

/// What is to be checked.
#[derive(Clone)]
pub struct Target {
    /// The service.
    pub service: Service,
    /// Its place.
    pub place: Place,
    /// The session's token, where it is for this cloud.
    pub token: Option<Secret>,
}

/// How a service is, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Not known yet.
    Checking,
    /// All that is needed works.
    Good,
    /// Some of it does.
    Limited,
    /// Nothing does.
    Bad,
    /// The cloud has none, and may well do without.
    Absent,
    /// Known after the sign-in.
    Later,
}

impl Health {
    fn of(worst: Weight) -> Self {
        match worst {
            Weight::Fatal => Health::Bad,
            Weight::Limit => Health::Limited,
            Weight::Note => Health::Good,
        }
    }
}

/// A service with what has been heard of it.
#[derive(Clone)]
pub struct Check {
    /// What is checked.
    pub target: Target,
    /// What was heard; nothing while it is being asked.
    pub evidence: RwSignal<Option<Evidence>>,
    /// The addresses of all services, for the page's policy.
    pub addresses: StoredValue<Vec<String>>,
}

impl Check {
    /// Forgets what was heard.
    pub fn begin(&self) {
        self.evidence.set(None);
    }

    /// Notes what was heard; nobody may be waiting for it any more.
    pub fn end(&self, evidence: Option<Evidence>) {
        self.evidence.try_set(evidence);
    }

    /// What was found; tracked.
    pub fn findings(&self) -> Vec<Finding> {
        let (origin, is_online) = whereabouts();
        self.evidence.read().as_ref().map(|it| findings(it, &Here { origin, is_online })).unwrap_or_default()
    }

    /// How the service is; tracked.
    pub fn health(&self) -> Health {
        match self.target.place {
            Place::NotInCatalog | Place::NotInRegion => {
                let is_elsewhere = self.target.place == Place::NotInRegion;
                absence_weight(self.target.service, is_elsewhere).map_or(Health::Absent, Health::of)
            }
            Place::Later => Health::Later,
            Place::At(_) if self.evidence.read().is_none() => Health::Checking,
            Place::At(_) => {
                self.findings().iter().map(Finding::weight).max().map_or(Health::Good, Health::of)
            }
        }
    }
}

/// Everything that can be checked now, by cloud: the session's with all its services, others as far as `config.json` tells.
pub fn all_checks(session: Session) -> Vec<(Cloud, Vec<Check>)> {
    let grant = untrack(|| session.grant());
    let grant = grant.filter(|grant| grant.token.project.is_some());
    let mut clouds = session.config().clouds;
    // The one that is in use stands first.
    clouds.sort_by_key(|cloud| grant.as_ref().is_none_or(|grant| grant.cloud != cloud.name));
    let addresses = StoredValue::new(Vec::new());
    clouds
        .into_iter()
        .map(|cloud| {
            let grant = grant.as_ref().filter(|grant| grant.cloud == cloud.name);
            let place = |service| match (service, grant) {
                (service, Some(grant)) => match session.endpoint(service) {
                    Some((url, _)) => Place::At(url),
                    None if grant.token.catalog.has(service) => Place::NotInRegion,
                    None => Place::NotInCatalog,
                },
                (service, None) => match cloud.service_url(None, service, None) {
                    Some(url) => Place::At(absolute(&url)),
                    None => Place::Later,
                },
            };
            let checks = SERVICES.map(|service| {
                let place = place(service);
                if let Place::At(url) = &place {
                    addresses.update_value(|all| all.push(url.clone()));
                }
                let token = grant.map(|grant| grant.token.id.clone());
                Check { target: Target { service, place, token }, evidence: RwSignal::new(None), addresses }
            });
            (cloud, checks.to_vec())
        })
        .collect()
}

fn absolute(address: &str) -> String {
    if address.starts_with('/') { format!("{}{address}", whereabouts().0) } else { address.to_owned() }
}

/// Asks a service all that is to be known of it. `is_wanted` says whether anybody still waits.
pub async fn examine(target: &Target, watch: &PolicyWatch, is_wanted: impl Fn() -> bool) -> Option<Evidence> {
    let Place::At(base) = &target.place else { return None };
    let mut evidence = Evidence::new(target.service, base.clone());
    let root = endpoint_url(base, "/");
    if is_blocked_as_mixed(&whereabouts().0, base) {
        evidence.secure_twin = answers_by_https(&root).await;
        return Some(evidence);
    }
    let reached = ask(&Probe::get(&root, Reading::Not), Some(watch)).await;
    let is_there = matches!(reached, Heard::Unreadable | Heard::Answer { .. });
    evidence.reached = Some(reached);
    if !is_there {
        evidence.secure_twin = answers_by_https(&root).await;
        return Some(evidence);
    }
    evidence.versions = Some(ask_or_be_sent_on(&root).await);
    let needed = demands(target.service);
    if !evidence.versions.as_ref().is_some_and(Heard::is_readable) {
        let path = needed.first().map_or("/", |demand| demand.path);
        let plain = ask_or_be_sent_on(&endpoint_url(base, path)).await;
        let is_readable = plain.is_readable();
        evidence.plain = Some(plain);
        if !is_readable {
            evidence.secure_twin = answers_by_https(&root).await;
            return Some(evidence);
        }
    }
    for demand in needed {
        if !is_wanted() {
            return None;
        }
        let heard = put_to(base, demand).await;
        let goes_on = heard != Heard::TimedOut;
        evidence.demands.push((demand, heard));
        if !goes_on {
            break;
        }
    }
    if let Some(token) = &target.token {
        let url = endpoint_url(base, question(target.service));
        let header = Some(("X-Auth-Token", token.reveal()));
        evidence.with_token = Some(ask(&Probe { header, ..Probe::get(&url, Reading::Whole) }, None).await);
    }
    Some(evidence)
}

async fn put_to(base: &str, demand: &Demand) -> Heard {
    let url = endpoint_url(base, demand.path);
    let probe = Probe {
        method: demand.method.as_str(),
        header: demand.header,
        body: demand.body.filter(|_| demand.method != Method::Get).map(Into::into),
        ..Probe::get(&url, Reading::Whole)
    };
    ask(&probe, None).await
}

/// Whether it is only that the browser is sent elsewhere can be asked for itself.
async fn ask_or_be_sent_on(url: &str) -> Heard {
    match ask(&Probe::get(url, Reading::Whole), None).await {
        nothing @ Heard::Nothing(_) => match ask(&Probe::get(url, Reading::NotFollowing), None).await {
            Heard::Redirect => Heard::Redirect,
            _ => nothing,
        },
        heard => heard,
    }
}

async fn answers_by_https(url: &str) -> bool {
    match secure_twin(url) {
        Some(twin) => ask(&Probe::get(&twin, Reading::Whole), None).await.is_readable(),
        None => false,
    }
}

async fn ask(probe: &Probe<'_>, watch: Option<&PolicyWatch>) -> Heard {
    match probe::send(probe).await {
        Outcome::Answer(answer, from) => {
            let moved_to = (from != probe.url).then_some(from);
            Heard::Answer { answer, moved_to }
        }
        Outcome::Unreadable => Heard::Unreadable,
        Outcome::Redirect => Heard::Redirect,
        Outcome::TimedOut => Heard::TimedOut,
        Outcome::Nothing(ms) => match watch {
            Some(watch) if watch.has_refused(probe.url).await => Heard::Blocked,
            _ => Heard::Nothing(ms),
        },
    }
}
