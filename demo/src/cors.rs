//! Browser access with nothing but `[cors] allowed_origin` set, as oslo.middleware and each service's defaults do it.
//!
//! The header lists are those of the services themselves (their `set_defaults` for CORS), measured on 2026.1; see
//! "CORS when nothing but allowed_origin is set" in the specification. One header too many in a preflight, and the
//! answer is a bare 200 without any CORS header.

use axum::http::{HeaderMap, HeaderValue, Method, header};

use crate::service::Service;

const SIMPLE: [&str; 8] = [
    "accept",
    "accept-language",
    "content-type",
    "cache-control",
    "content-language",
    "expires",
    "last-modified",
    "pragma",
];

/// True for a request that a browser asks with before the real one.
pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(header::ORIGIN)
}

/// Headers of the answer to a preflight; none when it is refused.
pub fn preflight(service: Service, allowed: &[String], request: &HeaderMap) -> HeaderMap {
    let mut answer = HeaderMap::new();
    let Some(origin) = allowed_origin(allowed, request) else { return answer };
    let Some(method) = request.get(header::ACCESS_CONTROL_REQUEST_METHOD) else { return answer };
    if !method.to_str().is_ok_and(|method| methods(service).contains(&method)) {
        return answer;
    }
    let wanted = request.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let names = wanted.and_then(|value| value.to_str().ok()).unwrap_or("");
    let allowed = |name: &str| SIMPLE.contains(&name) || request_headers(service).contains(&name);
    let mut names =
        names.split(',').map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty());
    if !names.all(|name| allowed(&name)) {
        return answer;
    }
    vary_origin(&mut answer);
    answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    answer.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, method.clone());
    if let Some(wanted) = wanted {
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    answer
}

/// Adds the headers of an ordinary answer.
pub fn decorate(service: Service, allowed: &[String], request: &HeaderMap, answer: &mut HeaderMap) {
    let Some(origin) = allowed_origin(allowed, request) else { return };
    vary_origin(answer);
    answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    answer.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed(service)));
}

fn allowed_origin<'a>(allowed: &[String], request: &'a HeaderMap) -> Option<&'a HeaderValue> {
    let origin = request.get(header::ORIGIN)?;
    allowed.iter().any(|allowed| origin == allowed || allowed == "*").then_some(origin)
}

/// Adds to the last `Vary`, and drops those before it, as WebOb's headers do.
fn vary_origin(headers: &mut HeaderMap) {
    let last = headers.get_all(header::VARY).iter().next_back().and_then(|value| value.to_str().ok());
    let vary = last.and_then(|last| HeaderValue::from_str(&format!("{last},Origin")).ok());
    headers.insert(header::VARY, vary.unwrap_or(HeaderValue::from_static("Origin")));
}

fn methods(service: Service) -> &'static [&'static str] {
    match service {
        Service::Volume => &["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"],
        _ => &["GET", "PUT", "POST", "DELETE", "PATCH"],
    }
}

fn request_headers(service: Service) -> &'static [&'static str] {
    match service {
        Service::Identity => &[
            "x-auth-token",
            "x-openstack-request-id",
            "x-subject-token",
            "x-project-id",
            "x-project-name",
            "x-project-domain-id",
            "x-project-domain-name",
            "x-domain-id",
            "x-domain-name",
            "openstack-auth-receipt",
        ],
        Service::Image => &[
            "content-md5",
            "x-image-meta-checksum",
            "x-storage-token",
            "accept-encoding",
            "x-auth-token",
            "x-identity-status",
            "x-roles",
            "x-service-catalog",
            "x-user-id",
            "x-tenant-id",
            "x-openstack-request-id",
        ],
        Service::Compute => &[
            "x-auth-token",
            "x-openstack-request-id",
            "x-identity-status",
            "x-roles",
            "x-service-catalog",
            "x-user-id",
            "x-tenant-id",
            "x-openstack-nova-api-version",
            "openstack-api-version",
        ],
        Service::Network => &[
            "x-auth-token",
            "x-identity-status",
            "x-roles",
            "x-service-catalog",
            "x-user-id",
            "x-tenant-id",
            "x-openstack-request-id",
        ],
        Service::Volume => &[
            "x-auth-token",
            "x-identity-status",
            "x-roles",
            "x-service-catalog",
            "x-user-id",
            "x-tenant-id",
            "x-openstack-request-id",
            "x-trace-info",
            "x-trace-hmac",
            "openstack-api-version",
        ],
    }
}

fn exposed(service: Service) -> &'static str {
    match service {
        Service::Identity => "X-Auth-Token,X-Openstack-Request-Id,X-Subject-Token,Openstack-Auth-Receipt",
        Service::Image => {
            "X-Image-Meta-Checksum,X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID"
        }
        Service::Compute => {
            "X-Auth-Token,X-Openstack-Request-Id,X-Subject-Token,X-Service-Token,X-OpenStack-Nova-API-Version,\
             OpenStack-API-Version"
        }
        Service::Network => "X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID",
        Service::Volume => {
            "X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID,OpenStack-API-Version"
        }
    }
}
