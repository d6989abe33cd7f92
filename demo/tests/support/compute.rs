//! A demo cloud in memory, asked through its router.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sextant_demo::config::CloudArgs;
use sextant_demo::glance::Image;
use sextant_demo::state::App;
use sextant_demo::{clock, ids};
use tower::ServiceExt;

/// A cloud in memory and a token per account.
pub struct Cloud {
    pub app: Arc<App>,
    router: Router,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Cloud {
    pub fn new() -> Self {
        Self::open(CloudArgs { memory: true, ..CloudArgs::default() })
    }

    /// A cloud with its state in a folder, as the command runs it.
    pub fn at(folder: &std::path::Path) -> Self {
        let cloud = Self::open(CloudArgs { data: folder.to_owned(), ..CloudArgs::default() });
        sextant_demo::nova::resume(&cloud.app);
        cloud
    }

    fn open(options: CloudArgs) -> Self {
        let app = App::open(options).expect("the cloud opens");
        let router = sextant_demo::app(Arc::clone(&app));
        Self { app, router }
    }

    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        token: &str,
        version: &str,
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("accept", "application/json");
        if !token.is_empty() {
            request = request.header("x-auth-token", token);
        }
        if !version.is_empty() {
            request = request.header("openstack-api-version", format!("compute {version}"));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.header("content-type", "application/json").body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask(Method::GET, path, token, "", None).await
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, token, "", Some(body)).await
    }

    pub async fn sign_in(&self, user: &str, password: &str, project: &str) -> String {
        let domain = json!({"id": "default"});
        let body = json!({"auth": {
            "identity": {"methods": ["password"],
                         "password": {"user": {"name": user, "domain": domain, "password": password}}},
            "scope": {"project": {"name": project, "domain": domain}},
        }});
        let answer = self.ask(Method::POST, "/identity/v3/auth/tokens", "", "", Some(body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.headers["x-subject-token"].to_str().expect("a token").to_owned()
    }

    pub async fn alice(&self) -> String {
        self.sign_in("alice", "password", "demo").await
    }

    pub async fn admin(&self) -> String {
        self.sign_in("admin", "adminpass", "admin").await
    }

    /// An image of the demo project, as `change` makes it.
    pub fn image(&self, change: impl FnOnce(&mut Image)) -> String {
        let now = clock::now();
        let mut image = Image {
            id: ids::uuid(),
            name: Some("an image".to_owned()),
            owner: Some(ids::project("demo")),
            visibility: "private".to_owned(),
            status: "active".to_owned(),
            disk_format: Some("qcow2".to_owned()),
            container_format: Some("bare".to_owned()),
            size: Some(1 << 20),
            created_at: now,
            updated_at: now,
            ..Image::default()
        };
        change(&mut image);
        self.app.db.write_now(|tx| image.insert(tx)).expect("the image is kept");
        image.id
    }

    pub async fn launch(&self, token: &str, image: &str, flavor: &str, more: Value) -> Answer {
        let mut server = json!({"name": "probe", "imageRef": image, "flavorRef": ids::stable_uuid("flavor", flavor),
                                "networks": [{"uuid": ids::stable_uuid("network", "demo-net")}]});
        if let (Value::Object(server), Value::Object(more)) = (&mut server, more) {
            server.extend(more);
            server.retain(|_, value| !value.is_null());
        }
        self.post(token, "/compute/v2.1/servers", json!({"server": server})).await
    }

    pub async fn until(&self, token: &str, id: &str, status: &str) -> Value {
        for _ in 0..100 {
            let answer = self.get(token, &format!("/compute/v2.1/servers/{id}")).await;
            let server = answer.body["server"].clone();
            if server["status"] == status && server["OS-EXT-STS:task_state"].is_null() {
                return server;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("server {id} never became {status}");
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub fn refusal(answer: &Answer) -> (u16, String) {
    let message = match &answer.body {
        Value::Object(map) => map.values().next().map(|inner| text(&inner["message"])).unwrap_or_default(),
        _ => String::new(),
    };
    (answer.status.as_u16(), message)
}
