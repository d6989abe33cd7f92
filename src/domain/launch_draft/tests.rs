use super::*;
use crate::openstack::{
    fixture::answer,
    glance::image::ImageStatus,
    neutron::list_networks,
    nova::{get_limits, list_flavors, list_keypairs},
};
use serde_json::json;

const DEMO: &str = "d8a3d0f1f8ee4597bdaaba006eadc6cb";
const DEMO_NET: &str = "96bf6036-44ff-4938-a167-cabb30db6e47";

struct World {
    image: Image,
    me: Person,
    flavors: Vec<Flavor>,
    networks: Vec<Network>,
    key_pairs: Vec<KeyPair>,
    quota: Quota,
}

impl World {
    fn new() -> Self {
        let image = json!({"id": "i", "status": "active", "container_format": "bare", "disk_format": "raw", "min_ram": 1024});
        Self {
            image: serde_json::from_value(image).unwrap(),
            me: Person { project: DEMO.into(), roles: vec!["member".into()], ..Person::default() },
            flavors: list_flavors().decode(&answer("nova/flavors-detail")).unwrap(),
            networks: list_networks().decode(&answer("neutron/networks-list")).unwrap(),
            key_pairs: list_keypairs().decode(&answer("nova/keypairs")).unwrap(),
            quota: Quota::of(&get_limits().decode(&answer("nova/limits")).unwrap()),
        }
    }

    fn choices(&self) -> Choices<'_> {
        Choices {
            image: Some(Some(&self.image)),
            me: Some(&self.me),
            flavors: Some(&self.flavors),
            quota: self.quota,
            networks: Some(&self.networks),
            key_pairs: Some(&self.key_pairs),
        }
    }

    fn flavor(&self, name: &str) -> FlavorId {
        self.flavors.iter().find(|flavor| flavor.name == name).unwrap().id.clone()
    }

    fn draft(&self) -> LaunchDraft {
        LaunchDraft {
            name: "web".into(),
            image: Some("i".into()),
            flavor: Some(self.flavor("m1.small")),
            networks: vec![DEMO_NET.into()],
            key_pair: Some("alice-key".into()),
            ..LaunchDraft::default()
        }
    }
}

#[test]
fn a_complete_draft_has_no_problems() {
    let world = World::new();
    assert_eq!(world.draft().validate(&world.choices()), Problems::new());
}

#[test]
fn each_step_names_what_does_not_hold_yet() {
    let world = World::new();
    let draft = || world.draft();
    let table: Vec<(LaunchDraft, Step, Problem)> = vec![
        (LaunchDraft { name: " ".into(), ..draft() }, Step::Details, Problem::NameMissing),
        (LaunchDraft { name: "é".repeat(256), ..draft() }, Step::Details, Problem::NameTooLong { max: 255 }),
        (LaunchDraft { count: "0".into(), ..draft() }, Step::Details, Problem::CountNotANumber),
        (LaunchDraft { count: "+2".into(), ..draft() }, Step::Details, Problem::CountNotANumber),
        (LaunchDraft { image: None, ..draft() }, Step::Source, Problem::ImageMissing),
        (LaunchDraft { flavor: None, ..draft() }, Step::Flavor, Problem::FlavorMissing),
        (LaunchDraft { flavor: Some("gone".into()), ..draft() }, Step::Flavor, Problem::FlavorGone),
        (
            LaunchDraft { flavor: Some(world.flavor("m1.tiny")), ..draft() },
            Step::Flavor,
            Problem::FlavorRefused(vec![Refusal::Ram { needs: 1024, has: 512 }]),
        ),
        (LaunchDraft { networks: vec![], ..draft() }, Step::Networks, Problem::NetworkMissing),
        (
            LaunchDraft { networks: vec!["x".into()], ..draft() },
            Step::Networks,
            Problem::NetworkGone("x".into()),
        ),
        (
            LaunchDraft { key_pair: Some("old".into()), ..draft() },
            Step::KeyPair,
            Problem::KeyPairGone("old".into()),
        ),
    ];
    for (draft, step, problem) in table {
        assert_eq!(draft.validate(&world.choices()), Problems::from([(step, vec![problem])]), "{step:?}");
    }
}

#[test]
fn the_count_is_checked_against_what_the_quota_leaves() {
    let mut world = World::new();
    world.quota.instances = Allowance::Left(3);
    let draft = LaunchDraft { count: "4".into(), ..world.draft() };
    let problems = draft.validate(&world.choices());
    assert_eq!(problems[&Step::Details], [Problem::CountOverQuota { left: 3 }]);
    assert!(matches!(problems[&Step::Flavor][..], [Problem::FlavorRefused(_)]));
}

#[test]
fn what_is_not_known_yet_is_no_problem() {
    let world = World::new();
    let draft = LaunchDraft {
        flavor: Some("x".into()),
        networks: vec![],
        key_pair: Some("x".into()),
        ..world.draft()
    };
    assert_eq!(draft.validate(&Choices::default()), Problems::new());
}

#[test]
fn an_image_that_is_gone_or_not_active_is_a_problem_of_the_source() {
    let mut world = World::new();
    let gone = Choices { image: Some(None), ..world.choices() };
    assert_eq!(world.draft().validate(&gone)[&Step::Source], [Problem::ImageGone]);
    world.image.status = ImageStatus::Deactivated;
    let reason = NotAllowed::Status(ImageStatus::Deactivated);
    assert_eq!(world.draft().validate(&world.choices())[&Step::Source], [Problem::ImageNotAllowed(reason)]);
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
    let draft = LaunchDraft { networks: vec![], ..world.draft() };
    assert!(draft.validate(&world.choices()).is_empty());
    assert_eq!(draft.to_create().unwrap().networks, None);
}

#[test]
fn the_request_says_only_what_was_chosen() {
    let world = World::new();
    let body = |draft: LaunchDraft| serde_json::to_value(draft.to_create().unwrap()).unwrap();
    let small = world.flavor("m1.small");
    let plain = LaunchDraft { key_pair: None, name: " web ".into(), ..world.draft() };
    let want = json!({"name": "web", "flavorRef": small, "imageRef": "i", "networks": [{"uuid": DEMO_NET}]});
    assert_eq!(body(plain), want);
    let full = LaunchDraft {
        count: "3".into(),
        zone: Some("nova".into()),
        description: "d".into(),
        networks: vec![DEMO_NET.into(), "n2".into()],
        ..world.draft()
    };
    let want = json!({"name": "web", "flavorRef": small, "imageRef": "i", "min_count": 3, "max_count": 3,
        "networks": [{"uuid": DEMO_NET}, {"uuid": "n2"}], "key_name": "alice-key", "availability_zone": "nova",
        "description": "d"});
    assert_eq!(body(full), want);
    assert_eq!(LaunchDraft::default().to_create(), None);
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
fn steps_survive_the_url_and_a_draft_the_reload() {
    for step in Step::all(true) {
        assert_eq!(Step::from_word(step.word()), Some(step));
    }
    assert_eq!(Step::from_word("nonsense"), None);
    assert!(!Step::all(false).contains(&Step::Networks));
    let draft = World::new().draft();
    let kept = serde_json::to_string(&draft).unwrap();
    assert_eq!(serde_json::from_str::<LaunchDraft>(&kept).unwrap(), draft);
    assert_eq!(serde_json::from_str::<LaunchDraft>("{}").unwrap(), LaunchDraft::default());
}
