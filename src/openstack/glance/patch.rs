//! JSON patch as Glance wants it: its own media type, paths one level deep.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Glance refuses any other (415).
pub const MEDIA_TYPE: &str = "application/openstack-images-v2.1-json-patch";

/// Changes to one image, saved together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Patch(pub Vec<Operation>);

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Operation {
    /// Sets a property or attribute, whether it is there or not.
    Add {
        /// The escaped path.
        path: String,
        /// The new value.
        value: Value,
    },
    /// Sets what must be there; 409 when it isn't.
    Replace {
        /// The escaped path.
        path: String,
        /// The new value.
        value: Value,
    },
    /// Removes a property that must be there.
    Remove {
        /// The escaped path.
        path: String,
    },
}

impl Patch {
    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets a base attribute.
    pub fn replace(&mut self, attribute: &str, value: impl Into<Value>) {
        self.0.push(Operation::Replace { path: pointer(attribute), value: value.into() });
    }

    /// Sets a property: `add`, since somebody may have removed it meanwhile.
    pub fn set(&mut self, property: &str, value: impl Into<Value>) {
        self.0.push(Operation::Add { path: pointer(property), value: value.into() });
    }

    /// Removes a property.
    pub fn remove(&mut self, property: &str) {
        self.0.push(Operation::Remove { path: pointer(property) });
    }

    /// The attributes and properties that it touches, unescaped.
    pub fn keys(&self) -> Vec<String> {
        self.0.iter().map(|operation| key_of(operation.path())).collect()
    }
}

impl Operation {
    /// The escaped path.
    pub fn path(&self) -> &str {
        match self {
            Self::Add { path, .. } | Self::Replace { path, .. } | Self::Remove { path } => path,
        }
    }
}

/// RFC 6901: `~` first, or its own escapes would be escaped.
fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn key_of(pointer: &str) -> String {
    pointer.strip_prefix('/').unwrap_or(pointer).replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_with_slash_and_tilde_are_escaped_and_come_back() {
        let table = [("name", "/name"), ("a/b", "/a~1b"), ("a~b", "/a~0b"), ("~1", "/~01"), ("/~", "/~1~0")];
        for (key, path) in table {
            let mut patch = Patch::default();
            patch.set(key, "x");
            assert_eq!(
                serde_json::to_value(&patch).unwrap(),
                json!([{"op": "add", "path": path, "value": "x"}])
            );
            assert_eq!(patch.keys(), [key]);
        }
    }

    #[test]
    fn the_recorded_patch_is_what_we_would_send() {
        let mut patch = Patch::default();
        patch.replace("name", "rec-renamed");
        patch.set("os_distro", "debian");
        patch.replace("tags", vec!["a", "b"]);
        patch.replace("min_ram", 128);
        let recorded = json!([
            {"op": "replace", "path": "/name", "value": "rec-renamed"},
            {"op": "add", "path": "/os_distro", "value": "debian"},
            {"op": "replace", "path": "/tags", "value": ["a", "b"]},
            {"op": "replace", "path": "/min_ram", "value": 128},
        ]);
        assert_eq!(serde_json::to_value(&patch).unwrap(), recorded);
    }
}
