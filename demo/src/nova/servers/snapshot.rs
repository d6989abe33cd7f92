//! `createImage`: a snapshot is an image that Nova makes. It is finished also when the demo cloud is killed meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rusqlite::{Transaction, params};
use serde_json::{Map, Value, json};

use super::lifecycle::SNAPSHOT;
use super::model::{self, Server, Task, VmState};
use super::{actions, history, may_write, visible};
use crate::caller::Caller;
use crate::cinder::snapshots;
use crate::clock;
use crate::error::Refusal;
use crate::glance::{self, Snapshot};
use crate::nova::microversion::Microversion;
use crate::nova::schema;
use crate::service::Service;
use crate::state::App;

const FROM: [VmState; 4] = [VmState::Active, VmState::Stopped, VmState::Paused, VmState::Suspended];

/// Begins a snapshot.
pub async fn create(
    app: &Arc<App>,
    caller: Caller,
    id: &str,
    detail: &Value,
    version: Microversion,
    request: String,
) -> Result<Response, Refusal> {
    let Value::Object(detail) = detail else {
        return Err(schema::wrong_type("createImage", detail, "object"));
    };
    let name = detail.get("name").ok_or_else(|| schema::missing(detail, "name", "createImage"))?;
    let name = schema::name(name, "name")?;
    schema::only(detail, "createImage", &["name", "metadata"])?;
    let metadata =
        detail.get("metadata").map(|map| schema::metadata(map, "metadata")).transpose()?.unwrap_or_default();
    may_write(&caller, "os_compute_api:servers:create_image")?;
    let (id, now) = (id.to_owned(), clock::now());
    let cloud = Arc::clone(app);
    let (image, base) = app
        .db
        .write(move |tx| {
            let mut server = visible(tx, &caller, &id)?;
            actions::refuse_unless(&server, "createImage", &FROM)?;
            if server.root().is_some() {
                let image = of_volumes(&cloud, tx, &caller, &server, name, metadata)?;
                history::note(&mut server, &caller, &request, "createImage", SNAPSHOT);
                model::update(tx, &server)?;
                return Ok((image, None));
            }
            let base = server.image_id.as_deref().map(|id| glance::find(tx, id)).transpose()?.flatten();
            let mut properties = properties(&server, &caller);
            properties.extend(metadata.into_iter().map(|(key, value)| (key, json!(value))));
            let snapshot = Snapshot {
                name,
                owner: server.project_id.clone(),
                disk_format: base
                    .as_ref()
                    .and_then(|base| base.disk_format.clone())
                    .unwrap_or_else(|| "qcow2".to_owned()),
                min_disk: base.as_ref().map_or(0, |base| base.min_disk).max(server.flavor.disk),
                min_ram: base.as_ref().map_or(0, |base| base.min_ram),
                properties,
            };
            let image = glance::begin_snapshot(tx, snapshot)?;
            let sql = "INSERT INTO nova_snapshots (image_id, source_id, started) VALUES (?1, ?2, ?3)";
            tx.execute(sql, params![image.id, server.image_id, now])?;
            server.task = Some((Task::Snapshot, now));
            history::note(&mut server, &caller, &request, "createImage", SNAPSHOT);
            model::update(tx, &server)?;
            Ok::<_, Refusal>((image.id, Some(server.image_id.unwrap_or_default())))
        })
        .await?;
    if let Some(base) = base {
        finish_later(app, image.clone(), base, now);
    }
    if version.since(45) {
        return Ok((StatusCode::ACCEPTED, Json(json!({"image_id": image}))).into_response());
    }
    // Nova's own slip: the endpoint ends in a slash, and another is put behind it.
    let location = format!("{}//images/{image}", app.url(Service::Image));
    let headers =
        [(header::LOCATION, location), (header::CONTENT_TYPE, "text/html; charset=UTF-8".to_owned())];
    Ok((StatusCode::ACCEPTED, headers).into_response())
}

/// The snapshot of a server that runs from volumes: one of each, and an empty image that names them.
fn of_volumes(
    app: &App,
    tx: &Transaction,
    caller: &Caller,
    server: &Server,
    name: String,
    metadata: BTreeMap<String, String>,
) -> Result<String, Refusal> {
    let mut mapping = Vec::new();
    for disk in &server.disks {
        let wanted = snapshots::Wanted {
            volume_id: disk.volume_id.clone(),
            name: Some(format!("snapshot for {name}")),
            ..snapshots::Wanted::default()
        };
        let snapshot = snapshots::accept(tx, caller, wanted, clock::now())?;
        mapping.push(json!({
            "source_type": "snapshot", "destination_type": "volume", "snapshot_id": snapshot.id,
            "volume_size": snapshot.size, "boot_index": disk.index.unwrap_or(-1), "device_name": disk.device,
            "delete_on_termination": disk.goes, "tag": disk.tag, "volume_id": null, "volume_type": null,
            "image_id": null, "no_device": null, "guest_format": null, "disk_bus": null, "device_type": null,
            "encrypted": null, "encryption_format": null, "encryption_options": null,
            "encryption_secret_uuid": null,
        }));
    }
    let root = server.root().map(|disk| disk.device.clone()).unwrap_or_default();
    let mut all = properties(server, caller);
    // Of what comes from the server, only this much.
    let of_snapshots = ["instance_uuid", "user_id", "image_type", "image_state", "image_location"];
    all.retain(|key, _| !of_snapshots.contains(&key.as_str()));
    // What Cinder knows of the volume's image, but not what Glance keeps as its own.
    let of_image = [
        "image_id",
        "image_name",
        "checksum",
        "container_format",
        "disk_format",
        "min_disk",
        "min_ram",
        "size",
    ];
    all.retain(|key, _| !of_image.contains(&key.as_str()));
    all.extend(metadata.into_iter().map(|(key, value)| (key, json!(value))));
    all.insert("root_device_name".to_owned(), json!(root));
    all.insert("block_device_mapping".to_owned(), json!(Value::Array(mapping).to_string()));
    all.insert("bdm_v2".to_owned(), json!("True"));
    let snapshot = Snapshot {
        name,
        owner: server.project_id.clone(),
        disk_format: "raw".to_owned(),
        min_disk: server.flavor.disk,
        min_ram: 0,
        properties: all,
    };
    Ok(glance::empty_snapshot(app, tx, snapshot)?.id)
}

/// What Nova writes on a snapshot: the image's own properties, and where it comes from.
fn properties(server: &Server, caller: &Caller) -> Map<String, Value> {
    let mut roles: Vec<&str> = caller.roles.iter().map(String::as_str).collect();
    roles.sort_unstable();
    let mut all: Map<String, Value> =
        server.image_properties.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    let own = [
        ("base_image_ref", server.image_id.clone().unwrap_or_default()),
        ("owner_user_name", caller.user_name.clone()),
        ("owner_project_name", caller.project_name.clone()),
        ("boot_roles", roles.join(",")),
        ("instance_uuid", server.id.clone()),
        ("user_id", server.user_id.clone()),
        ("image_type", "snapshot".to_owned()),
        ("image_state", "available".to_owned()),
        ("image_location", "snapshot".to_owned()),
    ];
    all.extend(own.into_iter().map(|(key, value)| (key.to_owned(), json!(value))));
    all
}

/// Takes up the snapshots that the last run began.
pub fn resume(app: &Arc<App>) {
    let begun = app.db.read_now(|c| -> rusqlite::Result<Vec<(String, Option<String>, i64)>> {
        c.prepare("SELECT image_id, source_id, started FROM nova_snapshots")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect()
    });
    match begun {
        Ok(begun) => {
            for (image, base, started) in begun {
                finish_later(app, image, base.unwrap_or_default(), started);
            }
        }
        Err(error) => tracing::error!("the snapshots of the last run cannot be read: {error}"),
    }
}

fn finish_later(app: &Arc<App>, image: String, base: String, started: i64) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        // A little before the server's task ends, so that the image is there when the server is ready again.
        let wait = started + SNAPSHOT * 4 / 5 - clock::now();
        tokio::time::sleep(Duration::from_micros(u64::try_from(wait).unwrap_or(0))).await;
        if let Err(refusal) = glance::finish_snapshot(&app, &image, &base).await {
            tracing::warn!("snapshot {image}: {}", refusal.message);
        }
        let done = app
            .db
            .write(move |tx| tx.execute("DELETE FROM nova_snapshots WHERE image_id = ?1", [image]))
            .await;
        if let Err(refusal) = done {
            tracing::error!("a finished snapshot stays noted: {}", refusal.message);
        }
    });
}
