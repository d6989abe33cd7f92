//! Nova v2.1: flavors, servers, limits, key pairs, zones.

pub mod flavor;
pub mod limits;
pub mod server;

use crate::openstack::{
    ids::{ImageId, ServerId},
    lenient::list,
    nova::{
        flavor::Flavor,
        limits::Limits,
        server::{CreateServer, Server, ServerNetworks},
    },
    request::{Request, Service, decode_json, segment},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// From here on a flavor's listing carries its extra specs.
pub const FLAVOR_EXTRA_SPECS: &str = "2.61";
/// From here on a server carries its flavor, not only its id, so that a deleted or private flavor still has a name.
pub const SERVER_EMBEDDED_FLAVOR: &str = "2.47";
/// From here on a server has a description.
pub const SERVER_DESCRIPTION: &str = "2.19";
/// From here on `networks` may be `"auto"` or `"none"`.
pub const SERVER_AUTO_NETWORK: &str = "2.37";

/// All flavors with their extra specs.
pub fn list_flavors() -> Request<Vec<Flavor>> {
    list_flavors_plain().microversion(FLAVOR_EXTRA_SPECS)
}

/// All flavors as a cloud older than Rocky lists them, without extra specs.
pub fn list_flavors_plain() -> Request<Vec<Flavor>> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        flavors: Vec<Flavor>,
    }
    Request::<Value>::get(Service::Compute, "/v2.1/flavors/detail")
        .query("limit", 1000)
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.flavors))
}

/// The project's servers, newest first.
pub fn list_servers() -> Request<Vec<Server>> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        servers: Vec<Server>,
    }
    Request::<Value>::get(Service::Compute, "/v2.1/servers/detail")
        .microversion(SERVER_EMBEDDED_FLAVOR)
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.servers))
}

/// The servers that boot from an image: the project's, or everybody's, which administrators may ask for.
pub fn list_servers_of_image(image: &ImageId, is_everybodys: bool) -> Request<Vec<Server>> {
    list_servers().query("image", image).query_opt("all_tenants", is_everybodys.then_some("1"))
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
    let request = Request::<Value>::post(Service::Compute, "/v2.1/servers")
        .json(&json!({ "server": body }))
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.server.id));
    match (&body.networks, &body.description) {
        (Some(ServerNetworks::Auto | ServerNetworks::None), _) => request.microversion(SERVER_AUTO_NETWORK),
        (_, Some(_)) => request.microversion(SERVER_DESCRIPTION),
        _ => request,
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

/// An SSH key that Nova puts into a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPair {
    /// The name, by which a launch names it.
    pub name: String,
    /// The fingerprint.
    #[serde(default)]
    pub fingerprint: String,
    /// The public half.
    #[serde(default)]
    pub public_key: String,
}

/// The person's key pairs.
pub fn list_keypairs() -> Request<Vec<KeyPair>> {
    #[derive(Deserialize)]
    struct Row {
        keypair: KeyPair,
    }
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        keypairs: Vec<Row>,
    }
    Request::<Value>::get(Service::Compute, "/v2.1/os-keypairs").decoded_by(|answer| {
        decode_json::<Body>(answer).map(|body| body.keypairs.into_iter().map(|row| row.keypair).collect())
    })
}

/// The names of the availability zones that are up.
pub fn list_availability_zones() -> Request<Vec<String>> {
    #[derive(Deserialize)]
    struct State {
        available: bool,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Zone {
        zone_name: String,
        zone_state: State,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        #[serde(deserialize_with = "list")]
        availability_zone_info: Vec<Zone>,
    }
    Request::<Value>::get(Service::Compute, "/v2.1/os-availability-zone").decoded_by(|answer| {
        let zones = decode_json::<Body>(answer)?.availability_zone_info;
        Ok(zones.into_iter().filter(|zone| zone.zone_state.available).map(|zone| zone.zone_name).collect())
    })
}

fn server_path(server: &ServerId) -> String {
    format!("/v2.1/servers/{}", segment(server))
}

#[cfg(test)]
mod tests;
