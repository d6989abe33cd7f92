//! Launching: it outlives the wizard's page, so that no launch is sent twice and none ends without a word.

use leptos::prelude::*;

use crate::{
    openstack::{
        error::ApiError,
        ids::{ProjectId, ServerId, UserId},
        nova::{
            self,
            flavor::Flavor,
            server::{CreateServer, Server, ServerFlavor, ServerStatus},
        },
    },
    state::servers::{Followed, Servers},
};

impl Servers {
    /// Whether the wizard of this number has a launch under way; tracked.
    pub fn is_launching(self, wizard: &str) -> bool {
        self.launches.read().contains(wizard)
    }

    /// Asks Nova for what a wizard has gathered. A single server is known from the answer on, before it is read.
    ///
    /// # Errors
    /// As Nova says.
    pub async fn launch(
        self,
        wizard: &str,
        body: &CreateServer,
        flavor: Option<Flavor>,
    ) -> Result<ServerId, ApiError> {
        self.launches.update(|launches| _ = launches.insert(wizard.to_owned()));
        let outcome = self.session.send(nova::create_server(body)).await;
        self.launches.update(|launches| _ = launches.remove(wizard));
        if let (Ok(id), None) = (&outcome, body.max_count) {
            let row = self.row(id);
            // A list that was read meanwhile knows better.
            if row.read_untracked().server.is_none() {
                row.set(Followed { server: Some(accepted(id, body, flavor)), ..Followed::default() });
            }
        }
        self.refresh();
        outcome
    }
}

/// A server as Nova has just accepted it: its answer is the id alone, and every server begins so.
fn accepted(id: &ServerId, body: &CreateServer, flavor: Option<Flavor>) -> Server {
    let now = String::from(js_sys::Date::new_0().to_iso_string());
    let flavor = match flavor {
        Some(flavor) => ServerFlavor {
            id: Some(flavor.id),
            name: Some(flavor.name),
            vcpus: Some(flavor.vcpus),
            ram: Some(flavor.ram),
            disk: Some(flavor.disk),
        },
        None => ServerFlavor { id: Some(body.flavor.clone()), ..ServerFlavor::default() },
    };
    Server {
        id: id.clone(),
        name: body.name.clone(),
        status: ServerStatus::Build,
        task_state: None,
        progress: None,
        fault: None,
        image: body.image.clone(),
        flavor,
        addresses: Default::default(),
        metadata: body.metadata.clone(),
        key_name: body.key_name.clone(),
        description: body.description.clone(),
        created: now.clone(),
        updated: now,
        launched_at: None,
        availability_zone: body.availability_zone.clone(),
        volumes: Vec::new(),
        security_groups: Vec::new(),
        locked: false,
        project_id: ProjectId::default(),
        user_id: UserId::default(),
    }
}
