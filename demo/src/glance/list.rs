//! `GET /v2/images`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query as Pairs, State};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use serde_json::{Value, json};

use super::image::{COLUMNS, Image};
use super::query::{self, Filter, Query};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;

/// One page of images.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Pairs(pairs): Pairs<Vec<(String, String)>>,
) -> Result<Json<Value>, Refusal> {
    let query = query::read(&pairs)?;
    let limit = query.limit;
    let images = app.db.read(move |c| page(c, &caller, &query)).await?;
    let mut body = json!({
        "images": images.iter().map(Image::view).collect::<Vec<_>>(),
        "first": query::link(&pairs, None),
        "schema": "/v2/schemas/images",
    });
    let first: Vec<_> = pairs.iter().filter(|(name, _)| name != "marker").cloned().collect();
    body["first"] = query::link(&first, None).into();
    // A full page has a next one, even when that turns out empty; so does Glance.
    if let Some(last) = images.last().filter(|_| images.len() == limit) {
        body["next"] = query::link(&pairs, Some(&last.id)).into();
    }
    Ok(Json(body))
}

/// Conditions in SQL, with their values in order.
#[derive(Default)]
struct Conditions {
    sql: Vec<String>,
    values: Vec<Sql>,
}

impl Conditions {
    fn add(&mut self, sql: impl Into<String>, values: impl IntoIterator<Item = Sql>) {
        self.sql.push(sql.into());
        self.values.extend(values);
    }
}

fn page(c: &Connection, caller: &Caller, query: &Query) -> Result<Vec<Image>, Refusal> {
    let mut conditions = Conditions::default();
    conditions.add("deleted_at IS NULL AND status != 'killed'", []);
    conditions.add("os_hidden = ?", [query.os_hidden.into()]);
    scope(&mut conditions, caller, query);
    for filter in &query.filters {
        narrow(&mut conditions, filter);
    }
    if let Some(marker) = &query.marker {
        after(c, &mut conditions, marker, &query.sort)?;
    }
    let order: Vec<String> = query
        .sort
        .iter()
        .map(|(key, descends)| format!("{} {}", sortable(key), if *descends { "DESC" } else { "ASC" }))
        .collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM images WHERE {} ORDER BY {} LIMIT {}",
        conditions.sql.join(" AND "),
        order.join(", "),
        query.limit
    );
    let mut statement = c.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(conditions.values), Image::read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Which images a caller's lists hold. Server code: glance/db/sqlalchemy/api.py, `_select_images_query`.
fn scope(conditions: &mut Conditions, caller: &Caller, query: &Query) {
    let visibility = query.visibility.as_deref();
    if let Some(visibility) = visibility.filter(|visibility| *visibility != "all") {
        conditions.add("visibility = ?", [visibility.to_owned().into()]);
    }
    let me = || Sql::from(caller.project_id.clone());
    let everybodys = matches!(visibility, Some("community" | "all"));
    if caller.is_admin() {
        // No join with the members: an administrator sees every shared image, whoever it is shared with.
        if !everybodys {
            conditions.add("(visibility != 'community' OR owner = ?)", [me()]);
        }
        return;
    }
    let community = if everybodys { " OR visibility = 'community'" } else { "" };
    let (status, statuses) = match query.member_status.as_str() {
        "all" => ("", None),
        status => (" AND m.status = ?", Some(Sql::from(status.to_owned()))),
    };
    conditions.add(
        format!(
            "(visibility = 'public' OR owner = ?{community} OR (visibility = 'shared' AND EXISTS
             (SELECT 1 FROM image_members m WHERE m.image_id = images.id AND m.member = ?{status})))"
        ),
        [me(), me()].into_iter().chain(statuses),
    );
}

fn narrow(conditions: &mut Conditions, filter: &Filter) {
    match filter {
        Filter::In(column, values) => {
            let marks = vec!["?"; values.len()].join(", ");
            // MariaDB's usual collation does not heed case.
            conditions.add(format!("{column} COLLATE NOCASE IN ({marks})"), values.iter().map(|value| value.clone().into()));
        }
        Filter::Number(column, operator, number) => {
            conditions.add(format!("{column} {operator} ?"), [(*number).into()]);
        }
        Filter::Time(column, operator, second) => {
            conditions.add(format!("{column} / 1000000 {operator} ?"), [(*second).into()]);
        }
        Filter::Flag(column, flag) => conditions.add(format!("{column} = ?"), [(*flag).into()]),
        Filter::Tag(tag) => {
            conditions.add("EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ? COLLATE NOCASE)", [tag.clone().into()]);
        }
        Filter::Property(name, value) => conditions.add(
            "EXISTS (SELECT 1 FROM json_each(properties) WHERE key = ? COLLATE NOCASE AND value = ? COLLATE NOCASE)",
            [name.clone().into(), value.clone().into()],
        ),
    }
}

/// Rows that come after the marker in the given order.
fn after(
    c: &Connection,
    conditions: &mut Conditions,
    marker: &str,
    sort: &[(&'static str, bool)],
) -> Result<(), Refusal> {
    let columns: Vec<String> = sort.iter().map(|(key, _)| sortable(key)).collect();
    let sql = format!("SELECT {} FROM images WHERE id = ? AND deleted_at IS NULL", columns.join(", "));
    let at: Option<Vec<Sql>> = c
        .query_row(&sql, [marker], |row| (0..sort.len()).map(|index| row.get(index)).collect())
        .optional()?;
    let at = at.ok_or_else(|| Refusal::bad_request(format!("No image found with ID {marker}")))?;
    // (a > x) OR (a = x AND b > y) OR …, because each column may go its own way.
    let mut ways = Vec::new();
    let mut values = Vec::new();
    for (depth, (_, descends)) in sort.iter().enumerate() {
        let mut way: Vec<String> = columns[..depth].iter().map(|column| format!("{column} = ?")).collect();
        way.push(format!("{} {} ?", columns[depth], if *descends { "<" } else { ">" }));
        ways.push(format!("({})", way.join(" AND ")));
        values.extend(at[..=depth].iter().cloned());
    }
    conditions.add(format!("({})", ways.join(" OR ")), values);
    Ok(())
}

/// A column that can be compared although it may be null.
fn sortable(key: &str) -> String {
    match key {
        "size" => "coalesce(size, -1)".into(),
        // As MariaDB's usual collation has it: without regard to case.
        "name" => "coalesce(name, '') COLLATE NOCASE".into(),
        "container_format" | "disk_format" => format!("coalesce({key}, '')"),
        _ => key.to_owned(),
    }
}
