//! Ids: fresh ones, and stable ones for seeded things, so that every service's seed can name the others' rows.

use md5::{Digest, Md5};
use uuid::{Builder, Uuid};

/// A fresh id in dashes, as Glance, Nova, Neutron and Cinder give.
pub fn uuid() -> String {
    Uuid::new_v4().to_string()
}

/// A fresh id of 32 hex digits, as Keystone gives.
pub fn hex() -> String {
    Uuid::new_v4().simple().to_string()
}

/// The id in dashes of a seeded thing: the same on every start.
pub fn stable_uuid(kind: &str, name: &str) -> String {
    stable(kind, name).to_string()
}

/// The id of 32 hex digits of a seeded thing (projects, users, roles): the same on every start.
pub fn stable_hex(kind: &str, name: &str) -> String {
    stable(kind, name).simple().to_string()
}

/// The id of a seeded project: admin, service, demo, other or quota.
pub fn project(name: &str) -> String {
    stable_hex("project", name)
}

/// The id of a seeded user: admin, alice, bob, rita or quinn.
pub fn user(name: &str) -> String {
    stable_hex("user", name)
}

fn stable(kind: &str, name: &str) -> Uuid {
    let digest: [u8; 16] = Md5::digest(format!("sextant-demo/{kind}/{name}")).into();
    Builder::from_random_bytes(digest).into_uuid()
}
