use super::{
    conflict::{Conflict, conflicts, rebased},
    *,
};
use crate::openstack::fixture::answer;
use serde_json::{Value, json};

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
        "visibility": "private", "min_disk": 0, "min_ram": 512, "protected": false, "os_hidden": false,
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
