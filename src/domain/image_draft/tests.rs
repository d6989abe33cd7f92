use super::{
    conflict::{Conflict, conflicts, rebased},
    effect::{FlavorEffect, SightLost, flavor_effect, listing_members, losing_members, sight_lost},
    *,
};
use crate::openstack::{
    fixture::answer,
    glance::member::{Member, MemberStatus},
    nova::flavor::Flavor,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn draft() -> ImageDraft {
    ImageDraft {
        name: "x".into(),
        disk_format: Some(DiskFormat::Qcow2),
        container_format: Some(ContainerFormat::Bare),
        ..ImageDraft::default()
    }
}

fn recorded() -> Image {
    serde_json::from_str(&answer("glance/image-show-after-upload").body).unwrap()
}

fn with(image: &Image, changes: Value) -> Image {
    let mut value = serde_json::to_value(image).unwrap();
    for (key, change) in changes.as_object().unwrap() {
        value[key] = change.clone();
    }
    serde_json::from_value(value).unwrap()
}

fn ops(patch: &Patch) -> Value {
    serde_json::to_value(patch).unwrap()
}

#[test]
fn each_field_names_its_problem() {
    let long = || "é".repeat(256);
    let table: Vec<(ImageDraft, Field, Problem)> = vec![
        (ImageDraft { name: " ".into(), ..draft() }, Field::Name, Problem::Missing),
        (ImageDraft { name: long(), ..draft() }, Field::Name, Problem::TooLong { max: 255 }),
        (ImageDraft { description: long(), ..draft() }, Field::Description, Problem::TooLong { max: 255 }),
        (ImageDraft { disk_format: None, ..draft() }, Field::DiskFormat, Problem::Missing),
        (ImageDraft { container_format: None, ..draft() }, Field::ContainerFormat, Problem::Missing),
        (ImageDraft { min_disk: " ".into(), ..draft() }, Field::MinDisk, Problem::Missing),
        (ImageDraft { min_disk: "20 GB".into(), ..draft() }, Field::MinDisk, Problem::NotAWholeNumber),
        (ImageDraft { min_disk: "-1".into(), ..draft() }, Field::MinDisk, Problem::NotAWholeNumber),
        (ImageDraft { min_ram: "1.5".into(), ..draft() }, Field::MinRam, Problem::NotAWholeNumber),
        (ImageDraft { min_ram: "２".into(), ..draft() }, Field::MinRam, Problem::NotAWholeNumber),
        (
            ImageDraft { min_ram: "2147483648".into(), ..draft() },
            Field::MinRam,
            Problem::TooLarge { max: LARGEST_MINIMUM },
        ),
        (
            ImageDraft { min_ram: "9".repeat(40), ..draft() },
            Field::MinRam,
            Problem::TooLarge { max: LARGEST_MINIMUM },
        ),
        (ImageDraft { kernel: "vmlinuz".into(), ..draft() }, Field::Kernel, Problem::NotAnId),
        (ImageDraft { tags: vec![long()], ..draft() }, Field::Tags, Problem::TooLong { max: 255 }),
        (
            ImageDraft { tags: (0..129).map(|n| n.to_string()).collect(), ..draft() },
            Field::Tags,
            Problem::TooManyTags { max: 128 },
        ),
    ];
    for (draft, field, problem) in table {
        assert_eq!(draft.validate(), Problems::from([(field, problem)]), "{field:?}");
    }
    let fine =
        ImageDraft {
            name: "é".repeat(255), min_disk: " 07 ".into(), tags: vec!["a".into(); 200], ..draft()
        };
    assert!(fine.validate().is_empty());
}

#[test]
fn a_new_record_says_its_visibility_and_only_the_properties_that_were_given() {
    let draft = ImageDraft {
        name: " ubuntu 🦀 ".into(),
        description: "d".into(),
        min_ram: "512".into(),
        tags: vec!["a".into(), " a ".into(), "".into(), "b".into()],
        ..draft()
    };
    let body = serde_json::to_value(draft.to_create("id".into()).unwrap()).unwrap();
    let want = json!({"id": "id", "name": "ubuntu 🦀", "disk_format": "qcow2", "container_format": "bare",
        "visibility": "private", "min_disk": 0, "min_ram": 512, "protected": false,
        "tags": ["a", "b"], "description": "d"});
    assert_eq!(body, want);
    assert!(ImageDraft::default().to_create("id".into()).unwrap_err().contains_key(&Field::Name));
}

#[test]
fn an_untouched_form_sends_nothing() {
    let odd = with(
        &recorded(),
        json!({"name": null, "visibility": "friends", "a/b": "1", "tags": ["b", "b", " a"]}),
    );
    for image in [recorded(), odd] {
        assert!(ImageDraft::of(&image).diff(&image).is_empty());
        assert!(ImageDraft::of(&image).validate_changes(&image).is_empty());
    }
}

#[test]
fn a_patch_carries_only_what_was_touched() {
    let image =
        with(&recorded(), json!({"description": "old", "os_distro": "odd", "architecture": "x86_64"}));
    let mut draft = ImageDraft::of(&image);
    draft.min_ram = "128".into();
    assert_eq!(ops(&draft.diff(&image)), json!([{"op": "replace", "path": "/min_ram", "value": 128}]));
    draft.min_ram = " 064 ".into();
    assert!(draft.diff(&image).is_empty(), "the same number in other words");
    draft.description = String::new();
    draft.architecture = "aarch64".into();
    draft.visibility = Visibility::Public;
    draft.tags.push("new".into());
    let want = json!([
        {"op": "remove", "path": "/description"},
        {"op": "add", "path": "/architecture", "value": "aarch64"},
        {"op": "replace", "path": "/visibility", "value": "public"},
        {"op": "replace", "path": "/tags", "value": ["rec", "new"]},
    ]);
    assert_eq!(ops(&draft.diff(&image)), want);
}

#[test]
fn clearing_a_property_that_was_never_there_sends_nothing() {
    let image = with(&recorded(), json!({"description": ""}));
    assert!(ImageDraft::of(&image).diff(&image).is_empty());
    let mut draft = ImageDraft::of(&recorded());
    draft.description = "  ".into();
    assert!(draft.diff(&recorded()).is_empty());
}

#[test]
fn a_nameless_image_may_stay_so_but_a_name_can_not_be_taken_away() {
    let nameless = with(&recorded(), json!({"name": null}));
    let mut draft = ImageDraft::of(&nameless);
    draft.min_disk = "x".into();
    assert_eq!(
        draft.validate_changes(&nameless),
        Problems::from([(Field::MinDisk, Problem::NotAWholeNumber)])
    );
    let mut draft = ImageDraft::of(&recorded());
    draft.name = String::new();
    assert_eq!(draft.validate_changes(&recorded()), Problems::from([(Field::Name, Problem::Missing)]));
}

#[test]
fn only_what_both_changed_is_a_conflict() {
    let base = recorded();
    let mut draft = ImageDraft::of(&base);
    draft.min_ram = "128".into();
    draft.name = "mine".into();
    let patch = draft.diff(&base);
    let fresh = with(&base, json!({"name": "theirs", "min_disk": 7, "tags": []}));
    let want = Conflict {
        key: "name".into(),
        base: Some("rec-ok".into()),
        theirs: Some("theirs".into()),
        mine: Some("mine".into()),
    };
    assert_eq!(conflicts(&patch, &base, &fresh), [want]);
    assert!(conflicts(&patch, &base, &with(&base, json!({"name": "mine"}))).is_empty());
}

#[test]
fn what_is_so_already_is_not_sent_again() {
    let base = with(&recorded(), json!({"description": "old"}));
    let mut draft = ImageDraft::of(&base);
    draft.description = String::new();
    draft.name = "mine".into();
    draft.min_ram = "128".into();
    let patch = draft.diff(&base);
    let fresh = with(&recorded(), json!({"name": "mine"}));
    assert_eq!(ops(&rebased(&patch, &fresh)), json!([{"op": "replace", "path": "/min_ram", "value": 128}]));
}

#[test]
fn a_property_with_a_field_of_its_own_is_no_metadata() {
    let image =
        with(&recorded(), json!({"description": "d", "os_distro": "x", "os_glance_import_task": "y"}));
    let draft = ImageDraft::of(&image);
    assert_eq!(draft.properties.keys().collect::<Vec<_>>(), ["hw_disk_bus", "os_distro"]);
    let mut draft = self::draft();
    draft.properties.insert("hw_disk_bus".into(), "virtio".into());
    assert_eq!(draft.to_create("id".into()).unwrap().properties["hw_disk_bus"], "virtio");
    for key in ["description", "os_hash_algo", "name", " spaced"] {
        let mut draft = draft.clone();
        draft.properties.insert(key.into(), "x".into());
        assert_eq!(draft.validate(), Problems::from([(Field::Metadata, Problem::Property)]), "{key}");
    }
}

fn flavor(name: &str, ram: u64, disk: u64) -> Flavor {
    serde_json::from_value(json!({"id": name, "name": name, "ram": ram, "disk": disk, "vcpus": 1})).unwrap()
}

#[test]
fn other_minimums_say_which_flavors_come_and_go() {
    let flavors = [
        flavor("zero", 512, 0),
        flavor("tiny", 512, 1),
        flavor("small", 2048, 20),
        flavor("large", 8192, 80),
    ];
    let image = with(&recorded(), json!({"min_ram": 1024, "min_disk": 0, "size": 1, "virtual_size": 1}));
    let mut draft = ImageDraft::of(&image);
    let effect = |draft: &ImageDraft| flavor_effect(&flavors, &image, draft, false);
    assert_eq!(effect(&draft), Some(FlavorEffect { total: 4, now: 2, after: 2, ..FlavorEffect::default() }));
    draft.min_disk = "40".into();
    let want = FlavorEffect { total: 4, now: 2, after: 1, lost: vec!["small".into()], gained: vec![] };
    assert_eq!(effect(&draft), Some(want));
    (draft.min_disk, draft.min_ram) = ("1".into(), "0".into());
    let want = FlavorEffect { total: 4, now: 2, after: 3, lost: vec![], gained: vec!["tiny".into()] };
    assert_eq!(effect(&draft), Some(want));
    // Administrators may use one without a disk.
    let want =
        FlavorEffect { total: 4, now: 2, after: 4, lost: vec![], gained: vec!["zero".into(), "tiny".into()] };
    assert_eq!(flavor_effect(&flavors, &image, &draft, true), Some(want));
    draft.min_ram = "1 GB".into();
    assert_eq!(effect(&draft), None);
}

#[test]
fn who_loses_sight_follows_from_both_visibilities() {
    use Visibility as V;
    let table = [
        (V::Public, V::Private, Some(SightLost::Others)),
        (V::Public, V::Shared, Some(SightLost::OthersButMembers)),
        (V::Public, V::Community, Some(SightLost::DefaultLists)),
        (V::Community, V::Private, Some(SightLost::Others)),
        (V::Shared, V::Private, Some(SightLost::Members)),
        (V::Community, V::Shared, Some(SightLost::OthersButMembers)),
        (V::Shared, V::Community, Some(SightLost::MembersLists)),
        (V::Shared, V::Public, None),
        (V::Shared, V::Shared, None),
        (V::Private, V::Public, None),
        (V::Other("friends".into()), V::Private, None),
    ];
    for (from, to, want) in table {
        assert_eq!(sight_lost(&from, &to), want, "{from} {to}");
    }
    let member = |id: &str, status| Member {
        member_id: id.into(),
        image_id: "i".into(),
        status,
        created_at: String::new(),
        updated_at: String::new(),
    };
    let members = [
        member("a", MemberStatus::Accepted),
        member("b", MemberStatus::Pending),
        member("c", MemberStatus::Rejected),
    ];
    assert_eq!(losing_members(&members), ["a".into(), "b".into()]);
    assert_eq!(listing_members(&members), ["a".into()]);
}

#[test]
fn tags_in_another_order_are_no_change() {
    let image =
        Image::from_object(json!({"id": "i", "tags": ["a", "b"]}).as_object().cloned().unwrap()).unwrap();
    let mut draft = ImageDraft::of(&image);
    draft.tags = vec![" b ".into(), "a".into(), "b".into()];
    assert!(draft.diff(&image).is_empty());
    draft.tags.push("c".into());
    assert_eq!(draft.diff(&image).keys(), ["tags"]);
}

/// Images as Glance and its users make them: unknown words, nulls, odd keys, its own properties.
fn any_image() -> impl Strategy<Value = Image> {
    let text = || prop_oneof![Just(Value::Null), "[ -~é中]{0,6}".prop_map(Value::from)];
    let words = prop::collection::vec("[a-c ]{0,3}", 0..5);
    let key = prop_oneof![
        "[a-z]{1,4}",
        "[~/ é]{1,4}",
        Just("description".to_owned()),
        Just("kernel_id".to_owned()),
        Just("os_glance_x".to_owned()),
        Just("os_hash_odd".to_owned())
    ];
    let extra = prop::collection::btree_map(key, "[ -~]{0,5}", 0..6);
    let visibility = prop_oneof!["private", "shared", "community", "public", "friends"];
    let numbers = (0..5_u64, 0..5_u64);
    let flags = (any::<bool>(), any::<bool>());
    let format = prop_oneof![Just(Value::Null), Just(json!("qcow2")), Just(json!("odd"))];
    (text(), "[a-z]{0,8}", visibility, words, extra, numbers, flags, format).prop_map(
        |(name, status, visibility, tags, extra, (min_disk, min_ram), (protected, os_hidden), format)| {
            let mut object: Map<String, Value> = extra.into_iter().map(|(key, value)| (key, value.into())).collect();
            let base = json!({"id": "i", "name": name, "status": status, "visibility": visibility, "tags": tags,
                "min_disk": min_disk, "min_ram": min_ram, "protected": protected, "os_hidden": os_hidden,
                "disk_format": format, "container_format": format});
            object.extend(base.as_object().cloned().unwrap_or_default());
            Image::from_object(object).unwrap()
        },
    )
}

/// What a person may do to one field.
fn change(draft: &mut ImageDraft, field: Field, text: &str, flag: bool) {
    let format = Some(text.trim()).filter(|text| !text.is_empty());
    match field {
        Field::Name => draft.name = text.into(),
        Field::Description => draft.description = text.into(),
        Field::File => {}
        Field::DiskFormat => draft.disk_format = format.map(DiskFormat::from),
        Field::ContainerFormat => draft.container_format = format.map(ContainerFormat::from),
        Field::Architecture => draft.architecture = text.into(),
        Field::MinDisk => draft.min_disk = text.len().to_string(),
        Field::MinRam => draft.min_ram = text.len().to_string(),
        Field::Kernel => draft.kernel = text.into(),
        Field::Ramdisk => draft.ramdisk = text.into(),
        Field::Visibility => draft.visibility = Visibility::from(text),
        Field::Protected => draft.protected = flag,
        Field::Hidden => draft.hidden = flag,
        Field::Tags => draft.tags = text.split(' ').map(str::to_owned).collect(),
        Field::Metadata if flag => draft.properties = Properties::new(),
        Field::Metadata => _ = draft.properties.insert(format!("x~/{}", text.trim()), text.into()),
    }
}

/// The keys of an image that a field stands for.
fn is_of(field: Field, key: &str) -> bool {
    let own = match field {
        Field::Name => "name",
        Field::Description => "description",
        Field::File => return false,
        Field::DiskFormat => "disk_format",
        Field::ContainerFormat => "container_format",
        Field::Architecture => "architecture",
        Field::MinDisk => "min_disk",
        Field::MinRam => "min_ram",
        Field::Kernel => "kernel_id",
        Field::Ramdisk => "ramdisk_id",
        Field::Visibility => "visibility",
        Field::Protected => "protected",
        Field::Hidden => "os_hidden",
        Field::Tags => "tags",
        Field::Metadata => {
            return !OWN_PROPERTIES.contains(&key) && metadata::fixed(key).is_none();
        }
    };
    own == key
}

/// As Glance does it.
fn apply(image: &Image, patch: &Patch) -> Image {
    let mut object = serde_json::to_value(image).unwrap();
    for (operation, key) in ops(patch).as_array().unwrap().iter().zip(patch.keys()) {
        match operation["op"].as_str().unwrap() {
            "remove" => assert!(object.as_object_mut().unwrap().remove(&key).is_some(), "{key} is there"),
            _ => object[&key] = operation["value"].clone(),
        }
    }
    serde_json::from_value(object).unwrap()
}

proptest! {
    #[test]
    fn any_change_of_any_image_touches_only_its_own_keys_and_makes_what_the_form_says(
        image in any_image(),
        field in prop::sample::select(FIELDS.to_vec()),
        text in "[a-c ]{0,4}",
        flag: bool,
    ) {
        let mut draft = ImageDraft::of(&image);
        prop_assert!(draft.diff(&image).is_empty());
        change(&mut draft, field, &text, flag);
        let patch = draft.diff(&image);
        for key in patch.keys() {
            prop_assert!(is_of(field, &key), "{:?} touched {}", field, key);
        }
        let made = apply(&image, &patch);
        // The form would find nothing left to save, and everything else is as it was.
        prop_assert!(draft.diff(&made).is_empty());
        let (before, after) = (serde_json::to_value(&image).unwrap(), serde_json::to_value(&made).unwrap());
        for key in before.as_object().unwrap().keys().filter(|key| !is_of(field, key)) {
            prop_assert_eq!(&before[key], &after[key], "{}", key);
        }
    }
}
