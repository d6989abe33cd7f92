//! Keystone beyond the transcripts: what tests need to make projects of their own, and CORS for all services.

#[path = "support/cloud.rs"]
mod cloud;

use axum::body::Body;
use axum::http::{Method, Request};
use cloud::{Answer, Cloud};
use serde_json::{Value, json};
use sextant_demo::config::CloudArgs;
use sextant_demo::ids;

const ORIGIN: &str = "http://127.0.0.1:8080";

#[tokio::test]
async fn the_administrator_makes_a_project_with_a_member_who_then_works_in_it() {
    let cloud = Cloud::new();
    let admin = cloud.admin().await;
    let made = cloud
        .post("/identity/v3/projects", &admin, json!({"project": {"name": "p1", "domain_id": "default"}}))
        .await;
    assert_eq!(made.status, 201, "{}", made.text());
    let project = made.json()["project"]["id"].as_str().expect("an id").to_owned();
    let user = json!({"user": {"name": "u1", "password": "secret", "domain_id": "default"}});
    let user = cloud.post("/identity/v3/users", &admin, user).await.json();
    let user = user["user"]["id"].as_str().expect("an id").to_owned();
    let roles = cloud.get("/identity/v3/roles?name=member", &admin).await.json();
    let role = roles["roles"][0]["id"].as_str().expect("an id").to_owned();
    let grant = format!("/identity/v3/projects/{project}/users/{user}/roles/{role}");
    assert_eq!(cloud.ask(Method::PUT, &grant, &admin, "", Body::empty()).await.status, 204);
    let token = cloud.sign_in("u1", "secret", "p1").await;
    cloud.image(&token, json!({"name": "mine"})).await;
    let list = cloud.get("/image/v2/images?visibility=shared", &token).await.json();
    assert_eq!(list["images"].as_array().map(Vec::len), Some(1));
    // The role taken away, the token is no good any more.
    assert_eq!(cloud.ask(Method::DELETE, &grant, &admin, "", Body::empty()).await.status, 204);
    assert_eq!(cloud.get("/image/v2/images", &token).await.status, 401);
    for path in [format!("/identity/v3/users/{user}"), format!("/identity/v3/projects/{project}")] {
        assert_eq!(cloud.ask(Method::DELETE, &path, &admin, "", Body::empty()).await.status, 204);
        assert_eq!(cloud.get(&path, &admin).await.status, 404);
    }
}

#[tokio::test]
async fn a_member_may_not_administer() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    for (method, path) in [
        (Method::GET, "/identity/v3/users".to_owned()),
        (Method::GET, "/identity/v3/projects".to_owned()),
        (Method::POST, "/identity/v3/projects".to_owned()),
        (Method::DELETE, format!("/identity/v3/users/{}", ids::user("bob"))),
    ] {
        let answer = cloud.ask(method.clone(), &path, &token, "application/json", "{}").await;
        assert_eq!(answer.status, 403, "{method} {path}");
        assert!(answer.json()["error"]["message"].as_str().is_some_and(|text| text.contains("identity:")));
    }
    let own = cloud.get(&format!("/identity/v3/users/{}", ids::user("alice")), &token).await;
    assert_eq!(own.status, 200);
}

#[tokio::test]
async fn an_expired_token_is_refused_everywhere() {
    let cloud = Cloud::with(CloudArgs { token_lifetime: -1, ..CloudArgs::default() });
    let body = json!({"auth": {"identity": {"methods": ["password"], "password": {"user":
        {"name": "alice", "domain": {"name": "Default"}, "password": "password"}}}}});
    // A token that is born expired cannot even be described.
    assert_eq!(cloud.post("/identity/v3/auth/tokens", "", body).await.status, 401);
}

#[tokio::test]
async fn malformed_sign_ins_answer_4xx() {
    let cloud = Cloud::new();
    for (body, status) in [
        ("{".to_owned(), 400),
        ("[]".into(), 400),
        (json!({"auth": 7}).to_string(), 400),
        (json!({"auth": {"identity": {}}}).to_string(), 400),
        (json!({"auth": {"identity": {"methods": "password"}}}).to_string(), 400),
        (json!({"auth": {"identity": {"methods": []}}}).to_string(), 401),
        (json!({"auth": {"identity": {"methods": ["magic"]}}}).to_string(), 401),
        (json!({"auth": {"identity": {"methods": ["password"]}}}).to_string(), 400),
        (json!({"auth": {"identity": {"methods": ["token"], "token": {"id": "nope"}}}}).to_string(), 404),
    ] {
        let answer =
            cloud.ask(Method::POST, "/identity/v3/auth/tokens", "", "application/json", body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_restricted_credential_begets_no_other_and_ends_with_its_deletion() {
    let cloud = Cloud::new();
    let alice = cloud.alice().await;
    let path = format!("/identity/v3/users/{}/application_credentials", ids::user("alice"));
    let wanted = json!({"application_credential": {"name": "c", "roles": [{"name": "reader"}]}});
    let made = cloud.post(&path, &alice, wanted.clone()).await.json()["application_credential"].clone();
    let body = json!({"auth": {"identity": {"methods": ["application_credential"],
        "application_credential": {"id": made["id"], "secret": made["secret"]}}}});
    let answer = cloud.post("/identity/v3/auth/tokens", "", body.clone()).await;
    let token = answer.header("x-subject-token").to_owned();
    assert_eq!(answer.json()["token"]["roles"].as_array().map(Vec::len), Some(1));
    assert_eq!(cloud.post(&path, &token, wanted).await.status, 403);
    assert_eq!(cloud.post("/image/v2/images", &token, json!({"name": "x"})).await.status, 403);
    let one = format!("{path}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(cloud.ask(Method::DELETE, &one, &alice, "", Body::empty()).await.status, 204);
    assert_eq!(cloud.get("/image/v2/images", &token).await.status, 401);
    assert_eq!(cloud.post("/identity/v3/auth/tokens", "", body).await.status, 404);
}

async fn preflight(cloud: &Cloud, path: &str, origin: &str, method: &str, headers: &str) -> Answer {
    let mut request =
        Request::options(path).header("origin", origin).header("access-control-request-method", method);
    if !headers.is_empty() {
        request = request.header("access-control-request-headers", headers);
    }
    cloud.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn preflights_are_answered_by_each_service_s_own_defaults() {
    let cloud = Cloud::new();
    let (token, image, compute, network) = (
        "/identity/v3/auth/tokens",
        "/image/v2/images/x",
        "/compute/v2.1/servers",
        "/networking/v2.0/networks",
    );
    for (path, method, headers, allowed) in [
        (token, "POST", "content-type", true),
        (token, "GET", "x-auth-token,x-subject-token", true),
        (token, "GET", "openstack-api-version", false),
        (image, "PATCH", "content-type,x-auth-token", true),
        (image, "PUT", "content-type,x-auth-token,x-openstack-request-id", true),
        (image, "PUT", "content-type,x-auth-token,x-image-meta-store", false),
        (image, "GET", "range,x-auth-token", false),
        (image, "GET", "x-made-up", false),
        (image, "GET", "", true),
        (image, "HEAD", "x-auth-token", false),
        (compute, "POST", "content-type,openstack-api-version,x-auth-token", true),
        (compute, "GET", "x-auth-token,x-openstack-nova-api-version", true),
        (network, "GET", "x-auth-token", true),
        (network, "GET", "openstack-api-version,x-auth-token", false),
    ] {
        let answer = preflight(&cloud, path, ORIGIN, method, headers).await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.header("access-control-allow-origin") == ORIGIN,
            allowed,
            "{method} {path} {headers}"
        );
        if allowed {
            assert_eq!(answer.header("access-control-allow-methods"), method);
            assert_eq!(answer.header("access-control-allow-headers"), headers);
            assert_eq!(answer.header("access-control-max-age"), "3600");
        }
    }
    let foreign = preflight(&cloud, image, "http://evil.example", "GET", "").await;
    assert_eq!((foreign.status, foreign.header("access-control-allow-origin")), (200, ""));
}

#[tokio::test]
async fn answers_expose_no_more_than_the_services_do() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    let ask = async |path: &str, origin: &str| {
        let request = Request::get(path).header("x-auth-token", &token).header("origin", origin);
        cloud.send(request.body(Body::empty()).expect("a request")).await
    };
    let answer = ask("/image/v2/images", ORIGIN).await;
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    assert!(!answer.header("access-control-expose-headers").to_lowercase().contains("location"));
    // Errors too, or a browser could not tell them from a dead service.
    let missing = ask("/image/v2/images/nope", ORIGIN).await;
    assert_eq!((missing.status, missing.header("access-control-allow-origin")), (404, ORIGIN));
    assert_eq!(
        ask("/image/v2/images", "http://evil.example").await.header("access-control-allow-origin"),
        ""
    );
}

#[tokio::test]
async fn what_is_not_spoken_says_so() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    for path in
        ["/identity/v3/groups", "/image/v2/cache", "/volume/v3/x/backups", "/networking/v2.0/qos/policies"]
    {
        let answer = cloud.get(path, &token).await;
        assert_eq!(answer.status, 501, "{path}: {}", answer.text());
        assert!(answer.text().contains("does not speak"), "{path}");
    }
}

#[tokio::test]
async fn a_slash_at_the_end_changes_nothing() {
    let cloud = Cloud::new();
    let versions = cloud.get("/identity/v3/", "").await.json();
    assert_eq!(versions["version"]["id"], "v3.14");
    assert_eq!(cloud.get("/image/", "").await.status, 300);
    assert_eq!(cloud.get("/image", "").await.status, 300);
}

#[tokio::test]
async fn chaos_fails_a_share_of_the_requests() {
    let cloud = Cloud::with(CloudArgs { chaos: 1.0, ..CloudArgs::default() });
    for _ in 0..20 {
        let answer = cloud.get("/identity/v3", "").await;
        // A dropped connection shows as a 200 without an end.
        assert!(matches!(answer.status, 200 | 500 | 502 | 503), "{}", answer.status);
        assert!(answer.status != 200 || answer.body.is_empty());
    }
}

#[tokio::test]
async fn the_administrator_keeps_users_projects_roles_and_limits() {
    let cloud = Cloud::new();
    let (admin, alice) = (cloud.admin().await, cloud.alice().await);
    for (kind, more) in [
        ("user", json!({"email": "x@example.test", "password": "secret"})),
        ("project", json!({"enabled": false})),
        ("role", json!({})),
    ] {
        let all = format!("/identity/v3/{kind}s");
        let mut body = json!({"name": "probe", "description": "a probe"});
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        assert_eq!(cloud.post(&all, &alice, json!({ kind: body })).await.status, 403, "{kind}");
        let made = cloud.post(&all, &admin, json!({ kind: body })).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let made = made.json()[kind].clone();
        for (key, value) in body.as_object().into_iter().flatten().filter(|(key, _)| *key != "password") {
            assert_eq!(made[key], *value, "{kind}");
        }
        assert_eq!(cloud.post(&all, &admin, json!({ kind: body })).await.status, 409, "{kind}");
        let listed = cloud.get(&format!("{all}?name__contains=prob"), &admin).await.json();
        assert_eq!(listed[format!("{kind}s")].as_array().map(Vec::len), Some(1), "{listed}");
        let path = format!("{all}/{}", made["id"].as_str().expect("an id"));
        let patch = |body: Value| {
            cloud.ask(Method::PATCH, &path, &admin, "application/json", json!({ kind: body }).to_string())
        };
        let changed = patch(json!({"name": "renamed", "description": null})).await;
        assert_eq!(
            (changed.status, &changed.json()[kind]["name"]),
            (200, &json!("renamed")),
            "{}",
            changed.text()
        );
        for (bad, status) in [
            (json!({}), if kind == "project" { 200 } else { 400 }),
            (json!([]), 400),
            (json!({"name": ""}), 400),
            (json!({"name": null}), 400),
            (json!({"name": "x".repeat(300)}), 400),
            (
                json!({"name": if kind == "role" { "admin" } else { "demo" }}),
                if kind == "user" { 200 } else { 409 },
            ),
        ] {
            let answer = patch(bad.clone()).await;
            assert_eq!(answer.status, status, "{kind} {bad}: {}", answer.text());
        }
        assert_eq!(cloud.ask(Method::DELETE, &path, &admin, "", "").await.status, 204);
        assert_eq!(cloud.ask(Method::DELETE, &path, &admin, "", "").await.status, 404);
        assert_eq!(cloud.get(&path, &admin).await.status, 404);
    }
    let own = format!("/identity/v3/roles/{}", sextant_demo::ids::stable_hex("role", "member"));
    assert_eq!(cloud.ask(Method::DELETE, &own, &admin, "", "").await.status, 403, "Keystone's own role");

    let project = sextant_demo::ids::project("demo");
    let limits = "/identity/v3/limits";
    let limit = json!({"limits": [{"service_id": "x", "project_id": project, "resource_name": "image_count_total",
        "resource_limit": 1}]});
    let made = cloud.post(limits, &admin, limit.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(cloud.post(limits, &admin, limit).await.status, 409);
    assert_eq!(cloud.post("/image/v2/images", &alice, json!({"name": "one more"})).await.status, 413);
    let path = format!("{limits}/{}", made.json()["limits"][0]["id"].as_str().expect("an id"));
    let raise = |limit: Value| {
        cloud.ask(Method::PATCH, &path, &admin, "application/json", json!({"limit": limit}).to_string())
    };
    assert_eq!(raise(json!({"resource_limit": "many"})).await.status, 400);
    assert_eq!(raise(json!({"resource_limit": -2})).await.status, 400);
    assert_eq!(raise(json!({"resource_limit": 500})).await.json()["limit"]["resource_limit"], 500);
    assert_eq!(cloud.post("/image/v2/images", &alice, json!({"name": "one more"})).await.status, 201);
    assert_eq!(cloud.ask(Method::DELETE, &path, &admin, "", "").await.status, 204);
}

#[tokio::test]
async fn role_assignments_are_filtered_and_named() {
    let cloud = Cloud::new();
    let admin = cloud.admin().await;
    let (alice, demo) = (sextant_demo::ids::user("alice"), sextant_demo::ids::project("demo"));
    let ask = async |query: &str| {
        let answer = cloud.get(&format!("/identity/v3/role_assignments?{query}"), &admin).await.json();
        answer["role_assignments"].as_array().cloned().expect("a list")
    };
    let rows = ask(&format!("user.id={alice}&scope.project.id={demo}&include_names=true")).await;
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["user"]["name"], &rows[0]["role"]["name"]), (&json!("alice"), &json!("member")));
    assert_eq!(rows[0]["scope"]["project"]["domain"]["name"], "Default");
    let plain = ask(&format!("user.id={alice}")).await;
    assert_eq!(plain[0]["user"].get("name"), None);
    let link = plain[0]["links"]["assignment"].as_str().expect("a link");
    let path = link.split_once("/identity").expect("ours").1;
    assert_eq!(cloud.get(&format!("/identity{path}"), &admin).await.status, 204);
    assert_eq!(ask(&format!("user.id={alice}&effective")).await.len(), 2, "member implies reader");
    assert!(ask("group.id=x").await.is_empty());
    let roles = cloud.get("/identity/v3/auth/projects", &cloud.alice().await).await.json();
    assert_eq!(roles["projects"][0]["name"], "demo");
}

#[tokio::test]
async fn a_changed_password_ends_the_tokens_had_with_the_old_one() {
    let cloud = Cloud::new();
    let token = cloud.alice().await;
    let path = format!("/identity/v3/users/{}/password", sextant_demo::ids::user("alice"));
    let change = |old: &str| json!({"user": {"original_password": old, "password": "another"}});
    assert_eq!(cloud.post(&path, &token, change("wrong")).await.status, 401);
    assert_eq!(cloud.post(&path, &token, json!({"user": {"password": 7}})).await.status, 400);
    assert_eq!(cloud.post(&path, &token, change("password")).await.status, 204);
    assert_eq!(cloud.get("/identity/v3/auth/projects", &token).await.status, 401);
    cloud.sign_in("alice", "another", "demo").await;
}
