use super::*;
use crate::{
    domain::{
        flavor_fit::{nearest::WayOut, source::SourceKind},
        units::GIB,
    },
    openstack::{
        fixture::answer,
        nova::{get_limits, list_flavors},
    },
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn flavor(ram: u64, disk: u64, vcpus: u64) -> Flavor {
    let name = format!("{ram}-{disk}-{vcpus}");
    Flavor {
        id: name.as_str().into(),
        name,
        ram,
        disk,
        vcpus,
        extra_specs: Some(BTreeMap::new()),
        ..Flavor::default()
    }
}

fn source(min_ram: u64, min_disk: u64, size: u64, virtual_size: u64) -> Source {
    Source {
        kind: SourceKind::Image,
        min_ram,
        min_disk,
        size: Some(size),
        virtual_size: Some(virtual_size),
        is_volume_backed: false,
        boot_volume: 0,
        properties: BTreeMap::new(),
    }
}

fn wanted(source: Source) -> Wanted {
    let quota =
        Quota { instances: Allowance::Unlimited, cores: Allowance::Unlimited, ram: Allowance::Unlimited };
    Wanted { source: Some(source), count: 1, quota, ..Wanted::default() }
}

#[test]
fn every_rule_of_the_table_gives_its_reason() {
    let tiny = flavor(512, 10, 1);
    let image = |min_ram, min_disk, size, virtual_size| wanted(source(min_ram, min_disk, size, virtual_size));
    let table: Vec<(&str, Wanted, Vec<Refusal>, Vec<Warning>)> = vec![
        ("fits exactly", image(512, 10, 10 * GIB, 10 * GIB), vec![], vec![]),
        ("RAM", image(2048, 0, 0, 0), vec![Refusal::Ram { needs: 2048, has: 512 }], vec![]),
        ("minimum disk", image(0, 20, 0, 0), vec![Refusal::MinDisk { needs: 20, has: 10 }], vec![]),
        (
            "size, which then isn't said twice",
            image(0, 0, 10 * GIB + 1, 20 * GIB),
            vec![Refusal::ImageSize { image: 10 * GIB + 1, has: 10 }],
            vec![],
        ),
        (
            "virtual size",
            image(0, 0, GIB, 16 * GIB),
            vec![],
            vec![Warning::Unpacked { image: 16 * GIB, has: 10 }],
        ),
        (
            "all at once",
            image(1024, 20, 11 * GIB, 0),
            vec![
                Refusal::Ram { needs: 1024, has: 512 },
                Refusal::MinDisk { needs: 20, has: 10 },
                Refusal::ImageSize { image: 11 * GIB, has: 10 },
            ],
            vec![],
        ),
        (
            "a new volume frees it from the disk, not from the RAM",
            Wanted { has_new_volume: true, ..image(1024, 20, 11 * GIB, 30 * GIB) },
            vec![Refusal::Ram { needs: 1024, has: 512 }],
            vec![],
        ),
        ("nothing chosen yet", Wanted::default(), vec![], vec![]),
    ];
    for (case, wanted, refusals, warnings) in table {
        assert_eq!(judge(&tiny, &wanted), Fit { refusals, warnings }, "{case}");
    }
}

#[test]
fn a_flavor_without_disk_boots_only_from_a_volume() {
    let diskless = flavor(512, 0, 1);
    let image = wanted(source(0, 5, 30 * GIB, 30 * GIB));
    assert_eq!(judge(&diskless, &image).refusals, [Refusal::NoDisk]);
    let admin = Wanted { is_admin: true, ..image.clone() };
    assert_eq!(judge(&diskless, &admin), Fit { refusals: vec![], warnings: vec![Warning::NoDisk] });
    let volume = Wanted { has_new_volume: true, ..image };
    assert_eq!(judge(&diskless, &volume).verdict(), Verdict::Fits);
}

#[test]
fn volumes_and_volume_backed_snapshots_bring_their_own_disk_but_still_need_the_ram() {
    let metadata =
        BTreeMap::from([("min_ram".to_owned(), "1024".to_owned()), ("min_disk".to_owned(), "99".to_owned())]);
    let volume = Source::of_volume(SourceKind::Volume, &metadata);
    let snapshot =
        Source { kind: SourceKind::Snapshot, is_volume_backed: true, ..source(1024, 99, 0, 99 * GIB) };
    for source in [volume, snapshot] {
        let wanted = wanted(source);
        assert_eq!(judge(&flavor(512, 0, 1), &wanted).refusals, [Refusal::Ram { needs: 1024, has: 512 }]);
        assert_eq!(judge(&flavor(1024, 0, 1), &wanted).verdict(), Verdict::Fits);
    }
}

#[test]
fn the_quota_counts_all_servers_together() {
    let quota =
        Quota { instances: Allowance::Left(3), cores: Allowance::Left(4), ram: Allowance::Left(4096) };
    let four = Wanted { count: 4, quota, ..Wanted::default() };
    let reasons = judge(&flavor(2048, 10, 4), &four).refusals;
    let over = |resource, needs, left| Refusal::Quota { resource, needs, left };
    let want =
        [over(Resource::Instances, 4, 3), over(Resource::Cores, 16, 4), over(Resource::Ram, 8192, 4096)];
    assert_eq!(reasons, want);
    assert_eq!(judge(&flavor(2048, 10, 2), &Wanted { count: 2, ..four.clone() }).verdict(), Verdict::Fits);
    assert_eq!(judge(&flavor(2048, 10, 2), &Wanted { count: 0, ..four }).verdict(), Verdict::Fits);
}

#[test]
fn unlimited_and_unknown_quotas_refuse_nothing_and_a_spent_one_everything() {
    let limits = |max, used| Limits { max_instances: max, used_instances: used, ..Limits::default() };
    let table = [
        (limits(Some(-1), Some(9)), Allowance::Unlimited),
        (limits(Some(-1), None), Allowance::Unlimited),
        (limits(Some(10), Some(4)), Allowance::Left(6)),
        (limits(Some(1), Some(4)), Allowance::Left(0)),
        (limits(Some(10), None), Allowance::Unknown),
        (limits(None, Some(4)), Allowance::Unknown),
        (limits(Some(i64::MAX), Some(i64::MIN)), Allowance::Left(i64::MAX as u64)),
    ];
    for (limits, want) in table {
        assert_eq!(Quota::of(&limits).instances, want, "{limits:?}");
    }
    let recorded = get_limits().decode(&answer("nova/limits")).unwrap();
    assert_eq!(Quota::of(&recorded).cores, Allowance::Left(99));
}

#[test]
fn skipped_rules_are_named_and_mark_nothing_unfit() {
    let mut plain = flavor(512, 10, 1);
    plain.extra_specs = None;
    let fitting = judge_all(&[plain], &Wanted { quota: Quota::default(), ..wanted(source(0, 0, 0, 0)) });
    assert_eq!(fitting.skipped, [Skipped::Limits, Skipped::ExtraSpecs]);
    assert_eq!(fitting.rows[0].fit.verdict(), Verdict::Fits);
}

#[test]
fn what_nova_refused_in_the_recordings_is_refused_here() {
    let flavors = list_flavors(None).decode(&answer("nova/flavors-detail")).unwrap().rows;
    let tiny = flavors.iter().find(|flavor| flavor.name == "m1.tiny").unwrap();
    let diskless = flavors.iter().find(|flavor| flavor.disk == 0).unwrap();
    // "Flavor disk is 1073741824 bytes, minimum size is 2147483648 bytes."
    assert_eq!(judge(tiny, &wanted(source(0, 2, 0, 0))).refusals, [Refusal::MinDisk { needs: 2, has: 1 }]);
    // "Flavor disk is 1073741824 bytes, image is 1310720000 bytes."
    let size = Refusal::ImageSize { image: 1_310_720_000, has: 1 };
    assert_eq!(judge(tiny, &wanted(source(0, 0, 1_310_720_000, 1_310_720_000))).refusals, [size]);
    // "Only volume-backed servers are allowed for flavors with zero disk."
    assert_eq!(judge(diskless, &wanted(source(0, 0, 1, 1))).refusals, [Refusal::NoDisk]);
}

#[test]
fn fitting_flavors_come_first_and_then_the_smallest() {
    let flavors = [flavor(8192, 80, 4), flavor(512, 1, 1), flavor(2048, 20, 1), flavor(4096, 5, 2)];
    let fitting = judge_all(&flavors, &wanted(source(1024, 4, GIB, 10 * GIB)));
    let names: Vec<_> = fitting.rows.iter().map(|row| (row.flavor.ram, row.fit.verdict())).collect();
    use Verdict::*;
    assert_eq!(names, [(2048, Fits), (8192, Fits), (4096, LikelyToFail), (512, Refused)]);
    assert!(fitting.has_choice() && fitting.nearest.is_none());
}

#[test]
fn when_none_fits_the_nearest_is_named_with_what_would_help() {
    let flavors = [flavor(512, 1, 1), flavor(1024, 10, 1), flavor(4096, 10, 2)];
    let fitting = judge_all(&flavors, &wanted(source(2048, 20, GIB, 15 * GIB)));
    let nearest = fitting.nearest.unwrap();
    assert_eq!(nearest.flavor.ram, 4096);
    assert_eq!(nearest.lacks, [Refusal::MinDisk { needs: 20, has: 10 }]);
    let want =
        [WayOut::NewVolume { size: 20, flavors: 1 }, WayOut::LowerMinDisk { to: 10 }, WayOut::LargerFlavor];
    assert_eq!(nearest.ways_out, want);
    let fitting = Fitting { nearest: Some(nearest), ..Fitting::default() };
    assert_eq!(fitting.clone().offered(true), fitting);
    // Where there are no volumes, none is advised.
    assert_eq!(fitting.offered(false).nearest.unwrap().ways_out, want[1..]);
}

#[test]
fn too_many_at_once_is_answered_with_how_many_there_may_be() {
    let quota = Quota { instances: Allowance::Left(9), cores: Allowance::Left(5), ram: Allowance::Unlimited };
    let six = Wanted { count: 6, quota, ..Wanted::default() };
    let nearest = judge_all(&[flavor(512, 1, 1), flavor(1024, 1, 2)], &six).nearest.unwrap();
    let over = WayOut::MoreQuota { resource: Resource::Cores, missing: 1 };
    assert_eq!(nearest.ways_out, [WayOut::FewerInstances { at_most: 5 }, over]);
    let spent = Wanted { quota: Quota { instances: Allowance::Left(0), ..quota }, ..six };
    let nearest = judge_all(&[flavor(512, 1, 1)], &spent).nearest.unwrap();
    assert!(!nearest.ways_out.iter().any(|way| matches!(way, WayOut::FewerInstances { .. })));
}

#[test]
fn no_flavors_at_all_is_no_panic() {
    let fitting = judge_all(&[], &wanted(source(1, 1, 1, 1)));
    assert!(!fitting.has_choice() && fitting.nearest.is_none());
}

#[test]
fn a_new_volume_is_as_large_as_the_image_unpacked() {
    let size = |min_disk, size, virtual_size| {
        Source { size, virtual_size, ..source(0, min_disk, 0, 0) }.smallest_volume()
    };
    assert_eq!(size(0, None, None), 1);
    assert_eq!(size(0, Some(GIB), Some(15 * GIB + 1)), 16);
    assert_eq!(size(20, Some(GIB), Some(15 * GIB)), 20);
    assert_eq!(size(0, Some(3 * GIB), None), 3);
    assert_eq!(size(0, Some(3 * GIB), Some(0)), 3);
    // Cinder makes no volume smaller than the snapshot that it is made of.
    assert_eq!(Source { boot_volume: 20, ..source(0, 5, 0, 0) }.smallest_volume(), 20);
}

/// What nova/compute/api.py does, written down once more.
fn nova_refuses(flavor: &Flavor, image: &Source) -> bool {
    let room = u128::from(flavor.disk) * u128::from(GIB);
    flavor.ram < image.min_ram
        || flavor.disk == 0
        || u128::from(image.size.unwrap_or(0)) > room
        || u128::from(image.min_disk) * u128::from(GIB) > room
}

fn any_figure() -> impl Strategy<Value = u64> {
    prop_oneof![0..64u64, (0..64u64).prop_map(|n| n * GIB), any::<u64>(), Just(u64::MAX)]
}

proptest! {
    #[test]
    fn refused_here_is_refused_by_nova_and_nothing_else(
        ram in any_figure(), disk in any_figure(), min_ram in any_figure(), min_disk in any_figure(),
        size in proptest::option::of(any_figure()), virtual_size in proptest::option::of(any_figure()),
    ) {
        let image = Source { size, virtual_size, ..source(min_ram, min_disk, 0, 0) };
        let flavor = flavor(ram, disk, 1);
        let fit = judge(&flavor, &wanted(image.clone()));
        prop_assert_eq!(fit.verdict() == Verdict::Refused, nova_refuses(&flavor, &image));
    }

    #[test]
    fn a_larger_flavor_is_never_refused_more(
        ram in any_figure(), disk in 1..u64::MAX, more in any_figure(),
        min_ram in any_figure(), min_disk in any_figure(), size in any_figure(),
    ) {
        let wanted = wanted(source(min_ram, min_disk, size, size));
        let small = judge(&flavor(ram, disk, 1), &wanted);
        let large = judge(&flavor(ram.saturating_add(more), disk.saturating_add(more), 1), &wanted);
        prop_assert!(large.refusals.len() <= small.refusals.len());
    }

    #[test]
    fn every_flavor_is_judged_once_and_a_way_out_is_a_way_out(
        figures in proptest::collection::vec((any_figure(), any_figure(), any_figure()), 0..8),
        min_ram in any_figure(), min_disk in any_figure(), size in any_figure(), virtual_size in any_figure(),
        count in any::<u32>(), cores in any_figure(),
    ) {
        let flavors: Vec<_> = figures.into_iter().map(|(ram, disk, vcpus)| flavor(ram, disk, vcpus)).collect();
        let quota = Quota { cores: Allowance::Left(cores), ..Quota::default() };
        let wanted = Wanted { count, quota, ..wanted(source(min_ram, min_disk, size, virtual_size)) };
        let fitting = judge_all(&flavors, &wanted);
        prop_assert_eq!(fitting.rows.len(), flavors.len());
        prop_assert!(fitting.rows.is_sorted_by_key(|row| row.fit.verdict()));
        prop_assert_eq!(fitting.nearest.is_some(), !fitting.has_choice() && !flavors.is_empty());
        for way in fitting.nearest.iter().flat_map(|nearest| &nearest.ways_out) {
            let changed = match way {
                WayOut::NewVolume { .. } => Wanted { has_new_volume: true, ..wanted.clone() },
                WayOut::FewerInstances { at_most } => Wanted { count: *at_most, ..wanted.clone() },
                _ => continue,
            };
            prop_assert!(judge_all(&flavors, &changed).has_choice(), "{:?}", way);
        }
    }
}
