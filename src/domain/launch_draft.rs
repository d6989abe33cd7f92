//! What the launch wizard holds, step by step; what doesn't hold yet; the request that comes of it, and its effect on the quota.
//! Each step has a file of its own beside this one.

pub mod configuration;
pub mod details;
pub mod hints;
pub mod key_pair;
pub mod metadata;
pub mod networks;
pub mod server_group;
pub mod source;

use crate::{
    domain::{
        access::Person,
        flavor_fit::{Quota, Refusal, Wanted, judge},
        launch_draft::{
            configuration::{Configuration, ConfigurationProblem},
            details::{Details, DetailsProblem},
            hints::Hints,
            key_pair::{KeyPairDraft, KeyPairProblem},
            metadata::Metadata,
            networks::{NetworksDraft, NetworksProblem, connectable},
            server_group::{ServerGroupDraft, ServerGroupProblem},
            source::{SourceDraft, SourceProblem},
        },
        server_pairs::PairProblem,
    },
    openstack::{
        cinder::{Volume, VolumeLimits, VolumeSnapshot},
        glance::image::Image,
        ids::FlavorId,
        neutron::{Network, Subnet, port::Port, security_group::SecurityGroup},
        nova::{
            SERVER_VOLUME_TYPE,
            flavor::Flavor,
            keypair::KeyPair,
            limits::Limits,
            server::{CreateServer, ServerNetworks},
            server_group::ServerGroup,
        },
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Nova's limit for names and descriptions, in characters.
pub const LONGEST_TEXT: usize = 255;
/// What the keys begin with under which a tab keeps the drafts of its wizards.
pub const STORAGE_PREFIX: &str = "sextant.launch.";

/// What the wizard holds. Kept for the tab, so that a reload loses nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LaunchDraft {
    /// Step "Details".
    pub details: Details,
    /// Step "Source".
    pub source: SourceDraft,
    /// Step "Flavor".
    pub flavor: Option<FlavorId>,
    /// Step "Networks".
    pub networks: NetworksDraft,
    /// Step "Key pair".
    pub key_pair: KeyPairDraft,
    /// Step "Configuration".
    pub configuration: Configuration,
    /// Step "Server group".
    pub server_group: ServerGroupDraft,
    /// Step "Scheduler hints".
    pub hints: Hints,
    /// Step "Metadata".
    pub metadata: Metadata,
}

/// Where a tab keeps what is typed in the wizard of a number.
pub fn storage_key(number: &str) -> String {
    format!("{STORAGE_PREFIX}{number}")
}

/// A step of the wizard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// "Details".
    #[default]
    Details,
    /// "Source".
    Source,
    /// "Flavor".
    Flavor,
    /// "Networks".
    Networks,
    /// "Key pair".
    KeyPair,
    /// "Configuration".
    Configuration,
    /// "Server group".
    ServerGroup,
    /// "Scheduler hints".
    SchedulerHints,
    /// "Metadata".
    Metadata,
    /// "Review".
    Review,
}

impl Step {
    /// All steps in their order.
    pub const ALL: [Self; 10] = [
        Self::Details,
        Self::Source,
        Self::Flavor,
        Self::Networks,
        Self::KeyPair,
        Self::Configuration,
        Self::ServerGroup,
        Self::SchedulerHints,
        Self::Metadata,
        Self::Review,
    ];

    /// Its word in the URL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Details => "details",
            Self::Source => "source",
            Self::Flavor => "flavor",
            Self::Networks => "networks",
            Self::KeyPair => "key-pair",
            Self::Configuration => "configuration",
            Self::ServerGroup => "server-group",
            Self::SchedulerHints => "hints",
            Self::Metadata => "metadata",
            Self::Review => "review",
        }
    }

    /// The step of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }
}

/// What is wrong with a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Step "Details".
    Details(DetailsProblem),
    /// Step "Source".
    Source(SourceProblem),
    /// No flavor chosen.
    FlavorMissing,
    /// The chosen flavor isn't there any more.
    FlavorGone,
    /// The chosen flavor is refused, for all these reasons.
    FlavorRefused(Vec<Refusal>),
    /// Step "Networks".
    Networks(NetworksProblem),
    /// Step "Key pair".
    KeyPair(KeyPairProblem),
    /// Step "Configuration".
    Configuration(ConfigurationProblem),
    /// Step "Server group".
    ServerGroup(ServerGroupProblem),
    /// A row of the steps "Scheduler hints" and "Metadata".
    Pair(PairProblem),
}

/// What there is to choose from. `None` is "not known (yet)": the rules about it are skipped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choices<'a> {
    /// The chosen image or instance snapshot: `Some(None)` when it was looked for and isn't there.
    pub image: Option<Option<&'a Image>>,
    /// Whether the cloud has volumes at all.
    pub has_volumes: bool,
    /// The volumes.
    pub volumes: Option<&'a [Volume]>,
    /// The volume snapshots.
    pub volume_snapshots: Option<&'a [VolumeSnapshot]>,
    /// What the project may have of volumes, and has.
    pub volume_limits: Option<&'a VolumeLimits>,
    /// Who launches.
    pub me: Option<&'a Person>,
    /// The flavors.
    pub flavors: Option<&'a [Flavor]>,
    /// What the quota leaves.
    pub quota: Quota,
    /// The networks.
    pub networks: Option<&'a [Network]>,
    /// The subnets of the networks.
    pub subnets: Option<&'a [Subnet]>,
    /// The project's ports.
    pub ports: Option<&'a [Port]>,
    /// The project's security groups.
    pub security_groups: Option<&'a [SecurityGroup]>,
    /// The key pairs.
    pub key_pairs: Option<&'a [KeyPair]>,
    /// The server groups.
    pub server_groups: Option<&'a [ServerGroup]>,
    /// How many keys and values a server may have.
    pub most_metadata: Option<u64>,
}

/// What is wrong, by step.
pub type Problems = BTreeMap<Step, Vec<Problem>>;

impl LaunchDraft {
    /// What the flavors are judged by.
    pub fn wanted(&self, choices: &Choices) -> Wanted {
        Wanted {
            source: self.source.source(choices),
            has_new_volume: self.source.makes_volume_of_image(choices),
            count: self.count(),
            quota: choices.quota,
            is_admin: choices.me.is_some_and(Person::is_admin),
        }
    }

    /// How many servers; 1 while the count is none.
    pub fn count(&self) -> u32 {
        self.details.count().unwrap_or(1)
    }

    /// What doesn't hold yet. Steps without a problem aren't in it.
    pub fn validate(&self, choices: &Choices) -> Problems {
        fn wrap<P>(problems: Vec<P>, of: fn(P) -> Problem) -> Vec<Problem> {
            problems.into_iter().map(of).collect()
        }
        let steps = [
            (Step::Details, wrap(self.details.problems(choices), Problem::Details)),
            (Step::Source, wrap(self.source.problems(choices, self.count()), Problem::Source)),
            (Step::Flavor, self.flavor_problem(choices).into_iter().collect()),
            (Step::Networks, wrap(self.networks.problems(choices, self.count()), Problem::Networks)),
            (Step::KeyPair, wrap(self.key_pair.problems(choices), Problem::KeyPair)),
            (Step::Configuration, wrap(self.configuration.problems(), Problem::Configuration)),
            (Step::ServerGroup, wrap(self.server_group.problems(choices), Problem::ServerGroup)),
            (Step::SchedulerHints, wrap(self.hints.problems(), Problem::Pair)),
            (Step::Metadata, wrap(self.metadata.problems(choices), Problem::Pair)),
        ];
        steps.into_iter().filter(|(_, problems)| !problems.is_empty()).collect()
    }

    /// The request's body; `None` while there is nothing to boot from or no flavor.
    pub fn to_create(&self, choices: &Choices) -> Option<CreateServer> {
        let flavor = self.flavor.clone().filter(|_| self.source.is_chosen())?;
        let mut body = CreateServer { flavor, ..CreateServer::default() };
        self.details.fill(&mut body);
        self.source.fill(&mut body, choices);
        self.networks.fill(&mut body, choices);
        self.key_pair.fill(&mut body);
        self.configuration.fill(&mut body);
        self.hints.fill(&mut body);
        self.server_group.fill(&mut body);
        self.metadata.fill(&mut body);
        // From 2.37 on Nova wants to be told where: what it would have done without.
        if body.networks.is_none() && body.microversion().is_some_and(|version| version == SERVER_VOLUME_TYPE)
        {
            let has_network = match (choices.networks, choices.me) {
                (Some(networks), Some(me)) => !connectable(networks, &me.project).is_empty(),
                _ => false,
            };
            body.networks = Some(if has_network { ServerNetworks::Auto } else { ServerNetworks::None });
        }
        Some(body)
    }

    fn flavor_problem(&self, choices: &Choices) -> Option<Problem> {
        let Some(chosen) = &self.flavor else { return Some(Problem::FlavorMissing) };
        let Some(flavor) = choices.flavors?.iter().find(|flavor| flavor.id == *chosen) else {
            return Some(Problem::FlavorGone);
        };
        let fit = judge(flavor, &self.wanted(choices));
        (!fit.can_be_chosen()).then_some(Problem::FlavorRefused(fit.refusals))
    }
}

/// A thing that a meter shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metered {
    /// Servers.
    Instances,
    /// Virtual processors.
    Cores,
    /// Memory in MiB.
    Ram,
    /// Volumes.
    Volumes,
    /// Volumes' GiB.
    Gigabytes,
}

/// What a launch adds to what the project has of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaEffect {
    /// Of what.
    pub resource: Metered,
    /// In use now.
    pub used: u64,
    /// What the launch adds.
    pub added: u64,
    /// The limit, if there is one.
    pub limit: Option<u64>,
}

impl QuotaEffect {
    /// What is left afterwards; `None` without a limit.
    pub fn left(&self) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(self.used.saturating_add(self.added)))
    }

    /// Whether it is too much.
    pub fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.used.saturating_add(self.added) > limit)
    }
}

/// The effect of new volumes, so many of so many GiB, on what Cinder tells of its limits.
pub fn volume_effects(limits: &VolumeLimits, size: u64, count: u32) -> Vec<QuotaEffect> {
    let count = u64::from(count);
    effects([
        (Metered::Volumes, limits.used_volumes, count, limits.max_volumes),
        (Metered::Gigabytes, limits.used_gigabytes, size.saturating_mul(count), limits.max_gigabytes),
    ])
}

/// The effect of so many servers of a flavor on what the cloud tells of its limits. Without a flavor only the servers count.
pub fn quota_effects(limits: &Limits, flavor: Option<&Flavor>, count: u32) -> Vec<QuotaEffect> {
    let count = u64::from(count);
    let each = |amount: fn(&Flavor) -> u64| flavor.map_or(0, |flavor| amount(flavor).saturating_mul(count));
    effects([
        (Metered::Instances, limits.used_instances, count, limits.max_instances),
        (Metered::Cores, limits.used_cores, each(|flavor| flavor.vcpus), limits.max_cores),
        (Metered::Ram, limits.used_ram, each(|flavor| flavor.ram), limits.max_ram),
    ])
}

/// What is in use, added and allowed, as far as the cloud tells.
fn effects<const N: usize>(rows: [(Metered, Option<i64>, u64, Option<i64>); N]) -> Vec<QuotaEffect> {
    let effects = rows.into_iter().filter_map(|(resource, used, added, max)| {
        let used = u64::try_from(used?).unwrap_or(0);
        Some(QuotaEffect { resource, used, added, limit: u64::try_from(max?).ok() })
    });
    effects.collect()
}

#[cfg(test)]
mod tests;
