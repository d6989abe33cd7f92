use super::*;
use serde_json::{Value, json};

#[test]
fn query_values_are_percent_encoded() {
    let request = Request::<Value>::get(Service::Image, "/v2/images")
        .query("name", "a b&c=d/é?")
        .query("updated_at", "gte:2026-11-23T08:55:31Z");
    let want = "/v2/images?name=a%20b%26c%3Dd%2F%C3%A9%3F&updated_at=gte%3A2026-11-23T08%3A55%3A31Z";
    assert_eq!(request.path_and_query(), want);
}

#[test]
fn an_id_never_leaves_its_segment() {
    let table = [
        ("a-b", "a-b"),
        ("../x", "..%2Fx"),
        ("..", "%252E%252E"),
        (".", "%252E"),
        ("a?b#c", "a%3Fb%23c"),
        ("", ""),
    ];
    for (id, want) in table {
        assert_eq!(segment(id), want);
    }
}

#[test]
fn decoding_undoes_encoding() {
    for text in ["plain", "a b&c=d/é?", "100%", "🦀", "%zz", "a%2"] {
        assert_eq!(percent_decode(&percent_encode(text)), text);
    }
    assert_eq!(percent_decode("a+b%20c"), "a b c");
    assert_eq!(percent_decode("100%"), "100%");
    assert_eq!(percent_decode("%é"), "%é");
}

#[test]
fn headers_ask_for_json_and_name_the_microversion() {
    let request =
        Request::<Value>::post(Service::BlockStorage, "/v3/volumes").json(&json!({})).microversion("3.59");
    let want = [
        ("Accept", "application/json".to_owned()),
        ("Content-Type", "application/json".to_owned()),
        ("OpenStack-API-Version", "volume 3.59".to_owned()),
    ];
    assert_eq!(request.header_pairs(), want);
    assert!(request.wants_session_token());
    assert!(!request.clone().with_token(&Secret::new("t")).wants_session_token());
    assert!(!request.anonymous().wants_session_token());
}

#[test]
fn a_refusal_is_a_fault_and_nonsense_a_decode_error_that_quotes_nothing() {
    let request = Request::<Vec<u8>>::get(Service::Image, "/v2/images");
    let refusal = request.decode(&Answer::new(404, [], "gone")).unwrap_err();
    assert_eq!(refusal.fault().unwrap().message, "gone");
    let nonsense = request.decode(&Answer::new(200, [], "[1,\"secret\"]")).unwrap_err();
    assert!(matches!(&nonsense, ApiError::Decode { what } if !what.contains("secret")), "{nonsense:?}");
    assert_eq!(request.decode(&Answer::new(200, [], "[1]")).unwrap(), [1]);
}

#[test]
fn neither_requests_nor_answers_print_what_they_carry() {
    let request = Request::<Value>::post(Service::Identity, "/v3/auth/tokens")
        .json(&json!({"password": "hunter2"}))
        .header("X-Subject-Token", Secret::new("hunter2"));
    let answer = Answer::new(201, [("X-Subject-Token".to_owned(), "hunter2".to_owned())], "hunter2");
    let printed = format!("{request:?} {answer:?}");
    assert!(!printed.contains("hunter2"), "{printed}");
    assert_eq!(answer.header("x-subject-token"), Some("hunter2"));
}
