//! Tokens in the database: issuing, looking up, revoking.

use rusqlite::{Connection, OptionalExtension, params};

use super::secrets;
use crate::caller::Caller;
use crate::clock;

/// The bearer of a token, where the token, its user and its project are all in force.
///
/// Roles are looked up at every use, as Keystone does: an assignment taken away takes effect at once.
pub fn caller(c: &Connection, token: &str) -> rusqlite::Result<Option<Caller>> {
    let sql = "SELECT t.user_id, u.name, t.project_id, p.name, t.app_credential_id, t.expires_at, a.roles
        FROM tokens t JOIN users u ON u.id = t.user_id
        LEFT JOIN projects p ON p.id = t.project_id
        LEFT JOIN app_credentials a ON a.id = t.app_credential_id
        WHERE t.hash = ? AND t.expires_at > ? AND u.enabled AND coalesce(p.enabled, 1)";
    let found = c
        .prepare_cached(sql)?
        .query_row(params![secrets::fingerprint(token), clock::now()], |row| {
            let caller = Caller {
                user_id: row.get(0)?,
                user_name: row.get(1)?,
                project_id: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
                project_name: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
                roles: Vec::new(),
                token: token.to_owned(),
                app_credential: row.get(4)?,
                expires_at: row.get(5)?,
            };
            Ok((caller, row.get::<_, Option<String>>(6)?))
        })
        .optional()?;
    let Some((mut caller, credential_roles)) = found else { return Ok(None) };
    if caller.project_id.is_empty() {
        return Ok(Some(caller));
    }
    caller.roles = roles(c, &caller.user_id, &caller.project_id)?;
    if let Some(allowed) = credential_roles {
        let allowed: Vec<String> = serde_json::from_str(&allowed).unwrap_or_default();
        let allowed = implied(allowed);
        caller.roles.retain(|role| allowed.contains(role));
    }
    // A project that one has no role in any more is one that the token is no good for.
    Ok((!caller.roles.is_empty()).then_some(caller))
}

/// Role names of a user in a project, implied ones included, sorted.
pub fn roles(c: &Connection, user: &str, project: &str) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT r.name FROM assignments a JOIN roles r ON r.id = a.role_id
        WHERE a.user_id = ? AND a.project_id = ?";
    let direct: rusqlite::Result<Vec<String>> =
        c.prepare_cached(sql)?.query_map([user, project], |row| row.get(0))?.collect();
    Ok(implied(direct?))
}

/// Adds the roles that others imply: admin → manager → member → reader.
pub fn implied(mut roles: Vec<String>) -> Vec<String> {
    for (role, next) in [("admin", "manager"), ("manager", "member"), ("member", "reader")] {
        if roles.iter().any(|held| held == role) && !roles.iter().any(|held| held == next) {
            roles.push(next.to_owned());
        }
    }
    roles.sort();
    roles
}
