//! Ids as types, so that a flavor's id can't be given where an image's is wanted.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as the service writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether there is no id at all.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )*};
}

id_types! {
    /// An image in Glance (a UUID).
    ImageId;
    /// A project in Keystone.
    ProjectId;
    /// A user in Keystone.
    UserId;
    /// A domain in Keystone.
    DomainId;
    /// A flavor in Nova (not always a UUID).
    FlavorId;
    /// A server in Nova.
    ServerId;
    /// A network in Neutron.
    NetworkId;
    /// A port in Neutron.
    PortId;
    /// A security group in Neutron.
    SecurityGroupId;
    /// A server group in Nova.
    ServerGroupId;
    /// A volume in Cinder.
    VolumeId;
    /// A snapshot of a volume in Cinder.
    VolumeSnapshotId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_plain_string_in_json() {
        let id: ImageId = serde_json::from_str("\"abc\"").unwrap();
        assert_eq!(id, ImageId::from("abc"));
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"abc\"");
        assert_eq!(id.to_string(), "abc");
    }
}
