//! What the recorded exchanges need to find, made through the API as `openstack/identity.py` and `seed.py` made it in the recorded
//! cloud, under names of this run; and taken away again. Nothing that the cloud had before is used but its administrator.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::images;
use crate::names::Names;
use crate::target::{Answer, Target};
use crate::transcripts;

/// Users, each of one project with one role, as recorded.
const USERS: [(&str, &str, &str); 4] = [
    ("alice", "demo", "member"),
    ("bob", "other", "member"),
    ("rita", "demo", "reader"),
    ("quinn", "quota", "member"),
];
/// Projects, their descriptions, and how many instances, cores and MiB they may have.
const PROJECTS: [(&str, &str, [u32; 3]); 3] = [
    ("demo", "Demo project", [50, 100, 204_800]),
    ("other", "Another project", [20, 40, 81_920]),
    ("quota", "Project with tight quotas", [1, 2, 4096]),
];
const PASSWORD: &str = "password";
const FLAVORS: [(&str, u32, u32, u32); 5] = [
    ("m1.tiny", 1, 512, 1),
    ("m1.small", 1, 2048, 20),
    ("m1.medium", 2, 4096, 40),
    ("m1.large", 4, 8192, 80),
    ("c1.micro", 1, 256, 0),
];

pub const ALICE: &str = "<token of alice in demo>";
pub const QUINN: &str = "<token of quinn in quota>";
pub const BOB: &str = "<token of bob in other>";
pub const ADMIN: &str = "<token of admin in admin>";

/// A cloud with what this run has made in it.
pub struct Stage {
    pub target: Target,
    pub names: Names,
    pub tokens: BTreeMap<String, String>,
    /// Addresses by the type of service, without the version.
    pub services: BTreeMap<String, String>,
    /// In front of all names that others could see.
    pub prefix: String,
    pub projects: BTreeMap<String, String>,
    /// What to delete in the end, in the order of its making: first what is in the projects, then the accounts.
    pub made: Vec<String>,
    pub accounts_made: Vec<String>,
    pub images: Vec<String>,
}

impl Stage {
    /// Knows its way about the cloud and has made nothing yet.
    pub async fn new(target: Target) -> Self {
        // Sorts before what others have.
        let prefix = format!("00{}-", &uuid::Uuid::new_v4().simple().to_string()[..4]);
        let given = USERS.iter().map(|user| user.0).chain(PROJECTS.iter().map(|project| project.0));
        let given = given.chain(FLAVORS.iter().map(|flavor| flavor.0)).chain(images::names());
        let given = given.chain(["public", "shared-net", "public-subnet", "shared-net-subnet"]);
        let mut given: BTreeMap<_, _> =
            given.map(|name| (name.to_owned(), format!("{prefix}{name}"))).collect();
        given.insert("admin".into(), target.admin[0].clone());
        let identity = target.keystone.trim_end_matches("/v3").to_owned();
        let mut stage = Self {
            names: Names::new(given),
            services: BTreeMap::from([("identity".into(), identity)]),
            tokens: BTreeMap::new(),
            projects: BTreeMap::new(),
            made: Vec::new(),
            accounts_made: Vec::new(),
            images: Vec::new(),
            target,
            prefix,
        };
        stage.find_services().await;
        stage
    }

    async fn find_services(&mut self) {
        let answer = self.sign_in(ADMIN).await;
        for service in answer["token"]["catalog"].as_array().into_iter().flatten() {
            let endpoints = service["endpoints"].as_array().into_iter().flatten();
            let public = endpoints.into_iter().find(|endpoint| endpoint["interface"] == "public");
            if let (Some(kind), Some(url)) =
                (service["type"].as_str(), public.and_then(|it| it["url"].as_str()))
            {
                let url = url.trim_end_matches('/').trim_end_matches("/v2.1");
                // Cinder's ends in the project.
                let url = url.split("/v3/").next().unwrap_or(url);
                self.services.entry(kind.to_owned()).or_insert_with(|| url.to_owned());
            }
        }
        for (port, kind) in [
            (5000, "identity"),
            (9292, "image"),
            (9293, "image"),
            (8774, "compute"),
            (9696, "network"),
            (8776, "volumev3"),
        ] {
            self.names.words.push((format!("http://127.0.0.1:{port}"), self.services[kind].clone()));
        }
        self.names.words.push(("http://127.0.0.1:8097".into(), self.target.files.clone()));
        self.names.words.push(("adminpass".into(), self.target.admin[1].clone()));
    }

    pub fn given(&self, name: &str) -> String {
        self.names.given[name].clone()
    }

    /// The token behind a label such as `<token of alice in demo>`.
    pub async fn token(&mut self, label: &str) -> String {
        if !self.tokens.contains_key(label) && label.starts_with("<token of") {
            self.sign_in(label).await;
        }
        self.tokens.get(label).cloned().unwrap_or_else(|| "gAAAAABnotatoken".into())
    }

    async fn sign_in(&mut self, label: &str) -> Value {
        let words: Vec<&str> = label.trim_matches(['<', '>']).split(' ').collect();
        let [_, _, user, _, project] = words[..] else { panic!("{label} names nobody") };
        let (user, password, project) = if user == "admin" {
            let [user, password, project] = self.target.admin.clone();
            (user, password, project)
        } else {
            (self.given(user), PASSWORD.to_owned(), self.given(project))
        };
        let domain = json!({"id": "default"});
        let body = json!({"auth": {
            "identity": {"methods": ["password"],
                "password": {"user": {"name": user, "domain": domain, "password": password}}},
            "scope": {"project": {"name": project, "domain": domain}},
        }});
        let url = format!("{}/v3/auth/tokens", self.services["identity"]);
        let answer = self.send("", "POST", &url, Some(body)).await;
        assert_eq!(answer.status, 201, "sign-in of {label}: {}", answer.json());
        self.tokens.insert(label.to_owned(), answer.header("x-subject-token").to_owned());
        answer.json()
    }

    async fn send(&self, token: &str, method: &str, url: &str, body: Option<Value>) -> Answer {
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        if !token.is_empty() {
            headers.push(("x-auth-token".to_owned(), token.to_owned()));
        }
        let bytes = body.map_or_else(Bytes::new, |body| {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
            body.to_string().into()
        });
        self.target.send(method, url, headers, bytes).await
    }

    /// One call of the API that has to succeed.
    pub async fn call(
        &mut self,
        who: &str,
        method: &str,
        service: &str,
        path: &str,
        body: Option<Value>,
    ) -> Value {
        let token = self.token(who).await;
        let url = format!("{}{path}", self.services[service]);
        let answer = self.send(&token, method, &url, body).await;
        assert!(
            answer.status / 100 == 2,
            "{method} {url}: {} {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
        answer.json()
    }

    pub async fn post(&mut self, who: &str, service: &str, path: &str, body: Value) -> Value {
        self.call(who, "POST", service, path, Some(body)).await
    }

    /// Makes a thing, and remembers to delete it.
    async fn make(&mut self, who: &str, service: &str, path: &str, kind: &str, body: Value) -> String {
        let answer = self.post(who, service, path, json!({kind: body})).await;
        let id = text(&answer[kind]["id"]);
        self.made.push(format!("{}{path}/{id}", self.services[service]));
        id
    }

    /// Makes everything.
    pub async fn set_up(&mut self) {
        self.accounts().await;
        for (name, vcpus, ram, disk) in FLAVORS {
            let flavor = json!({"name": self.given(name), "vcpus": vcpus, "ram": ram, "disk": disk});
            self.make(ADMIN, "compute", "/v2.1/flavors", "flavor", flavor).await;
        }
        self.network(ADMIN, "public", "172.24.4.0/24", json!({"router:external": true}), false).await;
        self.network(ADMIN, "shared-net", "10.10.0.0/16", json!({"shared": true}), true).await;
        let demo_net = self.network(ALICE, "demo-net", "10.20.0.0/24", json!({}), true).await;
        self.network(BOB, "other-net", "10.30.0.0/24", json!({}), true).await;
        self.make_images().await;
        self.alices_server(&demo_net).await;
    }

    /// Projects, users, roles and limits.
    pub async fn accounts(&mut self) {
        self.users_in_projects().await;
        self.tight_limits().await;
        self.accounts_made = std::mem::take(&mut self.made);
    }

    async fn users_in_projects(&mut self) {
        let roles = self.call(ADMIN, "GET", "identity", "/v3/roles", None).await;
        let roles: BTreeMap<_, _> =
            listed(&roles, "roles").map(|role| (text(&role["name"]), text(&role["id"]))).collect();
        for (name, description, [instances, cores, ram]) in PROJECTS {
            let body = json!({"name": self.given(name), "domain_id": "default", "description": description});
            let id = self.make(ADMIN, "identity", "/v3/projects", "project", body).await;
            let quotas = format!("/v2.1/os-quota-sets/{id}");
            let body = json!({"quota_set": {"instances": instances, "cores": cores, "ram": ram}});
            self.call(ADMIN, "PUT", "compute", &quotas, Some(body)).await;
            self.made.push(format!("{}{quotas}", self.services["compute"]));
            self.projects.insert(name.to_owned(), id);
        }
        for (name, project, role) in USERS {
            let project = self.projects[project].clone();
            let body = json!({"name": self.given(name), "domain_id": "default", "password": PASSWORD,
                "default_project_id": project});
            let user = self.make(ADMIN, "identity", "/v3/users", "user", body).await;
            let grant = format!("/v3/projects/{project}/users/{user}/roles/{}", roles[role]);
            self.call(ADMIN, "PUT", "identity", &grant, None).await;
        }
    }

    /// Glance's: two images, two MiB.
    async fn tight_limits(&mut self) {
        let usual = self.call(ADMIN, "GET", "identity", "/v3/registered_limits", None).await;
        let limits: Vec<Value> = listed(&usual, "registered_limits")
            .filter(|limit| text(&limit["resource_name"]).starts_with("image_"))
            .map(|limit| {
                json!({"resource_name": limit["resource_name"], "service_id": limit["service_id"],
                    "region_id": limit["region_id"], "project_id": self.projects["quota"], "resource_limit": 2})
            })
            .collect();
        let made = self.post(ADMIN, "identity", "/v3/limits", json!({"limits": limits})).await;
        let url = format!("{}/v3/limits", self.services["identity"]);
        self.made.extend(listed(&made, "limits").map(|limit| format!("{url}/{}", text(&limit["id"]))));
    }

    async fn network(&mut self, who: &str, name: &str, cidr: &str, more: Value, dhcp: bool) -> String {
        let ours = self.names.given.get(name).cloned().unwrap_or_else(|| name.to_owned());
        let mut body = more;
        body["name"] = ours.clone().into();
        let id = self.make(who, "network", "/v2.0/networks", "network", body).await;
        let subnet = json!({"network_id": id, "name": format!("{ours}-subnet"), "ip_version": 4, "cidr": cidr,
            "enable_dhcp": dhcp});
        self.post(who, "network", "/v2.0/subnets", json!({"subnet": subnet})).await;
        id
    }

    /// The server that the recorded lists and limits count.
    async fn alices_server(&mut self, network: &str) {
        let recorded = transcripts::all(transcripts::FIRST)
            .into_iter()
            .find(|it| it.number == 232)
            .expect("232 is there");
        let mut key = recorded.response_body["keypairs"][0]["keypair"].clone();
        key.as_object_mut().expect("a key pair").remove("fingerprint");
        self.post(ALICE, "compute", "/v2.1/os-keypairs", json!({"keypair": key})).await;
        let flavors = self.call(ALICE, "GET", "compute", "/v2.1/flavors", None).await;
        let flavor =
            listed(&flavors, "flavors").find(|it| it["name"] == self.names.given["m1.tiny"]).cloned();
        let server = json!({"name": "alice-web", "imageRef": self.images[0], "key_name": "alice-key",
            "flavorRef": flavor.expect("it was made")["id"], "networks": [{"uuid": network}]});
        let server = self.post(ALICE, "compute", "/v2.1/servers", json!({"server": server})).await;
        self.until_idle(ALICE, &text(&server["server"]["id"]), "ACTIVE").await;
    }

    /// Waits until a server has this status and nothing to do.
    pub async fn until_idle(&mut self, who: &str, server: &str, status: &str) {
        let path = format!("/v2.1/servers/{}", self.names.text(server));
        let idle =
            |it: &Value| it["server"]["status"] == status && it["server"]["OS-EXT-STS:task_state"].is_null();
        self.until(who, "compute", &path, idle).await;
    }

    pub async fn until(&mut self, who: &str, service: &str, path: &str, done: impl Fn(&Value) -> bool) {
        let end = Instant::now() + self.target.patience();
        loop {
            let now = self.call(who, "GET", service, path, None).await;
            if done(&now) {
                return;
            }
            assert!(Instant::now() < end, "{path} is still {now}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until nothing of alice's and quinn's is under way, as the recorders did between their requests.
    pub async fn until_still(&mut self) {
        for (who, project) in [(ALICE, "demo"), (QUINN, "quota")] {
            let volumes = format!("/v3/{}", self.projects[project]);
            for (service, path, list) in [
                ("compute", "/v2.1/servers/detail".to_owned(), "servers"),
                ("volumev3", format!("{volumes}/volumes/detail"), "volumes"),
                ("volumev3", format!("{volumes}/snapshots/detail"), "snapshots"),
            ] {
                self.until(who, service, &path, |all| listed(all, list).all(is_still)).await;
            }
        }
    }

    pub async fn upload(&mut self, who: &str, image: &str, bytes: Vec<u8>) {
        let headers = vec![
            ("x-auth-token".to_owned(), self.token(who).await),
            ("content-type".to_owned(), "application/octet-stream".to_owned()),
        ];
        let url = format!("{}/v2/images/{image}/file", self.services["image"]);
        let answer = self.target.send("PUT", &url, headers, bytes.into()).await;
        assert_eq!(answer.status, 204, "upload: {}", String::from_utf8_lossy(&answer.body));
    }
}

/// Whether the run with this prefix has made what bears this name.
pub fn is_mine(prefix: &str, name: &str) -> bool {
    [prefix, "rec-", "more-", "demo-net", "__DEFAULT__"].iter().any(|start| name.starts_with(start))
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn is_still(thing: &Value) -> bool {
    let under_way = ["creating", "downloading", "deleting", "reserved", "attaching", "detaching", "BUILD"];
    !under_way.iter().any(|status| thing["status"] == *status)
        && thing.get("OS-EXT-STS:task_state").is_none_or(Value::is_null)
}

fn listed<'a>(answer: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    answer[list].as_array().into_iter().flatten()
}
