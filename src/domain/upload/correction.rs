//! The record that an earlier try has made, where its answer was lost and the form was changed since: it gets what was said last.

use crate::{
    domain::image_draft::ImageDraft,
    openstack::glance::{CreateImage, image::Image, patch::Patch},
};

/// What makes the record what is wanted; nothing where it is that already.
pub fn correction(wanted: &CreateImage, record: &Image) -> Patch {
    // The body of a record reads as the image that it is to be. One without an id is none, and corrects nothing.
    let wanted = serde_json::to_value(wanted).and_then(serde_json::from_value::<Image>);
    wanted.map(|wanted| ImageDraft::of(&wanted).diff(record)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::glance::image::{ContainerFormat, DiskFormat, Visibility};
    use serde_json::{Value, json};

    fn wanted() -> CreateImage {
        CreateImage {
            id: Some("a".into()),
            name: Some("x".into()),
            disk_format: Some(DiskFormat::Qcow2),
            container_format: Some(ContainerFormat::Bare),
            visibility: Some(Visibility::Private),
            min_disk: Some(2),
            min_ram: Some(512),
            protected: Some(false),
            os_hidden: None,
            tags: vec!["b".into(), "a".into()],
            properties: [("description", "d"), ("os_distro", "debian")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        }
    }

    /// As Glance has made it, with what it adds.
    fn record(changes: Value) -> Image {
        let mut image = json!({
            "id": "a", "name": "x", "status": "queued", "disk_format": "qcow2", "container_format": "bare",
            "visibility": "private", "min_disk": 2, "min_ram": 512, "protected": false, "os_hidden": false,
            "tags": ["a", "b"], "description": "d", "os_distro": "debian", "owner": "p", "size": null,
            "checksum": null, "created_at": "2026-01-01T00:00:00Z", "self": "/v2/images/a",
        });
        for (key, value) in changes.as_object().unwrap() {
            image[key] = value.clone();
        }
        serde_json::from_value(image).unwrap()
    }

    #[test]
    fn a_record_that_says_what_is_wanted_is_left_alone() {
        assert!(correction(&wanted(), &record(json!({}))).is_empty());
    }

    #[test]
    fn what_was_changed_since_the_record_was_made_is_set_right() {
        let before = record(json!({
            "name": "typo", "visibility": "shared", "protected": true, "container_format": "ova", "os_distro": "arch",
            "hw_disk_bus": "scsi", "tags": [],
        }));
        assert_eq!(
            serde_json::to_value(correction(&wanted(), &before)).unwrap(),
            json!([
                {"op": "replace", "path": "/name", "value": "x"},
                {"op": "replace", "path": "/container_format", "value": "bare"},
                {"op": "replace", "path": "/visibility", "value": "private"},
                {"op": "replace", "path": "/protected", "value": false},
                {"op": "replace", "path": "/tags", "value": ["a", "b"]},
                {"op": "remove", "path": "/hw_disk_bus"},
                {"op": "add", "path": "/os_distro", "value": "debian"},
            ])
        );
    }
}
