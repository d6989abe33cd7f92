use super::*;
use crate::{domain::config::EditImages, openstack::glance::image::ImageStatus};
use serde_json::{Value, json};

fn image(id: &str, changes: Value) -> Image {
    let mut image = json!({"id": id, "owner": "mine", "status": "active", "visibility": "private",
        "disk_format": "qcow2", "container_format": "bare"});
    for (key, value) in changes.as_object().unwrap() {
        image[key] = value.clone();
    }
    serde_json::from_value(image).unwrap()
}

fn person(roles: &[&str], edit_images: EditImages) -> Person {
    Person {
        project: "mine".into(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        edit_images,
        ..Person::default()
    }
}

fn left_out(change: &Change, images: Vec<Image>, me: &Person) -> Vec<(String, Exclusion)> {
    let plan = plan(change, images, me);
    plan.leaves.into_iter().map(|(image, why)| (image.id.to_string(), why)).collect()
}

#[test]
fn a_deletion_leaves_out_what_is_protected_or_others() {
    let images = vec![
        image("a", json!({})),
        image("b", json!({"protected": true})),
        image("c", json!({"owner": "other"})),
    ];
    let me = person(&["member"], EditImages::Admin);
    assert_eq!(
        left_out(&Change::Delete, images.clone(), &me),
        [
            ("b".to_owned(), Exclusion::NotAllowed(NotAllowed::Protected)),
            ("c".to_owned(), Exclusion::NotAllowed(NotAllowed::NotOwner)),
        ]
    );
    assert_eq!(plan(&Change::Delete, images, &me).changes.len(), 1);
}

#[test]
fn deactivating_wants_active_images_and_reactivating_deactivated_ones() {
    let images = || vec![image("a", json!({})), image("d", json!({"status": "deactivated"}))];
    let me = person(&["member"], EditImages::Admin);
    let status = |id: &str, status| (id.to_owned(), Exclusion::NotAllowed(NotAllowed::Status(status)));
    assert_eq!(left_out(&Change::Deactivate, images(), &me), [status("d", ImageStatus::Deactivated)]);
    assert_eq!(left_out(&Change::Reactivate, images(), &me), [status("a", ImageStatus::Active)]);
}

#[test]
fn minimums_are_for_administrators_alone() {
    let change = Change::Minimum { disk: Some(10), ram: None };
    let member = person(&["member"], EditImages::Owner);
    assert_eq!(
        left_out(&change, vec![image("a", json!({}))], &member),
        [("a".to_owned(), Exclusion::NotAllowed(NotAllowed::AdminOnly))]
    );
    let admin = person(&["admin"], EditImages::Admin);
    let images = vec![image("a", json!({})), image("b", json!({"min_disk": 10, "min_ram": 512}))];
    assert_eq!(left_out(&change, images, &admin), [("b".to_owned(), Exclusion::NothingToDo)]);
}

#[test]
fn tags_are_added_and_removed_one_by_one() {
    let tags = vec!["a".to_owned(), "b c".to_owned()];
    let one = image("i", json!({"tags": ["a", "z"]}));
    let paths = |change| {
        let sent = requests(&change, &one);
        sent.into_iter().map(|it| format!("{} {}", it.method.as_str(), it.path)).collect::<Vec<_>>()
    };
    assert_eq!(paths(Change::AddTags(tags.clone())), ["PUT /v2/images/i/tags/b%20c"]);
    assert_eq!(paths(Change::RemoveTags(tags.clone())), ["DELETE /v2/images/i/tags/a"]);
    assert!(!writes_all_tags(&Change::AddTags(tags), &one));
}

#[test]
fn tags_that_no_address_carries_are_patched() {
    let one = image("i", json!({"tags": ["a", "生产"]}));
    let patch = |tags: Value| json!([{"op": "replace", "path": "/tags", "value": tags}]).to_string();
    for (change, tags) in [
        (Change::AddTags(vec!["b/c".to_owned()]), json!(["a", "生产", "b/c"])),
        (Change::AddTags(vec!["..".to_owned()]), json!(["a", "生产", ".."])),
        (Change::RemoveTags(vec!["生产".to_owned()]), json!(["a"])),
    ] {
        let sent = requests(&change, &one);
        assert!(writes_all_tags(&change, &one));
        assert_eq!((sent.len(), sent[0].method.as_str(), &sent[0].body), (1, "PATCH", &Some(patch(tags))));
    }
}

#[test]
fn an_image_with_all_the_tags_that_there_may_be_is_left_out() {
    let full: Vec<String> = (0..MOST_TAGS).map(|at| format!("t{at}")).collect();
    let images = vec![image("a", json!({"tags": full}))];
    let me = person(&["member"], EditImages::Owner);
    assert_eq!(
        left_out(&Change::AddTags(vec!["new".to_owned()]), images, &me),
        [("a".to_owned(), Exclusion::TooManyTags)]
    );
}

#[test]
fn a_patch_names_only_what_it_changes() {
    let body = |change| requests(&change, &image("i", json!({})))[0].body.clone().unwrap();
    assert_eq!(
        body(Change::Minimum { disk: None, ram: Some(512) }),
        r#"[{"op":"replace","path":"/min_ram","value":512}]"#
    );
    assert_eq!(
        body(Change::Visibility(Visibility::Community)),
        r#"[{"op":"replace","path":"/visibility","value":"community"}]"#
    );
}

#[test]
fn the_effect_of_a_minimum_names_the_flavors_that_change() {
    let flavor = |name: &str, ram: u64, disk: u64| {
        serde_json::from_value::<Flavor>(
            json!({"id": name, "name": name, "vcpus": 1, "ram": ram, "disk": disk}),
        )
        .unwrap()
    };
    let flavors = [flavor("tiny", 512, 1), flavor("small", 2048, 20), flavor("large", 8192, 80)];
    let images = [image("a", json!({"min_ram": 4096})), image("b", json!({}))];
    let (changed, before, after) = effects(&flavors, &images, None, Some(1024), false);
    assert_eq!(
        changed,
        [
            Effect { flavor: "tiny".to_owned(), loses: 1, gains: 0 },
            Effect { flavor: "small".to_owned(), loses: 0, gains: 1 },
        ]
    );
    assert_eq!((before, after), (1, 2));
    // One without a disk is there for administrators only.
    let zero = [flavor("zero", 512, 0)];
    assert_eq!(effects(&zero, &images, None, Some(512), false), (vec![], 0, 0));
    let gains = Effect { flavor: "zero".to_owned(), loses: 0, gains: 1 };
    assert_eq!(effects(&zero, &images, None, Some(512), true), (vec![gains], 0, 1));
}
