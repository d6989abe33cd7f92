use super::*;
use crate::openstack::{catalog::Interface, error::FaultKind, fixture::answer};

fn credentials() -> Credentials {
    Credentials { user: "alice".into(), password: "hunter2".into(), domain: "Default".into() }
}

fn body_of<T>(request: &Request<T>) -> Value {
    serde_json::from_str(request.body.as_deref().unwrap()).unwrap()
}

#[test]
fn signing_in_sends_the_password_in_the_body_and_nowhere_else() {
    let request = sign_in(&credentials());
    assert_eq!(request.path_and_query(), "/v3/auth/tokens");
    assert!(request.is_anonymous);
    let want = json!({"auth": {
        "identity": {"methods": ["password"], "password": {"user": {
            "name": "alice", "domain": {"name": "Default"}, "password": "hunter2"}}},
        "scope": "unscoped",
    }});
    assert_eq!(body_of(&request), want);
    assert!(!format!("{request:?} {:?}", credentials()).contains("hunter2"));
}

#[test]
fn rescoping_sends_the_token_and_the_project() {
    let body = body_of(&rescope(&"tok".into(), &"p1".into()));
    assert_eq!(body["auth"]["identity"], json!({"methods": ["token"], "token": {"id": "tok"}}));
    assert_eq!(body["auth"]["scope"], json!({"project": {"id": "p1"}}));
}

#[test]
fn a_scoped_token_brings_project_roles_and_catalog() {
    let token = sign_in(&credentials()).decode(&answer("keystone/token-alice")).unwrap();
    assert_eq!(token.user.name, "alice");
    assert_eq!(token.project.as_ref().unwrap().name, "demo");
    assert_eq!(token.roles, ["member", "reader"]);
    assert_eq!(token.expires_unix().unwrap() - token.issued_unix().unwrap(), 4 * 3600);
    let images = token.catalog.endpoint(Service::Image, Some("RegionOne"), &Interface::Public);
    assert_eq!(images.as_deref(), Some("http://127.0.0.1:9292"));
    assert!(!format!("{token:?}").contains(token.id.reveal()));
}

#[test]
fn a_token_survives_the_session_storage() {
    let token = sign_in(&credentials()).decode(&answer("keystone/token-alice")).unwrap();
    let kept = serde_json::to_string(&token).unwrap();
    assert_eq!(serde_json::from_str::<Token>(&kept).unwrap(), token);
}

#[test]
fn an_unscoped_token_has_neither_project_nor_catalog() {
    let token = sign_in(&credentials()).decode(&answer("keystone/token-unscoped")).unwrap();
    assert!(token.project.is_none() && token.catalog.0.is_empty() && token.roles.is_empty());
}

#[test]
fn a_wrong_password_is_unauthorized() {
    let refusal = sign_in(&credentials()).decode(&answer("keystone/token-wrong-password")).unwrap_err();
    assert_eq!(refusal.kind(), Some(FaultKind::Unauthorized));
}

#[test]
fn projects_are_listed_by_name() {
    let projects = list_my_projects(&"t".into()).decode(&answer("keystone/auth-projects")).unwrap();
    assert_eq!(projects.iter().map(|project| project.name.as_str()).collect::<Vec<_>>(), ["demo"]);
}

#[test]
fn revoking_names_the_token_twice() {
    let names: Vec<_> = revoke(&"t".into()).headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["X-Auth-Token", "X-Subject-Token"]);
}
