//! Quotas per project, what is used of them, and `limits`, which has both for a form.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value, json};

use super::model::{self, VolumeType};
use super::scope::Scoped;
use super::types;
use super::words::{invalid_input, over_quota};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::nova::query::{first, pairs};
use crate::nova::schema;
use crate::nova::words::policy;
use crate::state::App;

/// Cinder's own defaults; -1 is unlimited, as is everything per type.
const DEFAULTS: [(&str, i64); 7] = [
    ("volumes", 10),
    ("per_volume_gigabytes", -1),
    ("snapshots", 10),
    ("gigabytes", 1000),
    ("backups", 10),
    ("backup_gigabytes", 1000),
    ("groups", 10),
];
const PER_TYPE: [&str; 3] = ["volumes", "gigabytes", "snapshots"];

/// What is to be made.
#[derive(Debug, Clone, Copy)]
pub enum Making<'a> {
    /// A volume of so many GiB and this type.
    Volume(i64, &'a str),
    /// A snapshot of so many GiB, of a volume of this type.
    Snapshot(i64, &'a str),
    /// So many GiB more of a volume of this type.
    Growth(i64, &'a str),
}

/// Refuses what a project's quotas do not leave room for, in Cinder's order.
pub fn reserve(db: &Connection, project: &str, making: Making<'_>) -> Result<(), Refusal> {
    let (counted, size, type_id) = match making {
        Making::Volume(size, kind) => (Some("volumes"), size, kind),
        Making::Snapshot(size, kind) => (Some("snapshots"), size, kind),
        Making::Growth(size, kind) => (None, size, kind),
    };
    let kind = model::get::<VolumeType>(db, type_id)?.map(|kind| kind.name).unwrap_or_default();
    let most = of(db, project, "per_volume_gigabytes")?;
    if counted == Some("volumes") && most >= 0 && size > most {
        return Err(over_quota(&format!(
            "VolumeSizeExceedsLimit: Requested volume size {size}G is larger than maximum allowed limit {most}G."
        )));
    }
    for name in ["gigabytes".to_owned(), format!("gigabytes_{kind}")] {
        let (most, used) = (of(db, project, &name)?, used(db, project, &name)?);
        if most >= 0 && used + size > most {
            return Err(over_quota(&format!(
                "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed {name} quota. Requested \
                 {size}G, quota is {most}G and {used}G has been consumed."
            )));
        }
    }
    let Some(counted) = counted else { return Ok(()) };
    for name in [counted.to_owned(), format!("{counted}_{kind}")] {
        let most = of(db, project, &name)?;
        if most < 0 || used(db, project, &name)? < most {
            continue;
        }
        return Err(over_quota(&if counted == "volumes" {
            format!(
                "VolumeLimitExceeded: Maximum number of volumes allowed ({most}) exceeded for quota '{name}'."
            )
        } else {
            format!("SnapshotLimitExceeded: Maximum number of snapshots allowed ({most}) exceeded")
        }));
    }
    Ok(())
}

/// A project's quota: its own where set, else the default.
fn of(db: &Connection, project: &str, resource: &str) -> rusqlite::Result<i64> {
    let sql = "SELECT most FROM cinder_quotas WHERE project_id = ?1 AND resource = ?2";
    let own = db.query_row(sql, [project, resource], |row| row.get(0)).optional()?;
    let usual = DEFAULTS.iter().find(|(name, _)| *name == resource).map_or(-1, |(_, most)| *most);
    Ok(own.unwrap_or(usual))
}

/// How much of a quota a project uses now, of one type where the name ends in one.
fn used(db: &Connection, project: &str, resource: &str) -> rusqlite::Result<i64> {
    let kind = match resource.split_once('_') {
        Some((counted, name)) if PER_TYPE.contains(&counted) => match types::named(db, name)? {
            Some(kind) => Some(kind.id),
            None => return Ok(0),
        },
        _ => None,
    };
    let of_type = |id: &str| kind.as_ref().is_none_or(|kind| kind == id);
    let now = clock::now();
    let volumes = || {
        let volumes = model::volumes(db, Some(project), now)?;
        Ok::<_, rusqlite::Error>(volumes.into_iter().filter(|volume| of_type(&volume.type_id)))
    };
    let snapshots = || {
        let snapshots = model::snapshots(db, Some(project), now)?;
        Ok::<_, rusqlite::Error>(snapshots.into_iter().filter(|snapshot| of_type(&snapshot.type_id)))
    };
    Ok(match resource.split('_').next() {
        Some("volumes") => volumes()?.count() as i64,
        Some("snapshots") => snapshots()?.count() as i64,
        // Snapshots count against the gigabytes, too.
        Some("gigabytes") => {
            volumes()?.map(|volume| volume.size).sum::<i64>()
                + snapshots()?.map(|snapshot| snapshot.size).sum::<i64>()
        }
        _ => 0,
    })
}

/// The names of all quotas.
fn resources(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let types = model::list::<VolumeType>(db, None)?;
    let per_type = types.iter().flat_map(|kind| PER_TYPE.map(|counted| format!("{counted}_{}", kind.name)));
    Ok(DEFAULTS.iter().map(|(name, _)| (*name).to_owned()).chain(per_type).collect())
}

/// `GET /os-quota-sets/{project}`, with `usage=true` also what is used.
pub async fn show(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, project)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    may_read(&caller, &project)?;
    let asked = pairs(uri.query().unwrap_or(""));
    let usage = first(&asked, "usage").is_some_and(|word| {
        ["true", "1", "yes", "on", "t", "y"].contains(&word.to_ascii_lowercase().as_str())
    });
    let set = app
        .db
        .read(move |c| -> rusqlite::Result<_> {
            let mut set = Map::new();
            for name in resources(c)? {
                let most = of(c, &project, &name)?;
                let value = if usage {
                    json!({"limit": most, "in_use": used(c, &project, &name)?, "reserved": 0})
                } else {
                    json!(most)
                };
                set.insert(name, value);
            }
            set.insert("id".to_owned(), json!(project));
            Ok(set)
        })
        .await?;
    Ok(Json(json!({"quota_set": set})))
}

/// `GET /os-quota-sets/{project}/defaults`.
pub async fn defaults(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, project)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    may_read(&caller, &project)?;
    let names = app.db.read(resources).await?;
    let usual = |name: &str| DEFAULTS.iter().find(|(known, _)| *known == name).map_or(-1, |(_, most)| *most);
    let mut set: Map<String, Value> =
        names.into_iter().map(|name| (name.clone(), json!(usual(&name)))).collect();
    set.insert("id".to_owned(), json!(project));
    Ok(Json(json!({"quota_set": set})))
}

/// `PUT /os-quota-sets/{project}`.
pub async fn update(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, project)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let body = schema::body(body)?;
    let wanted = schema::object(&body, "quota_set")?.clone();
    if !caller.is_admin() {
        return Err(policy("volume_extension:quotas:update"));
    }
    let set = app
        .db
        .write(move |tx| {
            let names = resources(tx)?;
            // Cinder's old flag, which it still takes.
            let asked = || wanted.iter().filter(|(key, _)| *key != "skip_validation" && *key != "tenant_id");
            let odd: Vec<&str> = asked()
                .map(|(key, _)| key.as_str())
                .filter(|key| !names.iter().any(|name| name == key))
                .collect();
            if !odd.is_empty() {
                return Err(invalid_input(&format!("Bad key(s) in quota set: {}", odd.join(", "))));
            }
            for (name, value) in asked() {
                let number =
                    value.as_i64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
                let most = match number {
                    None => return Err(Refusal::bad_request(format!("{name} must be an integer"))),
                    Some(..-1) => return Err(Refusal::bad_request(format!("{name} must be >= -1"))),
                    Some(most) if most > i64::from(i32::MAX) => {
                        return Err(Refusal::bad_request(format!("{name} must be <= {}", i32::MAX)));
                    }
                    Some(most) => most,
                };
                let sql =
                    "INSERT OR REPLACE INTO cinder_quotas (project_id, resource, most) VALUES (?1, ?2, ?3)";
                tx.execute(sql, params![project, name, most])?;
            }
            let mut set = Map::new();
            for name in names {
                let most = of(tx, &project, &name)?;
                set.insert(name, json!(most));
            }
            Ok(set)
        })
        .await?;
    Ok(Json(json!({"quota_set": set})))
}

/// `DELETE /os-quota-sets/{project}`: back to the defaults.
pub async fn delete(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, project)): Path<(String, String)>,
) -> Result<super::words::Nothing, Refusal> {
    if !caller.is_admin() {
        return Err(policy("volume_extension:quotas:delete"));
    }
    app.db.write(move |tx| tx.execute("DELETE FROM cinder_quotas WHERE project_id = ?1", [project])).await?;
    Ok(super::words::Nothing(StatusCode::OK))
}

/// `GET /limits`.
pub async fn limits(State(app): State<Arc<App>>, Scoped(caller): Scoped) -> Result<Json<Value>, Refusal> {
    let project = caller.project_id;
    let absolute = app
        .db
        .read(move |c| -> rusqlite::Result<Value> {
            let of = |name: &str| of(c, &project, name);
            let used = |name: &str| used(c, &project, name);
            Ok(json!({
                "maxTotalVolumes": of("volumes")?, "maxTotalSnapshots": of("snapshots")?,
                "maxTotalVolumeGigabytes": of("gigabytes")?, "maxTotalBackups": of("backups")?,
                "maxTotalBackupGigabytes": of("backup_gigabytes")?, "totalVolumesUsed": used("volumes")?,
                "totalGigabytesUsed": used("gigabytes")?, "totalSnapshotsUsed": used("snapshots")?,
                "totalBackupsUsed": 0, "totalBackupGigabytesUsed": 0,
            }))
        })
        .await?;
    Ok(Json(json!({"limits": {"rate": [], "absolute": absolute}})))
}

fn may_read(caller: &Caller, project: &str) -> Result<(), Refusal> {
    if caller.is_admin() || caller.project_id == project {
        return Ok(());
    }
    Err(policy("volume_extension:quotas:show"))
}
