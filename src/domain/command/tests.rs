use super::*;
use crate::{
    domain::image_draft::ImageDraft,
    openstack::glance::image::{ContainerFormat, DiskFormat, Visibility},
};
use serde_json::json;

#[test]
fn text_is_quoted_for_the_shell() {
    let table = [
        ("ubuntu-24.04", "ubuntu-24.04"),
        ("", "''"),
        ("a b", "'a b'"),
        ("$(rm -rf ~)", "'$(rm -rf ~)'"),
        ("it's", "'it'\\''s'"),
        ("镜像", "'镜像'"),
    ];
    for (text, want) in table {
        assert_eq!(quote(text), want);
    }
}

#[test]
fn creating_an_image_names_all_that_was_chosen() {
    let body = CreateImage {
        id: Some("id".into()),
        name: Some("my image".into()),
        disk_format: Some(DiskFormat::Qcow2),
        container_format: Some(ContainerFormat::Bare),
        visibility: Some(Visibility::Private),
        min_disk: Some(1),
        min_ram: Some(0),
        protected: Some(true),
        os_hidden: Some(true),
        tags: vec!["a".into()],
        properties: [("description".to_owned(), "for $me".to_owned())].into(),
    };
    let want = "openstack image create --disk-format qcow2 --container-format bare --min-disk 1 --private --protected \
                --property 'description=for $me' --tag a --file disk.qcow2 'my image' &&\n\
                openstack image set --hidden 'my image'";
    assert_eq!(create_image(&body, Some("disk.qcow2")), want);
}

#[test]
fn editing_sets_what_changed_and_unsets_what_went() {
    let image: Image =
        serde_json::from_value(json!({"id": "i", "name": "n", "tags": ["old", "kept"], "description": "d",
        "visibility": "private", "protected": true}))
        .unwrap();
    let mut draft = ImageDraft::of(&image);
    draft.name = "-n".into();
    draft.description.clear();
    draft.architecture = "x86_64".into();
    draft.tags = vec!["kept".into(), "new".into()];
    draft.protected = false;
    draft.visibility = Visibility::Community;
    let want = "openstack image set --name=-n --property architecture=x86_64 --community --unprotected --tag new i &&\n\
                openstack image unset --property description --tag old i";
    assert_eq!(update_image(&image, &draft.diff(&image)), want);
    assert_eq!(update_image(&image, &Patch::default()), "");
}

#[test]
fn deleting_and_launching_have_their_commands() {
    assert_eq!(delete_images(&["a".into(), "b".into()]), "openstack image delete a b");
    let body = CreateServer {
        name: "-web".into(),
        flavor: "m1.small".into(),
        image: Some("i".into()),
        networks: Some(ServerNetworks::These(vec!["n1".into(), "n2".into()])),
        key_name: Some("my key".into()),
        min_count: Some(2),
        max_count: Some(2),
        ..CreateServer::default()
    };
    let want = "openstack server create --image i --flavor m1.small --network n1 --network n2 --key-name 'my key' \
                --min 2 --max 2 -- -web";
    assert_eq!(create_server(&body), want);
    let described = CreateServer { description: Some("d".into()), ..CreateServer::default() };
    assert!(create_server(&described).starts_with("openstack --os-compute-api-version 2.19 server create"));
}

#[test]
fn an_import_is_a_record_and_a_second_command() {
    let body = CreateImage { name: Some("-tricky name".into()), ..CreateImage::default() };
    assert_eq!(
        create_from_url(&body, "https://h/x.img?a=1&b=2", Some("archive")),
        "openstack image create -- '-tricky name' &&\n\
         openstack image import --method web-download --uri 'https://h/x.img?a=1&b=2' --store archive -- '-tricky name'"
    );
    assert_eq!(delete_copy("archive", &"i".into()), "glance stores-delete --store archive i");
}

#[test]
fn sharing_activity_and_downloads_have_their_commands() {
    let image: ImageId = "i".into();
    assert_eq!(add_project(&image, "p"), "openstack image add project i p");
    assert_eq!(remove_project(&image, "-odd name"), "openstack image remove project i -- '-odd name'");
    assert_eq!(answer_offer(&image, &MemberStatus::Accepted), "openstack image set --accept i");
    assert_eq!(answer_offer(&image, &MemberStatus::Rejected), "openstack image set --reject i");
    assert_eq!(set_active(&image, true), "openstack image set --activate i");
    assert_eq!(set_active(&image, false), "openstack image set --deactivate i");
    assert_eq!(save_image(&image, "-my file"), "openstack image save --file='-my file' i");
}
