use super::*;
use crate::{
    domain::{
        access::NotAllowed,
        flavor_fit::{Allowance, source::SourceKind},
        launch_draft::source::NotBootable,
    },
    openstack::{
        cinder::{VolumeLimits, VolumeStatus},
        fixture::answer,
        glance::image::ImageStatus,
        neutron::list_networks,
        nova::{get_limits, keypair::list_keypairs, list_flavors},
    },
};
use serde_json::{Value, json};

const DEMO: &str = "d8a3d0f1f8ee4597bdaaba006eadc6cb";
const DEMO_NET: &str = "96bf6036-44ff-4938-a167-cabb30db6e47";

struct World {
    image: Image,
    me: Person,
    flavors: Vec<Flavor>,
    networks: Vec<Network>,
    key_pairs: Vec<KeyPair>,
    quota: Quota,
    volumes: Vec<Volume>,
    volume_snapshots: Vec<VolumeSnapshot>,
}

impl World {
    fn new() -> Self {
        let image = json!({"id": "i", "status": "active", "container_format": "bare", "disk_format": "raw", "min_ram": 1024,
            "size": 10, "virtual_size": 7_516_192_767_u64});
        Self {
            image: serde_json::from_value(image).unwrap(),
            me: Person { project: DEMO.into(), roles: vec!["member".into()], ..Person::default() },
            flavors: list_flavors(None).decode(&answer("nova/flavors-detail")).unwrap().rows,
            networks: list_networks().decode(&answer("neutron/networks-list")).unwrap(),
            key_pairs: list_keypairs().decode(&answer("nova/keypairs")).unwrap(),
            quota: Quota::of(&get_limits().decode(&answer("nova/limits")).unwrap()),
            volumes: [("v", "available", true), ("busy", "in-use", true), ("blank", "available", false)]
                .map(|(id, status, is_bootable)| volume(id, status, is_bootable))
                .into(),
            volume_snapshots: serde_json::from_value(json!([
                {"id": "s", "status": "available", "size": 8, "volume_id": "v"},
                {"id": "unbootable", "status": "available", "size": 8, "volume_id": "blank"},
            ]))
            .unwrap(),
        }
    }

    fn choices(&self) -> Choices<'_> {
        Choices {
            image: Some(Some(&self.image)),
            has_volumes: true,
            volumes: Some(&self.volumes),
            volume_snapshots: Some(&self.volume_snapshots),
            me: Some(&self.me),
            flavors: Some(&self.flavors),
            quota: self.quota,
            networks: Some(&self.networks),
            key_pairs: Some(&self.key_pairs),
            ..Choices::default()
        }
    }

    fn flavor(&self, name: &str) -> FlavorId {
        self.flavors.iter().find(|flavor| flavor.name == name).unwrap().id.clone()
    }

    fn draft(&self) -> LaunchDraft {
        let mut draft = LaunchDraft { flavor: Some(self.flavor("m1.small")), ..LaunchDraft::default() };
        draft.details.name = "web".into();
        draft.source.image = Some("i".into());
        draft.networks.networks = vec![DEMO_NET.into()];
        draft.key_pair.name = Some("alice-key".into());
        draft
    }

    fn with(&self, change: impl FnOnce(&mut LaunchDraft)) -> LaunchDraft {
        let mut draft = self.draft();
        change(&mut draft);
        draft
    }
}

fn volume(id: &str, status: &str, is_bootable: bool) -> Volume {
    let image = json!({"min_ram": "1024", "min_disk": "99", "size": "1"});
    let row = json!({"id": id, "status": status, "size": 8, "bootable": is_bootable, "volume_image_metadata": image});
    serde_json::from_value(row).unwrap()
}

#[test]
fn a_complete_draft_has_no_problems() {
    let world = World::new();
    assert_eq!(world.draft().validate(&world.choices()), Problems::new());
}

#[test]
fn each_step_names_what_does_not_hold_yet() {
    use SourceKind::{Volume as OfVolume, VolumeSnapshot as OfVolumeSnapshot};
    use SourceProblem::*;
    let world = World::new();
    type Row = (fn(&mut LaunchDraft), Step, Problem);
    let table: Vec<Row> = vec![
        (|it| it.details.name = " ".into(), Step::Details, Problem::Details(DetailsProblem::NameMissing)),
        (
            |it| it.details.name = "é".repeat(256),
            Step::Details,
            Problem::Details(DetailsProblem::NameTooLong),
        ),
        (
            |it| it.details.count = "0".into(),
            Step::Details,
            Problem::Details(DetailsProblem::CountNotANumber),
        ),
        (
            |it| it.details.count = "+2".into(),
            Step::Details,
            Problem::Details(DetailsProblem::CountNotANumber),
        ),
        (|it| it.source.image = None, Step::Source, Problem::Source(Missing(SourceKind::Image))),
        (|it| it.source.kind = OfVolume, Step::Source, Problem::Source(Missing(OfVolume))),
        (
            |it| (it.source.kind, it.source.volume) = (OfVolume, Some("x".into())),
            Step::Source,
            Problem::Source(Gone(OfVolume)),
        ),
        (
            |it| (it.source.kind, it.source.volume) = (OfVolume, Some("busy".into())),
            Step::Source,
            Problem::Source(Volume(NotBootable::Status(VolumeStatus::InUse))),
        ),
        (
            |it| (it.source.kind, it.source.volume) = (OfVolume, Some("blank".into())),
            Step::Source,
            Problem::Source(Volume(NotBootable::NotMarked)),
        ),
        (
            |it| {
                (it.source.kind, it.source.volume) = (OfVolume, Some("v".into()));
                it.details.count = "2".into();
            },
            Step::Source,
            Problem::Source(VolumeForSeveral),
        ),
        (
            |it| {
                it.source.kind = OfVolumeSnapshot;
                it.source.volume_snapshot = Some("unbootable".into());
            },
            Step::Source,
            Problem::Source(Volume(NotBootable::NotMarked)),
        ),
        (
            |it| (it.source.new_volume, it.source.size) = (true, "0".into()),
            Step::Source,
            Problem::Source(SizeNotANumber),
        ),
        (
            |it| (it.source.new_volume, it.source.size) = (true, "6".into()),
            Step::Source,
            Problem::Source(SizeTooSmall { smallest: 7 }),
        ),
        (|it| it.flavor = None, Step::Flavor, Problem::FlavorMissing),
        (|it| it.flavor = Some("gone".into()), Step::Flavor, Problem::FlavorGone),
        (|it| it.networks.networks.clear(), Step::Networks, Problem::Networks(NetworksProblem::Missing)),
        (
            |it| it.networks.networks = vec!["x".into()],
            Step::Networks,
            Problem::Networks(NetworksProblem::Gone("x".into())),
        ),
        (
            |it| it.key_pair.name = Some("old".into()),
            Step::KeyPair,
            Problem::KeyPair(KeyPairProblem::Gone("old".into())),
        ),
    ];
    for (change, step, problem) in table {
        let found = world.with(change).validate(&world.choices());
        assert_eq!(found, Problems::from([(step, vec![problem])]), "{step:?}");
    }
    let tiny = world.with(|it| it.flavor = Some(world.flavor("m1.tiny")));
    let too_small = Problem::FlavorRefused(vec![Refusal::Ram { needs: 1024, has: 512 }]);
    assert_eq!(tiny.validate(&world.choices()), Problems::from([(Step::Flavor, vec![too_small])]));
}

#[test]
fn the_count_is_checked_against_what_the_quota_leaves() {
    let mut world = World::new();
    world.quota.instances = Allowance::Left(3);
    let problems = world.with(|it| it.details.count = "4".into()).validate(&world.choices());
    let over = Problem::Details(DetailsProblem::CountOverQuota { left: 3 });
    assert_eq!(problems[&Step::Details], [over]);
    assert!(matches!(problems[&Step::Flavor][..], [Problem::FlavorRefused(_)]));
}

#[test]
fn what_is_not_known_yet_is_no_problem() {
    let world = World::new();
    let draft = world.with(|it| {
        it.flavor = Some("x".into());
        it.networks.networks.clear();
        it.key_pair.name = Some("x".into());
    });
    assert_eq!(draft.validate(&Choices::default()), Problems::new());
}

#[test]
fn an_image_that_is_gone_or_not_active_is_a_problem_of_the_source() {
    let mut world = World::new();
    let gone = Choices { image: Some(None), ..world.choices() };
    let problem = Problem::Source(SourceProblem::Gone(SourceKind::Image));
    assert_eq!(world.draft().validate(&gone)[&Step::Source], [problem]);
    world.image.status = ImageStatus::Deactivated;
    let reason = NotAllowed::Status(ImageStatus::Deactivated);
    let problem = Problem::Source(SourceProblem::ImageNotAllowed(reason));
    assert_eq!(world.draft().validate(&world.choices())[&Step::Source], [problem]);
}

#[test]
fn the_only_network_is_left_to_nova() {
    let mut world = World::new();
    let names = |world: &World| -> Vec<String> {
        connectable(&world.networks, &DEMO.into()).into_iter().map(|network| network.name.clone()).collect()
    };
    assert_eq!(names(&world), ["shared-net", "demo-net"]);
    world.networks.retain(|network| !network.shared);
    assert_eq!(names(&world), ["demo-net"]);
    let draft = world.with(|it| it.networks.networks.clear());
    assert!(draft.validate(&world.choices()).is_empty());
    assert_eq!(draft.to_create(&world.choices()).unwrap().networks, None);
}

#[test]
fn the_request_says_only_what_was_chosen() {
    let world = World::new();
    let body = |change: fn(&mut LaunchDraft)| {
        serde_json::to_value(world.with(change).to_create(&world.choices()).unwrap()).unwrap()
    };
    let small = world.flavor("m1.small");
    let nets = json!([{"uuid": DEMO_NET}]);
    let plain: fn(&mut LaunchDraft) = |it| {
        it.key_pair.name = None;
        it.details.name = " web ".into();
    };
    let want = json!({"name": "web", "flavorRef": small, "imageRef": "i", "networks": nets});
    assert_eq!(body(plain), want);
    let want = json!({"name": "web", "flavorRef": small, "imageRef": "i", "min_count": 3, "max_count": 3,
        "networks": [{"uuid": DEMO_NET}, {"uuid": "n2"}], "key_name": "alice-key", "availability_zone": "nova",
        "description": "d"});
    let full = body(|it| {
        it.details.count = "3".into();
        it.details.zone = "nova".into();
        it.details.description = "d".into();
        it.networks.networks.push("n2".into());
    });
    assert_eq!(full, want);
    assert_eq!(LaunchDraft::default().to_create(&world.choices()), None);
}

#[test]
fn volumes_are_sent_as_block_devices() {
    let world = World::new();
    let device = |change: fn(&mut LaunchDraft)| {
        let body = world.with(change).to_create(&world.choices()).unwrap();
        let wire = serde_json::to_value(&body).unwrap();
        (
            wire["imageRef"].clone(),
            wire["block_device_mapping_v2"].clone(),
            body.microversion(),
            body.networks,
        )
    };
    let (image, devices, version, _) = device(|it| it.source.new_volume = true);
    let want = json!([{"source_type": "image", "uuid": "i", "destination_type": "volume", "boot_index": 0,
        "volume_size": 7, "delete_on_termination": false}]);
    assert_eq!((image, devices, version), (Value::Null, want, None));
    let (_, devices, version, networks) = device(|it| {
        it.source.new_volume = true;
        it.source.size = "20".into();
        it.source.volume_type = "ssd".into();
        it.source.deletes_volume = true;
        it.networks.networks.clear();
    });
    let want = json!([{"source_type": "image", "uuid": "i", "destination_type": "volume", "boot_index": 0,
        "volume_size": 20, "volume_type": "ssd", "delete_on_termination": true}]);
    assert_eq!((devices, version, networks), (want, Some("2.67"), Some(ServerNetworks::Auto)));
    let (image, devices, ..) =
        device(|it| (it.source.kind, it.source.volume) = (SourceKind::Volume, Some("v".into())));
    let want = json!([{"source_type": "volume", "uuid": "v", "destination_type": "volume", "boot_index": 0,
        "delete_on_termination": false}]);
    assert_eq!((image, devices), (Value::Null, want));
    let (_, devices, ..) = device(|it| {
        it.source.kind = SourceKind::VolumeSnapshot;
        it.source.volume_snapshot = Some("s".into());
        it.source.new_volume = true;
    });
    let want = json!([{"source_type": "snapshot", "uuid": "s", "destination_type": "volume", "boot_index": 0,
        "delete_on_termination": false}]);
    assert_eq!(devices, want);
}

#[test]
fn a_volume_needs_the_ram_of_its_image_and_not_the_disk() {
    let world = World::new();
    for kind in [SourceKind::Volume, SourceKind::VolumeSnapshot] {
        let draft = world.with(|it| {
            it.source.kind = kind;
            it.source.volume = Some("v".into());
            it.source.volume_snapshot = Some("s".into());
        });
        assert!(draft.validate(&world.choices()).is_empty(), "99 GB are the image's, not the flavor's");
        let tiny = LaunchDraft { flavor: Some(world.flavor("m1.tiny")), ..draft };
        let too_small = Problem::FlavorRefused(vec![Refusal::Ram { needs: 1024, has: 512 }]);
        assert_eq!(tiny.validate(&world.choices())[&Step::Flavor], [too_small]);
    }
}

#[test]
fn without_a_volume_service_no_volume_is_made() {
    let world = World::new();
    let draft = world.with(|it| it.source.new_volume = true);
    let choices = Choices { has_volumes: false, ..world.choices() };
    assert_eq!(draft.to_create(&choices).unwrap().image, Some("i".into()));
    assert_eq!(draft.source.adds_volume(&choices), None);
    assert_eq!(draft.source.adds_volume(&world.choices()), Some(7));
}

#[test]
fn more_volume_than_the_quota_leaves_is_not_sent() {
    let world = World::new();
    let limits = VolumeLimits {
        max_volumes: Some(10),
        used_volumes: Some(8),
        max_gigabytes: Some(20),
        used_gigabytes: Some(2),
    };
    let choices = Choices { volume_limits: Some(&limits), ..world.choices() };
    let is_over = |size: &str, count: &str| {
        let draft = world.with(|it| {
            (it.source.new_volume, it.source.size, it.details.count) = (true, size.into(), count.into());
        });
        match draft.validate(&choices).get(&Step::Source).map(Vec::as_slice) {
            None => false,
            Some([Problem::Source(SourceProblem::OverQuota)]) => true,
            Some(other) => panic!("{other:?}"),
        }
    };
    assert!(!is_over("18", "1") && is_over("19", "1"), "gigabytes");
    assert!(!is_over("7", "2") && is_over("10", "2") && is_over("7", "3"), "of all instances together");
    assert_eq!(world.draft().validate(&choices), Problems::new(), "no new volume, no quota");
}

#[test]
fn the_quota_effect_shows_now_added_and_left() {
    let limits = get_limits().decode(&answer("nova/limits")).unwrap();
    let flavor = Flavor { vcpus: 2, ram: 4096, ..Flavor::default() };
    let effects = quota_effects(&limits, Some(&flavor), 3);
    let figures: Vec<_> =
        effects.iter().map(|it| (it.used, it.added, it.limit, it.left(), it.is_over())).collect();
    let want = [
        (1, 3, Some(50), Some(46), false),
        (1, 6, Some(100), Some(93), false),
        (512, 12_288, Some(204_800), Some(192_000), false),
    ];
    assert_eq!(figures, want);
    let unlimited = Limits { max_instances: Some(-1), used_instances: Some(9), ..Limits::default() };
    let effects = quota_effects(&unlimited, None, u32::MAX);
    assert_eq!(effects.len(), 1, "what the cloud doesn't tell isn't shown");
    assert!(effects[0].limit.is_none() && !effects[0].is_over());
}

#[test]
fn new_volumes_count_against_their_own_quota() {
    let limits = VolumeLimits {
        max_volumes: Some(10),
        used_volumes: Some(2),
        max_gigabytes: Some(-1),
        used_gigabytes: Some(9),
    };
    let effects = volume_effects(&limits, 20, 3);
    let figures: Vec<_> = effects.iter().map(|it| (it.resource, it.used, it.added, it.limit)).collect();
    assert_eq!(figures, [(Metered::Volumes, 2, 3, Some(10)), (Metered::Gigabytes, 9, 60, None)]);
}

#[test]
fn steps_survive_the_url_and_a_draft_the_reload() {
    for step in Step::ALL {
        assert_eq!(Step::from_word(step.word()), Some(step));
    }
    for kind in SourceKind::ALL {
        assert_eq!(SourceKind::from_word(kind.word()), Some(kind));
    }
    assert_eq!(Step::from_word("nonsense"), None);
    let draft = World::new().draft();
    let kept = serde_json::to_string(&draft).unwrap();
    assert_eq!(serde_json::from_str::<LaunchDraft>(&kept).unwrap(), draft);
    assert_eq!(serde_json::from_str::<LaunchDraft>("{}").unwrap(), LaunchDraft::default());
}
