//! What wraps every API request: the service's name for handlers, request ids, CORS, error bodies, latency and chaos.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;
use crate::{cors, drain, faults, ids};

/// The request's id, `req-<uuid>`; handlers that start work of their own (tasks, events) record it.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The middleware; does nothing for paths of no service.
pub async fn dress(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let Some(service) = Service::of_path(request.uri().path()) else { return next.run(request).await };
    let asked = request.headers().clone();
    let allowed = &app.options.allow_origin;
    if cors::is_preflight(request.method(), &asked) {
        return (StatusCode::OK, cors::preflight(service, allowed, &asked)).into_response();
    }
    if app.options.latency > 0 {
        tokio::time::sleep(Duration::from_millis(app.options.latency)).await;
    }
    let id = format!("req-{}", ids::uuid());
    let head = request.method() == Method::HEAD;
    let what = format!("{} {}", request.method(), request.uri().path());
    request.extensions_mut().insert(service);
    request.extensions_mut().insert(RequestId(id.clone()));
    let (parts, body) = request.into_parts();
    let (body, rest) = drain::share(body);
    let request = Request::from_parts(parts, body);
    let mut response = match faults::chaos(app.options.chaos) {
        Some(fault) => match faults::answer(fault) {
            Ok(response) => return response,
            Err(refusal) => refusal.into_response(),
        },
        None => next.run(request).await,
    };
    if let Some(refusal) = refusal_in(&mut response) {
        tracing::debug!("{what}: {} {}", refusal.status, refusal.message);
        response = service.refuse(&refusal, &asked, &app.url(Service::Identity));
        if head {
            *response.body_mut() = Body::empty();
        }
    }
    if response.status().is_client_error() || response.status().is_server_error() {
        rest.drain().await;
    }
    finish(service, &app, &id, &asked, &mut response);
    response
}

fn refusal_in(response: &mut Response) -> Option<Refusal> {
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        return Some(refusal);
    }
    // Axum's own bare answer to a method that the path does not have.
    (response.status() == StatusCode::METHOD_NOT_ALLOWED).then(|| {
        let refusal =
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "The method is not allowed for the requested URL.");
        match response.headers().get(header::ALLOW) {
            Some(allow) => refusal.header(header::ALLOW, allow.clone()),
            None => refusal,
        }
    })
}

fn finish(service: Service, app: &App, id: &str, asked: &axum::http::HeaderMap, response: &mut Response) {
    // In Glance the request id comes after authentication, so its 401 has none.
    let anonymous = service == Service::Image && response.status() == StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    if let (Ok(id), false) = (HeaderValue::from_str(id), anonymous) {
        headers.insert(HeaderName::from_static("x-openstack-request-id"), id.clone());
        if matches!(service, Service::Compute | Service::Volume) {
            headers.insert(HeaderName::from_static("x-compute-request-id"), id);
        }
    }
    if service == Service::Identity {
        headers.insert(header::VARY, HeaderValue::from_static("X-Auth-Token"));
    }
    cors::decorate(service, &app.options.allow_origin, asked, headers);
}
