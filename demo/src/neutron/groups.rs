//! Security groups and their rules. Every project has a "default" one, made when it is first looked for.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::networks::object;
use super::records::{self, Kind, Record, text};
use super::resource::{self, Resource};
use super::words::{in_use, inner, may_write, only, string};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;
use crate::{clock, ids};

/// The id of a project's "default" group, made where it is missing.
pub fn default(db: &Connection, project: &str) -> rusqlite::Result<String> {
    let groups = records::list(db, Kind::SecurityGroup)?;
    let found = groups.iter().find(|g| text(g, "project_id") == project && text(g, "name") == "default");
    if let Some(group) = found {
        return Ok(text(group, "id").to_owned());
    }
    let mut group = new_group(project, "default", "Default security group");
    let id = text(&group, "id").to_owned();
    for ether in ["IPv4", "IPv6"] {
        let mut rule = new_rule(&group, "ingress", ether);
        rule.insert("remote_group_id".to_owned(), json!(id));
        add(&mut group, rule);
    }
    records::insert(db, Kind::SecurityGroup, &group)?;
    Ok(id)
}

/// A group of the project by name or id.
pub fn find(db: &Connection, project: &str, name: &str) -> rusqlite::Result<Option<String>> {
    if name == "default" {
        return default(db, project).map(Some);
    }
    let groups = records::list(db, Kind::SecurityGroup)?;
    let mut of_project = groups.iter().filter(|group| text(group, "project_id") == project);
    let found = of_project.find(|group| text(group, "name") == name || text(group, "id") == name);
    Ok(found.map(|group| text(group, "id").to_owned()))
}

fn new_group(project: &str, name: &str, description: &str) -> Record {
    let time = clock::seconds(clock::now());
    let mut group = object(json!({
        "id": ids::uuid(), "name": name, "stateful": true, "tenant_id": project, "project_id": project,
        "description": description, "shared": false, "security_group_rules": [], "tags": [], "created_at": time,
        "updated_at": time, "revision_number": 1,
    }));
    for ether in ["IPv4", "IPv6"] {
        let rule = new_rule(&group, "egress", ether);
        add(&mut group, rule);
    }
    group
}

/// A rule that lets everything through, to be narrowed.
pub(super) fn new_rule(group: &Record, direction: &str, ether: &str) -> Record {
    let (time, project) = (clock::seconds(clock::now()), text(group, "project_id"));
    object(json!({
        "id": ids::uuid(), "project_id": project, "security_group_id": text(group, "id"), "ethertype": ether,
        "direction": direction, "protocol": null, "port_range_min": null, "port_range_max": null,
        "remote_ip_prefix": null, "remote_address_group_id": null, "normalized_cidr": null, "remote_group_id": null,
        "standard_attr_id": uuid::Uuid::new_v4().as_u128() % 100_000, "belongs_to_default_sg": if text(group, "name") == "default" { Value::Null } else { json!(false) },
        "description": null, "tags": [], "created_at": time, "updated_at": time, "revision_number": 0,
        "tenant_id": project,
    }))
}

/// Gives a group a rule.
pub(super) fn add(group: &mut Record, rule: Record) {
    if let Some(Value::Array(rules)) = group.get_mut("security_group_rules") {
        rules.push(Value::Object(rule));
    }
}

/// The rules of a group.
pub(super) fn rules_of(group: &Record) -> Vec<Record> {
    let rules = group.get("security_group_rules").and_then(Value::as_array);
    rules.into_iter().flatten().filter_map(|rule| rule.as_object().cloned()).collect()
}

/// Neutron does not work out in lists of groups whether their rules are of a default one.
pub(super) fn as_in_lists(group: &mut Record) {
    for rule in group.get_mut("security_group_rules").and_then(Value::as_array_mut).into_iter().flatten() {
        rule["belongs_to_default_sg"] = Value::Null;
    }
}

/// The groups of the caller's project; the administrator's are all.
pub(super) async fn owned(app: &Arc<App>, caller: Caller) -> Result<Vec<Record>, Refusal> {
    app.db
        .write(move |tx| -> Result<_, Refusal> {
            default(tx, &caller.project_id)?;
            resource::seen(tx, &GROUPS, &caller)
        })
        .await
}

/// What a security group is.
pub static GROUPS: Resource = Resource {
    kind: Kind::SecurityGroup,
    one: "security_group",
    many: "security_groups",
    title: "Security group",
    writable: &["name", "description"],
    flags: &[],
    sees: resource::of_owner,
    shown: resource::whole,
    change: |_, _, _, _| Ok(()),
    release,
};

/// Refused while ports have it; a project's default group is for the administrator to delete.
fn release(db: &Connection, caller: &Caller, group: &Record) -> Result<(), Refusal> {
    let id = text(group, "id");
    if text(group, "name") == "default" && !caller.is_admin() {
        let message = "Removing default security group not allowed.".to_owned();
        return Err(in_use(message, "SecurityGroupCannotRemoveDefault"));
    }
    let holds = |port: &Record| {
        let groups = port.get("security_groups").and_then(Value::as_array);
        groups.is_some_and(|groups| groups.iter().any(|group| *group == id))
    };
    if resource::any_port(db, holds)? {
        return Err(in_use(format!("Security Group {id} in use."), "SecurityGroupInUse"));
    }
    Ok(())
}

/// `POST /security-groups`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    may_write(&caller, "create_security_group")?;
    let wanted = inner(body, "security_group")?;
    only(&wanted, &["name", "description", "tenant_id", "project_id", "stateful"])?;
    let name = string(&wanted, "name", 255)?.unwrap_or_default();
    if name == "default" {
        return Err(in_use(
            "Default security group already exists.".to_owned(),
            "SecurityGroupDefaultAlreadyExists",
        ));
    }
    let description = string(&wanted, "description", 255)?.unwrap_or_default();
    let group = new_group(&caller.project_id, &name, &description);
    let kept = group.clone();
    app.db.write(move |tx| records::insert(tx, Kind::SecurityGroup, &kept)).await?;
    Ok((StatusCode::CREATED, Json(json!({"security_group": group}))))
}

/// The group, where the caller may see it.
pub(super) fn visible(db: &Connection, caller: &Caller, id: &str) -> Result<Record, Refusal> {
    resource::visible(db, &GROUPS, caller, id)
}
