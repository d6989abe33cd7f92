//! The images that the recorded lists show.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sextant_demo::disks;

use crate::stage::{ADMIN, ALICE, BOB, Stage, text};

/// What they are called.
pub fn names() -> impl Iterator<Item = &'static str> {
    table().map(|image| image.0)
}

impl Stage {
    /// Makes them, with bytes, members and states.
    pub async fn make_images(&mut self) {
        let mut ids = BTreeMap::new();
        for (name, owner, bytes, more) in table() {
            let mut body =
                json!({"name": self.given(name), "container_format": "bare", "disk_format": "qcow2"});
            body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
            let id = self.post(owner, "image", "/v2/images", body).await;
            let id = text(&id["id"]);
            self.images.push(id.clone());
            if let Some((format, size)) = bytes {
                self.upload(owner, &id, disks::make(format, size, 9).expect("a known format")).await;
            }
            ids.insert(name, id);
        }
        let demo = self.projects["demo"].clone();
        for shared in ["bob-shared-with-alice", "bob-share-pending"] {
            let path = format!("/v2/images/{}/members", ids[shared]);
            self.post(BOB, "image", &path, json!({"member": demo})).await;
        }
        let path = format!("/v2/images/{}/members/{demo}", ids["bob-shared-with-alice"]);
        self.call(ALICE, "PUT", "image", &path, Some(json!({"status": "accepted"}))).await;
        let path = format!("/v2/images/{}/actions/deactivate", ids["centos-7 (deactivated)"]);
        self.call(ADMIN, "POST", "image", &path, None).await;
        let path = format!("/v2/images/{}", ids["alice-web-download"]);
        let uri = format!("{}/tiny.qcow2", self.target.files);
        let body = json!({"method": {"name": "web-download", "uri": uri}});
        self.post(ALICE, "image", &format!("{path}/import"), body).await;
        self.until(ALICE, "image", &path, |image| image["status"] == "active").await;
    }
}

type Image = (&'static str, &'static str, Option<(&'static str, u64)>, Value);

/// Name, owner, format and size of the disk, and the rest, oldest first.
fn table() -> impl Iterator<Item = Image> {
    let tiny = Some(("qcow2", 64 << 20));
    let debian = Some(("qcow2", 2 << 30));
    [
        ("cirros-tiny", ADMIN, tiny, json!({"visibility": "public", "os_distro": "cirros", "architecture": "x86_64",
            "hw_disk_bus": "virtio"})),
        ("ubuntu-24.04", ADMIN, Some(("qcow2", 4 << 30)), json!({"visibility": "public", "min_disk": 20,
            "min_ram": 2048, "os_distro": "ubuntu", "os_version": "24.04", "protected": true, "architecture": "x86_64",
            "hw_disk_bus": "virtio", "hw_vif_model": "virtio", "os_admin_user": "ubuntu", "tags": ["lts", "server"]})),
        ("debian-12", ADMIN, debian, json!({"visibility": "public", "min_disk": 2, "min_ram": 1024,
            "os_distro": "debian", "os_version": "12", "tags": ["server"]})),
        ("windows-2022", ADMIN, Some(("vmdk", 40 << 30)), json!({"visibility": "public", "min_disk": 40,
            "min_ram": 4096, "disk_format": "vmdk", "os_distro": "windows", "os_type": "windows"})),
        ("huge-appliance", ADMIN, tiny, json!({"visibility": "public", "min_disk": 500, "min_ram": 65536})),
        ("alice-private", ALICE, tiny, json!({"visibility": "private"})),
        ("alice-protected", ALICE, tiny, json!({"visibility": "private", "protected": true})),
        ("alice-raw", ALICE, Some(("raw", 8 << 20)), json!({"disk_format": "raw", "min_disk": 1})),
        ("alice-install.iso", ALICE, Some(("iso", 0)), json!({"disk_format": "iso"})),
        ("alice-queued", ALICE, None, json!({})),
        ("bob-shared-with-alice", BOB, tiny, json!({"visibility": "shared"})),
        ("bob-share-pending", BOB, tiny, json!({"visibility": "shared"})),
        ("bob-community", BOB, tiny, json!({"visibility": "community"})),
        ("debian-11 (hidden)", ADMIN, debian, json!({"visibility": "public", "os_hidden": true})),
        ("centos-7 (deactivated)", ADMIN, tiny, json!({"visibility": "public"})),
        ("alice-web-download", ALICE, None, json!({})),
    ]
    .into_iter()
}
