use super::*;
use crate::openstack::{
    error::FaultKind, fixture::answer, ids::NetworkId, nova::server::ServerNetworks,
    nova::server::ServerStatus, request::Answer,
};

#[test]
fn flavors_are_read_with_and_without_extra_specs() {
    let flavors = list_flavors(None).decode(&answer("nova/flavors-detail")).unwrap().rows;
    let small = flavors.iter().find(|flavor| flavor.name == "m1.small").unwrap();
    assert_eq!((small.vcpus, small.ram, small.disk, small.swap), (1, 2048, 20, 0));
    assert_eq!(small.extra_specs, None);
    let body = json!({"flavors": [{"id": "1", "name": "n", "ram": 1, "disk": 0, "vcpus": 1, "description": null,
        "extra_specs": {"hw:cpu_policy": "dedicated"}}, {"odd": true}]});
    let page = list_flavors(None).decode(&Answer::new(200, [], body.to_string())).unwrap();
    assert_eq!((page.rows.len(), page.has_more), (1, false));
    assert_eq!(page.rows[0].extra_specs.as_ref().unwrap()["hw:cpu_policy"], "dedicated");
    assert_eq!(list_flavors(None).microversion, Some("2.61"));
}

#[test]
fn flavors_are_paged_and_administrators_get_the_private_ones_too() {
    let asked = list_flavors(Some(&"f".into())).path_and_query();
    assert_eq!(asked, "/v2.1/flavors/detail?is_public=None&limit=1000&marker=f");
    let body = json!({"flavors": [], "flavors_links": [{"rel": "next", "href": "http://nova/v2.1/flavors/detail?marker=g"}]});
    assert!(list_flavors(None).decode(&Answer::new(200, [], body.to_string())).unwrap().has_more);
}

#[test]
fn servers_of_old_and_new_microversions_are_read() {
    let old = get_server(&"x".into()).decode(&answer("nova/server-show-active")).unwrap();
    assert_eq!((&old.status, old.task_state.as_deref()), (&ServerStatus::Active, None));
    assert_eq!(old.flavor.id.as_ref().unwrap().as_str(), "7a392f67-b564-44ca-9dd6-47f59f506aeb");
    assert_eq!(old.addresses["demo-net"][0].addr, "10.20.0.207");
    assert_eq!(old.image.as_ref().unwrap().as_str(), "327ae004-cb14-480d-8832-efc576605f75");
    let new = get_server(&"x".into()).decode(&answer("nova/server-show-2.90")).unwrap();
    assert_eq!((new.flavor.name.as_deref(), new.flavor.ram), (Some("m1.small"), Some(2048)));
    assert!(!list_servers().decode(&answer("nova/servers-detail")).unwrap().is_empty());
}

#[test]
fn servers_are_paged_and_only_administrators_ask_for_everybodys() {
    let asked = |after: Option<ServerId>, all| list_servers_after(after.as_ref(), all).path_and_query();
    assert_eq!(asked(None, false), "/v2.1/servers/detail");
    assert_eq!(asked(Some("s".into()), true), "/v2.1/servers/detail?marker=s&all_tenants=1");
    assert_eq!(
        list_servers_of_image(&"i".into(), Some(&"s".into()), true).path_and_query(),
        "/v2.1/servers/detail?marker=s&all_tenants=1&image=i"
    );
}

#[test]
fn a_failed_server_says_why_and_a_volume_backed_one_has_no_image() {
    let body = json!({"server": {"id": "s", "status": "ERROR", "image": "", "metadata": null,
        "fault": {"code": 500, "created": "2026-11-23T08:55:40Z", "message": "No valid host was found."}}});
    let server = get_server(&"s".into()).decode(&Answer::new(200, [], body.to_string())).unwrap();
    assert_eq!((server.image, server.status), (None, ServerStatus::Error));
    assert_eq!(server.fault.unwrap().message, "No valid host was found.");
}

#[test]
fn a_launch_is_what_was_recorded() {
    let body = CreateServer {
        name: "rec-ok".into(),
        flavor: "7a392f67".into(),
        image: Some("327ae004".into()),
        networks: Some(ServerNetworks::These(vec![NetworkId::from("96bf6036").into()])),
        ..CreateServer::default()
    };
    let request = create_server(&body);
    let want = json!({"server": {"name": "rec-ok", "imageRef": "327ae004", "flavorRef": "7a392f67",
        "networks": [{"uuid": "96bf6036"}]}});
    assert_eq!(serde_json::from_str::<Value>(request.body.as_deref().unwrap()).unwrap(), want);
    assert_eq!(request.microversion, None);
    let id = request.decode(&answer("nova/server-create-ok")).unwrap();
    assert_eq!(id.as_str(), "37d05fb2-3625-4985-b1b1-8ba987da1a9e");
}

#[test]
fn the_lowest_microversion_that_has_what_is_needed_is_asked_for() {
    let plain = CreateServer::default();
    let described = CreateServer { description: Some("d".into()), ..plain.clone() };
    let unplugged = CreateServer { networks: Some(ServerNetworks::None), ..described.clone() };
    let table = [(plain, None), (described, Some("2.19")), (unplugged, Some("2.37"))];
    for (body, want) in table {
        assert_eq!(create_server(&body).microversion, want);
    }
}

#[test]
fn refusals_keep_novas_words() {
    let refusal = create_server(&CreateServer::default())
        .decode(&answer("nova/server-create-quota-cores-exceeded"))
        .unwrap_err();
    assert_eq!(refusal.kind(), Some(FaultKind::Forbidden));
    assert!(refusal.fault().unwrap().message.starts_with("Quota exceeded for cores, instances, ram"));
}

#[test]
fn limits_zones_and_the_console_are_read() {
    let limits = get_limits().decode(&answer("nova/limits")).unwrap();
    assert_eq!((limits.max_cores, limits.used_cores), (Some(100), Some(1)));
    assert_eq!((limits.max_ram, limits.used_ram), (Some(204_800), Some(512)));
    assert_eq!(list_availability_zones().decode(&answer("nova/availability-zones")).unwrap(), ["nova"]);
    let console = get_console_output(&"s".into(), Some(50));
    assert_eq!(console.body.as_deref(), Some(r#"{"os-getConsoleOutput":{"length":50}}"#));
    assert!(console.decode(&answer("nova/server-console-log")).unwrap().ends_with("LAST LINE"));
}
