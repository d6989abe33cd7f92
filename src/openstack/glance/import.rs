//! Bringing bytes into a record without sending them to it: Glance fetches them, or copies them to another store.

use crate::openstack::{
    glance::image_path,
    ids::ImageId,
    request::{Request, Service},
};
use serde::Serialize;
use serde_json::{Value, json};

/// The method by which Glance fetches an address, as `/v2/info/import` names it.
pub const WEB_DOWNLOAD: &str = "web-download";
/// The method by which it takes what was staged.
pub const GLANCE_DIRECT: &str = "glance-direct";
/// The method by which it copies an active image to other stores.
pub const COPY_IMAGE: &str = "copy-image";

/// Stores that an import is still on its way to, as a property of the image.
pub const IMPORTING: &str = "os_glance_importing_to_stores";
/// Stores that it did not reach.
pub const FAILED: &str = "os_glance_failed_import";

/// Where the bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Glance fetches this address.
    Web(String),
    /// They were staged (PUT `stage_path`).
    Staged,
    /// The image has them, in another store.
    Copy,
}

impl Source {
    /// The method's name.
    pub fn method_name(&self) -> &'static str {
        match self {
            Source::Web(_) => WEB_DOWNLOAD,
            Source::Staged => GLANCE_DIRECT,
            Source::Copy => COPY_IMAGE,
        }
    }

    fn method(&self) -> Value {
        match self {
            Source::Web(uri) => json!({"name": self.method_name(), "uri": uri}),
            Source::Staged | Source::Copy => json!({"name": self.method_name()}),
        }
    }
}

/// Begins an import; what comes of it is told by the image and by its tasks. Without a store it goes to the cloud's default.
pub fn import_image(image: &ImageId, source: &Source, store: Option<&str>) -> Request<()> {
    #[derive(Serialize)]
    struct Body<'a> {
        method: Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        stores: Option<[&'a str; 1]>,
    }
    let body = Body { method: source.method(), stores: store.map(|store| [store]) };
    Request::<Value>::post(Service::Image, format!("{}/import", image_path(image))).json(&body).no_answer()
}

/// Where bytes are staged for an import by `Source::Staged` (PUT, `BYTES`, 204). As `file_path`, it is not a `Request`.
pub fn stage_path(image: &ImageId) -> String {
    format!("{}/stage", image_path(image))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_says_how_and_where_to() {
        let image = ImageId::from("i/d");
        let web = Source::Web("http://h/x.img".to_owned());
        let table = [
            (
                import_image(&image, &web, None),
                r#"{"method":{"name":"web-download","uri":"http://h/x.img"}}"#,
            ),
            (
                import_image(&image, &Source::Copy, Some("archive")),
                r#"{"method":{"name":"copy-image"},"stores":["archive"]}"#,
            ),
            (import_image(&image, &Source::Staged, None), r#"{"method":{"name":"glance-direct"}}"#),
        ];
        for (request, body) in table {
            assert_eq!(request.path_and_query(), "/v2/images/i%2Fd/import");
            assert_eq!(request.method.as_str(), "POST");
            assert_eq!(request.content_type, Some("application/json"));
            assert_eq!(request.body.as_deref(), Some(body));
        }
        assert_eq!(stage_path(&image), "/v2/images/i%2Fd/stage");
    }
}
