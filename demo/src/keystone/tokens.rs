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

/// A token to be issued.
pub struct NewToken<'a> {
    /// User id.
    pub user: &'a str,
    /// Project id; none for an unscoped token.
    pub project: Option<&'a str>,
    /// How the user proved who they are.
    pub methods: &'a [String],
    /// The audit id that the chain of tokens began with.
    pub parent_audit: Option<&'a str>,
    /// The application credential that was used.
    pub credential: Option<&'a str>,
    /// Microseconds since 1970.
    pub expires_at: i64,
}

/// Issues a token.
pub fn issue(c: &Connection, new: NewToken) -> rusqlite::Result<String> {
    let now = clock::now();
    c.execute("DELETE FROM tokens WHERE expires_at < ?", [now])?;
    let token = secrets::token();
    let mut audit_ids = vec![secrets::audit_id()];
    audit_ids.extend(new.parent_audit.map(str::to_owned));
    c.execute(
        "INSERT INTO tokens (hash, user_id, project_id, methods, audit_ids, app_credential_id, issued_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            secrets::fingerprint(&token),
            new.user,
            new.project,
            new.methods.join(","),
            audit_ids.join(","),
            new.credential,
            // Keystone counts in whole seconds.
            now - now % clock::SECOND,
            new.expires_at - new.expires_at % clock::SECOND,
        ],
    )?;
    Ok(token)
}

/// What only Keystone itself shows of a token.
pub struct Details {
    /// How the user proved who they are.
    pub methods: Vec<String>,
    /// The token's own audit id, then the first of its chain.
    pub audit_ids: Vec<String>,
    /// Microseconds since 1970.
    pub issued_at: i64,
}

/// Details of a token that is known to be there.
pub fn details(c: &Connection, token: &str) -> rusqlite::Result<Details> {
    let split = |text: String| text.split(',').map(str::to_owned).collect();
    let sql = "SELECT methods, audit_ids, issued_at FROM tokens WHERE hash = ?";
    c.query_row(sql, [secrets::fingerprint(token)], |row| {
        Ok(Details { methods: split(row.get(0)?), audit_ids: split(row.get(1)?), issued_at: row.get(2)? })
    })
}

/// Ends a token, at once and for every service.
pub fn revoke(c: &Connection, token: &str) -> rusqlite::Result<()> {
    c.execute("DELETE FROM tokens WHERE hash = ?", [secrets::fingerprint(token)]).map(drop)
}

/// The id of a role that exists.
pub fn role_id(c: &Connection, name: &str) -> rusqlite::Result<String> {
    c.prepare_cached("SELECT id FROM roles WHERE name = ?")?.query_row([name], |row| row.get(0))
}
