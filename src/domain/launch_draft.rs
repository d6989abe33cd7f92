//! What the launch wizard holds, step by step; what doesn't hold yet; the request that comes of it, and its effect on the quota.

use crate::{
    domain::{
        access::{NotAllowed, Person, can_launch},
        flavor_fit::{Allowance, Quota, Refusal, Resource, Wanted, judge, source::Source},
    },
    openstack::{
        glance::image::Image,
        ids::{FlavorId, ImageId, NetworkId, ProjectId},
        neutron::Network,
        nova::{
            KeyPair,
            flavor::Flavor,
            limits::Limits,
            server::{CreateServer, ServerNetworks},
        },
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Nova's limit for names and descriptions, in characters.
pub const LONGEST_TEXT: usize = 255;

/// What the wizard holds. Kept for the tab, so that a reload loses nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LaunchDraft {
    /// "Instance name".
    pub name: String,
    /// "Description".
    pub description: String,
    /// "Availability zone"; none leaves it to Nova.
    pub zone: Option<String>,
    /// "Count", as typed.
    pub count: String,
    /// The image that is booted from.
    pub image: Option<ImageId>,
    /// The flavor.
    pub flavor: Option<FlavorId>,
    /// The networks, in order.
    pub networks: Vec<NetworkId>,
    /// The key pair's name.
    pub key_pair: Option<String>,
}

impl Default for LaunchDraft {
    fn default() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            zone: None,
            count: "1".to_owned(),
            image: None,
            flavor: None,
            networks: Vec::new(),
            key_pair: None,
        }
    }
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
    /// "Review".
    Review,
}

impl Step {
    /// All steps in their order; "Networks" only where the cloud has the service.
    pub fn all(has_network_service: bool) -> Vec<Step> {
        let steps = [Self::Details, Self::Source, Self::Flavor, Self::Networks, Self::KeyPair, Self::Review];
        steps.into_iter().filter(|step| *step != Self::Networks || has_network_service).collect()
    }

    /// Its word in the URL.
    pub fn word(self) -> &'static str {
        match self {
            Self::Details => "details",
            Self::Source => "source",
            Self::Flavor => "flavor",
            Self::Networks => "networks",
            Self::KeyPair => "key-pair",
            Self::Review => "review",
        }
    }

    /// The step of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::all(true).into_iter().find(|step| step.word() == word)
    }
}

/// What is wrong with a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No name.
    NameMissing,
    /// The name has more characters than there may be.
    NameTooLong {
        /// How many there may be.
        max: usize,
    },
    /// The description has.
    DescriptionTooLong {
        /// How many there may be.
        max: usize,
    },
    /// The count isn't a whole number from 1 on.
    CountNotANumber,
    /// More than the project may still have.
    CountOverQuota {
        /// How many it may.
        left: u64,
    },
    /// No image chosen.
    ImageMissing,
    /// The chosen image isn't to be seen any more.
    ImageGone,
    /// The chosen image can't be launched.
    ImageNotAllowed(NotAllowed),
    /// No flavor chosen.
    FlavorMissing,
    /// The chosen flavor isn't there any more.
    FlavorGone,
    /// The chosen flavor is refused, for all these reasons.
    FlavorRefused(Vec<Refusal>),
    /// There are several networks and none is chosen: Nova would refuse (409).
    NetworkMissing,
    /// A chosen network isn't there any more.
    NetworkGone(NetworkId),
    /// The chosen key pair isn't there any more.
    KeyPairGone(String),
}

/// What there is to choose from. `None` is "not known (yet)": the rules about it are skipped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choices<'a> {
    /// The chosen image: `Some(None)` when it was looked for and isn't there.
    pub image: Option<Option<&'a Image>>,
    /// Who launches.
    pub me: Option<&'a Person>,
    /// The flavors.
    pub flavors: Option<&'a [Flavor]>,
    /// What the quota leaves.
    pub quota: Quota,
    /// The networks.
    pub networks: Option<&'a [Network]>,
    /// The key pairs.
    pub key_pairs: Option<&'a [KeyPair]>,
}

/// What is wrong, by step.
pub type Problems = BTreeMap<Step, Vec<Problem>>;

impl LaunchDraft {
    /// The count, if it is one.
    pub fn count(&self) -> Option<u32> {
        let text = self.count.trim();
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|count| is_number && *count > 0)
    }

    /// What the flavors are judged by.
    pub fn wanted(&self, choices: &Choices) -> Wanted {
        Wanted {
            source: choices.image.flatten().map(Source::of_image),
            has_new_volume: false,
            count: self.count().unwrap_or(1),
            quota: choices.quota,
            is_admin: choices.me.is_some_and(Person::is_admin),
        }
    }

    /// What doesn't hold yet. Steps without a problem aren't in it.
    pub fn validate(&self, choices: &Choices) -> Problems {
        let steps = [
            (Step::Details, self.details_problems(choices)),
            (Step::Source, self.source_problem(choices).into_iter().collect()),
            (Step::Flavor, self.flavor_problem(choices).into_iter().collect()),
            (Step::Networks, self.network_problems(choices)),
            (Step::KeyPair, self.key_pair_problem(choices).into_iter().collect()),
        ];
        steps.into_iter().filter(|(_, problems)| !problems.is_empty()).collect()
    }

    /// The request's body; `None` while the image or the flavor is missing.
    pub fn to_create(&self) -> Option<CreateServer> {
        let count = self.count().filter(|count| *count > 1);
        let description = self.description.trim();
        Some(CreateServer {
            name: self.name.trim().to_owned(),
            flavor: self.flavor.clone()?,
            image: Some(self.image.clone()?),
            networks: (!self.networks.is_empty()).then(|| ServerNetworks::These(self.networks.clone())),
            key_name: self.key_pair.clone(),
            availability_zone: self.zone.clone().filter(|zone| !zone.is_empty()),
            description: (!description.is_empty()).then(|| description.to_owned()),
            min_count: count,
            max_count: count,
            metadata: BTreeMap::new(),
        })
    }

    fn details_problems(&self, choices: &Choices) -> Vec<Problem> {
        let mut problems = Vec::new();
        let name = self.name.trim();
        if name.is_empty() {
            problems.push(Problem::NameMissing);
        }
        if name.chars().count() > LONGEST_TEXT {
            problems.push(Problem::NameTooLong { max: LONGEST_TEXT });
        }
        if self.description.trim().chars().count() > LONGEST_TEXT {
            problems.push(Problem::DescriptionTooLong { max: LONGEST_TEXT });
        }
        match (self.count(), choices.quota.instances) {
            (None, _) => problems.push(Problem::CountNotANumber),
            (Some(count), Allowance::Left(left)) if u64::from(count) > left => {
                problems.push(Problem::CountOverQuota { left });
            }
            _ => {}
        }
        problems
    }

    fn source_problem(&self, choices: &Choices) -> Option<Problem> {
        if self.image.is_none() {
            return Some(Problem::ImageMissing);
        }
        match (choices.image?, choices.me) {
            (None, _) => Some(Problem::ImageGone),
            (Some(image), Some(me)) => can_launch(image, me).err().map(Problem::ImageNotAllowed),
            (Some(_), None) => None,
        }
    }

    fn flavor_problem(&self, choices: &Choices) -> Option<Problem> {
        let Some(chosen) = &self.flavor else { return Some(Problem::FlavorMissing) };
        let Some(flavor) = choices.flavors?.iter().find(|flavor| flavor.id == *chosen) else {
            return Some(Problem::FlavorGone);
        };
        let fit = judge(flavor, &self.wanted(choices));
        (!fit.can_be_chosen()).then_some(Problem::FlavorRefused(fit.refusals))
    }

    fn network_problems(&self, choices: &Choices) -> Vec<Problem> {
        let (Some(networks), Some(me)) = (choices.networks, choices.me) else { return Vec::new() };
        if self.networks.is_empty() {
            let is_open = connectable(networks, &me.project).len() > 1;
            return if is_open { vec![Problem::NetworkMissing] } else { Vec::new() };
        }
        let is_gone = |chosen: &&NetworkId| !networks.iter().any(|network| network.id == **chosen);
        self.networks.iter().filter(is_gone).cloned().map(Problem::NetworkGone).collect()
    }

    fn key_pair_problem(&self, choices: &Choices) -> Option<Problem> {
        let chosen = self.key_pair.as_ref()?;
        let is_there = choices.key_pairs?.iter().any(|key| key.name == *chosen);
        (!is_there).then(|| Problem::KeyPairGone(chosen.clone()))
    }
}

/// The networks that a server of this project can be plugged into: its own and shared ones with a subnet; external ones are for
/// routers (nova/network/neutron.py, `_get_available_networks` and `network:attach_external_network`).
pub fn connectable<'a>(networks: &'a [Network], project: &ProjectId) -> Vec<&'a Network> {
    let is_ours = |network: &&Network| network.shared || network.project_id == *project;
    let is_plugged = |network: &&Network| !network.is_external && !network.subnets.is_empty();
    networks.iter().filter(is_ours).filter(is_plugged).collect()
}

/// What a launch adds to what the project has of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaEffect {
    /// Of what; RAM in MiB.
    pub resource: Resource,
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

/// The effect of so many servers of a flavor on what the cloud tells of its limits. Without a flavor only the servers count.
pub fn quota_effects(limits: &Limits, flavor: Option<&Flavor>, count: u32) -> Vec<QuotaEffect> {
    let count = u64::from(count);
    let each = |amount: fn(&Flavor) -> u64| flavor.map_or(0, |flavor| amount(flavor).saturating_mul(count));
    let rows = [
        (Resource::Instances, limits.used_instances, count, limits.max_instances),
        (Resource::Cores, limits.used_cores, each(|flavor| flavor.vcpus), limits.max_cores),
        (Resource::Ram, limits.used_ram, each(|flavor| flavor.ram), limits.max_ram),
    ];
    let effects = rows.into_iter().filter_map(|(resource, used, added, max)| {
        let used = u64::try_from(used?).unwrap_or(0);
        Some(QuotaEffect { resource, used, added, limit: u64::try_from(max?).ok() })
    });
    effects.collect()
}

#[cfg(test)]
mod tests;
