//! When no flavor can be chosen: the one that lacks least, and what would help.

use crate::{
    domain::{
        flavor_fit::{Allowance, Fit, Refusal, Resource, Row, Wanted, judge},
        units::GIB,
    },
    openstack::nova::flavor::Flavor,
};

/// The flavor that lacks least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearest {
    /// The flavor.
    pub flavor: Flavor,
    /// What it lacks.
    pub lacks: Vec<Refusal>,
    /// What can be changed so that some flavor can be chosen.
    pub ways_out: Vec<WayOut>,
}

/// What can be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// Boot from a new volume of this size; so many flavors could then be chosen.
    NewVolume {
        /// GiB.
        size: u64,
        /// How many flavors could be chosen.
        flavors: usize,
    },
    /// Launch at most so many at once.
    FewerInstances {
        /// How many.
        at_most: u32,
    },
    /// Ask an administrator to lower the image's minimum RAM, if that is set too high.
    LowerMinRam {
        /// To so many MiB.
        to: u64,
    },
    /// Ask an administrator to lower the image's minimum disk, if that is set too high.
    LowerMinDisk {
        /// To so many GiB.
        to: u64,
    },
    /// Delete servers, or ask for a larger quota.
    MoreQuota {
        /// Of what.
        resource: Resource,
        /// How much more.
        missing: u64,
    },
    /// Ask an administrator for a larger flavor.
    LargerFlavor,
}

/// The nearest of the rows when none can be chosen; nothing when one can, or when there are none at all.
pub fn nearest(rows: &[Row], wanted: &Wanted) -> Option<Nearest> {
    if rows.iter().any(|row| row.fit.can_be_chosen()) {
        return None;
    }
    let row = rows.iter().min_by(|a, b| distance(&a.fit).total_cmp(&distance(&b.fit)))?;
    let ways_out = ways_out(rows, row, wanted);
    Some(Nearest { flavor: row.flavor.clone(), lacks: row.fit.refusals.clone(), ways_out })
}

/// How far a flavor is from being accepted: one for each reason, more the larger the gap.
fn distance(fit: &Fit) -> f64 {
    let gap = |needs: f64, has: f64| 1.0 + (needs / has.max(1.0)).ln();
    let gaps = fit.refusals.iter().map(|refusal| match *refusal {
        Refusal::Ram { needs, has } | Refusal::MinDisk { needs, has } => gap(needs as f64, has as f64),
        Refusal::ImageSize { image, has } => gap(image as f64 / GIB as f64, has as f64),
        Refusal::Quota { needs, left, .. } => gap(needs as f64, left as f64),
        Refusal::NoDisk => 2.0,
    });
    gaps.sum()
}

fn ways_out(rows: &[Row], row: &Row, wanted: &Wanted) -> Vec<WayOut> {
    let mut ways = Vec::new();
    let flavors_if =
        |changed: &Wanted| rows.iter().filter(|row| judge(&row.flavor, changed).can_be_chosen()).count();
    if let Some(source) =
        wanted.source.as_ref().filter(|source| source.uses_flavor_disk(wanted.has_new_volume))
    {
        let flavors = flavors_if(&Wanted { has_new_volume: true, ..wanted.clone() });
        if flavors > 0 {
            ways.push(WayOut::NewVolume { size: source.smallest_volume(), flavors });
        }
    }
    let at_most = rows.iter().filter_map(|row| fewer(row, wanted)).max();
    ways.extend(at_most.map(|at_most| WayOut::FewerInstances { at_most }));
    for refusal in &row.fit.refusals {
        match *refusal {
            Refusal::Ram { has, .. } => ways.push(WayOut::LowerMinRam { to: has }),
            Refusal::MinDisk { has, .. } => ways.push(WayOut::LowerMinDisk { to: has }),
            Refusal::Quota { resource, needs, left } => {
                ways.push(WayOut::MoreQuota { resource, missing: needs - left });
            }
            Refusal::ImageSize { .. } | Refusal::NoDisk => {}
        }
    }
    let is_larger_flavor_needed = !matches!(row.fit.refusals.as_slice(), [Refusal::Quota { .. }, ..]);
    if is_larger_flavor_needed {
        ways.push(WayOut::LargerFlavor);
    }
    ways
}

/// The largest smaller count at which this flavor could be chosen.
fn fewer(row: &Row, wanted: &Wanted) -> Option<u32> {
    let share = |allowance: Allowance, each: u64| match allowance {
        Allowance::Left(left) if each > 0 => left / each,
        _ => u64::MAX,
    };
    let quota = wanted.quota;
    let most = share(quota.instances, 1)
        .min(share(quota.cores, row.flavor.vcpus))
        .min(share(quota.ram, row.flavor.ram));
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let is_fewer = most >= 1 && most < wanted.count.max(1);
    let changed = Wanted { count: most, ..wanted.clone() };
    (is_fewer && judge(&row.flavor, &changed).can_be_chosen()).then_some(most)
}
