//! Servers: list, show, change, delete. Creation, actions and the rest are below.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use self::model::{Server, Task};
use super::microversion::Microversion;
use super::query::{first, pairs};
use super::words::policy;
use super::{groups, links, paging, schema};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;
use crate::{clock, faults};

pub(crate) mod actions;
mod checks;
mod console;
pub(crate) mod create;
mod devices;
mod filters;
mod history;
pub(crate) mod lifecycle;
mod metadata;
pub(crate) mod model;
mod networks;
mod rebuild;
mod request;
pub(crate) mod snapshot;
mod tags;
mod view;
mod volumes;

/// Routes below `/v2.1/servers`; the actions' route is Nova's own, as many things act.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/v2.1/servers", get(list).post(create::create))
        .route("/v2.1/servers/detail", get(detail))
        .route("/v2.1/servers/{id}", get(show).put(update).delete(delete))
        .route("/v2.1/servers/{id}/ips", get(addresses))
        .route("/v2.1/servers/{id}/os-interface", get(interfaces))
        .route("/v2.1/servers/{id}/os-volume_attachments", get(volumes::list).post(volumes::not_spoken))
        .route(
            "/v2.1/servers/{id}/os-volume_attachments/{volume}",
            get(volumes::show).put(volumes::not_spoken).delete(volumes::not_spoken),
        )
        .route("/v2.1/servers/{id}/os-instance-actions", get(history::list))
        .route("/v2.1/servers/{id}/os-instance-actions/{request}", get(history::show))
        .route(
            "/v2.1/servers/{id}/metadata",
            get(metadata::list).post(metadata::merge).put(metadata::replace),
        )
        .route(
            "/v2.1/servers/{id}/metadata/{key}",
            get(metadata::show).put(metadata::set).delete(metadata::delete),
        )
        .route("/v2.1/servers/{id}/tags", get(tags::list).put(tags::replace).delete(tags::clear))
        .route("/v2.1/servers/{id}/tags/{tag}", put(tags::add).get(tags::check).delete(tags::remove))
}

async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let url = format!("{}/v2.1/servers", app.url(Service::Compute));
    let page = matching(&app, caller, version, uri.query(), &url).await?;
    let brief = |server: &Server| json!({"id": server.id, "name": server.name, "links": links(&app, "servers", &server.id)});
    Ok(Json(body(&page, brief)))
}

async fn detail(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let url = format!("{}/v2.1/servers/detail", app.url(Service::Compute));
    let page = matching(&app, caller.clone(), version, uri.query(), &url).await?;
    let now = clock::now();
    Ok(Json(body(&page, |server| view::server(&app, &caller, server, version, now))))
}

async fn matching(
    app: &App,
    caller: Caller,
    version: Microversion,
    query: Option<&str>,
    url: &str,
) -> Result<paging::Page<Server>, Refusal> {
    let asked = pairs(query.unwrap_or(""));
    let all = first(&asked, "all_tenants").is_some_and(|all| {
        all.is_empty() || !["0", "false", "no"].contains(&all.to_ascii_lowercase().as_str())
    });
    if all && !caller.is_admin() {
        return Err(policy("os_compute_api:servers:index:get_all_tenants"));
    }
    let project = (!all).then_some(caller.project_id.clone());
    let servers = app.db.read(move |c| model::list(c, project.as_deref())).await?;
    let now = clock::now();
    let mut servers: Vec<Server> =
        servers.into_iter().filter_map(|server| lifecycle::settle(server, now)).collect();
    filters::apply(&mut servers, &asked, &caller, version, now)?;
    paging::page(servers, &asked, url, |server| &server.id)
}

fn body(page: &paging::Page<Server>, shown: impl Fn(&Server) -> Value) -> Value {
    let mut body = Map::new();
    body.insert("servers".to_owned(), page.items.iter().map(shown).collect());
    if let Some(next) = &page.next {
        body.insert("servers_links".to_owned(), next.clone());
    }
    Value::Object(body)
}

async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let who = caller.clone();
    let (server, group) = app
        .db
        .read(move |c| {
            let server = visible(c, &who, &id)?;
            let group = server.group_id.as_ref().map(|id| groups::get(c, id)).transpose()?.flatten();
            Ok::<_, Refusal>((server, group))
        })
        .await?;
    let mut shown = view::server(&app, &caller, &server, version, clock::now());
    if version.since(71) {
        shown["server_groups"] = json!(group.iter().map(|group| &group.id).collect::<Vec<_>>());
    }
    Ok(Json(json!({"server": shown})))
}

/// `PUT /servers/{id}`: name and description.
async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let body = schema::body(body)?;
    let wanted = schema::object(&body, "server")?;
    let known: &[&str] = if version.since(19) {
        &["name", "description", "accessIPv4", "accessIPv6", "OS-DCF:diskConfig"]
    } else {
        &["name", "accessIPv4", "accessIPv6", "OS-DCF:diskConfig"]
    };
    schema::only(wanted, "server", known)?;
    let name = wanted.get("name").map(|name| schema::name(name, "name")).transpose()?;
    let description = schema::text(wanted, "description", "description", 255)?;
    let describes = wanted.contains_key("description");
    may_write(&caller, "os_compute_api:servers:update")?;
    let who = caller.clone();
    let server = app
        .db
        .write(move |tx| {
            let mut server = visible(tx, &who, &id)?;
            if let Some(name) = name {
                server.name = name;
            }
            if describes {
                server.description = description;
            }
            server.updated = clock::now();
            model::update(tx, &server)?;
            Ok::<_, Refusal>(server)
        })
        .await?;
    Ok(Json(json!({"server": view::after_update(&app, &caller, &server, version, clock::now())})))
}

/// `DELETE /servers/{id}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    may_write(&caller, "os_compute_api:servers:delete")?;
    app.db
        .write(move |tx| {
            purge(tx)?;
            let mut server = unlocked(tx, &caller, &id)?;
            if let Some(fault) = faults::sentinel(Some(&server.name), "delete") {
                return Err(fault);
            }
            if !matches!(server.task, Some((Task::Delete, _))) {
                server.task = Some((Task::Delete, clock::now()));
                networks::detach(tx, &server)?;
                server.nics.clear();
                volumes::release(tx, &mut server)?;
                model::update(tx, &server)?;
            }
            Ok(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn addresses(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let server = app.db.read(move |c| visible(c, &caller, &id)).await?;
    Ok(Json(json!({"addresses": view::addresses(&server, clock::now(), false)})))
}

async fn interfaces(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    may_write(&caller, "os_compute_api:os-attach-interfaces:list")?;
    let server = app.db.read(move |c| visible(c, &caller, &id)).await?;
    let shown = |nic: &model::Nic| {
        json!({"port_id": nic.port_id, "net_id": nic.network_id, "mac_addr": nic.mac, "port_state": "ACTIVE",
               "fixed_ips": [{"ip_address": nic.address, "subnet_id": nic.subnet_id}]})
    };
    Ok(Json(json!({"interfaceAttachments": server.nics.iter().map(shown).collect::<Vec<_>>()})))
}

/// The server as it is now, where the caller may see it.
fn visible(db: &Connection, caller: &Caller, id: &str) -> Result<Server, Refusal> {
    let server = model::get(db, id)?.and_then(|server| lifecycle::settle(server, clock::now()));
    let server = server.filter(|server| caller.is_admin() || server.project_id == caller.project_id);
    server.ok_or_else(|| Refusal::not_found(format!("Instance {id} could not be found.")))
}

/// A visible server that is not locked, or not against this caller.
fn unlocked(db: &Connection, caller: &Caller, id: &str) -> Result<Server, Refusal> {
    let server = visible(db, caller, id)?;
    if server.lock.is_some() && !caller.is_admin() {
        return Err(Refusal::conflict(format!("Instance {id} is locked")));
    }
    Ok(server)
}

fn may_write(caller: &Caller, rule: &str) -> Result<(), Refusal> {
    if caller.is_member() { Ok(()) } else { Err(policy(rule)) }
}

/// Forgets servers whose deletion is over.
fn purge(db: &Connection) -> rusqlite::Result<()> {
    let now = clock::now();
    for server in model::list(db, None)? {
        let id = server.id.clone();
        if lifecycle::settle(server, now).is_none() {
            model::remove(db, &id)?;
        }
    }
    Ok(())
}
