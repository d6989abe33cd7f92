//! Nova v2.1: flavors, servers, limits, key pairs, zones.

pub mod action;
pub mod flavor;
pub mod keypair;
pub mod limits;
pub mod server;
pub mod server_group;

use crate::openstack::{
    error::ApiError,
    ids::{FlavorId, ImageId, ServerId},
    lenient::list,
    nova::{
        flavor::Flavor,
        limits::Limits,
        server::{CreateServer, Server},
    },
    page::Page,
    request::{Answer, Request, Service, decode_json, segment},
    zone::list_zones,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// From here on a flavor's listing carries its extra specs.
pub const FLAVOR_EXTRA_SPECS: &str = "2.61";
/// From here on a server carries its flavor, not only its id, so that a deleted or private flavor still has a name.
pub const SERVER_EMBEDDED_FLAVOR: &str = "2.47";
/// From here on a server has a description.
pub const SERVER_DESCRIPTION: &str = "2.19";
/// From here on `networks` may be `"auto"` or `"none"`.
pub const SERVER_AUTO_NETWORK: &str = "2.37";
/// From here on a new server's volume may have a type.
pub const SERVER_VOLUME_TYPE: &str = "2.67";

/// The flavors behind `after` with their extra specs.
pub fn list_flavors(after: Option<&FlavorId>) -> Request<Page<Flavor>> {
    list_flavors_plain(after).microversion(FLAVOR_EXTRA_SPECS)
}

/// The flavors behind `after` as a cloud older than Rocky lists them, without extra specs.
pub fn list_flavors_plain(after: Option<&FlavorId>) -> Request<Page<Flavor>> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        flavors: Vec<Flavor>,
        #[serde(default)]
        flavors_links: Vec<Value>,
    }
    Request::<Value>::get(Service::Compute, "/v2.1/flavors/detail")
        // Without it Nova keeps the private ones from administrators, who may launch with all of them; to others it says nothing.
        .query("is_public", "None")
        .query("limit", 1000)
        .query_opt("marker", after)
        .decoded_by(|answer| {
            let body = decode_json::<Body>(answer)?;
            Ok(Page::of(body.flavors, &body.flavors_links))
        })
}

/// The project's servers, newest first: as many as the cloud tells at once.
pub fn list_servers() -> Request<Vec<Server>> {
    servers_detail().decoded_by(|answer| server_page(answer).map(|page| page.rows))
}

/// The servers behind `after`, newest first: the project's, or everybody's, which administrators may ask for.
pub fn list_servers_after(after: Option<&ServerId>, is_everybodys: bool) -> Request<Page<Server>> {
    let asked = servers_detail().query_opt("marker", after);
    asked.query_opt("all_tenants", is_everybodys.then_some("1")).decoded_by(server_page)
}

fn servers_detail() -> Request<Value> {
    Request::<Value>::get(Service::Compute, "/v2.1/servers/detail").microversion(SERVER_EMBEDDED_FLAVOR)
}

fn server_page(answer: &Answer) -> Result<Page<Server>, ApiError> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        servers: Vec<Server>,
        #[serde(default)]
        servers_links: Vec<Value>,
    }
    let body = decode_json::<Body>(answer)?;
    Ok(Page::of(body.servers, &body.servers_links))
}

/// The same of those that boot from an image.
pub fn list_servers_of_image(
    image: &ImageId,
    after: Option<&ServerId>,
    is_everybodys: bool,
) -> Request<Page<Server>> {
    list_servers_after(after, is_everybodys).query("image", image)
}

/// One server.
pub fn get_server(server: &ServerId) -> Request<Server> {
    #[derive(Deserialize)]
    struct Body {
        server: Server,
    }
    Request::<Value>::get(Service::Compute, server_path(server))
        .microversion(SERVER_EMBEDDED_FLAVOR)
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.server))
}

/// Launches; the answer's id is that of the first when there are several.
pub fn create_server(body: &CreateServer) -> Request<ServerId> {
    #[derive(Deserialize)]
    struct Id {
        id: ServerId,
    }
    #[derive(Deserialize)]
    struct Body {
        server: Id,
    }
    let mut whole = json!({ "server": body });
    if !body.hints.is_empty() {
        whole["os:scheduler_hints"] = json!(body.hints);
    }
    let request = Request::<Value>::post(Service::Compute, "/v2.1/servers")
        .json(&whole)
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.server.id));
    match body.microversion() {
        Some(version) => request.microversion(version),
        None => request,
    }
}

/// Deletes a server.
pub fn delete_server(server: &ServerId) -> Request<()> {
    Request::delete(Service::Compute, server_path(server))
}

/// The end of the console log.
pub fn get_console_output(server: &ServerId, lines: Option<u32>) -> Request<String> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        output: Option<String>,
    }
    let wanted = match lines {
        Some(lines) => json!({ "length": lines }),
        None => json!({}),
    };
    Request::<Value>::post(Service::Compute, format!("{}/action", server_path(server)))
        .json(&json!({ "os-getConsoleOutput": wanted }))
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.output.unwrap_or_default()))
}

/// What the project may have, and has.
pub fn get_limits() -> Request<Limits> {
    #[derive(Deserialize)]
    struct Inner {
        absolute: Limits,
    }
    #[derive(Deserialize)]
    struct Body {
        limits: Inner,
    }
    Request::<Value>::get(Service::Compute, "/v2.1/limits")
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.limits.absolute))
}

/// The names of the availability zones that are up.
pub fn list_availability_zones() -> Request<Vec<String>> {
    list_zones(Service::Compute, "/v2.1/os-availability-zone")
}

fn server_path(server: &ServerId) -> String {
    format!("/v2.1/servers/{}", segment(server))
}

#[cfg(test)]
mod tests;
