//! A volume as the API shows it: more with each microversion, and more to the administrator.

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::cinder::microversion::Microversion;
use crate::cinder::model::{Volume, VolumeType};
use crate::clock;
use crate::ids;
use crate::nova::zones::{HOST, ZONE};
use crate::service::Service;
use crate::state::App;

/// Who looks, and with what.
pub struct Viewer<'a> {
    /// For addresses.
    pub app: &'a App,
    /// Who asks.
    pub caller: &'a Caller,
    /// Which microversion.
    pub version: Microversion,
    /// All types, for their names.
    pub types: &'a [VolumeType],
    /// The time.
    pub now: i64,
}

impl Viewer<'_> {
    /// As creation and change answer: without what Cinder's extensions add.
    pub fn brief(&self, volume: &Volume) -> Value {
        let (base, project, id) = (self.app.url(Service::Volume), &self.caller.project_id, &volume.id);
        let arrived = volume.has_arrived();
        let kind = self.types.iter().find(|kind| kind.id == volume.type_id);
        let mut shown = json!({
            "id": id, "status": volume.status(self.now), "size": volume.size, "availability_zone": ZONE,
            "created_at": whole_second(volume.created), "updated_at": volume.updated.map(whole_second),
            "name": volume.name, "description": volume.description, "volume_type": kind.map(|kind| &kind.name),
            "snapshot_id": volume.snapshot_id, "source_volid": volume.source_id, "metadata": volume.metadata,
            "links": [{"rel": "self", "href": format!("{base}/v3/{project}/volumes/{id}")},
                      {"rel": "bookmark", "href": format!("{base}/{project}/volumes/{id}")}],
            "user_id": volume.user_id, "bootable": (volume.bootable && arrived).to_string(), "encrypted": false,
            "replication_status": null, "consistencygroup_id": null, "multiattach": false,
            "attachments": self.attachments(volume),
        });
        if self.caller.is_admin() {
            shown["migration_status"] = Value::Null;
        }
        let newer = [
            (13, "group_id", Value::Null),
            (48, "shared_targets", json!(false)),
            (48, "service_uuid", json!(ids::stable_uuid("service", "cinder-volume"))),
            (61, "cluster_name", Value::Null),
            (63, "volume_type_id", json!(volume.type_id)),
            (65, "consumes_quota", json!(true)),
        ];
        for (since, key, value) in newer {
            if self.version.since(since) && (key != "cluster_name" || self.caller.is_admin()) {
                shown[key] = value;
            }
        }
        shown
    }

    /// As lists and `show` have it.
    pub fn whole(&self, volume: &Volume) -> Value {
        let mut shown = self.brief(volume);
        shown["os-vol-tenant-attr:tenant_id"] = json!(volume.project_id);
        if self.caller.is_admin() {
            shown["os-vol-mig-status-attr:migstat"] = Value::Null;
            shown["os-vol-mig-status-attr:name_id"] = Value::Null;
            shown["os-vol-host-attr:host"] = json!(format!("{HOST}@demo#demo"));
        }
        if let Some(image) = volume.image.as_ref().filter(|_| volume.has_arrived()) {
            shown["volume_image_metadata"] = json!(image);
        }
        shown
    }

    fn attachments(&self, volume: &Volume) -> Value {
        let Some(attachment) = volume.attachment.as_ref().filter(|it| it.at <= self.now) else {
            return json!([]);
        };
        let host = self.caller.is_admin().then_some(HOST);
        json!([{"id": volume.id, "attachment_id": attachment.id, "volume_id": volume.id,
                "server_id": attachment.server_id, "host_name": host, "device": attachment.device,
                "attached_at": whole_second(attachment.at)}])
    }
}

/// What a plain list says of a volume.
pub fn summary(volume: Value) -> Value {
    json!({"id": volume["id"], "name": volume["name"], "links": volume["links"]})
}

/// Cinder's dates bear microseconds that its database does not keep.
pub fn whole_second(at: i64) -> String {
    clock::naive(at - at.rem_euclid(clock::SECOND))
}
