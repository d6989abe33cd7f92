//! Sharing an image with single projects: which project is meant, and whether it can be offered the image.

use crate::openstack::{
    error::{ApiError, FaultKind},
    glance::{image::Image, member::Member},
    ids::ProjectId,
    keystone::Project,
};

/// Why what was typed can't be offered the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was typed.
    Missing,
    /// The project that owns it.
    Owner,
    /// It was offered to that project already.
    Already,
    /// No project has this name or id.
    Unknown,
    /// Keystone lets this person look nothing up, so that only an id will do.
    OnlyIds,
    /// Keystone could not be asked.
    NotAsked(ApiError),
}

/// Which project is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// This one.
    One(Project),
    /// This id, which Keystone would not confirm.
    Unconfirmed(ProjectId),
    /// One of these, all of the same name in several domains.
    Several(Vec<Project>),
}

/// What is typed, without the blanks around it.
///
/// # Errors
/// `Missing` for nothing.
pub fn typed_project(typed: &str) -> Result<&str, Problem> {
    let typed = typed.trim();
    if typed.is_empty() { Err(Problem::Missing) } else { Ok(typed) }
}

/// Which of the projects that are known anyway is meant, by id or by name.
pub fn among_known(typed: &str, known: &[Project]) -> Option<Lookup> {
    if let Some(project) = known.iter().find(|project| project.id.as_str() == typed) {
        return Some(Lookup::One(project.clone()));
    }
    let named: Vec<Project> = known.iter().filter(|project| project.name == typed).cloned().collect();
    match named.as_slice() {
        [] => None,
        [one] => Some(Lookup::One(one.clone())),
        _ => Some(Lookup::Several(named)),
    }
}

/// What Keystone's answers to "who has this id" and "who has this name" come to. Glance takes any text for a project's id, so a
/// mistyped one would be offered to nobody.
///
/// # Errors
/// `Unknown` where Keystone knows none, `OnlyIds` where it does not let one look, `NotAsked` where it gave no answer.
pub fn among_answers(
    typed: &str,
    by_id: Result<Project, ApiError>,
    by_name: Result<Vec<Project>, ApiError>,
) -> Result<Lookup, Problem> {
    if let Ok(project) = by_id {
        return Ok(Lookup::One(project));
    }
    match by_name {
        Ok(named) => among_known(typed, &named).ok_or(Problem::Unknown),
        // A refusal says nothing about the project; an id is taken as it stands.
        Err(_) if looks_like_id(typed) => Ok(Lookup::Unconfirmed(ProjectId::from(typed))),
        Err(error) if error.kind() == Some(FaultKind::Forbidden) => Err(Problem::OnlyIds),
        Err(error) => Err(Problem::NotAsked(error)),
    }
}

/// Whether a project can be offered the image.
///
/// # Errors
/// Why not.
pub fn can_offer(image: &Image, members: &[Member], project: &ProjectId) -> Result<(), Problem> {
    if image.owner.as_ref() == Some(project) {
        return Err(Problem::Owner);
    }
    if members.iter().any(|member| member.member_id == *project) {
        return Err(Problem::Already);
    }
    Ok(())
}

/// Keystone's ids: a UUID with or without its dashes, or the 64 digits of a federated one.
pub fn looks_like_id(text: &str) -> bool {
    let digits = text.chars().filter(|c| *c != '-').count();
    matches!(digits, 32 | 64) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests;
