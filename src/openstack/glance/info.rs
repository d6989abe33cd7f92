//! What a cloud's Glance says about itself: formats, import methods, usage.

use crate::openstack::{
    error::ApiError,
    glance::image::{ContainerFormat, DiskFormat},
    request::{Answer, Request, Service, decode_json},
};
use serde::Deserialize;
use serde_json::Value;

/// The formats that a cloud accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formats {
    /// For `disk_format`.
    pub disk: Vec<DiskFormat>,
    /// For `container_format`.
    pub container: Vec<ContainerFormat>,
}

/// The formats that this cloud accepts, from its schema.
pub fn get_formats() -> Request<Formats> {
    Request::<Value>::get(Service::Image, "/v2/schemas/image").decoded_by(decode_formats)
}

/// The ways to import that this cloud offers (`web-download`, `glance-direct` …).
pub fn get_import_methods() -> Request<Vec<String>> {
    Request::<Value>::get(Service::Image, "/v2/info/import").decoded_by(|answer| {
        let body: Value = decode_json(answer)?;
        Ok(words(body.pointer("/import-methods/value")))
    })
}

/// How much of a limit is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Usage {
    /// What is used.
    pub usage: i64,
    /// The limit; −1 is none.
    pub limit: i64,
}

impl Usage {
    /// What is left; `None` when there is no limit. Never below 0: Glance lets one upload go over.
    pub fn left(&self) -> Option<u64> {
        (self.limit >= 0).then(|| u64::try_from(self.limit.saturating_sub(self.usage)).unwrap_or(0))
    }
}

/// The project's limits; each is missing where the cloud has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ImageUsage {
    /// MiB stored.
    #[serde(default)]
    pub image_size_total: Option<Usage>,
    /// MiB staged for imports.
    #[serde(default)]
    pub image_stage_total: Option<Usage>,
    /// Images.
    #[serde(default)]
    pub image_count_total: Option<Usage>,
    /// Uploads under way.
    #[serde(default)]
    pub image_count_uploading: Option<Usage>,
}

/// What the project uses of its limits.
pub fn get_usage() -> Request<ImageUsage> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        usage: ImageUsage,
    }
    Request::<Value>::get(Service::Image, "/v2/info/usage")
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.usage))
}

fn decode_formats(answer: &Answer) -> Result<Formats, ApiError> {
    let schema: Value = decode_json(answer)?;
    let words = |name: &str| words(schema.pointer(&format!("/properties/{name}/enum")));
    Ok(Formats {
        disk: words("disk_format").into_iter().map(DiskFormat::from).collect(),
        container: words("container_format").into_iter().map(ContainerFormat::from).collect(),
    })
}

/// The strings of a list; the schema's lists begin with null.
fn words(list: Option<&Value>) -> Vec<String> {
    let values = list.and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}
