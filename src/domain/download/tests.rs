use super::*;
use serde_json::{Value, json};

fn image(changes: Value) -> Image {
    let mut image = json!({"id": "i", "name": "disk", "size": 100, "disk_format": "qcow2",
        "container_format": "bare", "os_hash_algo": "sha512", "os_hash_value": "ab12"});
    for (key, value) in changes.as_object().unwrap() {
        image[key] = value.clone();
    }
    serde_json::from_value(image).unwrap()
}

#[test]
fn without_a_disk_to_write_to_only_small_images_come() {
    for (can_write, size, wanted) in [
        (true, Some(u64::MAX), Way::Disk),
        (true, None, Way::Disk),
        (false, Some(MOST_IN_MEMORY), Way::Memory),
        (false, Some(MOST_IN_MEMORY + 1), Way::TooLarge),
        (false, None, Way::TooLarge),
    ] {
        assert_eq!(way(can_write, size), wanted);
    }
}

#[test]
fn file_names_are_harmless_and_end_in_the_format() {
    for (changes, wanted) in [
        (json!({}), "disk.qcow2"),
        (json!({"name": "disk.qcow2"}), "disk.qcow2"),
        (json!({"name": "../../etc/passwd\u{202e}"}), "etc-passwd.qcow2"),
        (json!({"name": "a/b:c*d"}), "a-b-c-d.qcow2"),
        (json!({"name": "系统 镜像"}), "系统 镜像.qcow2"),
        (json!({"name": null}), "i.qcow2"),
        (json!({"name": "..."}), "i.qcow2"),
        (json!({"disk_format": null}), "disk"),
        (json!({"disk_format": "x/y"}), "disk.xy"),
        (json!({"container_format": "ova", "disk_format": "vmdk"}), "disk.ova"),
    ] {
        assert_eq!(file_name(&image(changes)), wanted);
    }
    assert!(file_name(&image(json!({"name": "é".repeat(1000)}))).len() < 200);
}

#[test]
fn only_an_equal_hash_is_called_verified() {
    let judged = |changes, got, hash| judge(&image(changes), got, hash);
    assert_eq!(judged(json!({}), 100, Some("AB12")), Ok(Verdict::Verified));
    assert_eq!(judged(json!({}), 100, Some("ff")), Err(Failure::Mismatch));
    assert_eq!(judged(json!({}), 100, None), Ok(Verdict::SizeOnly(NoHash::NotWorkedOut)));
    let no_hash = json!({"os_hash_value": null});
    assert_eq!(judged(no_hash, 100, None), Ok(Verdict::SizeOnly(NoHash::Unknown)));
    let other = json!({"os_hash_algo": "sha256"});
    assert_eq!(
        judged(other, 100, Some("ab12")),
        Ok(Verdict::SizeOnly(NoHash::Algorithm("sha256".to_owned())))
    );
    let nothing = json!({"os_hash_value": null, "size": null});
    assert_eq!(judged(nothing, 7, None), Ok(Verdict::Nothing(NoHash::Unknown)));
}

#[test]
fn another_number_of_bytes_is_a_failure_whatever_the_hash() {
    for got in [0, 99, 101] {
        let wanted = Err(Failure::CutOff { got, size: Some(100) });
        assert_eq!(judge(&image(json!({})), got, Some("ab12")), wanted);
    }
}
