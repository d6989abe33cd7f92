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
fn an_application_credential_is_named_by_its_id_or_by_its_user_and_name() {
    let by_id = AppCredential { name: CredentialName::Id("a".repeat(32)), secret: "s3cret".into() };
    let request = sign_in_with(&by_id);
    assert!(request.is_anonymous);
    let want = json!({"auth": {"identity": {"methods": ["application_credential"], "application_credential":
        {"id": "a".repeat(32), "secret": "s3cret"}}}});
    assert_eq!(body_of(&request), want, "without a scope, which Keystone would refuse");
    assert!(!format!("{by_id:?}").contains("s3cret"));

    let name = CredentialName::OfUser { name: "ci".into(), user: "alice".into(), domain: "default".into() };
    let body = body_of(&sign_in_with(&AppCredential { name, secret: "s3cret".into() }));
    let want =
        json!({"name": "ci", "user": {"name": "alice", "domain": {"id": "default"}}, "secret": "s3cret"});
    assert_eq!(body["auth"]["identity"]["application_credential"], want);
}

#[test]
fn ids_of_credentials_are_known_by_their_look() {
    for (text, is_id) in [
        ("3f2a0c5b9d8e4f6aa1b2c3d4e5f60718", true),
        ("ci", false),
        ("deadbeef", false),
        ("3f2a0c5b9d8e4f6aa1b2c3d4e5f6071g", false),
        ("", false),
    ] {
        assert_eq!(CredentialName::is_id(text), is_id, "{text:?}");
    }
}

#[test]
fn a_token_tells_which_credential_it_came_from() {
    let mut with = answer("keystone/token-alice");
    let mut body: Value = serde_json::from_str(&with.body).unwrap();
    assert!(sign_in(&credentials()).decode(&with).unwrap().credential.is_none());
    body["token"]["application_credential"] = json!({"id": "c1", "name": "ci", "restricted": true});
    with.body = body.to_string();
    let used = UsedCredential { id: "c1".into(), name: "ci".into() };
    assert_eq!(sign_in(&credentials()).decode(&with).unwrap().credential, Some(used));
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
