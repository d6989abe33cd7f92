use super::*;
use crate::openstack::fixture::answer;

#[test]
fn volumes_and_types_are_read_as_recorded() {
    let types = list_volume_types().decode(&answer("cinder/volume-types")).unwrap();
    assert_eq!(types[0].name, "__DEFAULT__");
    let made = create_volume(&CreateVolume { name: "rec-vol".into(), size: 1, ..CreateVolume::default() });
    assert_eq!(made.body.as_deref(), Some(r#"{"volume":{"name":"rec-vol","size":1}}"#));
    let made = made.decode(&answer("cinder/volume-create")).unwrap();
    assert_eq!((made.status, made.size, made.is_bootable), (VolumeStatus::Creating, 1, false));
    let read = get_volume(&made.id).decode(&answer("cinder/volume-show")).unwrap();
    assert_eq!((read.status, read.availability_zone.as_deref()), (VolumeStatus::Available, Some("nova")));
}

#[test]
fn lists_say_whether_there_is_more_and_leave_out_odd_rows() {
    let body = json!({"volumes": [
        {"id": "v", "status": "odd", "size": "8", "bootable": "true", "multiattach": null, "name": null,
         "volume_image_metadata": {"min_ram": "512", "min_disk": 4, "gone": null}},
        {"status": "no id"},
    ], "volumes_links": [{"rel": "next", "href": "…"}]});
    let page = list_volumes(None).decode(&Answer::new(200, [], body.to_string())).unwrap();
    assert!(page.has_more);
    let [volume] = &page.rows[..] else { panic!("one of two can be read") };
    assert_eq!((volume.size, volume.is_bootable, volume.name.as_str()), (8, true, ""));
    assert_eq!(volume.status, VolumeStatus::Other("odd".into()));
    assert_eq!((volume.image["min_ram"].as_str(), volume.image["min_disk"].as_str()), ("512", "4"));
    assert_eq!(volume.image.len(), 2);
    let next = list_volumes(Some(&volume.id));
    assert_eq!(next.path_and_query(), "/v3/volumes/detail?limit=1000&marker=v");
    let body = json!({"snapshots": [{"id": "s", "status": "available", "size": 8, "volume_id": "v"}],
        "snapshots_links": [{"rel": "previous", "href": "…"}]});
    let page = list_snapshots(None).decode(&Answer::new(200, [], body.to_string())).unwrap();
    assert_eq!((page.has_more, page.rows[0].volume_id.as_str()), (false, "v"));
}

#[test]
fn limits_that_are_left_out_are_not_known() {
    let body = json!({"limits": {"rate": [], "absolute": {"maxTotalVolumes": -1, "totalVolumesUsed": 3}}});
    let limits = get_volume_limits().decode(&Answer::new(200, [], body.to_string())).unwrap();
    assert_eq!((limits.max_volumes, limits.used_volumes, limits.max_gigabytes), (Some(-1), Some(3), None));
}
