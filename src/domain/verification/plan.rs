//! What a verification will do, proposed so that it can be started at once, and changed before that.

use std::collections::BTreeMap;

use crate::{
    domain::flavor_fit::{Quota, Refusal, Row, Verdict, Wanted, judge, judge_all, source::Source},
    openstack::{
        glance::image::Image,
        ids::{FlavorId, NetworkId},
        neutron::Network,
        nova::{
            flavor::Flavor,
            server::{BlockDevice, CreateServer, ServerNetworks},
        },
    },
};

/// The metadata that marks a server as a verification's, by which what a closed tab left behind is found.
pub const MARK: &str = "sextant_verify";
/// The metadata that names the image.
pub const MARK_IMAGE: &str = "sextant_verify_image";
/// Proposed: cloud images boot in one minute, in five on a slow host.
pub const USUAL_LIMIT: u32 = 5;
/// Nova's limit, in characters.
const LONGEST_NAME: usize = 255;
/// In minutes.
pub const LONGEST_LIMIT: u32 = 60;

/// The form, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// "Instance name".
    pub name: String,
    /// The flavor's id; empty while there is none.
    pub flavor: String,
    /// The network's id; empty leaves it to Nova.
    pub network: String,
    /// Boot from a new volume, which goes with the server.
    pub has_volume: bool,
    /// GB, as typed.
    pub volume_size: String,
    /// Minutes, as typed.
    pub limit: String,
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// "Instance name".
    Name,
    /// "Flavor".
    Flavor,
    /// "Network".
    Network,
    /// "Volume size (GB)".
    VolumeSize,
    /// "Time limit (minutes)".
    Limit,
}

/// What is wrong with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing in it.
    Missing,
    /// More characters than there may be.
    TooLong {
        /// How many there may be.
        max: usize,
    },
    /// Not a whole number from `min` to `max`.
    OutOfRange {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// The flavor is refused, for all these reasons.
    Refused(Vec<Refusal>),
}

/// What the cloud offers. `None` is "not known (yet)".
#[derive(Clone, Copy, Debug)]
pub struct Offered<'a> {
    /// What is checked.
    pub image: &'a Image,
    /// The flavors.
    pub flavors: &'a [Flavor],
    /// What the quota leaves.
    pub quota: Quota,
    /// The networks that a server can be plugged into; `None` where the cloud has no such service.
    pub networks: Option<&'a [Network]>,
    /// Whether volumes can be made.
    pub has_volumes: bool,
    /// Administrators may boot from a flavor without disk.
    pub is_admin: bool,
}

impl Offered<'_> {
    /// What the flavors are judged by.
    pub fn wanted(&self, has_new_volume: bool) -> Wanted {
        Wanted {
            source: Some(Source::of_image(self.image)),
            has_new_volume,
            count: 1,
            quota: self.quota,
            is_admin: self.is_admin,
        }
    }

    /// The smallest volume that the image fits on, in GB.
    pub fn smallest_volume(&self) -> u64 {
        Source::of_image(self.image).smallest_volume()
    }
}

/// The smallest flavor that fits; a new volume where only that helps; the project's own network before a shared one.
pub fn propose(offered: &Offered, short_id: &str) -> Plan {
    let best = |has_volume: bool| -> Option<Row> {
        judge_all(offered.flavors, &offered.wanted(has_volume))
            .rows
            .into_iter()
            .find(|row| row.fit.can_be_chosen())
    };
    let may_have_volume = offered.has_volumes && Source::of_image(offered.image).uses_flavor_disk(false);
    let without = best(false);
    let is_sure = without.as_ref().is_some_and(|row| row.fit.verdict() == Verdict::Fits);
    let with = (may_have_volume && !is_sure)
        .then(|| best(true))
        .flatten()
        .filter(|row| without.is_none() || row.fit.verdict() == Verdict::Fits);
    let has_volume = with.is_some();
    let flavor = with.or(without).map(|row| row.flavor.id.to_string());
    let own = offered.networks.and_then(|networks| {
        networks
            .iter()
            .find(|network| !network.shared)
            .or(networks.first())
            .map(|network| network.id.to_string())
    });
    Plan {
        name: name_of(offered.image, short_id),
        flavor: flavor.unwrap_or_default(),
        network: own.unwrap_or_default(),
        has_volume,
        volume_size: offered.smallest_volume().to_string(),
        limit: USUAL_LIMIT.to_string(),
    }
}

fn name_of(image: &Image, short_id: &str) -> String {
    let name = image.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let name = name.unwrap_or(image.id.as_str());
    let room = LONGEST_NAME - "verify--".len() - short_id.chars().count();
    let name: String = name.chars().filter(|character| !character.is_control()).take(room).collect();
    format!("verify-{name}-{short_id}")
}

impl Plan {
    /// What doesn't hold yet.
    pub fn problems(&self, offered: &Offered) -> BTreeMap<Field, Problem> {
        let mut problems = BTreeMap::new();
        let name = self.name.trim();
        if name.is_empty() {
            problems.insert(Field::Name, Problem::Missing);
        } else if name.chars().count() > LONGEST_NAME {
            problems.insert(Field::Name, Problem::TooLong { max: LONGEST_NAME });
        }
        match offered.flavors.iter().find(|flavor| flavor.id.as_str() == self.flavor) {
            None => _ = problems.insert(Field::Flavor, Problem::Missing),
            Some(flavor) => {
                let fit = judge(flavor, &offered.wanted(self.has_volume));
                if !fit.can_be_chosen() {
                    problems.insert(Field::Flavor, Problem::Refused(fit.refusals));
                }
            }
        }
        // With several networks and none named, Nova would refuse (409).
        if self.network.is_empty() && offered.networks.is_some_and(|networks| networks.len() > 1) {
            problems.insert(Field::Network, Problem::Missing);
        }
        let least = offered.smallest_volume();
        if self.has_volume && self.size().is_none_or(|size| size < least) {
            problems.insert(Field::VolumeSize, Problem::OutOfRange { min: least, max: u64::from(u32::MAX) });
        }
        if self.limit_minutes().is_none() {
            problems.insert(Field::Limit, Problem::OutOfRange { min: 1, max: LONGEST_LIMIT.into() });
        }
        problems
    }

    /// The time limit in minutes, if it is one.
    pub fn limit_minutes(&self) -> Option<u32> {
        self.limit.trim().parse().ok().filter(|limit| (1..=LONGEST_LIMIT).contains(limit))
    }

    /// The request's body.
    pub fn to_create(&self, image: &Image, mark: &str) -> CreateServer {
        let volume = self.has_volume.then(|| BlockDevice {
            source_type: "image",
            uuid: image.id.to_string(),
            destination_type: "volume",
            boot_index: 0,
            volume_size: self.size(),
            volume_type: None,
            delete_on_termination: true,
        });
        let network = (!self.network.is_empty()).then(|| NetworkId::from(self.network.as_str()));
        CreateServer {
            name: self.name.trim().to_owned(),
            flavor: FlavorId::from(self.flavor.as_str()),
            image: (!self.has_volume).then(|| image.id.clone()),
            networks: network.map(|network| ServerNetworks::These(vec![network.into()])),
            metadata: BTreeMap::from([
                (MARK.to_owned(), mark.to_owned()),
                (MARK_IMAGE.to_owned(), image.id.to_string()),
            ]),
            block_devices: volume.into_iter().collect(),
            ..CreateServer::default()
        }
    }

    fn size(&self) -> Option<u64> {
        self.volume_size.trim().parse().ok().filter(|size| *size > 0)
    }
}
