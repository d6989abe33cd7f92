//! The places where a cloud keeps images, where there are several.

use crate::openstack::{
    ids::ImageId,
    lenient::{as_bool, rows},
    request::{Request, Service, decode_json, segment},
};
use serde::Deserialize;
use serde_json::Value;

/// A store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Wire")]
pub struct Store {
    /// Its id, which requests name.
    pub id: String,
    /// What the operator says about it; may be empty.
    pub description: String,
    /// Whether images go there unless another is named.
    pub is_default: bool,
    /// Whether nothing can be put there.
    pub is_read_only: bool,
}

/// Flags come as text.
#[derive(Deserialize)]
struct Wire {
    id: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    default: Value,
    #[serde(default, rename = "read-only")]
    read_only: Value,
}

impl From<Wire> for Store {
    fn from(wire: Wire) -> Self {
        Self {
            id: wire.id,
            description: wire.description.unwrap_or_default(),
            is_default: as_bool(&wire.default).unwrap_or(false),
            is_read_only: as_bool(&wire.read_only).unwrap_or(false),
        }
    }
}

/// The stores of the cloud. One that has a single store answers 404.
pub fn list_stores() -> Request<Vec<Store>> {
    Request::<Value>::get(Service::Image, "/v2/info/stores").decoded_by(|answer| {
        let mut body: Value = decode_json(answer)?;
        Ok(rows(body.get_mut("stores").map(Value::take).unwrap_or_default()).0)
    })
}

/// Removes the copy in one store. The last copy stays (403); by default only an administrator may.
pub fn delete_copy(store: &str, image: &ImageId) -> Request<()> {
    Request::delete(Service::Image, format!("/v2/stores/{}/{}", segment(store), segment(image)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::{fixture, request::Answer};

    #[test]
    fn stores_are_read_as_recorded() {
        let asked = list_stores();
        assert_eq!(asked.path_and_query(), "/v2/info/stores");
        let stores = asked.decode(&fixture::answer("glance/info-stores")).unwrap();
        let read: Vec<_> = stores.iter().map(|it| (it.id.as_str(), it.is_default, it.is_read_only)).collect();
        assert_eq!(read, [("local", true, false), ("archive", false, false)]);
        let web = r#"{"stores": [{"id": "web", "read-only": "true"}, {"description": "no id"}]}"#;
        let stores = asked.decode(&Answer::new(200, [], web)).unwrap();
        assert_eq!((stores.len(), stores[0].is_read_only), (1, true));
    }

    #[test]
    fn a_copy_is_removed_by_store_and_image() {
        let request = delete_copy("a/b", &"i".into());
        assert_eq!(
            (request.method.as_str(), request.path_and_query()),
            ("DELETE", "/v2/stores/a%2Fb/i".into())
        );
    }
}
