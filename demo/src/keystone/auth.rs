//! `/v3/auth/tokens`: issuing, validating and revoking.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::tokens::{self, NewToken};
use super::{catalog, denied, secrets};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::state::App;

// What Keystone prints of its schema when the body does not fit it (transcript 012).
const SCHEMA_DUMP: &str = include_str!("auth-schema.txt");

/// Who signs in, and what they bring along from a former token.
struct Identity {
    user: String,
    methods: Vec<String>,
    expires_at: i64,
    audit: Option<String>,
    credential: Option<(String, String)>,
}

/// `POST /v3/auth/tokens`.
pub async fn issue(State(app): State<Arc<App>>, JsonBody(body): JsonBody) -> Result<Response, Refusal> {
    if !body.is_object() {
        return Err(expecting("valid JSON", "request body"));
    }
    let auth = body.get("auth").cloned().ok_or_else(|| expecting("auth", "request body"))?;
    check_shape(&auth)?;
    let lifetime = app.options.token_lifetime * clock::SECOND;
    let (token, caller) = app
        .db
        .write(move |tx| -> Result<_, Refusal> {
            let identity = identify(tx, &auth["identity"], clock::now() + lifetime)?;
            let project = scope(tx, &auth, &identity)?;
            let token = tokens::issue(
                tx,
                NewToken {
                    user: &identity.user,
                    project: project.as_deref(),
                    methods: &identity.methods,
                    parent_audit: identity.audit.as_deref(),
                    credential: identity.credential.as_ref().map(|(id, _)| id.as_str()),
                    expires_at: identity.expires_at,
                },
            )?;
            // A project without a role for this user is none for this user.
            let caller = tokens::caller(tx, &token)?.ok_or_else(Refusal::unauthorized)?;
            Ok((token, caller))
        })
        .await?;
    let body = describe(&app, &caller).await?;
    Ok((StatusCode::CREATED, [("X-Subject-Token", token)], Json(body)).into_response())
}

/// `GET` (and `HEAD`) `/v3/auth/tokens`.
pub async fn validate(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let subject = subject(&app, &headers, &caller, "validate_token").await?;
    if subject.user_id != caller.user_id && !caller.is_admin() && !caller.has_role("service") {
        return Err(denied("validate_token"));
    }
    let body = describe(&app, &subject).await?;
    Ok((StatusCode::OK, [("X-Subject-Token", subject.token)], Json(body)).into_response())
}

/// `DELETE /v3/auth/tokens`.
pub async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    let subject = subject(&app, &headers, &caller, "revoke_token").await?;
    if subject.user_id != caller.user_id && !caller.is_admin() {
        return Err(denied("revoke_token"));
    }
    app.db.write(move |tx| -> Result<(), Refusal> { Ok(tokens::revoke(tx, &subject.token)?) }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The token that a request is about. Nobody but the administrator hears that there is none.
async fn subject(app: &App, headers: &HeaderMap, caller: &Caller, rule: &str) -> Result<Caller, Refusal> {
    let token = headers.get("x-subject-token").and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    if token.is_empty() && !caller.is_admin() {
        return Err(denied(rule));
    }
    let asked = token.clone();
    let found = app.db.read(move |c| tokens::caller(c, &asked)).await?;
    found.ok_or_else(|| unknown(&token))
}

fn expecting(what: &str, place: &str) -> Refusal {
    Refusal::bad_request(format!(
        "Expecting to find {what} in {place}. The server could not comply with the request since it is either malformed \
         or otherwise incorrect. The client is assumed to be in error."
    ))
}

fn check_shape(auth: &Value) -> Result<(), Refusal> {
    let problem = if !auth.is_object() {
        Some("is not of type 'object'")
    } else if auth.get("identity").is_none() {
        Some("'identity' is a required property")
    } else if auth["identity"].get("methods").is_none() {
        Some("'methods' is a required property")
    } else if !auth["identity"]["methods"].as_array().is_some_and(|list| list.iter().all(Value::is_string)) {
        Some("'methods' is not of type 'array'")
    } else {
        None
    };
    match problem {
        Some(problem) => {
            let dump = SCHEMA_DUMP.trim_end();
            Err(Refusal::bad_request(format!("{problem}\n\n{dump}\n\nOn instance:\n    {auth}")))
        }
        None => Ok(()),
    }
}

fn identify(c: &Connection, identity: &Value, expires_at: i64) -> Result<Identity, Refusal> {
    let Some(method) = identity["methods"][0].as_str() else { return Err(Refusal::unauthorized()) };
    let plain =
        |user| Identity { user, methods: vec![method.to_owned()], expires_at, audit: None, credential: None };
    if METHODS.contains(&method) && identity.get(method).is_none() {
        return Err(expecting(method, "identity"));
    }
    match method {
        "password" => Ok(plain(by_password(c, &identity["password"]["user"])?)),
        "token" => by_token(c, identity["token"]["id"].as_str().unwrap_or("")),
        "application_credential" => {
            let (id, user, project) = by_credential(c, &identity["application_credential"])?;
            Ok(Identity { credential: Some((id, project)), ..plain(user) })
        }
        _ => {
            let message = "Attempted to authenticate with an unsupported method.";
            let body = json!({"error": {"code": 401, "identity": {"methods": METHODS}, "message": message,
                "title": "Unauthorized"}});
            Err(Refusal::new(StatusCode::UNAUTHORIZED, message).body(body))
        }
    }
}

fn by_password(c: &Connection, user: &Value) -> Result<String, Refusal> {
    if user.is_null() {
        return Err(expecting("user", "None"));
    }
    if user.get("id").is_none() {
        for (key, what) in [("name", "id or name"), ("domain", "domain")] {
            user.get(key).ok_or_else(|| expecting(what, "user"))?;
        }
    }
    let id = user_id(c, user)?;
    let (salt, hash): (String, String) =
        c.query_row("SELECT salt, password FROM users WHERE id = ?", [&id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let password = user["password"].as_str().unwrap_or("");
    if secrets::verify(password, &salt, &hash) { Ok(id) } else { Err(Refusal::unauthorized()) }
}

/// A user by `{"id": …}` or `{"name": …, "domain": {…}}`.
fn user_id(c: &Connection, user: &Value) -> Result<String, Refusal> {
    let sql = "SELECT id FROM users WHERE enabled AND (id = ?1 OR name = ?2)";
    let name = user["name"].as_str().filter(|_| is_default(&user["domain"]));
    let id = user["id"].as_str();
    let found = c.query_row(sql, params![id, name.filter(|_| id.is_none())], |row| row.get(0)).optional()?;
    found.ok_or_else(Refusal::unauthorized)
}

fn is_default(domain: &Value) -> bool {
    domain["id"] == "default" || domain["name"] == "Default"
}

/// A new token from an old one lives as long as the old one did, and keeps its audit chain.
fn by_token(c: &Connection, token: &str) -> Result<Identity, Refusal> {
    let old = tokens::caller(c, token)?.ok_or_else(|| unknown(token))?;
    if old.app_credential.is_some() {
        return Err(Refusal::unauthorized());
    }
    let details = tokens::details(c, token)?;
    let mut methods = vec!["token".to_owned()];
    methods.extend(details.methods.into_iter().filter(|method| method != "token"));
    Ok(Identity {
        user: old.user_id,
        methods,
        expires_at: old.expires_at,
        audit: details.audit_ids.last().cloned(),
        credential: None,
    })
}

/// What a Keystone takes as it comes; the demo cloud the second, the third and the last.
const METHODS: [&str; 6] = ["external", "password", "token", "oauth1", "mapped", "application_credential"];

/// Keystone's words for a token that signs nobody in.
fn unknown(token: &str) -> Refusal {
    Refusal::not_found(match token {
        "" => "No token in the request",
        // The start of every Fernet token: a 0x80 and the date; and none is short.
        token if token.starts_with("gAAAAA") && token.len() > 100 => "Failed to validate token",
        _ => "Could not recognize Fernet token",
    })
}

/// Unlike with passwords, Keystone tells what of a credential it does not know.
fn not_found(what: &str, named: &Value) -> Refusal {
    let name = named["id"].as_str().or(named["name"].as_str()).unwrap_or("");
    Refusal::not_found(format!("Could not find {what}: {name}."))
}

fn by_credential(c: &Connection, credential: &Value) -> Result<(String, String, String), Refusal> {
    let user = match credential.get("user") {
        Some(user) => Some(user_id(c, user).map_err(|_| not_found("user", user))?),
        None => None,
    };
    let sql = "SELECT id, user_id, project_id, salt, secret FROM app_credentials
        WHERE (id = ?1 OR (name = ?2 AND user_id = ?3)) AND coalesce(expires_at, ?4) >= ?4";
    let row = c
        .query_row(
            sql,
            params![credential["id"].as_str(), credential["name"].as_str(), user, clock::now()],
            |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get::<_, String>(3)?,
                    row.get::<_, String>(4)?,
                ))
            },
        )
        .optional()?;
    let Some((id, user, project, salt, hash)) = row else {
        let known = "SELECT count(*) > 0 FROM app_credentials WHERE id = ?";
        return Err(match credential["id"].as_str() {
            Some(id) if !c.query_row(known, [id], |row| row.get(0))? => {
                not_found("Application Credential", credential)
            }
            // By name, or expired.
            _ => Refusal::unauthorized(),
        });
    };
    let secret = credential["secret"].as_str().unwrap_or("");
    if secrets::verify(secret, &salt, &hash) { Ok((id, user, project)) } else { Err(Refusal::unauthorized()) }
}

/// The project of the new token; none for an unscoped one.
fn scope(c: &Connection, auth: &Value, identity: &Identity) -> Result<Option<String>, Refusal> {
    if let Some((_, project)) = &identity.credential {
        return if auth.get("scope").is_some() {
            Err(Refusal::unauthorized())
        } else {
            Ok(Some(project.clone()))
        };
    }
    let Some(scope) = auth.get("scope") else { return default_project(c, identity) };
    if scope == "unscoped" {
        return Ok(None);
    }
    let Some(project) = scope.get("project") else {
        if !["domain", "system", "OS-TRUST:trust"].iter().any(|kind| scope.get(*kind).is_some()) {
            return Err(expecting("system, project, domain, OS-TRUST:trust or unscoped", "scope"));
        }
        return Err(Refusal::not_spoken("tokens for a domain, the system or a trust"));
    };
    let id = project["id"].as_str();
    let name = project["name"].as_str().filter(|_| id.is_none() && is_default(&project["domain"]));
    let sql = "SELECT id FROM projects WHERE enabled AND (id = ?1 OR name = ?2)";
    let found = c.query_row(sql, params![id, name], |row| row.get(0)).optional()?;
    found.map(Some).ok_or_else(Refusal::unauthorized)
}

/// Without a word on scope the user's own project is meant, where there is one and it is still theirs.
fn default_project(c: &Connection, identity: &Identity) -> Result<Option<String>, Refusal> {
    let sql = "SELECT u.default_project_id FROM users u JOIN projects p ON p.id = u.default_project_id AND p.enabled
        WHERE u.id = ?";
    let project: Option<String> = c.query_row(sql, [&identity.user], |row| row.get(0)).optional()?;
    match project {
        Some(project) if !tokens::roles(c, &identity.user, &project)?.is_empty() => Ok(Some(project)),
        _ => Ok(None),
    }
}

/// The token's body, as given on issue and on validation.
async fn describe(app: &Arc<App>, caller: &Caller) -> Result<Value, Refusal> {
    let asked = caller.clone();
    let (details, roles, credential) = app
        .db
        .read(move |c| -> rusqlite::Result<_> {
            let details = tokens::details(c, &asked.token)?;
            let roles = asked
                .roles
                .iter()
                .map(|name| tokens::role_id(c, name).map(|id| json!({"id": id, "name": name})));
            let roles = roles.collect::<rusqlite::Result<Vec<_>>>()?;
            let sql = "SELECT name, unrestricted FROM app_credentials WHERE id = ?";
            let credential = match &asked.app_credential {
                Some(id) => Some(c.query_row(sql, [id], |row| {
                    let restricted = !row.get::<_, bool>(1)?;
                    Ok(json!({"id": id, "name": row.get::<_, String>(0)?, "restricted": restricted}))
                })?),
                None => None,
            };
            Ok((details, roles, credential))
        })
        .await?;
    let domain = json!({"id": "default", "name": "Default"});
    let mut token = json!({
        "methods": details.methods,
        "user": {"domain": domain, "id": caller.user_id, "name": caller.user_name, "password_expires_at": null},
        "audit_ids": details.audit_ids,
        "expires_at": clock::micros(caller.expires_at),
        "issued_at": clock::micros(details.issued_at),
    });
    if !caller.project_id.is_empty() {
        token["project"] = json!({"domain": domain, "id": caller.project_id, "name": caller.project_name});
        token["is_domain"] = json!(false);
        token["roles"] = json!(roles);
        token["catalog"] = catalog::of_project(app, &caller.project_id);
    }
    if let Some(credential) = credential {
        token["application_credential"] = credential;
    }
    Ok(json!({"token": token}))
}
