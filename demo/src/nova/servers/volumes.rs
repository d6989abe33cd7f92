//! The volumes of a server: made or taken when it is built, shown, and let go with it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::devices::{Device, Source};
use super::lifecycle::BUILD;
use super::model::{Disk, Server};
use super::visible;
use crate::caller::Caller;
use crate::cinder::model::{self, Attachment, Phase, Volume};
use crate::cinder::volumes::create::{self, Wanted};
use crate::error::Refusal;
use crate::nova::microversion::Microversion;
use crate::state::App;
use crate::{clock, ids};

/// Takes the volumes that there are, and has Cinder make the new ones. What Cinder refuses comes too late for a refusal:
/// the server then ends in ERROR, for the reason that this gives back.
pub fn attach(
    db: &Connection,
    caller: &Caller,
    server: &mut Server,
    devices: &[Device],
) -> Result<Option<String>, Refusal> {
    let now = server.created;
    // On no host nothing is made, and what was reserved stays so.
    let at = if server.doom.is_some() { i64::MAX } else { now + BUILD };
    for device in devices.iter().filter(|device| device.is_volume) {
        let volume_id = match &device.source {
            Source::Volume(id) => id.clone(),
            _ if server.doom.is_some() => continue,
            _ => match create::accept(db, caller, wanted(device, &server.id), now) {
                Ok(volume) => volume.id,
                Err(refusal) => return Ok(Some(refusal.message)),
            },
        };
        let letter = char::from(b'a' + u8::try_from(server.disks.len() % 26).unwrap_or(0));
        let disk = Disk {
            volume_id,
            device: format!("/dev/vd{letter}"),
            index: device.index,
            goes: device.goes,
            tag: device.tag.clone(),
            attachment_id: ids::uuid(),
            id: ids::uuid(),
        };
        if let Some(mut volume) = model::get::<Volume>(db, &disk.volume_id)? {
            volume.attachment = Some(Attachment {
                id: disk.attachment_id.clone(),
                server_id: server.id.clone(),
                device: disk.device.clone(),
                at,
            });
            model::update(db, &volume)?;
        }
        server.disks.push(disk);
    }
    Ok(None)
}

fn wanted(device: &Device, server: &str) -> Wanted {
    // Nova names only the empty ones.
    let name = if device.source == Source::Blank { format!("{server}-blank-vol") } else { String::new() };
    let mut wanted = Wanted {
        name: Some(name),
        description: Some(String::new()),
        size: device.size,
        kind: device.kind.clone(),
        ..Wanted::default()
    };
    match &device.source {
        Source::Image(id) => wanted.image = Some(id.clone()),
        Source::Snapshot(id) => wanted.snapshot = Some(id.clone()),
        Source::Volume(_) | Source::Blank => {}
    }
    wanted
}

/// Lets go of a deleted server's volumes; those that were to go with it do.
pub fn release(db: &Connection, server: &mut Server) -> rusqlite::Result<()> {
    let now = clock::now();
    for disk in server.disks.drain(..) {
        let Some(mut volume) = model::get::<Volume>(db, &disk.volume_id)?.and_then(|it| it.settle(now))
        else {
            continue;
        };
        volume.attachment = None;
        volume.updated = Some(now);
        // Cinder does not let go of a volume with snapshots; Nova leaves it then.
        let has_snapshots = || {
            Ok::<_, rusqlite::Error>(
                model::snapshots(db, None, now)?.iter().any(|it| it.volume_id == volume.id),
            )
        };
        if disk.goes && !has_snapshots()? {
            volume.phase = Phase::Deleting(now);
        }
        model::update(db, &volume)?;
    }
    Ok(())
}

/// `GET /servers/{id}/os-volume_attachments`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let server = app.db.read(move |c| visible(c, &caller, &id)).await?;
    let all: Vec<Value> = server.disks.iter().map(|disk| view(&server, disk, version)).collect();
    Ok(Json(json!({"volumeAttachments": all})))
}

/// `GET /servers/{id}/os-volume_attachments/{volume}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path((id, volume)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let server = app.db.read(move |c| visible(c, &caller, &id)).await?;
    let disk = server.disks.iter().find(|disk| disk.volume_id == volume).ok_or_else(|| {
        Refusal::not_found(format!("Instance {} is not attached to volume {volume}", server.id))
    })?;
    Ok(Json(json!({"volumeAttachment": view(&server, disk, version)})))
}

/// Volumes come with a server and go with it.
pub async fn not_spoken() -> Refusal {
    Refusal::not_spoken("attaching volumes to a running server")
}

fn view(server: &Server, disk: &Disk, version: Microversion) -> Value {
    let mut shown = json!({"volumeId": disk.volume_id, "serverId": server.id, "device": disk.device});
    let fields = [
        (70, "tag", json!(disk.tag)),
        (79, "delete_on_termination", json!(disk.goes)),
        (89, "attachment_id", json!(disk.attachment_id)),
        (89, "bdm_uuid", json!(disk.id)),
    ];
    if !version.since(89) {
        shown["id"] = json!(disk.volume_id);
    }
    for (since, key, value) in fields {
        if version.since(since) {
            shown[key] = value;
        }
    }
    shown
}
