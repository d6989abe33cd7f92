//! Takes away what a run has made, also what the recorded requests made; what can't be taken away is told.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::stage::{ADMIN, ALICE, Stage, text};

impl Stage {
    /// Leaves the cloud as it was. Says what is left behind.
    pub async fn clear_up(&mut self) -> Vec<String> {
        let mut left = Vec::new();
        let token = self.token(ADMIN).await;
        let projects: Vec<String> = self.projects.values().cloned().collect();
        self.clear_servers(&token, &projects, &mut left).await;
        self.clear_volumes(&token, &projects, &mut left).await;
        self.clear_images(&token, &projects, &mut left).await;
        if !projects.is_empty() {
            let alice = self.token(ALICE).await;
            self.delete(
                &alice,
                &format!("{}/v2.1/os-keypairs/alice-key", self.services["compute"]),
                &mut left,
            )
            .await;
        }
        // What was made first goes last.
        for url in std::mem::take(&mut self.made).iter().rev() {
            self.delete(&token, url, &mut left).await;
        }
        // A project's default group was made by Neutron itself.
        let network = self.services["network"].clone();
        for project in &projects {
            let list = format!("{network}/v2.0/security-groups?project_id={project}");
            for id in self.ids(&token, &list, "security_groups").await {
                self.delete(&token, &format!("{network}/v2.0/security-groups/{id}"), &mut left).await;
            }
        }
        for url in std::mem::take(&mut self.accounts_made).iter().rev() {
            self.delete(&token, url, &mut left).await;
        }
        left
    }

    async fn clear_servers(&self, token: &str, projects: &[String], left: &mut Vec<String>) {
        let all = format!("{}/v2.1/servers", self.services["compute"]);
        let mut servers = Vec::new();
        for project in projects {
            let list = format!("{all}?all_tenants=1&project_id={project}");
            servers.extend(self.ids(token, &list, "servers").await.iter().map(|id| format!("{all}/{id}")));
        }
        for url in &servers {
            self.delete(token, url, left).await;
        }
        let end = Instant::now() + self.target.patience();
        for url in &servers {
            while self.ask(token, "GET", url).await.0 == 200 && Instant::now() < end {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }

    /// With their snapshots. The recorded requests delete their own; this is for a run that stops between.
    async fn clear_volumes(&mut self, token: &str, projects: &[String], left: &mut Vec<String>) {
        let identity = self.services["identity"].clone();
        let (_, own) = self.ask(token, "GET", &format!("{identity}/v3/auth/catalog")).await;
        let mut endpoints = own["catalog"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|service| service["type"] == "volumev3")
            .map(|service| text(&service["endpoints"][0]["url"]));
        let Some(all) = endpoints.next() else { return };
        for project in projects {
            let list = format!("{all}/volumes?all_tenants=1&project_id={project}");
            for id in self.ids(token, &list, "volumes").await {
                self.delete(token, &format!("{all}/volumes/{id}?cascade=true"), left).await;
            }
        }
    }

    async fn clear_images(&mut self, token: &str, projects: &[String], left: &mut Vec<String>) {
        let all = format!("{}/v2/images", self.services["image"]);
        let mut images = std::mem::take(&mut self.images);
        for project in projects {
            for hidden in [false, true] {
                let list = format!("{all}?owner={project}&visibility=all&limit=500&os_hidden={hidden}");
                images.extend(self.ids(token, &list, "images").await);
            }
        }
        images.sort();
        images.dedup();
        for id in images {
            let url = format!("{all}/{id}");
            self.unprotect(token, &url).await;
            self.delete(token, &url, left).await;
        }
    }

    async fn ids(&self, token: &str, url: &str, list: &str) -> Vec<String> {
        let (_, body) = self.ask(token, "GET", url).await;
        body[list].as_array().into_iter().flatten().map(|item| text(&item["id"])).collect()
    }

    async fn ask(&self, token: &str, method: &str, url: &str) -> (u16, Value) {
        let headers = vec![("x-auth-token".to_owned(), token.to_owned())];
        let answer = self.target.send(method, url, headers, Bytes::new()).await;
        (answer.status, answer.json())
    }

    async fn delete(&self, token: &str, url: &str, left: &mut Vec<String>) {
        let (status, body) = self.ask(token, "DELETE", url).await;
        // What a recorded request has deleted is gone already.
        if status / 100 != 2 && status != 404 {
            left.push(format!("{url}: {status} {body}"));
        }
    }

    async fn unprotect(&self, token: &str, url: &str) {
        let (_, image) = self.ask(token, "GET", url).await;
        if image["protected"] == true {
            let headers =
                [("x-auth-token", token), ("content-type", "application/openstack-images-v2.1-json-patch")]
                    .map(|(name, value)| (name.to_owned(), value.to_owned()));
            let patch = json!([{"op": "replace", "path": "/protected", "value": false}]).to_string();
            self.target.send("PATCH", url, headers.to_vec(), patch.into()).await;
        }
    }
}
