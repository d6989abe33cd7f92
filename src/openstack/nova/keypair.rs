//! Key pairs: the SSH keys (or X.509 certificates) that Nova puts into a server. They belong to a person, not to a project.

use crate::openstack::{
    lenient::list,
    request::{Request, Service, decode_json},
    secret::Secret,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// From here on a key pair has a type.
const TYPED: &str = "2.2";
/// From here on names may have dots and at signs, and Nova makes no key pairs any more, only takes them in.
pub const WIDER_NAMES: &str = "2.92";
const PATH: &str = "/v2.1/os-keypairs";

crate::open_enum! {
    /// What kind of key.
    #[derive(Default)]
    KeyKind {
        /// A public key of OpenSSH.
        #[default]
        Ssh = "ssh",
        /// A certificate, which Windows wants.
        X509 = "x509",
    }
}

/// A key pair; Nova keeps the public half alone.
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
    /// The kind.
    #[serde(rename = "type", default)]
    pub kind: KeyKind,
}

/// A key pair that Nova made, with the private half that it gives this once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MadeKeyPair {
    /// The key pair.
    #[serde(flatten)]
    pub pair: KeyPair,
    /// The private half.
    pub private_key: Secret,
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
    Request::<Value>::get(Service::Compute, PATH).microversion(TYPED).decoded_by(|answer| {
        decode_json::<Body>(answer).map(|body| body.keypairs.into_iter().map(|row| row.keypair).collect())
    })
}

/// Lets Nova make a key pair. At this microversion it still does, however new it is.
pub fn create_keypair(name: &str) -> Request<MadeKeyPair> {
    #[derive(Deserialize)]
    struct Body {
        keypair: MadeKeyPair,
    }
    Request::<Value>::post(Service::Compute, PATH)
        .microversion(TYPED)
        .json(&json!({ "keypair": { "name": name, "type": "ssh" } }))
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.keypair))
}

/// Gives Nova a public key or certificate.
pub fn import_keypair(name: &str, kind: &KeyKind, public_key: &str) -> Request<KeyPair> {
    #[derive(Deserialize)]
    struct Body {
        keypair: KeyPair,
    }
    let version = if name.contains(['.', '@']) { WIDER_NAMES } else { TYPED };
    Request::<Value>::post(Service::Compute, PATH)
        .microversion(version)
        .json(&json!({ "keypair": { "name": name, "type": kind, "public_key": public_key } }))
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.keypair))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::{fixture::answer, request::Answer};

    #[test]
    fn key_pairs_are_read_as_recorded_and_with_their_type() {
        let keys = list_keypairs().decode(&answer("nova/keypairs")).unwrap();
        assert_eq!((keys[0].name.as_str(), &keys[0].kind), ("alice-key", &KeyKind::Ssh));
        let body = json!({"keypairs": [{"keypair": {"name": "win", "type": "x509"}}, {"odd": 1},
            {"keypair": {"name": "new", "type": "unheard-of"}}]});
        let keys = list_keypairs().decode(&Answer::new(200, [], body.to_string())).unwrap();
        assert_eq!(keys[0].kind, KeyKind::X509);
        assert_eq!(keys[1].kind.as_str(), "unheard-of");
    }

    #[test]
    fn a_made_key_pair_has_its_private_half_and_does_not_print_it() {
        let request = create_keypair("k");
        assert_eq!(request.microversion, Some("2.2"));
        assert_eq!(request.body.as_deref(), Some(r#"{"keypair":{"name":"k","type":"ssh"}}"#));
        let body = json!({"keypair": {"name": "k", "type": "ssh", "fingerprint": "f", "public_key": "p",
            "private_key": "-----BEGIN", "user_id": "u"}});
        let made = request.decode(&Answer::new(201, [], body.to_string())).unwrap();
        assert_eq!((made.pair.name.as_str(), made.private_key.reveal()), ("k", "-----BEGIN"));
        assert!(!format!("{made:?}").contains("BEGIN"));
    }

    #[test]
    fn an_import_asks_for_the_lowest_microversion_that_takes_its_name() {
        let import = |name| import_keypair(name, &KeyKind::X509, "key");
        assert_eq!(import("a b_c-d").microversion, Some("2.2"));
        assert_eq!(import("alice@laptop").microversion, Some("2.92"));
        let body: Value = serde_json::from_str(import("k").body.as_deref().unwrap()).unwrap();
        assert_eq!(body, json!({"keypair": {"name": "k", "public_key": "key", "type": "x509"}}));
    }
}
