//! Which flavors can run an image, and why the others can't: all the reasons, with figures.
//!
//! *Refused* is what Nova's API refuses, and nothing else (nova/compute/api.py, `_validate_flavor_image_nostatus` and the
//! quota check); *likely to fail* is what goes wrong later, on the host or in the scheduler.

pub mod nearest;
pub mod order;
pub mod source;
pub mod specs;

use crate::{
    domain::{
        flavor_fit::{
            nearest::{Nearest, WayOut, nearest},
            source::Source,
            specs::Contradiction,
        },
        units::gib_bytes,
    },
    openstack::nova::{flavor::Flavor, limits::Limits},
};

/// What is to be launched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What is booted from; `None` while nothing is chosen, when only the quota counts.
    pub source: Option<Source>,
    /// Whether a new volume is made of the image: then the flavor's own disk doesn't matter.
    pub has_new_volume: bool,
    /// How many; 0 counts as 1.
    pub count: u32,
    /// What the project may still have.
    pub quota: Quota,
    /// Administrators may boot from a flavor without disk.
    pub is_admin: bool,
}

impl Wanted {
    /// Something by itself, whatever is left of the quota today.
    pub fn alone(source: Source, is_admin: bool) -> Self {
        let unlimited = Allowance::Unlimited;
        let quota = Quota { instances: unlimited, cores: unlimited, ram: unlimited };
        Self { source: Some(source), quota, is_admin, ..Self::default() }
    }
}

/// What may still be had of one thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allowance {
    /// The cloud doesn't tell: the rule is skipped.
    #[default]
    Unknown,
    /// No limit (−1).
    Unlimited,
    /// So many.
    Left(u64),
}

/// What a project may still have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Servers.
    pub instances: Allowance,
    /// Virtual processors.
    pub cores: Allowance,
    /// Memory in MiB.
    pub ram: Allowance,
}

/// A thing that a quota counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Servers.
    Instances,
    /// Virtual processors.
    Cores,
    /// Memory in MiB.
    Ram,
}

/// Why Nova will refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The image's minimum RAM is more than the flavor has.
    Ram {
        /// MiB.
        needs: u64,
        /// MiB.
        has: u64,
    },
    /// The image's minimum disk is more than the flavor has. A new volume would do.
    MinDisk {
        /// GiB.
        needs: u64,
        /// GiB.
        has: u64,
    },
    /// The image's bytes are more than the flavor's disk holds. A new volume would do.
    ImageSize {
        /// Bytes.
        image: u64,
        /// GiB.
        has: u64,
    },
    /// The flavor has no disk of its own: it boots only from a volume.
    NoDisk,
    /// More than the project may still have.
    Quota {
        /// Of what.
        resource: Resource,
        /// For all the servers together.
        needs: u64,
        /// What is left.
        left: u64,
    },
}

impl Refusal {
    /// Whether a new volume would lift it.
    pub fn is_about_disk(&self) -> bool {
        matches!(self, Self::MinDisk { .. } | Self::ImageSize { .. } | Self::NoDisk)
    }
}

/// What will probably go wrong after Nova has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The image unpacks to more than the flavor's disk holds: it fails on the host.
    Unpacked {
        /// Bytes.
        image: u64,
        /// GiB.
        has: u64,
    },
    /// The flavor has no disk of its own; an administrator is let through, and fills the host's.
    NoDisk,
    /// No host will be found that is as both demand.
    Contradiction(Contradiction),
}

/// The short answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It fits.
    Fits,
    /// It can be chosen, with a warning.
    LikelyToFail,
    /// It can't be chosen.
    Refused,
}

/// The whole answer for one flavor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// All the reasons why Nova will refuse.
    pub refusals: Vec<Refusal>,
    /// All that will probably go wrong later.
    pub warnings: Vec<Warning>,
}

impl Fit {
    /// The short answer.
    pub fn verdict(&self) -> Verdict {
        match (self.refusals.is_empty(), self.warnings.is_empty()) {
            (true, true) => Verdict::Fits,
            (true, false) => Verdict::LikelyToFail,
            (false, _) => Verdict::Refused,
        }
    }

    /// Whether it can be chosen.
    pub fn can_be_chosen(&self) -> bool {
        self.refusals.is_empty()
    }
}

/// A rule that could not be applied, which the page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// The cloud doesn't tell what is left of the quota.
    Limits,
    /// The cloud doesn't tell the flavors' extra specs.
    ExtraSpecs,
}

/// A flavor with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The flavor.
    pub flavor: Flavor,
    /// The answer.
    pub fit: Fit,
}

/// The answers for all flavors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fitting {
    /// Those that fit first, then those likely to fail, then the refused; within each the smallest first.
    pub rows: Vec<Row>,
    /// Rules that could not be applied.
    pub skipped: Vec<Skipped>,
    /// When none can be chosen: the nearest, and what would help.
    pub nearest: Option<Nearest>,
}

impl Fitting {
    /// Whether there is one to choose.
    pub fn has_choice(&self) -> bool {
        self.rows.iter().any(|row| row.fit.can_be_chosen())
    }

    /// The same in a cloud that makes volumes, or not: where there are none, none is advised.
    #[must_use]
    pub fn offered(mut self, has_volumes: bool) -> Self {
        if let Some(nearest) = self.nearest.as_mut().filter(|_| !has_volumes) {
            nearest.ways_out.retain(|way| !matches!(way, WayOut::NewVolume { .. }));
        }
        self
    }
}

impl Quota {
    /// What Nova's limits leave.
    pub fn of(limits: &Limits) -> Self {
        let left = |max: Option<i64>, used: Option<i64>| match (max, used) {
            (Some(max), _) if max < 0 => Allowance::Unlimited,
            (Some(max), Some(used)) => Allowance::Left(u64::try_from(max.saturating_sub(used)).unwrap_or(0)),
            _ => Allowance::Unknown,
        };
        Self {
            instances: left(limits.max_instances, limits.used_instances),
            cores: left(limits.max_cores, limits.used_cores),
            ram: left(limits.max_ram, limits.used_ram),
        }
    }

    fn is_unknown(&self) -> bool {
        [self.instances, self.cores, self.ram].contains(&Allowance::Unknown)
    }
}

/// The answer for one flavor.
pub fn judge(flavor: &Flavor, wanted: &Wanted) -> Fit {
    let mut fit = Fit::default();
    if let Some(source) = &wanted.source {
        judge_ram(flavor, source, &mut fit);
        if source.uses_flavor_disk(wanted.has_new_volume) {
            judge_disk(flavor, source, wanted.is_admin, &mut fit);
        }
        let contradictions = specs::contradictions(flavor, source);
        fit.warnings.extend(contradictions.into_iter().map(Warning::Contradiction));
    }
    judge_quota(flavor, wanted, &mut fit);
    fit
}

/// The answers for all flavors, sorted; with the way out when none fits.
pub fn judge_all(flavors: &[Flavor], wanted: &Wanted) -> Fitting {
    let mut rows: Vec<Row> =
        flavors.iter().map(|flavor| Row { flavor: flavor.clone(), fit: judge(flavor, wanted) }).collect();
    rows.sort_by(|a, b| {
        let key = |row: &Row| (row.fit.verdict(), row.flavor.ram, row.flavor.vcpus, row.flavor.disk);
        key(a).cmp(&key(b)).then_with(|| a.flavor.name.cmp(&b.flavor.name))
    });
    let mut skipped = Vec::new();
    if wanted.quota.is_unknown() {
        skipped.push(Skipped::Limits);
    }
    if wanted.source.is_some() && flavors.iter().any(|flavor| flavor.extra_specs.is_none()) {
        skipped.push(Skipped::ExtraSpecs);
    }
    let nearest = nearest(&rows, wanted);
    Fitting { rows, skipped, nearest }
}

fn judge_ram(flavor: &Flavor, source: &Source, fit: &mut Fit) {
    if source.min_ram > flavor.ram {
        fit.refusals.push(Refusal::Ram { needs: source.min_ram, has: flavor.ram });
    }
}

fn judge_disk(flavor: &Flavor, source: &Source, is_admin: bool, fit: &mut Fit) {
    if flavor.disk == 0 {
        match is_admin {
            true => fit.warnings.push(Warning::NoDisk),
            false => fit.refusals.push(Refusal::NoDisk),
        }
        return;
    }
    let room = gib_bytes(flavor.disk);
    let is_over = |bytes: u64| u128::from(bytes) > room;
    if source.min_disk > flavor.disk {
        fit.refusals.push(Refusal::MinDisk { needs: source.min_disk, has: flavor.disk });
    }
    if let Some(size) = source.size.filter(|size| is_over(*size)) {
        fit.refusals.push(Refusal::ImageSize { image: size, has: flavor.disk });
    } else if let Some(size) = source.virtual_size.filter(|size| is_over(*size)) {
        fit.warnings.push(Warning::Unpacked { image: size, has: flavor.disk });
    }
}

fn judge_quota(flavor: &Flavor, wanted: &Wanted, fit: &mut Fit) {
    let count = u64::from(wanted.count.max(1));
    let needs = [
        (Resource::Instances, count, wanted.quota.instances),
        (Resource::Cores, flavor.vcpus.saturating_mul(count), wanted.quota.cores),
        (Resource::Ram, flavor.ram.saturating_mul(count), wanted.quota.ram),
    ];
    for (resource, needs, allowance) in needs {
        if let Allowance::Left(left) = allowance
            && needs > left
        {
            fit.refusals.push(Refusal::Quota { resource, needs, left });
        }
    }
}

#[cfg(test)]
mod tests;
