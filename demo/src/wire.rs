//! What wraps every API request: the service's name for handlers, request ids, CORS, error bodies, latency and chaos.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::Refusal;
use crate::service::{NO_ROUTE, Service};
use crate::state::App;
use crate::{cors, drain, early, faults, ids};

/// The request's id, `req-<uuid>`; handlers that start work of their own (tasks, events) record it.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The middleware; does nothing for paths of no service.
pub async fn dress(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let Some(service) = Service::of_path(request.uri().path()) else { return next.run(request).await };
    let asked = request.headers().clone();
    let allowed = &app.options.allow_origin;
    // oslo.middleware answers every OPTIONS; one without an origin gets no headers.
    if request.method() == Method::OPTIONS {
        let mut answer = (StatusCode::OK, cors::preflight(service, allowed, &asked)).into_response();
        // In Keystone and Cinder CORS comes after the request id; in the others before.
        if matches!(service, Service::Identity | Service::Volume) {
            name_request(service, &format!("req-{}", ids::uuid()), answer.headers_mut());
        }
        return answer;
    }
    if app.options.latency > 0 {
        tokio::time::sleep(Duration::from_millis(app.options.latency)).await;
    }
    let id = format!("req-{}", ids::uuid());
    let head = request.method() == Method::HEAD;
    let method = request.method().clone();
    let what = format!("{method} {}", request.uri().path());
    let versions = request.uri().path().trim_end_matches('/') == service.prefix();
    request.extensions_mut().insert(service);
    request.extensions_mut().insert(RequestId(id.clone()));
    let (parts, body) = request.into_parts();
    let (body, rest) = drain::share(body, app.patience());
    let request = Request::from_parts(parts, body);
    let mut response = match (early::refuse(service, &request), faults::chaos(app.options.chaos)) {
        (Some(refusal), _) => refusal.into_response(),
        (None, Some(fault)) => match faults::answer(fault) {
            Ok(response) => return response,
            Err(refusal) => refusal.into_response(),
        },
        (None, None) => next.run(request).await,
    };
    if let Some(refusal) = refusal_in(&mut response, service, &method) {
        tracing::debug!("{what}: {} {}", refusal.status, refusal.message);
        response = service.refuse(&refusal, &asked, &app.url(Service::Identity));
        if head {
            *response.body_mut() = Body::empty();
        }
    }
    if response.status().is_client_error() || response.status().is_server_error() {
        rest.drain().await;
    }
    // In Glance the request id comes after authentication, so its 401 has none; nor has a list of versions.
    let anonymous = match service {
        Service::Identity => false,
        Service::Image => versions || response.status() == StatusCode::UNAUTHORIZED,
        Service::Volume => false,
        _ => versions,
    };
    let headers = response.headers_mut();
    if !anonymous {
        name_request(service, &id, headers);
    }
    if service == Service::Identity {
        headers.insert(header::VARY, HeaderValue::from_static("X-Auth-Token"));
    }
    cors::decorate(service, &app.options.allow_origin, &asked, headers);
    response
}

fn refusal_in(response: &mut Response, service: Service, method: &Method) -> Option<Refusal> {
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        return Some(refusal);
    }
    match response.status() {
        // Nova's and Cinder's router knows no 405.
        StatusCode::METHOD_NOT_ALLOWED if matches!(service, Service::Compute | Service::Volume) => {
            Some(Refusal::not_found("The resource could not be found.").kind(NO_ROUTE))
        }
        // Axum's own bare answer to a method that the path does not have.
        status @ StatusCode::METHOD_NOT_ALLOWED => {
            let words = match service {
                Service::Image => format!("The method {method} is not allowed for this resource."),
                _ => "The method is not allowed for the requested URL.".to_owned(),
            };
            Some(Refusal::new(status, words))
        }
        // And to a path that is no UTF-8: `%ff`.
        StatusCode::BAD_REQUEST if is_plain(response) => Some(match service {
            Service::Identity | Service::Compute => Refusal::not_found("The resource could not be found."),
            _ => Refusal::bad_request("Invalid URL."),
        }),
        _ => None,
    }
}

fn is_plain(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/plain"))
}

/// The methods that a path has: axum names them in each answer that it makes itself, of the real services Keystone names them
/// to `OPTIONS`, too, and Glance's routes know no HEAD.
pub fn name_methods(service: Service, preflight: bool, headers: &mut HeaderMap) {
    let Some(allow) = headers.remove(header::ALLOW) else { return };
    if (preflight && service != Service::Identity) || matches!(service, Service::Compute | Service::Volume) {
        return;
    }
    let mut methods: Vec<_> = allow.to_str().unwrap_or("").split(',').collect();
    methods.retain(|method| service != Service::Image || *method != "HEAD");
    methods.extend(preflight.then_some("OPTIONS"));
    headers.extend(HeaderValue::from_str(&methods.join(", ")).ok().map(|methods| (header::ALLOW, methods)));
}

fn name_request(service: Service, id: &str, headers: &mut HeaderMap) {
    let Ok(id) = HeaderValue::from_str(id) else { return };
    headers.insert(HeaderName::from_static("x-openstack-request-id"), id.clone());
    // Cinder has it on some answers only (`cinder::microversion`).
    if service == Service::Compute {
        headers.insert(HeaderName::from_static("x-compute-request-id"), id);
    }
}
