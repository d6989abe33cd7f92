use super::*;
use crate::openstack::{
    fixture::answer,
    glance::{
        info::{Usage, get_formats, get_import_methods, get_usage},
        member::{create_member, delete_member, list_members, update_member},
    },
    request::Method,
};
use serde_json::json;

fn id() -> ImageId {
    "39c3bb1c".into()
}

fn line<T>(request: &Request<T>) -> String {
    format!("{} {}", request.method.as_str(), request.path_and_query())
}

#[test]
fn each_request_has_the_references_method_and_path() {
    let table = [
        (line(&get_image(&id())), "GET /v2/images/39c3bb1c"),
        (line(&create_image(&CreateImage::default())), "POST /v2/images"),
        (line(&update_image(&id(), &Patch::default())), "PATCH /v2/images/39c3bb1c"),
        (line(&delete_image(&id())), "DELETE /v2/images/39c3bb1c"),
        (line(&deactivate_image(&id())), "POST /v2/images/39c3bb1c/actions/deactivate"),
        (line(&reactivate_image(&id())), "POST /v2/images/39c3bb1c/actions/reactivate"),
        (line(&list_members(&id())), "GET /v2/images/39c3bb1c/members"),
        (line(&create_member(&id(), &"p".into())), "POST /v2/images/39c3bb1c/members"),
        (
            line(&update_member(&id(), &"p".into(), &MemberStatus::Accepted)),
            "PUT /v2/images/39c3bb1c/members/p",
        ),
        (line(&delete_member(&id(), &"../p".into())), "DELETE /v2/images/39c3bb1c/members/..%2Fp"),
        (file_path(&"a/b".into()), "/v2/images/a%2Fb/file"),
    ];
    for (built, want) in table {
        assert_eq!(built, want);
    }
    assert_eq!(delete_image(&id()).method, Method::Delete);
}

#[test]
fn a_listing_asks_only_for_what_is_wanted() {
    assert_eq!(list_images(&ListImages::default()).path_and_query(), "/v2/images");
    let wanted = ListImages {
        limit: Some(50),
        visibility: Some(Visibility::Shared),
        member_status: Some(MemberStatus::Pending),
        os_hidden: Some(true),
        ids: vec!["a".into(), "b".into()],
        updated_since: Some("2026-11-23T08:55:31Z".into()),
        ..ListImages::default()
    };
    let want = "/v2/images?limit=50&visibility=shared&os_hidden=true&member_status=pending\
                &updated_at=gte%3A2026-11-23T08%3A55%3A31Z&id=in%3Aa%2Cb";
    assert_eq!(list_images(&wanted).path_and_query(), want);
}

#[test]
fn a_page_tells_where_the_next_begins() {
    let request = list_images(&ListImages::default());
    let page = request.decode(&answer("glance/images-list-page")).unwrap();
    assert_eq!(page.images.len(), 3);
    assert_eq!(page.next, Some("849886e8-fbf8-4484-8c14-967c480869d3".into()));
    assert_eq!(request.decode(&answer("glance/images-list-member-pending")).unwrap().next, None);
}

#[test]
fn one_odd_row_never_costs_the_list() {
    let body =
        json!({"images": [{"id": "a"}, 7, {"name": "no id"}, {"id": "b", "size": "many"}]}).to_string();
    let page = list_images(&ListImages::default()).decode(&Answer::new(200, [], body)).unwrap();
    assert_eq!((page.images.len(), page.skipped), (2, 2));
    let nothing = list_images(&ListImages::default()).decode(&Answer::new(200, [], "{}"));
    assert_eq!(nothing.unwrap_err(), ApiError::Decode { what: "images".into() });
}

#[test]
fn a_record_carries_properties_beside_its_attributes() {
    let body = CreateImage {
        id: Some(id()),
        name: Some("x".into()),
        visibility: Some(Visibility::Private),
        min_ram: Some(0),
        properties: [("os_distro".to_owned(), "debian".to_owned())].into(),
        ..CreateImage::default()
    };
    let sent: Value = serde_json::from_str(create_image(&body).body.as_deref().unwrap()).unwrap();
    let want =
        json!({"id": "39c3bb1c", "name": "x", "visibility": "private", "min_ram": 0, "os_distro": "debian"});
    assert_eq!(sent, want);
}

#[test]
fn an_update_has_glances_own_media_type() {
    let mut patch = Patch::default();
    patch.remove("os_distro");
    let request = update_image(&id(), &patch);
    assert_eq!(request.content_type, Some("application/openstack-images-v2.1-json-patch"));
    assert_eq!(request.body.as_deref(), Some(r#"[{"op":"remove","path":"/os_distro"}]"#));
}

#[test]
fn members_are_read_as_recorded() {
    let members = list_members(&id()).decode(&answer("glance/member-list-owner")).unwrap();
    assert_eq!(members.len(), 1);
    assert_eq!(members[0].status, MemberStatus::Pending);
    let member = create_member(&id(), &"p".into()).decode(&answer("glance/member-add")).unwrap();
    assert_eq!(member.member_id, members[0].member_id);
}

#[test]
fn the_cloud_tells_its_formats_methods_and_usage() {
    let formats = get_formats().decode(&answer("glance/schema-image")).unwrap();
    assert!(
        formats.disk.contains(&DiskFormat::Qcow2) && formats.container.contains(&ContainerFormat::Compressed)
    );
    assert_eq!(formats.disk.len(), 11);
    let methods = get_import_methods().decode(&answer("glance/info-import")).unwrap();
    assert!(methods.contains(&"web-download".to_owned()));
    let usage = get_usage().decode(&answer("glance/info-usage")).unwrap();
    assert_eq!(usage.image_size_total.unwrap().left(), Some(49_143));
    assert_eq!(get_usage().decode(&Answer::new(200, [], r#"{"usage": {}}"#)).unwrap().image_size_total, None);
    assert_eq!(Usage { usage: 9, limit: -1 }.left(), None);
    assert_eq!(Usage { usage: 9, limit: 5 }.left(), Some(0));
}
