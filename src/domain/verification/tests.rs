use super::{leftover::*, plan::*, progress::*, record::*, report::*};
use crate::{
    domain::{
        boot_log::Trouble,
        flavor_fit::{Allowance, Quota, Refusal, Resource},
    },
    openstack::{
        glance::image::Image,
        neutron::Network,
        nova::{flavor::Flavor, server::Server},
        time::unix_seconds,
    },
};
use serde_json::{Value, json};

fn image(more: Value) -> Image {
    let mut object = json!({"id": "i-1", "name": "ubuntu", "status": "active", "min_ram": 512, "min_disk": 5,
        "size": 600_000_000, "virtual_size": 3_000_000_000_u64, "disk_format": "qcow2", "container_format": "bare"});
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(object).unwrap()
}

fn flavor(id: &str, ram: u64, disk: u64) -> Flavor {
    serde_json::from_value(
        json!({"id": id, "name": id, "vcpus": 1, "ram": ram, "disk": disk, "extra_specs": {}}),
    )
    .unwrap()
}

fn network(id: &str, is_shared: bool) -> Network {
    serde_json::from_value(json!({"id": id, "name": id, "shared": is_shared, "subnets": ["s"]})).unwrap()
}

fn server(status: &str, task: Option<&str>) -> Server {
    serde_json::from_value(json!({"id": "s", "status": status, "OS-EXT-STS:task_state": task,
        "fault": {"code": 500, "message": "No valid host was found."}}))
    .unwrap()
}

fn offered<'a>(image: &'a Image, flavors: &'a [Flavor], networks: &'a [Network]) -> Offered<'a> {
    Offered {
        image,
        flavors,
        quota: Quota::default(),
        networks: Some(networks),
        has_volumes: false,
        is_admin: false,
    }
}

#[test]
fn the_smallest_flavor_that_fits_is_proposed_with_the_projects_own_network() {
    let image = image(json!({}));
    let flavors = [flavor("large", 4096, 40), flavor("tiny", 256, 1), flavor("small", 1024, 20)];
    let networks = [network("public", true), network("own", false)];
    let offered = offered(&image, &flavors, &networks);
    let plan = propose(&offered, "ab12");
    assert_eq!((plan.name.as_str(), plan.flavor.as_str()), ("verify-ubuntu-ab12", "small"));
    assert_eq!((plan.network.as_str(), plan.has_volume), ("own", false));
    assert!(plan.problems(&offered).is_empty());
    let body = plan.to_create(&image, "m-1");
    assert_eq!(
        serde_json::to_value(&body).unwrap(),
        json!({"name": "verify-ubuntu-ab12", "flavorRef": "small", "imageRef": "i-1", "networks": [{"uuid": "own"}],
            "metadata": {"sextant_verify": "m-1", "sextant_verify_image": "i-1"}})
    );
}

#[test]
fn a_new_volume_is_proposed_where_only_that_fits() {
    let image = image(json!({"min_disk": 50}));
    let flavors = [flavor("small", 1024, 20), flavor("zero", 512, 0)];
    let mut offered = offered(&image, &flavors, &[]);
    assert_eq!(propose(&offered, "x").flavor, "");
    assert_eq!(propose(&offered, "x").problems(&offered)[&Field::Flavor], Problem::Missing);
    offered.has_volumes = true;
    let plan = propose(&offered, "x");
    assert_eq!((plan.flavor.as_str(), plan.has_volume, plan.volume_size.as_str()), ("zero", true, "50"));
    let body = serde_json::to_value(plan.to_create(&image, "m")).unwrap();
    assert_eq!(body.get("imageRef"), None);
    let device = &body["block_device_mapping_v2"][0];
    assert_eq!((&device["volume_size"], &device["delete_on_termination"]), (&json!(50), &json!(true)));
    let smaller = Plan { volume_size: "49".into(), ..plan };
    assert!(matches!(smaller.problems(&offered)[&Field::VolumeSize], Problem::OutOfRange { min: 50, .. }));
}

#[test]
fn a_quota_of_nothing_is_told_before_anything_is_asked_for() {
    let image = image(json!({}));
    let flavors = [flavor("small", 1024, 20)];
    let mut offered = offered(&image, &flavors, &[]);
    offered.quota.instances = Allowance::Left(0);
    let plan = Plan { flavor: "small".into(), ..propose(&offered, "x") };
    let refusals = vec![Refusal::Quota { resource: Resource::Instances, needs: 1, left: 0 }];
    assert_eq!(plan.problems(&offered)[&Field::Flavor], Problem::Refused(refusals));
}

#[test]
fn odd_plans_are_refused_field_by_field() {
    let image = image(json!({"name": "x".repeat(400)}));
    let flavors = [flavor("small", 1024, 20)];
    let networks = [network("a", false), network("b", false)];
    let offered = offered(&image, &flavors, &networks);
    let plan = propose(&offered, "ab12");
    assert_eq!(plan.name.chars().count(), 255);
    assert!(plan.problems(&offered).is_empty());
    let odd = Plan { name: " ".into(), network: String::new(), limit: "0".into(), ..plan.clone() };
    assert_eq!(
        odd.problems(&offered).into_keys().collect::<Vec<_>>(),
        [Field::Name, Field::Network, Field::Limit]
    );
    for limit in ["", "61", "-1", "1.5", "many"] {
        assert!(
            Plan { limit: limit.into(), ..plan.clone() }.problems(&offered).contains_key(&Field::Limit),
            "{limit}"
        );
    }
}

/// A verification whose server is active after four seconds.
fn active() -> Progress {
    let mut progress = Progress::new(1_000_000, 5);
    progress.accepted(1_000_500);
    progress.take_server(&server("BUILD", Some("networking")), 1_002_000);
    progress.take_server(&server("ACTIVE", None), 1_004_000);
    progress
}

#[test]
fn each_step_has_the_time_when_it_was_first_seen() {
    let mut progress = active();
    progress.take_log("[    0.000000] Linux version 6\n", 1_006_000);
    progress.take_log("[    0.000000] Linux version 6\nx login: ", 1_020_000);
    let expected = [
        (Step::Accepted, 500),
        (Step::Scheduled, 2_000),
        (Step::Spawning, 4_000),
        (Step::Active, 4_000),
        (Step::Kernel, 6_000),
        (Step::Login, 20_000),
    ];
    assert_eq!(progress.steps.iter().map(|(step, ms)| (*step, *ms)).collect::<Vec<_>>(), expected);
}

#[test]
fn a_boot_that_ends_well_has_passed() {
    let mut progress = active();
    progress.take_log("Cloud-init v. 24 running 'init' at\nx login: \n", 1_010_000);
    progress.judge(1_100_000);
    assert_eq!(progress.outcome, None, "cloud-init is still at it");
    progress.take_log("Cloud-init v. 24 finished at x. Datasource DataSourceOpenStack.  Up 3\n", 1_101_000);
    progress.judge(1_101_000);
    assert_eq!(progress.outcome, Some(Outcome::Booted));

    let mut bare = active();
    bare.take_log("[    0.000000] Linux version 6\nx login: ", 1_010_000);
    bare.judge(1_010_000);
    assert_eq!(bare.outcome, None, "a sign of cloud-init may still come");
    bare.judge(1_030_000);
    assert_eq!(bare.outcome, Some(Outcome::Booted));
}

#[test]
fn what_stopped_the_boot_decides_after_its_last_lines() {
    let mut progress = active();
    progress.take_log("[    1.000000] Kernel panic - not syncing: x\n", 1_010_000);
    progress.judge(1_010_000);
    assert_eq!(progress.outcome, None);
    progress.judge(1_013_000);
    assert_eq!(progress.outcome, Some(Outcome::Stopped(Trouble::KernelPanic)));
}

#[test]
fn a_console_that_says_nothing_is_inconclusive() {
    let mut silent = active();
    silent.take_log("", 1_005_000);
    silent.judge(1_093_000);
    assert_eq!(silent.outcome, None);
    silent.judge(1_094_000);
    assert_eq!(silent.outcome, Some(Outcome::Inconclusive));

    let mut fake = active();
    fake.take_log("FAKE CONSOLE OUTPUT\nANOTHER\nLAST LINE", 1_005_000);
    fake.judge(1_095_000);
    assert_eq!(fake.outcome, Some(Outcome::Inconclusive));
}

#[test]
fn the_time_limit_ends_what_comes_to_no_end() {
    let late = 1_000_000 + 5 * 60_000;
    let mut stuck = active();
    stuck.take_log("[    0.000000] Linux version 6\n", 1_010_000);
    stuck.judge(late - 1);
    assert_eq!(stuck.outcome, None);
    stuck.judge(late);
    assert_eq!(stuck.outcome, Some(Outcome::Unfinished));
    let mut building = Progress::new(1_000_000, 5);
    building.judge(late);
    assert_eq!(building.outcome, Some(Outcome::NotActive));
    // What is enough to decide by counts, though it was seen only at the end.
    let mut booted = active();
    booted.take_log("Cloud-init v. 24 finished at x\n", late);
    booted.judge(late);
    assert_eq!(booted.outcome, Some(Outcome::Booted));
}

#[test]
fn nova_has_its_say() {
    let ends = [
        ("ERROR", Outcome::BuildFailed("No valid host was found.".into())),
        ("DELETED", Outcome::Gone),
        ("SHUTOFF", Outcome::SwitchedOff),
    ];
    for (status, outcome) in ends {
        let mut progress = active();
        progress.take_server(&server(status, None), 1_010_000);
        progress.take_server(&server("ACTIVE", None), 1_011_000);
        progress.judge(9_000_000);
        assert_eq!(progress.outcome, Some(outcome));
    }
}

#[test]
fn a_huge_log_is_kept_by_its_end() {
    let mut progress = active();
    progress.take_log(&format!("{}ende", "ä\n".repeat(100_000)), 1_010_000);
    assert_eq!(progress.excerpt.chars().count(), 16_000);
    assert!(progress.excerpt.ends_with("ende"));
}

#[test]
fn what_is_kept_on_the_image_is_read_back_as_the_badge() {
    let fresh = image(json!({}));
    let patch = patch(&Outcome::Stopped(Trouble::NoRoot), "m1.tiny", "2026-11-23T20:00:00Z", &fresh)
        .unwrap()
        .unwrap();
    assert_eq!(
        serde_json::to_value(&patch).unwrap(),
        json!([
            {"op": "add", "path": "/sextant_verified_at", "value": "2026-11-23T20:00:00Z"},
            {"op": "add", "path": "/sextant_verified_result", "value": "failed: no_root"},
            {"op": "add", "path": "/sextant_verified_flavor", "value": "m1.tiny"},
        ])
    );
    let verified = image(json!({"sextant_verified_at": "2026-11-23T20:00:00Z",
        "sextant_verified_result": "failed: no_root", "sextant_verified_flavor": "m1.tiny"}));
    let record = Record::of(&verified).unwrap();
    assert_eq!((record.verdict, record.flavor.as_str()), (Some(Verdict::Failed), "m1.tiny"));
    assert_eq!(super::record::patch(&Outcome::Booted, "x", "2026-11-23T19:59:59Z", &verified), Err(Later));
    assert!(
        super::record::patch(&Outcome::Booted, "x", "2026-11-23T20:00:01Z", &verified).unwrap().is_some()
    );
    assert_eq!(super::record::patch(&Outcome::Cancelled, "x", "2026-11-23T19:59:59Z", &verified), Ok(None));
}

#[test]
fn a_hostile_record_is_bounded_or_ignored() {
    assert_eq!(Record::of(&image(json!({}))), None);
    assert_eq!(
        Record::of(&image(json!({"sextant_verified_at": "<b>", "sextant_verified_result": "passed"}))),
        None
    );
    let odd = image(json!({"sextant_verified_at": "2026-11-23T20:00:00Z", "sextant_verified_result": "<i>",
        "sextant_verified_flavor": "f".repeat(10_000)}));
    let record = Record::of(&odd).unwrap();
    assert_eq!((record.verdict, record.flavor.len()), (None, 64));
}

#[test]
fn only_ones_own_servers_that_no_tab_is_at_were_left_behind() {
    let now = unix_seconds("2026-11-23T20:00:00Z").unwrap();
    let server = |id: &str, user: &str, mark: Option<&str>, created: &str| -> Server {
        let metadata = mark.map_or_else(|| json!({}), |mark| json!({"sextant_verify": mark}));
        serde_json::from_value(json!({"id": id, "status": "ACTIVE", "user_id": user, "metadata": metadata,
            "created": created}))
        .unwrap()
    };
    let lately = "2026-11-23T19:59:00Z";
    let servers = [
        server("left", "u", Some("left"), lately),
        server("running", "u", Some("running"), lately),
        server("anothers", "v", Some("left"), lately),
        server("plain", "u", None, lately),
        server("other-browser", "u", Some("elsewhere"), lately),
        server("other-browser-old", "u", Some("elsewhere-old"), "2026-11-22T19:59:00Z"),
    ];
    let entry = |mark: &str, project: &str, began: i64| JournalEntry {
        mark: mark.into(),
        cloud: "c".into(),
        project: project.into(),
        user: "u".into(),
        image: "i".into(),
        began,
    };
    let mut servers = servers.to_vec();
    servers.push(Server { status: "DELETED".into(), id: "gone".into(), ..servers[0].clone() });
    let entries = [entry("left", "p", now - 60), entry("running", "p", now - 60)];
    let held = ["sextant-verify-running".to_owned()];
    let (project, user) = ("p".into(), "u".into());
    let place = Place { cloud: "c", project: &project, user: &user, held: Some(&held), now };
    let ids = |place: &Place| -> Vec<String> {
        leftovers(&servers, &entries, place).into_iter().map(|server| server.id.to_string()).collect()
    };
    assert_eq!(ids(&place), ["left", "other-browser-old"]);
    // Without locks only what must be over is offered.
    assert_eq!(ids(&Place { held: None, ..place }), ["other-browser-old"]);
    assert!(!entry("left", "p", now - 60).is_settled(&place));
    assert!(entry("left", "p", now - 600).is_settled(&place));
    assert!(!entry("left", "q", now - 600).is_settled(&place));
    assert!(!entry("running", "p", now - 600).is_settled(&place));
}

#[test]
fn the_report_has_everything_that_the_page_shows() {
    let mut progress = active();
    progress.take_log("[    1.000000] Kernel panic - not syncing: x\n", 1_010_000);
    progress.judge(1_020_000);
    progress.judge(1_023_000);
    let subject = Subject { image_id: "i-1".into(), flavor: "m1.tiny".into(), ..Subject::default() };
    let report: Value = serde_json::from_str(&to_json(&subject, &progress)).unwrap();
    assert_eq!(report["outcome"], "kernel_panic");
    assert_eq!((&report["verdict"], &report["flavor"]), (&json!("failed"), &json!("m1.tiny")));
    assert_eq!(report["seconds_to"]["active"], 4.0);
    assert!(report["troubles"]["kernel_panic"].as_str().unwrap().contains("not syncing"));
    assert!(report["console_log"].as_str().unwrap().contains("panic"));
}
