//! The cloud under test: a demo cloud in this process, asked through its router, or any other one, over HTTP.
//!
//! `SEXTANT_CONTRACT_KEYSTONE=http://…/v3` names the other one; `E2E_ADMIN_USER`, `E2E_ADMIN_PASSWORD` and `E2E_ADMIN_PROJECT` its
//! administrator (as for the browser tests), `SEXTANT_CONTRACT_FILES` where its Glance may fetch `tiny.qcow2` from.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde_json::Value;
use sextant_demo::config::CloudArgs;
use sextant_demo::service::Service;
use sextant_demo::state::App;
use sextant_demo::{disks, glance};
use tower::ServiceExt;

/// Headers of a request.
pub type Headers = Vec<(String, String)>;

/// A cloud and what one has to know of it.
pub struct Target {
    way: Way,
    /// Keystone's address, with `/v3`.
    pub keystone: String,
    /// User, password and project.
    pub admin: [String; 3],
    /// Where `/tiny.qcow2` is to be had.
    pub files: String,
}

enum Way {
    Demo(Router, Arc<App>),
    Real(reqwest::Client),
}

/// What came back; status 0 where nothing did.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

impl Target {
    /// The cloud that the environment names, else a new demo cloud.
    pub async fn from_env() -> Self {
        let Some(keystone) = variable("SEXTANT_CONTRACT_KEYSTONE") else {
            return Self::demo(CloudArgs::default()).await;
        };
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0);
        Self {
            way: Way::Real(client.timeout(Duration::from_secs(300)).build().expect("a client")),
            keystone: keystone.trim_end_matches('/').to_owned(),
            admin: [("USER", "admin"), ("PASSWORD", "adminpass"), ("PROJECT", "admin")]
                .map(|(what, usual)| variable(&format!("E2E_ADMIN_{what}")).unwrap_or_else(|| usual.into())),
            files: variable("SEXTANT_CONTRACT_FILES").expect("SEXTANT_CONTRACT_FILES names a file server"),
        }
    }

    /// A new demo cloud, in memory.
    pub async fn demo(options: CloudArgs) -> Self {
        let app = App::open(CloudArgs { memory: true, ..options }).expect("a cloud in memory opens");
        Self {
            keystone: format!("{}/v3", app.url(Service::Identity)),
            way: Way::Demo(sextant_demo::app(app.clone()), app),
            admin: ["admin", "adminpass", "admin"].map(str::to_owned),
            files: file_server().await,
        }
    }

    pub fn is_real(&self) -> bool {
        matches!(self.way, Way::Real(_))
    }

    /// How long a state may take to come true.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(if self.is_real() { 60 } else { 20 })
    }

    /// Lets the demo cloud believe that it holds a large image: to send one takes half a minute where nothing is optimized. Any other
    /// cloud answers `false`, and gets one.
    pub fn pretends_to_hold(&self, image: &str, size: u32) -> bool {
        let Way::Demo(_, app) = &self.way else { return false };
        let held = app.db.write_now(|tx| -> rusqlite::Result<()> {
            let mut image = glance::find(tx, image)?.expect("it was made");
            image.status = "active".to_owned();
            image.size = Some(size.into());
            image.virtual_size = image.size;
            image.stores = vec!["local".to_owned()];
            for hash in [&mut image.checksum, &mut image.os_hash_value] {
                *hash = Some("0".to_owned());
            }
            image.os_hash_algo = Some("sha512".to_owned());
            image.save(tx)
        });
        held.expect("the database takes it");
        true
    }

    pub async fn send(&self, method: &str, url: &str, headers: Headers, body: Bytes) -> Answer {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        match &self.way {
            Way::Demo(router, _) => {
                let request = request.body(Body::from(body)).expect("a request");
                let response = router.clone().oneshot(request).await.expect("the router never fails");
                let (parts, body) = response.into_parts();
                let body = body.collect().await.expect("a whole body").to_bytes().to_vec();
                Answer { status: parts.status.as_u16(), headers: parts.headers, body }
            }
            Way::Real(client) => {
                let request = request.body(body).expect("a request").try_into().expect("a request");
                over_http(client, request).await.unwrap_or_else(|problem| Answer {
                    status: 0,
                    headers: HeaderMap::new(),
                    body: format!("{problem:?}").into_bytes(),
                })
            }
        }
    }
}

async fn over_http(client: &reqwest::Client, request: reqwest::Request) -> reqwest::Result<Answer> {
    let response = client.execute(request).await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Answer { status, headers, body: response.bytes().await?.to_vec() })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The recorded file server of the web-download exchanges.
async fn file_server() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let tiny = disks::make("qcow2", 64 << 20, 9).expect("a known format");
    let routes = Router::new().route("/tiny.qcow2", axum::routing::get(move || async move { tiny }));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{address}")
}
