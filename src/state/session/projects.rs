//! Projects: which the person may go to, and their names.

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    openstack::{
        error::ApiError,
        ids::ProjectId,
        keystone::{self, Project},
    },
    state::session::Session,
};

impl Session {
    /// Reads the list of projects again, for the switcher.
    ///
    /// # Errors
    /// As Keystone says; the old list stays.
    pub async fn load_projects(self) -> Result<(), ApiError> {
        let Some(grant) = self.state.get_untracked().usable_grant().cloned() else { return Ok(()) };
        if grant.token.credential.is_some() {
            // Keystone lists all of the person's, but lets them into this one only.
            self.projects.set(grant.token.project.into_iter().collect());
            return Ok(());
        }
        let projects = self.send(keystone::list_my_projects(&grant.token.id)).await?;
        self.projects.set(projects.into_iter().filter(|project| project.enabled).collect());
        Ok(())
    }

    /// The name of a project, where it is known; tracked.
    pub fn project_name(self, project: &ProjectId) -> Option<String> {
        self.names.read().get(project).cloned()
    }

    /// The names of projects, as far as they are known.
    pub fn project_names(self) -> RwSignal<BTreeMap<ProjectId, String>> {
        self.names
    }

    /// Notes the name of a project that was looked up.
    pub fn note_project(self, project: &Project) {
        self.names.update(|names| {
            names.insert(project.id.clone(), project.name.clone());
        });
    }

    /// Reads the names of projects, once a session: an administrator may read all, others their own.
    pub fn learn_project_names(self) {
        if !self.names.read_untracked().is_empty() {
            return;
        }
        spawn_local(async move {
            let is_admin = self
                .state
                .read_untracked()
                .grant()
                .is_some_and(|grant| grant.token.roles.iter().any(|role| role == "admin"));
            let all = if is_admin { self.send(keystone::list_projects()).await.ok() } else { None };
            let known = match all {
                Some(all) => all,
                // Not allowed, or it failed: ids are shown for the others.
                None if self.load_projects().await.is_ok() => self.projects.get_untracked(),
                None => return,
            };
            self.names.set(known.into_iter().map(|project| (project.id, project.name)).collect());
        });
    }
}
