use super::*;
use crate::openstack::fixture::answer;

#[test]
fn two_refusals_that_say_the_same_are_alike_whatever_their_ids() {
    let refusal = |id: &str, message: &str| {
        let headers = vec![("x-openstack-request-id".to_owned(), id.to_owned())];
        let body = serde_json::json!({ "message": message }).to_string();
        ApiError::from(Fault::parse(Service::Image, &Answer { status: 503, headers, body }))
    };
    assert_ne!(refusal("req-1", "Busy"), refusal("req-2", "Busy"));
    assert!(refusal("req-1", "Busy").is_like(&refusal("req-2", "Busy")));
    assert!(!refusal("req-1", "Busy").is_like(&refusal("req-1", "Gone")));
    assert!(!refusal("req-1", "Busy").is_like(&ApiError::Offline));
}

#[test]
fn every_recorded_shape_gives_the_services_own_words() {
    use FaultKind::*;
    let refused = "The request media type application/octet-stream is not supported by this server.";
    let table = [
        ("keystone/token-wrong-password", Unauthorized, "The request you have made requires authentication."),
        ("nova/invalid-token-nova", Unauthorized, "The request you have made requires authentication."),
        ("neutron/invalid-token-neutron", Unauthorized, "The request you have made requires authentication."),
        (
            "nova/server-create-flavor-memory-too-small",
            BadRequest,
            "Flavor's memory is too small for requested image.",
        ),
        (
            "nova/server-create-no-network-chosen",
            Conflict,
            "Multiple possible networks found, use a Network ID to be more specific.",
        ),
        (
            "nova/server-bad-microversion",
            BadRequest,
            "Version 9.99 is not supported by the API. Minimum is 2.1 and maximum is 2.103.",
        ),
        ("glance/image-upload-tiny-qcow2-declared-iso", UnsupportedMedia, refused),
        ("glance/image-show-missing", NotFound, "No image found with ID no-such-image"),
        (
            "glance/image-delete-protected",
            Forbidden,
            "Image 849886e8-fbf8-4484-8c14-967c480869d3 is protected and cannot be deleted.",
        ),
        (
            "glance/accept-any-delete-protected",
            Forbidden,
            "Image 849886e8-fbf8-4484-8c14-967c480869d3 is protected and cannot be deleted.",
        ),
    ];
    for (name, kind, message) in table {
        let fault = Fault::parse(Service::Image, &answer(name));
        assert_eq!((fault.kind, fault.message.as_str()), (kind, message), "{name}");
    }
}

#[test]
fn html_entities_become_what_they_stand_for() {
    let fault = Fault::parse(Service::Image, &answer("glance/accept-any-bad-property"));
    assert!(
        fault.message.starts_with("Provided object does not match schema 'image': 7 is not of type 'string'")
    );
    assert!(fault.message.contains("schema['additionalProperties']"), "{}", fault.message);
    assert!(!fault.message.contains("400 Bad Request"), "the heading only repeats the status");
}

#[test]
fn pages_of_proxies_and_other_shapes_are_read_too() {
    let table = [
        (
            "<html><head><title>413 Request Entity Too Large</title></head><body><center><h1>413 Request Entity Too \
          Large</h1></center><hr><center>nginx/1.24.0</center></body></html>",
            "413 Request Entity Too Large (nginx/1.24.0)",
        ),
        (
            "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>",
            "No server is available to handle this request.",
        ),
        ("<html><body><h1>502 Bad Gateway</h1></body></html>", "502 Bad Gateway"),
        (
            "<html><body>1 &lt; 2 &amp;amp; so &unknown; &#x41;&#66; a < b</body></html>",
            "1 < 2 &amp; so &unknown; AB a < b",
        ),
        (
            r#"{"NeutronError": {"type": "X", "message": "No more IP addresses.", "detail": ""}}"#,
            "No more IP addresses.",
        ),
        (r#"{"overLimit": {"code": 413, "message": "Slow down", "retryAfter": "5"}}"#, "Slow down"),
        (r#"{"errors": [{"status": 400, "detail": "bad"}]}"#, "bad"),
        (r#"{"message": "a name with <b>markup</b> stays<br />\n\n"}"#, "a name with <b>markup</b> stays"),
        ("Authentication required", "Authentication required"),
        ("{}", ""),
        ("", ""),
        ("<", "<"),
        ("<h1", "<h1"),
        ("<html><title>İ</h1><h1>x", "İ\nx"),
    ];
    for (body, want) in table {
        assert_eq!(Fault::parse(Service::Image, &Answer::new(500, [], body)).message, want, "{body}");
    }
}

#[test]
fn the_request_id_and_the_wait_are_kept() {
    let headers =
        [("X-Compute-Request-Id", "req-1"), ("Retry-After", "7")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    let fault = Fault::parse(Service::Compute, &Answer::new(429, headers, ""));
    assert_eq!((fault.request_id.as_deref(), fault.retry_after), (Some("req-1"), Some(7)));
    assert_eq!(fault.kind, FaultKind::RateLimited);
}

#[test]
fn an_endless_message_is_cut_between_characters() {
    let fault = Fault::parse(Service::Image, &Answer::new(500, [], "é".repeat(10_000)));
    assert!(fault.message.len() < 4_100 && fault.message.ends_with('…'));
}

#[test]
fn a_page_of_unclosed_tags_is_read_in_no_time() {
    let read = |body: String| Fault::parse(Service::Image, &Answer::new(500, [], body)).message;
    for tags in ["<a", "<", "<é", "&", "<h1"] {
        let message = read(format!("<html><body><p>Too many</p>{}", tags.repeat(1_000_000)));
        assert!(message.starts_with("Too many") && message.len() < 4_100, "{tags}");
    }
    assert_eq!(beginning("aéé", 4), "aé");
    assert_eq!(beginning("aé", 9), "aé");
}
