//! The accounts of a fresh demo cloud: those of `openstack/identity.py`, by the same names and passwords.

use rusqlite::{Transaction, params};

use super::secrets;
use crate::ids;

/// A seeded account, as printed at start.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    /// User name.
    pub user: &'static str,
    /// Password.
    pub password: &'static str,
    /// Project.
    pub project: &'static str,
    /// Role in that project.
    pub role: &'static str,
    /// What the account is good for.
    pub note: &'static str,
}

/// The seeded accounts.
pub const ACCOUNTS: [Account; 5] = [
    Account {
        user: "admin",
        password: "adminpass",
        project: "admin",
        role: "admin",
        note: "the administrator",
    },
    Account { user: "alice", password: "password", project: "demo", role: "member", note: "a member" },
    Account {
        user: "bob",
        password: "password",
        project: "other",
        role: "member",
        note: "a member elsewhere",
    },
    Account { user: "rita", password: "password", project: "demo", role: "reader", note: "may only read" },
    Account { user: "quinn", password: "password", project: "quota", role: "member", note: "tight quotas" },
];

const PROJECTS: [(&str, &str); 5] = [
    ("admin", ""),
    ("service", "Service users"),
    ("demo", "Demo project"),
    ("other", "Another project"),
    ("quota", "Project with tight quotas"),
];

// In MiB where it is a size.
const LIMITS: [(&str, i64, i64); 4] = [
    ("image_count_total", 5000, 2),
    ("image_count_uploading", 50, 2),
    ("image_size_total", 51200, 2),
    ("image_stage_total", 51200, 2),
];

/// Makes projects, users, roles, assignments and limits.
pub fn seed(tx: &Transaction) -> rusqlite::Result<()> {
    for role in ["admin", "manager", "member", "reader", "service"] {
        let sql = "INSERT INTO roles (id, name, is_immutable) VALUES (?, ?, 1)";
        tx.execute(sql, params![ids::stable_hex("role", role), role])?;
    }
    for (name, description) in PROJECTS {
        let sql = "INSERT INTO projects (id, name, description) VALUES (?, ?, ?)";
        tx.execute(sql, params![ids::project(name), name, description])?;
    }
    for account in ACCOUNTS {
        let (salt, hash) = secrets::hash(account.password);
        let home = (account.user != "admin").then(|| ids::project(account.project));
        let email = (account.user != "admin").then(|| format!("{}@example.test", account.user));
        tx.execute(
            "INSERT INTO users (id, name, salt, password, default_project_id, email) VALUES (?, ?, ?, ?, ?, ?)",
            params![ids::user(account.user), account.user, salt, hash, home, email],
        )?;
        grant(tx, account.user, account.project, account.role)?;
    }
    grant(tx, "admin", "demo", "admin")?;
    for (resource, default, quota) in LIMITS {
        tx.execute("INSERT INTO limits VALUES ('', ?, ?)", params![resource, default])?;
        tx.execute("INSERT INTO limits VALUES (?, ?, ?)", params![ids::project("quota"), resource, quota])?;
    }
    Ok(())
}

fn grant(tx: &Transaction, user: &str, project: &str, role: &str) -> rusqlite::Result<()> {
    let row = params![ids::user(user), ids::project(project), ids::stable_hex("role", role)];
    tx.execute("INSERT INTO assignments VALUES (?, ?, ?)", row).map(drop)
}
