//! `POST /servers`: every check in Nova's order, then as many servers as asked for and allowed.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use rusqlite::{Connection, Transaction};
use serde_json::{Map, Value, json};

use super::lifecycle::BUILD;
use super::model::{self, Boot, Server, Task};
use super::request::{self, Wanted};
use super::{checks, devices, history, may_write, networks, purge, volumes};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::glance::{self, Image};
use crate::nova::flavors::model as flavors;
use crate::nova::microversion::Microversion;
use crate::nova::{groups, keypairs, links, quotas, zones};
use crate::service::Service;
use crate::state::App;
use crate::wire::RequestId;
use crate::{clock, faults, ids};

/// `POST /servers`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Extension(RequestId(request)): Extension<RequestId>,
    JsonBody(body): JsonBody,
) -> Result<Response, Refusal> {
    let wanted = request::read(body, version)?;
    may_write(&caller, "os_compute_api:servers:create")?;
    if let Some(fault) = faults::sentinel(Some(&wanted.name), "") {
        return Err(fault);
    }
    let return_reservation = wanted.return_reservation;
    let password = wanted.admin_pass.clone().unwrap_or_else(password);
    let server = app.db.write(move |tx| accept(tx, &caller, wanted, &request)).await?;
    if return_reservation {
        let body = json!({"reservation_id": server.reservation_id});
        return Ok((StatusCode::ACCEPTED, Json(body)).into_response());
    }
    let location = format!("{}/v2.1/servers/{}", app.url(Service::Compute), server.id);
    let security_groups: Vec<Value> =
        server.security_groups.iter().map(|name| json!({"name": name})).collect();
    let body = json!({"server": {
        "id": server.id, "links": links(&app, "servers", &server.id), "OS-DCF:diskConfig": "MANUAL",
        "security_groups": security_groups, "adminPass": password,
    }});
    Ok((StatusCode::ACCEPTED, [(HeaderName::from_static("location"), location)], Json(body)).into_response())
}

/// Checks and keeps the servers; gives the first.
fn accept(tx: &Transaction, caller: &Caller, wanted: Wanted, request: &str) -> Result<Server, Refusal> {
    purge(tx)?;
    let flavor = flavors::get(tx, &wanted.flavor)?
        .filter(|flavor| flavor.is_visible_to(&caller.project_id, caller.is_admin()))
        .ok_or_else(|| Refusal::bad_request(format!("Flavor {} could not be found.", wanted.flavor)))?;
    if wanted.zone.as_deref().is_some_and(|zone| zone != zones::ZONE) {
        return Err(Refusal::bad_request("The requested availability zone is not available"));
    }
    let named = wanted.image.as_deref();
    let named = named.map(|id| image(tx, caller, Some(id), "Can not find requested image")).transpose()?;
    let devices = devices::together(wanted.devices, named.as_ref());
    let boots = devices::boot_image(tx, caller, named.as_ref(), &devices)?;
    let group_ids = networks::security_groups(tx, caller, &wanted.security_groups)?;
    let plans = networks::plan(tx, caller, &wanted.networks, wanted.max)?;
    if let Some(key) = &wanted.key_name
        && keypairs::get(tx, &caller.user_id, key)?.is_none()
    {
        return Err(Refusal::bad_request("Invalid key_name provided."));
    }
    let quotas = quotas::of(tx, &caller.project_id)?;
    let most = quotas["metadata_items"];
    if most >= 0 && wanted.metadata.len() as i64 > most {
        return Err(Refusal::forbidden(format!("Maximum number of metadata items exceeds {most}")));
    }
    devices::can_be_many(&devices, wanted.max)?;
    let root = devices::root(&devices);
    // A blank volume boots nothing that could be too large.
    if let Some(image) = &boots {
        checks::image_fits(image, root, &flavor, caller.is_admin())?;
    }
    let group_id = group(tx, caller, &wanted.hints)?;
    let used = quotas::used(tx, &caller.project_id)?;
    let count = checks::allowed(&flavor, wanted.min, wanted.max, &quotas, used)?;
    devices::validate(tx, caller, &devices, named.is_some(), &flavor)?;
    let boots = boots.unwrap_or_default();

    let now = clock::now();
    let reservation_id = format!("r-{}", &ids::hex()[..8]);
    let mut first = None;
    for index in 0..count {
        let name =
            if wanted.max > 1 { format!("{}-{}", wanted.name, index + 1) } else { wanted.name.clone() };
        let mut server = Server {
            id: ids::uuid(),
            hostname: wanted.hostname.clone().unwrap_or_else(|| hostname(&name)),
            name,
            project_id: caller.project_id.clone(),
            user_id: caller.user_id.clone(),
            image_id: named.as_ref().map(|image| image.id.clone()),
            image_properties: texts(&boots.properties),
            flavor: flavor.clone(),
            key_name: wanted.key_name.clone(),
            metadata: wanted.metadata.clone(),
            user_data: wanted.user_data.clone(),
            tags: wanted.tags.clone(),
            description: wanted.description.clone(),
            zone: wanted.zone.clone(),
            config_drive: wanted.config_drive,
            security_groups: wanted.security_groups.clone(),
            group_id: group_id.clone(),
            hints: wanted.hints.clone(),
            boot: boot(&boots),
            doom: checks::doom(&wanted.name, &boots, root, &flavor),
            reservation_id: reservation_id.clone(),
            launch_index: u32::try_from(index).unwrap_or(0),
            created: now,
            updated: now,
            task: Some((Task::Build, now)),
            ..Server::default()
        };
        let failed = match networks::attach(tx, caller, &plans, &mut server, &group_ids)? {
            None => volumes::attach(tx, caller, &mut server, &devices)?,
            failed => failed,
        };
        if let Some(why) = failed {
            server.doom = Some(match why {
                why if why == networks::OUT_OF_HOSTS => format!("{why} {}.", server.id),
                why => format!("Build of instance {} aborted: {why}", server.id),
            });
            volumes::release(tx, &mut server)?;
            networks::detach(tx, &server)?;
            server.nics.clear();
        }
        history::note(&mut server, caller, request, "create", BUILD);
        model::insert(tx, &server)?;
        first.get_or_insert(server);
    }
    first.ok_or_else(|| Refusal::internal("a launch of no servers"))
}

/// The image of this id, where the caller may see it.
pub fn image(tx: &Connection, caller: &Caller, id: Option<&str>, missing: &str) -> Result<Image, Refusal> {
    let missing = || Refusal::bad_request(missing);
    let image = glance::find(tx, id.unwrap_or(""))?.ok_or_else(missing)?;
    if glance::may_see(tx, caller, &image)? { Ok(image) } else { Err(missing()) }
}

/// The server group of the scheduler hint.
fn group(tx: &Transaction, caller: &Caller, hints: &Value) -> Result<Option<String>, Refusal> {
    let Some(id) = hints["group"].as_str() else { return Ok(None) };
    let group =
        groups::get(tx, id)?.filter(|group| group.project_id == caller.project_id || caller.is_admin());
    match group {
        Some(group) => Ok(Some(group.id)),
        None => Err(Refusal::bad_request(format!("Instance group {id} could not be found."))),
    }
}

/// What the guest will do: as the image's `demo_boot` says (see demo/README.md).
pub fn boot(image: &Image) -> Boot {
    match image.property("demo_boot") {
        Some(name) => Boot::named(name),
        // Windows says nothing on a serial console.
        None if image.property("os_type") == Some("windows") => Boot::Silent,
        None => Boot::default(),
    }
}

/// The properties that are texts, as all of Glance's own are.
pub fn texts(properties: &Map<String, Value>) -> std::collections::BTreeMap<String, String> {
    properties.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// A host name as Nova makes it of a name.
pub fn hostname(name: &str) -> String {
    let plain: String = name
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' | '_' | '.' => Some('-'),
            c if c.is_ascii_alphanumeric() || c == '-' => Some(c),
            _ => None,
        })
        .take(63)
        .collect();
    let trimmed = plain.trim_matches('-');
    if trimmed.is_empty() { format!("server-{}", ids::uuid()) } else { trimmed.to_owned() }
}

/// A password as Nova makes one up.
pub fn password() -> String {
    let letters = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    let random = uuid::Uuid::new_v4().into_bytes();
    random.iter().take(12).map(|byte| char::from(letters[usize::from(*byte) % letters.len()])).collect()
}
