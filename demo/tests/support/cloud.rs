//! A demo cloud asked through its router, with bytes and headers as they come.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sextant_demo::config::CloudArgs;
use sextant_demo::state::App;
use tower::ServiceExt;

/// A cloud in memory.
pub struct Cloud {
    pub app: Arc<App>,
    pub router: Router,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

pub const PATCH_TYPE: &str = "application/openstack-images-v2.1-json-patch";
pub const BYTES: &str = "application/octet-stream";

impl Cloud {
    pub fn new() -> Self {
        Self::with(CloudArgs::default())
    }

    pub fn with(options: CloudArgs) -> Self {
        let app = App::open(CloudArgs { memory: true, ..options }).expect("a cloud in memory opens");
        Self { router: sextant_demo::app(app.clone()), app }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        token: &str,
        kind: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("accept", "application/json")
            .header("x-auth-token", token)
            .header("content-type", kind)
            .body(body.into())
            .expect("a request");
        self.send(request).await
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask(Method::GET, path, token, "application/json", Body::empty()).await
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, token, "application/json", body.to_string()).await
    }

    pub async fn patch(&self, image: &str, token: &str, body: Value) -> Answer {
        self.ask(Method::PATCH, &format!("/image/v2/images/{image}"), token, PATCH_TYPE, body.to_string())
            .await
    }

    pub async fn upload(&self, image: &str, token: &str, bytes: Vec<u8>) -> Answer {
        self.ask(Method::PUT, &format!("/image/v2/images/{image}/file"), token, BYTES, bytes).await
    }

    pub async fn image(&self, token: &str, body: Value) -> String {
        let mut fields = json!({"name": "probe", "disk_format": "raw", "container_format": "bare"});
        fields.as_object_mut().expect("an object").extend(body.as_object().cloned().unwrap_or_default());
        let answer = self.post("/image/v2/images", token, fields).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    pub async fn sign_in(&self, user: &str, password: &str, project: &str) -> String {
        let domain = json!({"id": "default"});
        let body = json!({"auth": {
            "identity": {"methods": ["password"],
                "password": {"user": {"name": user, "domain": domain, "password": password}}},
            "scope": {"project": {"name": project, "domain": domain}},
        }});
        let answer = self.post("/identity/v3/auth/tokens", "", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.header("x-subject-token").to_owned()
    }

    pub async fn alice(&self) -> String {
        self.sign_in("alice", "password", "demo").await
    }

    pub async fn admin(&self) -> String {
        self.sign_in("admin", "adminpass", "admin").await
    }
}
