//! `rebuild`: the same server from another image, or from the same one anew.

use std::sync::Arc;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::lifecycle::POWER;
use super::model::{self, Server, Task, VmState};
use super::{actions, checks, create, history, may_write, unlocked, view};
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::jsonschema::is_uuid;
use crate::nova::microversion::Microversion;
use crate::nova::words::invalid;
use crate::nova::{keypairs, schema};
use crate::python::repr;
use crate::service::Service;
use crate::state::App;

// What may be said, and since when.
const KNOWN: [(&str, u16); 11] = [
    ("imageRef", 1),
    ("name", 1),
    ("adminPass", 1),
    ("metadata", 1),
    ("OS-DCF:diskConfig", 1),
    ("preserve_ephemeral", 1),
    ("accessIPv4", 1),
    ("accessIPv6", 1),
    ("description", 19),
    ("key_name", 54),
    ("user_data", 57),
];
const FROM: [VmState; 3] = [VmState::Active, VmState::Stopped, VmState::Error];

/// Begins a rebuild.
pub async fn rebuild(
    app: &Arc<App>,
    caller: Caller,
    id: String,
    detail: &Value,
    version: Microversion,
    request: String,
) -> Result<Response, Refusal> {
    let Value::Object(wanted) = detail else {
        return Err(schema::wrong_type("rebuild", detail, "object"));
    };
    let image = wanted.get("imageRef").ok_or_else(|| schema::missing(wanted, "imageRef", "rebuild"))?;
    let image = match image.as_str() {
        Some(id) if is_uuid(id) => id.to_owned(),
        None => return Err(schema::wrong_type("imageRef", image, "string")),
        _ => {
            let value = repr(image);
            return Err(invalid("imageRef", value.trim_matches('\''), &format!("{value} is not a 'uuid'")));
        }
    };
    let known: Vec<&str> =
        KNOWN.iter().filter(|(_, since)| version.since(*since)).map(|(key, _)| *key).collect();
    schema::only(wanted, "rebuild", &known)?;
    let name = wanted.get("name").map(|name| schema::name(name, "name")).transpose()?;
    let metadata = wanted.get("metadata").map(|map| schema::metadata(map, "metadata")).transpose()?;
    let text = |key: &str| schema::text(wanted, key, key, 65535);
    let (description, key_name, user_data) = (text("description")?, text("key_name")?, text("user_data")?);
    let password = text("adminPass")?.unwrap_or_else(create::password);
    let says = |key: &str| wanted.contains_key(key);
    let (describes, keys, feeds) = (says("description"), says("key_name"), says("user_data"));
    may_write(&caller, "os_compute_api:servers:rebuild")?;
    let who = caller.clone();
    let server = app.db.write(move |tx| {
        let mut server = unlocked(tx, &caller, &id)?;
        actions::refuse_unless(&server, "rebuild", &FROM)?;
        let image = create::image(tx, &caller, Some(&image), "Cannot find image for rebuild")?;
        if let Some(key) = &key_name
            && keypairs::get(tx, &caller.user_id, key)?.is_none()
        {
            return Err(Refusal::bad_request("Invalid key_name provided."));
        }
        if let Some(disk) = server.root() {
            return Err(on_volume(&image.id, &disk.volume_id, version));
        }
        checks::image_fits(&image, checks::Root::Local, &server.flavor, caller.is_admin())?;
        let stays_off = server.state == VmState::Stopped;
        let task = if stays_off { Task::RebuildStopped } else { Task::Rebuild };
        let now = clock::now();
        server = Server {
            name: name.unwrap_or(server.name),
            metadata: metadata.unwrap_or(server.metadata),
            description: if describes { description } else { server.description },
            key_name: if keys { key_name } else { server.key_name },
            user_data: if feeds { user_data } else { server.user_data },
            boot: create::boot(&image),
            image_properties: create::texts(&image.properties),
            image_id: Some(image.id),
            doom: None,
            task: Some((task, now)),
            updated: now,
            ..server
        };
        history::note(&mut server, &caller, &request, "rebuild", POWER);
        model::update(tx, &server)?;
        Ok::<_, Refusal>(server)
    });
    let server = server.await?;
    let location = format!("{}/v2.1/servers/{}", app.url(Service::Compute), server.id);
    let mut shown = view::server(app, &who, &server, version, clock::now());
    shown["adminPass"] = password.into();
    if version.since(57) {
        shown["user_data"] = json!(server.user_data);
    }
    if version.since(71) {
        shown["server_groups"] = json!(server.group_id.iter().collect::<Vec<_>>());
    }
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(json!({"server": shown}))).into_response())
}

/// A volume keeps what is on it: until 2.93 Nova knows no way to write another image there.
fn on_volume(image: &str, volume: &str, version: Microversion) -> Refusal {
    if version.since(93) {
        return Refusal::not_spoken(format!("rebuilding a server on its volume {volume}"));
    }
    let why = "Unable to rebuild with a different image for a volume-backed server.";
    Refusal::bad_request(format!("Image {image} is unacceptable: {why}"))
}
