use super::*;
use crate::openstack::ids::NetworkId;
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
        ("a=b", "a=b"),
        ("=ls", "'=ls'"),
        ("back\\slash", "'back\\slash'"),
        ("\u{3}rm -rf ~\n", r"$'\003rm -rf ~\n'"),
        ("\u{1b}[201~4", r"$'\033[201~4'"),
        ("it's\ta \\\r", r"$'it\'s\ta \\\015'"),
        ("镜\u{9b}像\u{7f}", r"$'镜\302\233像\177'"),
    ];
    for (text, want) in table {
        assert_eq!(quote(text), want);
        assert!(!quote(text).contains(char::is_control));
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
                --property 'description=for $me' --tag a --file disk.qcow2 'my image'";
    let file = Bytes::File("disk.qcow2", None);
    let seen = CreateImage { os_hidden: Some(false), ..body.clone() };
    assert_eq!(create_image(&seen, &file).line, want);
    let hidden = create_image(&body, &file).line;
    assert!(hidden.starts_with("image=$(openstack image create --disk-format qcow2"), "{hidden}");
    assert!(
        hidden.ends_with("-f value -c id 'my image') &&\nopenstack image set --hidden \"$image\""),
        "{hidden}"
    );
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
    assert_eq!(update_image(&image, &draft.diff(&image)).line, want);
    assert_eq!(update_image(&image, &Patch::default()), Command::default());
}

#[test]
fn deleting_and_launching_have_their_commands() {
    assert_eq!(delete_images(&["a".into(), "b".into()]), "openstack image delete a b");
    let body = CreateServer {
        name: "-web".into(),
        flavor: "m1.small".into(),
        image: Some("i".into()),
        networks: Some(ServerNetworks::These(vec![
            Nic::from(NetworkId::from("n1")),
            Nic::Port { port: "p".into() },
        ])),
        key_name: Some("my key".into()),
        min_count: Some(2),
        max_count: Some(2),
        ..CreateServer::default()
    };
    let want = "openstack server create --image i --flavor m1.small --network n1 --port p --key-name 'my key' \
                --min 2 --max 2 -- -web";
    assert_eq!(create_server(&body), want);
    let full = CreateServer {
        name: "db".into(),
        flavor: "f".into(),
        block_devices: vec![BlockDevice {
            source_type: "image",
            uuid: "i".into(),
            destination_type: "volume",
            volume_size: Some(20),
            volume_type: Some("fast ssd".into()),
            ..BlockDevice::default()
        }],
        networks: Some(ServerNetworks::These(vec![
            Nic::Network { uuid: "n".into(), fixed_ip: Some("10.0.0.9".into()) },
            Nic::Network { uuid: "n".into(), fixed_ip: Some("fd00::9".into()) },
        ])),
        security_groups: vec!["web & co".into()],
        user_data: Some("IyEvYmluL3No".into()),
        config_drive: Some(true),
        hints: [("group".to_owned(), json!("g")), ("different_host".to_owned(), json!(["a", "b"]))].into(),
        metadata: [("it's".to_owned(), "$x".to_owned())].into(),
        ..CreateServer::default()
    };
    let want = "openstack --os-compute-api-version 2.67 server create --flavor f --block-device \
                'uuid=i,source_type=image,destination_type=volume,boot_index=0,volume_size=20,volume_type=fast \
                ssd,delete_on_termination=false' --nic net-id=n,v4-fixed-ip=10.0.0.9 --nic \
                net-id=n,v6-fixed-ip=fd00::9 --property 'it'\\''s=$x' --security-group 'web & co' --user-data \
                <(echo IyEvYmluL3No | base64 -d) --use-config-drive --hint 'different_host=[\"a\",\"b\"]' --hint \
                group=g db";
    assert_eq!(create_server(&full), want);
    let described = CreateServer { description: Some("d".into()), ..CreateServer::default() };
    assert!(create_server(&described).starts_with("openstack --os-compute-api-version 2.19 server create"));
}

#[test]
fn an_import_is_a_record_and_a_second_command() {
    let body = CreateImage { name: Some("-tricky name".into()), ..CreateImage::default() };
    assert_eq!(
        create_image(&body, &Bytes::Address("https://h/x.img?a=1&b=2", Some("archive"))).line,
        "image=$(openstack image create -f value -c id -- '-tricky name') &&\n\
         openstack image import --store archive --method web-download --uri 'https://h/x.img?a=1&b=2' \"$image\""
    );
    assert_eq!(
        create_image(&body, &Bytes::File("disk.raw", Some("archive"))).line,
        "image=$(openstack image create -f value -c id -- '-tricky name') &&\n\
         openstack image stage --file disk.raw \"$image\" &&\n\
         openstack image import --store archive --method glance-direct \"$image\""
    );
    assert_eq!(delete_copy("archive", &"i".into()), "openstack image delete --store archive i");
    assert_eq!(
        copy_image("archive", &"i".into()),
        "openstack image import --store archive --method copy-image i"
    );
}

#[test]
fn what_the_client_cannot_say_is_named_and_left_out_of_the_line() {
    let body = CreateImage {
        name: Some("n".into()),
        container_format: Some(ContainerFormat::from("compressed".to_owned())),
        properties: [("a=b", "1"), ("c", "d=e"), ("wait", "2")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        ..CreateImage::default()
    };
    let command = create_image(&body, &Bytes::File("f", None));
    let want = "openstack image create --property container_format=compressed --property c=d=e --file f n";
    assert_eq!(
        (command.line.as_str(), command.leaves_out),
        (want, vec!["a=b".to_owned(), "wait".to_owned()])
    );

    let image = json!({"id": "i", "tags": ["a/b", "c"], "x=y": "1", "z": "2"});
    let image: Image = serde_json::from_value(image).unwrap();
    let mut patch = Patch::default();
    patch.remove("x=y");
    patch.remove("z");
    patch.set("p=q", "v");
    patch.replace("tags", json!(["镜像"]));
    let command = update_image(&image, &patch);
    assert_eq!(
        command.line,
        "openstack image set --tag '镜像' i &&\nopenstack image unset --property z --tag c i"
    );
    assert_eq!(command.leaves_out, ["x=y", "p=q", "a/b"]);
}

#[test]
fn a_change_of_several_images_is_a_loop_over_those_with_the_same_change() {
    let image = |id: &str, tags: &[&str]| -> Image {
        serde_json::from_value(json!({"id": id, "tags": tags})).unwrap()
    };
    let images = [image("a", &["x", "y"]), image("b", &["x"]), image("c", &["x", "y"])];
    let of = |change: Change, images: &[Image]| change_images(&change, images).line;
    assert_eq!(of(Change::Delete, &images), "openstack image delete a b c");
    assert_eq!(of(Change::Reactivate, &images[..1]), "openstack image set --activate a");
    assert_eq!(
        of(Change::Minimum { disk: Some(3), ram: None }, &images),
        "for image in a b c; do\n  openstack image set --min-disk 3 \"$image\"\ndone"
    );
    assert_eq!(
        of(Change::RemoveTags(vec!["x".into(), "y".into()]), &images),
        "for image in a c; do\n  openstack image unset --tag x --tag y \"$image\"\ndone\n\
         openstack image unset --tag x b"
    );
    let odd = Change::RemoveTags(vec!["a/b".into()]);
    let command = change_images(&odd, &[image("a", &["a/b"]), image("b", &["a/b"])]);
    assert_eq!((command.line.as_str(), command.leaves_out.len()), ("", 1));
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
