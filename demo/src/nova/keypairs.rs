//! Key pairs belong to users, not to projects.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use md5::{Digest, Md5};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use ssh_key::{Algorithm, LineEnding, PrivateKey, PublicKey, rand_core::OsRng};

use super::microversion::Microversion;
use super::query::{first, pairs};
use super::words::invalid;
use super::{paging, quotas, schema, store};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;

/// A key pair as kept; the private key is given once and never kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyPair {
    /// Name, unique per user.
    pub name: String,
    /// In OpenSSH's form.
    pub public_key: String,
    /// MD5 in colons, as Nova still shows it.
    pub fingerprint: String,
    /// `ssh`.
    pub kind: String,
    /// Made at.
    pub created: i64,
    /// Number in the table, which `show` gives.
    #[serde(default)]
    pub id: i64,
}

impl KeyPair {
    /// A key pair of an OpenSSH public key; `None` where it is none.
    pub fn import(name: &str, public_key: &str, now: i64) -> Option<Self> {
        let key = PublicKey::from_openssh(public_key.trim()).ok()?;
        let digest: [u8; 16] = Md5::digest(key.to_bytes().ok()?).into();
        let fingerprint = digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":");
        Some(Self {
            name: name.to_owned(),
            public_key: public_key.trim().to_owned(),
            fingerprint,
            kind: "ssh".to_owned(),
            created: now,
            id: 0,
        })
    }
}

/// Keeps a key pair.
pub fn insert(db: &Connection, user: &str, pair: &KeyPair) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO nova_keypairs (user_id, name, doc) VALUES (?1, ?2, ?3)",
        params![user, pair.name, store::write(pair)],
    )
    .map(drop)
}

/// One key pair of a user.
pub fn get(db: &Connection, user: &str, name: &str) -> rusqlite::Result<Option<KeyPair>> {
    let sql = "SELECT doc, seq FROM nova_keypairs WHERE user_id = ?1 AND name = ?2";
    db.query_row(sql, [user, name], read).optional()
}

/// How many a user has.
pub fn count(db: &Connection, user: &str) -> rusqlite::Result<i64> {
    db.query_row("SELECT count(*) FROM nova_keypairs WHERE user_id = ?1", [user], |row| row.get(0))
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<KeyPair> {
    let pair: KeyPair = store::parse(row.get::<_, String>(0)?)?;
    Ok(KeyPair { id: row.get(1)?, ..pair })
}

/// `GET /os-keypairs`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let asked = pairs(uri.query().unwrap_or(""));
    let user = whose(&caller, &asked, version);
    let pairs = app
        .db
        .read(move |c| -> rusqlite::Result<Vec<KeyPair>> {
            c.prepare("SELECT doc, seq FROM nova_keypairs WHERE user_id = ?1 ORDER BY name")?
                .query_map([user], read)?
                .collect()
        })
        .await?;
    let url = format!("{}/v2.1/os-keypairs", app.url(Service::Compute));
    let page = paging::page(pairs, &asked, &url, |pair| &pair.name)?;
    let shown: Vec<Value> = page.items.iter().map(|pair| json!({"keypair": brief(pair, version)})).collect();
    let mut body = json!({"keypairs": shown});
    if let Some(next) = page.next {
        body["keypairs_links"] = next;
    }
    Ok(Json(body))
}

/// `GET /os-keypairs/{name}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(name): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let user = whose(&caller, &pairs(uri.query().unwrap_or("")), version);
    let (of_user, named) = (user.clone(), name.clone());
    let pair = app.db.read(move |c| get(c, &of_user, &named)).await?.ok_or_else(|| missing(&name, &user))?;
    let mut shown = brief(&pair, version);
    shown["id"] = json!(pair.id);
    shown["user_id"] = json!(user);
    shown["created_at"] = json!(clock::naive(pair.created));
    shown["updated_at"] = Value::Null;
    shown["deleted"] = json!(false);
    shown["deleted_at"] = Value::Null;
    Ok(Json(json!({"keypair": shown})))
}

/// `POST /os-keypairs`: imports a public key, or makes a pair and gives the private key this once.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let body = schema::body(body)?;
    let wanted = schema::object(&body, "keypair")?;
    let name = checked_name(wanted, version)?;
    if wanted.get("type").is_some_and(|kind| kind != "ssh") {
        return Err(Refusal::not_spoken("key pairs of type x509"));
    }
    let public_key = schema::text(wanted, "public_key", "public_key", 16384)?;
    let (pair, private_key) = match public_key {
        Some(key) => (KeyPair::import(&name, &key, clock::now()), None),
        None if version.since(92) => return Err(schema::missing(wanted, "public_key", "keypair")),
        None => {
            let private = PrivateKey::random(&mut OsRng, Algorithm::Ed25519).map_err(Refusal::internal)?;
            let public = private.public_key().to_openssh().map_err(Refusal::internal)?;
            let private = private.to_openssh(LineEnding::LF).map_err(Refusal::internal)?;
            let public = format!("{public} Generated-by-Nova");
            (KeyPair::import(&name, &public, clock::now()), Some(private.to_string()))
        }
    };
    let invalid = || Refusal::bad_request("Keypair data is invalid: failed to generate fingerprint");
    let pair = pair.ok_or_else(invalid)?;
    let kept = pair.clone();
    let user_id = caller.user_id.clone();
    app.db
        .write(move |tx| {
            let user = caller.user_id;
            if get(tx, &user, &kept.name)?.is_some() {
                return Err(Refusal::conflict(format!("Key pair '{}' already exists.", kept.name)));
            }
            let most = quotas::of(tx, &caller.project_id)?["key_pairs"];
            if most >= 0 && count(tx, &user)? >= most {
                return Err(Refusal::forbidden("Quota exceeded, too many key pairs."));
            }
            Ok(insert(tx, &user, &kept)?)
        })
        .await?;
    let mut shown = brief(&pair, version);
    shown["user_id"] = json!(user_id);
    if let Some(private_key) = private_key {
        shown["private_key"] = json!(private_key);
    }
    let status = if version.since(2) { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(json!({"keypair": shown}))))
}

/// `DELETE /os-keypairs/{name}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(name): Path<String>,
) -> Result<StatusCode, Refusal> {
    app.db
        .write(move |tx| {
            let sql = "DELETE FROM nova_keypairs WHERE user_id = ?1 AND name = ?2";
            match tx.execute(sql, [&caller.user_id, &name])? {
                0 => Err(missing(&name, &caller.user_id)),
                _ => Ok(()),
            }
        })
        .await?;
    Ok(if version.since(2) { StatusCode::NO_CONTENT } else { StatusCode::ACCEPTED })
}

fn brief(pair: &KeyPair, version: Microversion) -> Value {
    let mut shown =
        json!({"name": pair.name, "public_key": pair.public_key, "fingerprint": pair.fingerprint});
    if version.since(2) {
        shown["type"] = json!(pair.kind);
    }
    shown
}

/// Since 2.10 the administrator may name another user.
fn whose(caller: &Caller, asked: &[(String, String)], version: Microversion) -> String {
    let other = first(asked, "user_id").filter(|_| version.since(10) && caller.is_admin());
    other.unwrap_or(&caller.user_id).to_owned()
}

fn missing(name: &str, user: &str) -> Refusal {
    Refusal::not_found(format!("Keypair {name} not found for user {user}"))
}

fn checked_name(wanted: &Map<String, Value>, version: Microversion) -> Result<String, Refusal> {
    let name = wanted.get("name").ok_or_else(|| schema::missing(wanted, "name", "keypair"))?;
    let name = schema::name(name, "name")?;
    let also = if version.since(92) { "@._- " } else { "_- " };
    if name.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c)) {
        return Ok(name);
    }
    let pattern = if version.since(92) { r"^[_\\-\\@\\. a-zA-Z0-9]+$" } else { r"^[_\\- a-zA-Z0-9]+$" };
    Err(invalid("name", &name, &format!("'{name}' does not match '{pattern}'")))
}
