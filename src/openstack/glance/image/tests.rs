use super::*;
use crate::openstack::fixture::answer;
use serde_json::json;

fn read(value: Value) -> Image {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_recorded_image_is_read_whole() {
    let image: Image = serde_json::from_str(&answer("glance/image-show-after-upload").body).unwrap();
    assert_eq!(image.name.as_deref(), Some("rec-ok"));
    assert_eq!((&image.status, &image.visibility), (&ImageStatus::Active, &Visibility::Shared));
    assert_eq!((image.size, image.virtual_size), (Some(524_288), Some(67_108_864)));
    assert_eq!((image.min_disk, image.min_ram), (1, 64));
    assert_eq!(image.extra, BTreeMap::from([("hw_disk_bus".to_owned(), "virtio".to_owned())]));
    assert_eq!(image.stores, ["local"]);
}

#[test]
fn what_glance_wrote_is_what_we_write_again() {
    for name in ["glance/image-show-after-upload", "glance/server-snapshot-image", "glance/image-create-ok"] {
        let text = answer(name).body;
        let mut recorded: Map<String, Value> = serde_json::from_str(&text).unwrap();
        for key in ["self", "file", "schema"] {
            recorded.remove(key);
        }
        recorded.entry("stores").or_insert_with(|| "".into());
        let image: Image = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_value(&image).unwrap(), Value::Object(recorded), "{name}");
    }
}

#[test]
fn null_in_every_field_is_read() {
    let nulls: Map<String, Value> =
        BASE_ATTRIBUTES.iter().map(|key| ((*key).to_owned(), Value::Null)).collect();
    let mut nulls = Value::Object(nulls);
    nulls["id"] = json!("x");
    nulls["odd"] = Value::Null;
    let image = read(nulls);
    assert_eq!((image.name, image.owner, image.size, image.min_ram), (None, None, None, 0));
    assert_eq!(image.extra["odd"], "");
}

/// Found on a real cloud with several workers, each of which hashes strings in its own way.
#[test]
fn tags_that_only_changed_their_order_have_not_changed() {
    let [one, other] =
        [json!(["lts", "blue"]), json!(["blue", "lts"])].map(|tags| read(json!({"id": "x", "tags": tags})));
    assert_eq!(one.tags, ["blue", "lts"]);
    assert_eq!(one, other);
}

#[test]
fn what_is_unknown_is_kept_as_it_is() {
    let image = read(json!({
        "id": "x", "status": "thawing", "visibility": "friends", "disk_format": "zfs", "container_format": "crate",
        "protected": "True", "os_hidden": true, "min_ram": "512", "size": 5_000_000_000u64,
        "locations": [], "a/b~c": "1", "number": 7, "list": ["a"],
    }));
    assert_eq!(image.status, ImageStatus::Other("thawing".into()));
    assert_eq!(image.visibility.as_str(), "friends");
    assert_eq!(image.disk_format.unwrap().as_str(), "zfs");
    assert_eq!(image.container_format.unwrap().as_str(), "crate");
    assert!(image.protected && image.os_hidden);
    assert_eq!((image.min_ram, image.size), (512, Some(5_000_000_000)));
    let extra: Vec<_> = image.extra.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(extra, [("a/b~c", "1"), ("list", "[\"a\"]"), ("number", "7")]);
}

#[test]
fn a_snapshot_of_a_volume_is_told_from_one_of_an_image() {
    let plain: Image = serde_json::from_str(&answer("glance/server-snapshot-image").body).unwrap();
    assert!(plain.is_snapshot() && !plain.is_volume_backed());
    let mapping = |text: &str| read(json!({"id": "x", "block_device_mapping": text}));
    // Nova writes no `image_type` into these.
    let backed = mapping(r#"[{"boot_index": -1, "volume_size": 1}, {"boot_index": 0, "volume_size": 20}]"#);
    assert!(backed.is_volume_backed() && backed.is_snapshot());
    assert_eq!(backed.boot_volume_size(), Some(20));
    for none in ["[]", ""] {
        let plain = mapping(none);
        assert!(!plain.is_volume_backed() && !plain.is_snapshot(), "{none:?}");
    }
    for unknown in ["[7]", "nonsense", "{}", r#"[{"boot_index": 0, "volume_size": null}]"#] {
        assert_eq!(mapping(unknown).boot_volume_size(), None, "{unknown}");
    }
}
