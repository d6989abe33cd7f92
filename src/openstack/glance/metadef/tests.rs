use super::*;
use crate::openstack::fixture::answer;
use serde_json::json;

fn definitions(body: &Value) -> Vec<Definition> {
    decode_definitions(&Answer::new(200, vec![], body.to_string())).unwrap()
}

fn kind(schema: Value) -> Kind {
    let mut found = definitions(&json!({"properties": {"key": schema}}));
    found.remove(0).kind
}

#[test]
fn the_recorded_namespaces_are_read_with_the_prefix_for_images() {
    let page = list_namespaces(None).decode(&answer("glance/metadefs-namespaces")).unwrap();
    assert_eq!(page.next, None);
    let pinning = &page.namespaces[0];
    assert_eq!((&*pinning.name, &*pinning.title), ("OS::Compute::CPUPinning", "CPU Pinning"));
    assert_eq!(pinning.prefix, "hw_");
    assert_eq!(page.namespaces[1].prefix, "");
}

#[test]
fn the_recorded_definitions_are_typed() {
    let request = get_definitions("OS::Compute::LibvirtImage");
    assert_eq!(
        request.path_and_query(),
        "/v2/metadefs/namespaces/OS%3A%3ACompute%3A%3ALibvirtImage?resource_type=OS%3A%3AGlance%3A%3AImage"
    );
    let found = request.decode(&answer("glance/metadefs-namespace")).unwrap();
    let kind_of = |key: &str| found.iter().find(|it| it.key == key).unwrap().kind.clone();
    assert_eq!(kind_of("hw_firmware_type"), Kind::Choice(vec!["bios".into(), "uefi".into()]));
    assert_eq!(kind_of("hw_firmware_stateless"), Kind::Boolean);
    assert_eq!(kind_of("hw_video_ram"), Kind::Integer { least: Some(0.0), most: None });
    assert_eq!(kind_of("hw_machine_type"), Kind::FREE);
}

#[test]
fn objects_come_after_the_namespaces_own_and_a_key_counts_once() {
    let found = definitions(&json!({
        "properties": {"a": {"type": "string"}},
        "objects": [{"name": "Nginx", "properties": {"a": {"type": "integer"}, "b": {"type": "integer", "default": 80}}}],
    }));
    let found: Vec<_> = found.iter().map(|it| (&*it.key, &*it.group, &*it.default)).collect();
    assert_eq!(found, [("a", "", ""), ("b", "Nginx", "80")]);
}

#[test]
fn rules_are_taken_over() {
    let text = json!({"type": "string", "pattern": "^[a-z]+$", "minLength": 1, "maxLength": 8});
    assert_eq!(
        kind(text),
        Kind::Text { pattern: Some("^[a-z]+$".into()), shortest: Some(1), longest: Some(8) }
    );
    assert_eq!(
        kind(json!({"type": "number", "minimum": 0.5})),
        Kind::Number { least: Some(0.5), most: None }
    );
    let list = json!({"type": "array", "items": {"enum": ["a", 2]}});
    assert_eq!(
        kind(list),
        Kind::List { operators: vec!["<in>".into()], items: vec!["a".into(), "2".into()] }
    );
}

#[test]
fn what_does_not_read_as_a_definition_is_free_text() {
    let endless: Vec<usize> = (0..10_000).collect();
    for odd in [
        json!(null),
        json!("text"),
        json!([1]),
        json!({}),
        json!({"type": 7}),
        json!({"type": "object"}),
        json!({"type": "string", "enum": endless}),
        json!({"type": "string", "enum": {}}),
        json!({"type": "string", "enum": [null, []]}),
        json!({"type": "string", "minLength": -3, "maxLength": "x", "pattern": 4}),
        json!({"type": "string", "minLength": 9, "maxLength": 3}),
        json!({"type": "array"}),
        json!({"type": "array", "items": ["a"]}),
    ] {
        assert_eq!(kind(odd.clone()), Kind::FREE, "{odd}");
    }
    assert_eq!(
        kind(json!({"type": "integer", "minimum": 5, "maximum": 1})),
        Kind::Integer { least: None, most: None }
    );
    for odd in [
        json!({}),
        json!({"properties": [], "objects": {}}),
        json!({"objects": [null, 3, {"properties": {" ": {}}}]}),
    ] {
        assert!(definitions(&odd).is_empty(), "{odd}");
    }
}

#[test]
fn a_page_says_where_the_next_begins_and_odd_rows_are_left_out() {
    let body = json!({"namespaces": [{"namespace": "a"}, {"display_name": "x"}, 3], "next": "/v2/x?limit=1&marker=a%3Ab"});
    let page = decode_page(&Answer::new(200, vec![], body.to_string())).unwrap();
    assert_eq!(page.namespaces.len(), 1);
    assert_eq!(page.namespaces[0].title, "a");
    assert_eq!(page.next.as_deref(), Some("a:b"));
    assert!(decode_page(&Answer::new(200, vec![], "[]".to_owned())).is_err());
}
