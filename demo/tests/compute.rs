//! Nova and Neutron of the demo cloud, asked through the router as a client would.

#[path = "support/compute.rs"]
mod support;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sextant_demo::ids;

use support::{Cloud, refusal, text};

#[tokio::test]
async fn compute_a_server_is_launched_followed_and_deleted() {
    let cloud = Cloud::new();
    let alice = cloud.alice().await;
    let image = cloud.image(|_| {});
    let answer = cloud.launch(&alice, &image, "m1.tiny", json!({"key_name": "alice-key"})).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    assert_eq!(answer.headers["openstack-api-version"], "compute 2.1");
    let id = text(&answer.body["server"]["id"]);
    let location = answer.headers["location"].to_str().expect("an address");
    assert!(location.ends_with(&format!("/compute/v2.1/servers/{id}")));

    let building = cloud.get(&alice, &format!("/compute/v2.1/servers/{id}")).await.body;
    assert_eq!(building["server"]["status"], "BUILD");
    assert_eq!(building["server"]["OS-EXT-STS:task_state"], "scheduling");
    let active = cloud.until(&alice, &id, "ACTIVE").await;
    assert_eq!(active["image"]["id"], image);
    assert!(text(&active["addresses"]["demo-net"][0]["addr"]).starts_with("10.20.0."));

    let gone = cloud.ask(Method::DELETE, &format!("/compute/v2.1/servers/{id}"), &alice, "", None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    let missing = cloud.get(&alice, &format!("/compute/v2.1/servers/{id}")).await;
    assert_eq!(refusal(&missing), (404, format!("Instance {id} could not be found.")));
}

#[tokio::test]
async fn compute_refusals_are_novas_own() {
    let cloud = Cloud::new();
    let alice = cloud.alice().await;
    let good = cloud.image(|_| {});
    let queued = cloud.image(|image| image.status = "queued".into());
    let hungry = cloud.image(|image| image.min_ram = 1024);
    let wide = cloud.image(|image| image.min_disk = 2);
    let big = cloud.image(|image| image.size = Some(1_310_720_000));
    let foreign = cloud.image(|image| image.owner = Some(ids::project("other")));
    let cases = [
        (&queued, "m1.tiny", json!({}), 400, format!("Image {queued} is not active.")),
        (&hungry, "m1.tiny", json!({}), 400, "Flavor's memory is too small for requested image.".into()),
        (
            &wide,
            "m1.tiny",
            json!({}),
            400,
            "Flavor's disk is smaller than the minimum size specified in image \
            metadata. Flavor disk is 1073741824 bytes, minimum size is 2147483648 bytes."
                .into(),
        ),
        (
            &big,
            "m1.tiny",
            json!({}),
            400,
            "Flavor's disk is too small for requested image. Flavor disk is \
            1073741824 bytes, image is 1310720000 bytes."
                .into(),
        ),
        (
            &good,
            "c1.micro",
            json!({}),
            403,
            "Only volume-backed servers are allowed for flavors with zero disk.".into(),
        ),
        (&foreign, "m1.tiny", json!({}), 400, "Can not find requested image".into()),
        (
            &good,
            "m1.tiny",
            json!({"flavorRef": "no-such-flavor"}),
            400,
            "Flavor no-such-flavor could not be found.".into(),
        ),
        (
            &good,
            "m1.tiny",
            json!({"networks": null}),
            409,
            "Multiple possible networks found, use a Network ID to be more specific.".into(),
        ),
        (
            &good,
            "m1.tiny",
            json!({"networks": [{"uuid": "11111111-2222-3333-4444-555555555555"}]}),
            400,
            "Network 11111111-2222-3333-4444-555555555555 could not be found.".into(),
        ),
        (&good, "m1.tiny", json!({"key_name": "nope"}), 400, "Invalid key_name provided.".into()),
        (
            &good,
            "m1.tiny",
            json!({"availability_zone": "mars"}),
            400,
            "The requested availability zone is not available".into(),
        ),
        (
            &good,
            "m1.tiny",
            json!({"min_count": 3, "max_count": 2}),
            400,
            "min_count must be <= max_count".into(),
        ),
    ];
    for (image, flavor, more, status, message) in cases {
        let answer = cloud.launch(&alice, image, flavor, more).await;
        assert_eq!(refusal(&answer), (status, message));
    }
    let rita = cloud.sign_in("rita", "password", "demo").await;
    let answer = cloud.launch(&rita, &good, "m1.tiny", json!({})).await;
    assert_eq!(
        refusal(&answer),
        (403, "Policy doesn't allow os_compute_api:servers:create to be performed.".into())
    );
}

#[tokio::test]
async fn compute_quota_is_counted_and_named() {
    let cloud = Cloud::new();
    let quinn = cloud.sign_in("quinn", "password", "quota").await;
    let image = cloud.image(|image| image.visibility = "public".into());
    let shared = json!({"networks": [{"uuid": ids::stable_uuid("network", "shared-net")}]});
    let first = cloud.launch(&quinn, &image, "m1.tiny", shared.clone()).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.body);
    let second = cloud.launch(&quinn, &image, "m1.tiny", shared).await;
    let words = "Quota exceeded for instances: Requested 1, but already used 1 of 1 instances";
    assert_eq!(refusal(&second), (403, words.into()));
    let limits = cloud.get(&quinn, "/compute/v2.1/limits").await.body;
    assert_eq!(limits["limits"]["absolute"]["totalInstancesUsed"], 1);
    assert_eq!(limits["limits"]["absolute"]["maxTotalCores"], 2);
}

#[tokio::test]
async fn compute_microversions_shape_the_answers() {
    let cloud = Cloud::new();
    let alice = cloud.alice().await;
    let ask = async |version: &str, path: &str| cloud.ask(Method::GET, path, &alice, version, None).await;
    let bad = ask("9.99", "/compute/v2.1/servers").await;
    let words = "Version 9.99 is not supported by the API. Minimum is 2.1 and maximum is 2.103.";
    assert_eq!(refusal(&bad), (406, words.into()));
    assert!(bad.body.get("computeFault").is_some());
    assert_eq!(bad.headers["openstack-api-version"], "compute 9.99");
    let old = ask("", "/compute/v2.1/flavors/detail").await.body;
    assert!(old["flavors"][0].get("extra_specs").is_none());
    let new = ask("2.61", "/compute/v2.1/flavors/detail").await.body;
    let arm = new["flavors"].as_array().expect("flavors").iter().find(|flavor| flavor["name"] == "a1.medium");
    assert_eq!(arm.expect("the ARM flavor")["extra_specs"]["trait:HW_ARCH_AARCH64"], "required");
}

#[tokio::test]
async fn compute_private_flavors_are_seen_by_those_with_access() {
    let cloud = Cloud::new();
    let (alice, bob) = (cloud.alice().await, cloud.sign_in("bob", "password", "other").await);
    let names = |body: &Value| -> Vec<String> {
        body["flavors"].as_array().expect("flavors").iter().map(|flavor| text(&flavor["name"])).collect()
    };
    assert!(
        names(&cloud.get(&alice, "/compute/v2.1/flavors").await.body).contains(&"private.large".to_owned())
    );
    assert!(
        !names(&cloud.get(&bob, "/compute/v2.1/flavors").await.body).contains(&"private.large".to_owned())
    );
    let path = format!("/compute/v2.1/flavors/{}/action", ids::stable_uuid("flavor", "private.large"));
    let grant = json!({"addTenantAccess": {"tenant": ids::project("other")}});
    assert_eq!(refusal(&cloud.post(&alice, &path, grant.clone()).await).0, 403);
    assert_eq!(cloud.post(&cloud.admin().await, &path, grant).await.status, StatusCode::OK);
    assert!(
        names(&cloud.get(&bob, "/compute/v2.1/flavors").await.body).contains(&"private.large".to_owned())
    );
}

#[tokio::test]
async fn compute_a_made_key_pair_gives_its_private_half_once() {
    let cloud = Cloud::new();
    let alice = cloud.alice().await;
    let made = cloud.post(&alice, "/compute/v2.1/os-keypairs", json!({"keypair": {"name": "fresh"}})).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    assert!(text(&made.body["keypair"]["private_key"]).starts_with("-----BEGIN OPENSSH PRIVATE KEY-----"));
    let shown = cloud.get(&alice, "/compute/v2.1/os-keypairs/fresh").await.body;
    assert_eq!(shown["keypair"]["fingerprint"], made.body["keypair"]["fingerprint"]);
    assert!(shown["keypair"].get("private_key").is_none());
    let bad = json!({"keypair": {"name": "bad", "public_key": "nonsense"}});
    let bad = cloud.post(&alice, "/compute/v2.1/os-keypairs", bad).await;
    assert_eq!(refusal(&bad), (400, "Keypair data is invalid: failed to generate fingerprint".into()));
    let seeded = cloud.get(&alice, "/compute/v2.1/os-keypairs/alice-key").await.body;
    // As recorded on a real Nova for the same key.
    assert_eq!(seeded["keypair"]["fingerprint"], "88:17:db:f4:3b:08:0c:bf:31:d8:9c:fc:43:ea:28:4b");
}

#[tokio::test]
async fn compute_a_snapshot_waits_for_its_turn_and_finds_its_way_to_glance() {
    let cloud = Cloud::new();
    let alice = cloud.alice().await;
    let image = cloud.image(|_| {});
    let id = text(&cloud.launch(&alice, &image, "m1.tiny", json!({})).await.body["server"]["id"]);
    cloud.until(&alice, &id, "ACTIVE").await;
    let action = format!("/compute/v2.1/servers/{id}/action");
    assert_eq!(cloud.post(&alice, &action, json!({"os-stop": null})).await.status, StatusCode::ACCEPTED);
    let busy = cloud.post(&alice, &action, json!({"createImage": {"name": "snap"}})).await;
    let words = format!("Cannot 'createImage' instance {id} while it is in task_state powering-off");
    assert_eq!(refusal(&busy), (409, words));
    let stopped = cloud.until(&alice, &id, "SHUTOFF").await;
    assert!(stopped.get("progress").is_none());
    let body = Some(json!({"createImage": {"name": "snap"}}));
    let answer = cloud.ask(Method::POST, &action, &alice, "2.45", body).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    let snapshot = text(&answer.body["image_id"]);
    let found = cloud.app.db.read_now(|c| sextant_demo::glance::find(c, &snapshot)).expect("a row");
    let found = found.expect("the snapshot's image");
    assert_eq!(found.property("base_image_ref"), Some(image.as_str()));
    assert_eq!(found.property("image_type"), Some("snapshot"));
}

#[tokio::test]
async fn compute_the_console_log_grows_to_a_login_prompt() {
    let cloud = Cloud::new();
    let alice = cloud.alice().await;
    let path = format!("/compute/v2.1/servers/{}/action", ids::stable_uuid("server", "alice-web"));
    let seeded = cloud.post(&alice, &path, json!({"os-getConsoleOutput": {}})).await;
    if seeded.status == StatusCode::OK {
        assert!(text(&seeded.body["output"]).contains("alice-web login:"));
    }
    let image = cloud.image(|image| {
        image.properties.insert("demo_boot".into(), json!("kernel-panic"));
    });
    let id = text(&cloud.launch(&alice, &image, "m1.tiny", json!({})).await.body["server"]["id"]);
    let action = format!("/compute/v2.1/servers/{id}/action");
    let early = cloud.post(&alice, &action, json!({"os-getConsoleOutput": null})).await;
    assert_eq!(refusal(&early), (409, format!("Instance {id} is not ready")));
    cloud.until(&alice, &id, "ACTIVE").await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    let log = text(&cloud.post(&alice, &action, json!({"os-getConsoleOutput": {}})).await.body["output"]);
    assert!(log.contains("Kernel panic") && !log.contains("login:"), "{log}");
    let last = cloud.post(&alice, &action, json!({"os-getConsoleOutput": {"length": 1}})).await;
    assert_eq!(text(&last.body["output"]).lines().count(), 1);
}

#[tokio::test]
async fn compute_several_servers_are_made_at_once() {
    let cloud = Cloud::new();
    let alice = cloud.alice().await;
    let image = cloud.image(|_| {});
    let answer = cloud.launch(&alice, &image, "m1.tiny", json!({"min_count": 2, "max_count": 3})).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    let list =
        cloud.get(&alice, "/compute/v2.1/servers?name=probe&sort_key=display_name&sort_dir=asc").await.body;
    let names: Vec<String> =
        list["servers"].as_array().expect("servers").iter().map(|s| text(&s["name"])).collect();
    assert_eq!(names, ["probe-1", "probe-2", "probe-3"]);
    let page = cloud.get(&alice, "/compute/v2.1/servers?name=probe&limit=2").await.body;
    assert_eq!(page["servers"].as_array().map(Vec::len), Some(2));
    assert!(text(&page["servers_links"][0]["href"]).contains("marker="));
}

#[tokio::test]
async fn compute_networks_are_shown_to_those_who_may_use_them() {
    let cloud = Cloud::new();
    let alice = cloud.alice().await;
    let list = cloud.get(&alice, "/networking/v2.0/networks").await.body;
    let mut names: Vec<String> =
        list["networks"].as_array().expect("networks").iter().map(|n| text(&n["name"])).collect();
    names.sort();
    assert_eq!(names, ["demo-net", "public", "shared-net"]);
    let shared = json!({"network": {"name": "mine", "shared": true}});
    let refused = cloud.post(&alice, "/networking/v2.0/networks", shared).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.body["NeutronError"]["type"], "PolicyNotAuthorized");
    let made = cloud.post(&alice, "/networking/v2.0/networks", json!({"network": {"name": "mine"}})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let id = text(&made.body["network"]["id"]);
    let subnet = json!({"subnet": {"network_id": id, "ip_version": 4, "cidr": "10.99.0.0/24"}});
    let subnet = cloud.post(&alice, "/networking/v2.0/subnets", subnet).await;
    assert_eq!(subnet.body["subnet"]["gateway_ip"], "10.99.0.1", "{}", subnet.body);
    let image = cloud.image(|_| {});
    let on_mine = json!({"networks": [{"uuid": id}]});
    assert_eq!(cloud.launch(&alice, &image, "m1.tiny", on_mine).await.status, StatusCode::ACCEPTED);
    let used = cloud.ask(Method::DELETE, &format!("/networking/v2.0/networks/{id}"), &alice, "", None).await;
    assert_eq!(used.body["NeutronError"]["type"], "NetworkInUse");
}

#[tokio::test]
async fn compute_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let cloud = Cloud::at(folder.path());
    let alice = cloud.alice().await;
    let cirros = ids::stable_uuid("image", "cirros-tiny");
    let web = ids::stable_uuid("server", "alice-web");
    let id = text(&cloud.launch(&alice, &cirros, "m1.tiny", json!({})).await.body["server"]["id"]);
    let body = Some(json!({"createImage": {"name": "snap"}}));
    let begun =
        cloud.ask(Method::POST, &format!("/compute/v2.1/servers/{web}/action"), &alice, "2.45", body).await;
    let snapshot = text(&begun.body["image_id"]);
    drop(cloud);

    let cloud = Cloud::at(folder.path());
    cloud.until(&alice, &id, "ACTIVE").await;
    cloud.until(&alice, &web, "ACTIVE").await;
    let mut status = String::new();
    for _ in 0..100 {
        let image = cloud.get(&alice, &format!("/image/v2/images/{snapshot}")).await.body;
        status = text(&image["status"]);
        if status == "active" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(status, "active");
}

#[tokio::test]
async fn compute_a_doomed_server_shows_its_fault() {
    let cloud = Cloud::new();
    let alice = cloud.alice().await;
    let image = cloud.image(|_| {});
    let answer = cloud.launch(&alice, &image, "m1.tiny", json!({"name": "demo-fail-build"})).await;
    let failed = cloud.until(&alice, &text(&answer.body["server"]["id"]), "ERROR").await;
    assert_eq!(failed["fault"]["message"], "No valid host was found. There are not enough hosts available.");
    assert_eq!(failed["fault"]["code"], 500);
    let arm = cloud.image(|image| drop(image.properties.insert("architecture".into(), json!("aarch64"))));
    let id = text(&cloud.launch(&alice, &arm, "a1.medium", json!({})).await.body["server"]["id"]);
    cloud.until(&alice, &id, "ACTIVE").await;
}

#[tokio::test]
async fn compute_a_server_is_halted_locked_and_rebuilt_and_its_actions_are_told() {
    let cloud = Cloud::new();
    let (alice, admin) = (cloud.alice().await, cloud.sign_in("admin", "adminpass", "admin").await);
    let image = cloud.image(|_| {});
    let id = text(&cloud.launch(&alice, &image, "m1.tiny", json!({})).await.body["server"]["id"]);
    let path = format!("/compute/v2.1/servers/{id}");
    let act = async |token: &str, body: Value| {
        cloud.ask(Method::POST, &format!("{path}/action"), token, "2.96", Some(body)).await
    };
    let busy = act(&alice, json!({"pause": null})).await;
    assert_eq!(
        refusal(&busy),
        (409, format!("Cannot 'pause' instance {id} while it is in vm_state building"))
    );
    cloud.until(&alice, &id, "ACTIVE").await;
    for (action, status) in
        [("pause", "PAUSED"), ("unpause", "ACTIVE"), ("suspend", "SUSPENDED"), ("resume", "ACTIVE")]
    {
        assert_eq!(act(&alice, json!({action: null})).await.status, StatusCode::ACCEPTED, "{action}");
        cloud.until(&alice, &id, status).await;
    }
    let wrong = act(&alice, json!({"unpause": null})).await;
    assert_eq!(
        refusal(&wrong),
        (409, format!("Cannot 'unpause' instance {id} while it is in vm_state active"))
    );

    assert_eq!(act(&alice, json!({"lock": {"locked_reason": "mine"}})).await.status, StatusCode::ACCEPTED);
    let shown = cloud.ask(Method::GET, &path, &alice, "2.96", None).await.body;
    assert_eq!(
        (&shown["server"]["locked"], &shown["server"]["locked_reason"]),
        (&json!(true), &json!("mine"))
    );
    assert_eq!(
        refusal(&act(&alice, json!({"os-stop": null})).await),
        (409, format!("Instance {id} is locked"))
    );
    assert_eq!(cloud.ask(Method::DELETE, &path, &alice, "", None).await.status, StatusCode::CONFLICT);
    assert_eq!(act(&admin, json!({"lock": null})).await.status, StatusCode::ACCEPTED);
    assert_eq!(
        act(&alice, json!({"unlock": null})).await.status,
        StatusCode::FORBIDDEN,
        "the administrator's lock"
    );
    assert_eq!(act(&admin, json!({"unlock": null})).await.status, StatusCode::ACCEPTED);

    let other = cloud.image(|_| {});
    let rebuilt =
        act(&alice, json!({"rebuild": {"imageRef": other, "name": "anew", "metadata": {"a": "b"}}})).await;
    assert_eq!(rebuilt.status, StatusCode::ACCEPTED, "{}", rebuilt.body);
    let server = &rebuilt.body["server"];
    assert_eq!((&server["status"], &server["name"]), (&json!("REBUILD"), &json!("anew")));
    assert!(server["adminPass"].is_string());
    assert_eq!(cloud.until(&alice, &id, "ACTIVE").await["image"]["id"], other);
    let small = cloud.image(|image| image.min_ram = 100_000);
    for (image, status) in
        [(json!(small), 400), (json!("nope"), 400), (json!(ids::uuid()), 400), (json!(7), 400)]
    {
        let refused = act(&alice, json!({"rebuild": {"imageRef": image}})).await;
        assert_eq!(refused.status.as_u16(), status, "{image}: {}", refused.body);
    }

    assert_eq!(act(&alice, json!({"os-resetState": {"state": "error"}})).await.status, StatusCode::FORBIDDEN);
    assert_eq!(act(&admin, json!({"os-resetState": {"state": "error"}})).await.status, StatusCode::ACCEPTED);
    assert_eq!(cloud.get(&alice, &path).await.body["server"]["status"], "ERROR");

    let told = cloud.get(&alice, &format!("{path}/os-instance-actions")).await.body;
    let told = told["instanceActions"].as_array().expect("a list");
    let names: Vec<&str> = told.iter().filter_map(|action| action["action"].as_str()).collect();
    let expected = [
        "resetState",
        "rebuild",
        "unlock",
        "lock",
        "lock",
        "resume",
        "suspend",
        "unpause",
        "pause",
        "create",
    ];
    assert_eq!(names, expected);
    let one = format!("{path}/os-instance-actions/{}", text(&told[9]["request_id"]));
    let shown = cloud.ask(Method::GET, &one, &alice, "2.96", None).await.body;
    assert_eq!(shown["instanceAction"]["events"][0]["result"], "Success", "{shown}");
    let missing = cloud.get(&alice, &format!("{path}/os-instance-actions/req-x")).await;
    assert_eq!(refusal(&missing), (404, "Action req-x not found".into()));
    assert_eq!(act(&alice, json!({"resize": {"flavorRef": "1"}})).await.status, StatusCode::NOT_IMPLEMENTED);
    assert_eq!(act(&alice, json!({"forceDelete": null})).await.status, StatusCode::ACCEPTED);
}
