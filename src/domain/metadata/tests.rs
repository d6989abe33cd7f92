use super::*;
use proptest::prelude::*;
use serde_json::json;

fn properties(entries: &[(&str, &str)]) -> Properties {
    entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn definition(kind: Kind, default: &str) -> Definition {
    Definition {
        key: "key".into(),
        title: "Key".into(),
        description: String::new(),
        group: String::new(),
        default: default.into(),
        kind,
    }
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Stands in for the browser: knows one expression.
fn matches(pattern: &str, text: &str) -> Option<bool> {
    match pattern {
        "^a" => Some(text.starts_with('a')),
        _ => None,
    }
}

#[test]
fn keys_that_glance_keeps_to_itself_can_not_be_set() {
    let table = [
        ("os_glance_import_task", Some(Fixed::Reserved)),
        ("os_hash_value", Some(Fixed::Reserved)),
        ("checksum", Some(Fixed::Reserved)),
        ("deleted", Some(Fixed::Reserved)),
        ("min_ram", Some(Fixed::HasField)),
        ("os_hidden", Some(Fixed::HasField)),
        (" odd", Some(Fixed::Unreachable)),
        ("", Some(Fixed::Unreachable)),
        ("os_distro", None),
        ("a/b~c", None),
        ("description", None),
    ];
    for (key, want) in table {
        assert_eq!(fixed(key), want, "{key:?}");
    }
}

#[test]
fn a_new_key_is_checked() {
    let known: BTreeSet<String> = strings(&["os_distro"]).into_iter().collect();
    let full: BTreeSet<String> = (0..128).map(|n| format!("key{n}")).chain(["os_glance_x".into()]).collect();
    let long = "é".repeat(256);
    let table = [
        (" ", &known, Some(Problem::NoKey)),
        (&*long, &known, Some(Problem::LongKey)),
        (" os_distro ", &known, Some(Problem::TakenKey)),
        ("name", &known, Some(Problem::Fixed(Fixed::HasField))),
        ("new", &known, None),
        ("new", &full, Some(Problem::TooMany)),
    ];
    for (key, known, want) in table {
        assert_eq!(key_problem(key, known), want, "{key}");
    }
}

#[test]
fn values_are_held_to_their_definition() {
    let text = Kind::Text { pattern: Some("^a".into()), shortest: Some(2), longest: Some(3) };
    let broken = Kind::Text { pattern: Some("((".into()), shortest: None, longest: None };
    let integer = Kind::Integer { least: Some(1.0), most: Some(8.0) };
    let number = Kind::Number { least: None, most: Some(0.5) };
    let table = [
        ("é", &text, Some(Problem::TooShort(2))),
        ("abcd", &text, Some(Problem::TooLong(3))),
        ("bb", &text, Some(Problem::NoMatch("^a".into()))),
        ("aé", &text, None),
        ("anything", &broken, None),
        ("", &integer, Some(Problem::NotInteger)),
        ("1.5", &integer, Some(Problem::NotInteger)),
        ("1e3", &integer, Some(Problem::NotInteger)),
        ("0", &integer, Some(Problem::TooSmall(1.0))),
        ("9", &integer, Some(Problem::TooLarge(8.0))),
        (" 8 ", &integer, None),
        ("0.6", &number, Some(Problem::TooLarge(0.5))),
        ("-1e9", &number, None),
        ("inf", &number, Some(Problem::NotNumber)),
        ("x", &number, Some(Problem::NotNumber)),
    ];
    for (value, kind, want) in table {
        assert_eq!(value_problem(value, kind, matches), want, "{value} {kind:?}");
    }
    assert_eq!(value_problem(&"x".repeat(65_536), &Kind::FREE, matches), Some(Problem::LongValue));
}

#[test]
fn what_the_cloud_reads_needs_a_value_and_a_key_of_ones_own_does_not() {
    let text = definition(Kind::FREE, "");
    let integer = definition(Kind::Integer { least: None, most: None }, "");
    let boolean = definition(Kind::Boolean, "");
    let choice = definition(Kind::Choice(strings(&["a", "b"])), "");
    let choice_of_none = definition(Kind::Choice(strings(&["", "a"])), "");
    let list = definition(Kind::List { operators: strings(&["<in>"]), items: strings(&["a"]) }, "");
    let table = [
        ("architecture", "", None, Some(Problem::NoValue)),
        ("hw_disk_bus", "", None, Some(Problem::NoValue)),
        ("os_distro", " ", None, Some(Problem::NoValue)),
        ("trait:HW_CPU_X86_AVX2", "", None, Some(Problem::NoValue)),
        ("golden", "", None, None),
        ("hwhat", "", None, None),
        ("key", "", Some(&text), Some(Problem::NoValue)),
        ("key", "", Some(&integer), Some(Problem::NoValue)),
        ("key", "", Some(&choice), Some(Problem::NoValue)),
        ("key", "", Some(&list), Some(Problem::NoValue)),
        ("key", "", Some(&boolean), None),
        ("key", "", Some(&choice_of_none), None),
        ("key", "x", Some(&text), None),
        ("key", "x", Some(&integer), Some(Problem::NotInteger)),
    ];
    for (key, value, definition, want) in table {
        assert_eq!(property_problem(key, value, definition, matches), want, "{key} {value:?} {definition:?}");
    }
}

#[test]
fn a_value_that_its_definition_does_not_know_is_kept_as_text() {
    let boolean = definition(Kind::Boolean, "");
    assert_eq!(widget(Some(&boolean), "True"), Widget::Switch);
    assert_eq!(widget(Some(&boolean), "maybe"), Widget::Text);
    let list = definition(Kind::List { operators: strings(&["<in>"]), items: strings(&["a", "b"]) }, "");
    assert!(matches!(widget(Some(&list), "<in> a"), Widget::List { .. }));
    assert_eq!(widget(Some(&list), "a,b"), Widget::Text);
    let choice = definition(Kind::Choice(strings(&["a"])), "");
    assert_eq!(widget(Some(&choice), "z"), Widget::Choice(strings(&["z", "a"])));
    assert_eq!(widget(None, "x"), Widget::Text);
}

#[test]
fn lists_are_read_and_written_as_they_are() {
    let (operators, items) = (strings(&["<or>", "<in>"]), strings(&["a", "b", "c"]));
    let parse = |value: &str| ListValue::parse(value, &operators, &items);
    assert_eq!(parse("<or> c, a").unwrap().write(&items), "<or> a,c");
    assert_eq!(parse("").unwrap().operator, "<in>");
    assert_eq!(parse("").unwrap().write(&items), "");
    for odd in ["a,b", "<all-in> a", "<or>a", "<or> z", "<or> ", "<or>"] {
        assert_eq!(parse(odd), None, "{odd}");
    }
}

#[test]
fn an_added_property_begins_with_a_value_that_is_allowed() {
    let table = [
        (definition(Kind::Boolean, "maybe"), "false"),
        (definition(Kind::Boolean, "True"), "true"),
        (definition(Kind::Choice(strings(&["a", "b"])), "b"), "b"),
        (definition(Kind::Choice(strings(&["a", "b"])), "z"), "a"),
        (definition(Kind::Integer { least: None, most: None }, "80"), "80"),
        (definition(Kind::List { operators: strings(&["<in>"]), items: strings(&["a"]) }, "[]"), ""),
    ];
    for (definition, want) in table {
        assert_eq!(first_value(&definition), want, "{definition:?}");
    }
}

#[test]
fn a_patch_carries_only_what_was_touched() {
    let base = properties(&[("a/b", "1"), ("gone", "x"), ("kept", "y"), ("os_glance_x", "z"), (" odd", "o")]);
    let wanted = properties(&[("a/b", "2"), ("kept", "y"), ("new~", ""), ("os_hash_x", "no")]);
    let want = json!([
        {"op": "remove", "path": "/gone"},
        {"op": "add", "path": "/a~1b", "value": "2"},
        {"op": "add", "path": "/new~0", "value": ""},
    ]);
    assert_eq!(serde_json::to_value(diff(&base, &wanted)).unwrap(), want);
    assert!(diff(&base, &base).is_empty());
}

fn any_properties() -> impl Strategy<Value = Properties> {
    let key = prop_oneof!["[a-c]", "[~/é ]{0,3}", Just("os_glance_a".to_owned()), Just("name".to_owned())];
    prop::collection::btree_map(key, "[xy]{0,2}", 0..8)
}

proptest! {
    #[test]
    fn a_patch_makes_what_was_wanted_and_touches_nothing_else(base in any_properties(), wanted in any_properties()) {
        let mut made = base.clone();
        for (operation, key) in diff(&base, &wanted).0.into_iter().zip(diff(&base, &wanted).keys()) {
            prop_assert_eq!(fixed(&key), None);
            prop_assert_ne!(base.get(&key), wanted.get(&key));
            match serde_json::to_value(&operation).unwrap() {
                json if json["op"] == "remove" => prop_assert!(made.remove(&key).is_some()),
                json => { made.insert(key, json["value"].as_str().unwrap().to_owned()); }
            }
        }
        for key in base.keys().chain(wanted.keys()) {
            let want = if fixed(key).is_some() { base.get(key) } else { wanted.get(key) };
            prop_assert_eq!(made.get(key), want);
        }
    }

    #[test]
    fn no_definition_and_no_value_panics(value in ".{0,40}", pattern in ".{0,40}", default in ".{0,20}") {
        let kinds = [
            Kind::Text { pattern: Some(pattern.clone()), shortest: None, longest: Some(3) },
            Kind::Integer { least: Some(0.0), most: None },
            Kind::Number { least: None, most: None },
            Kind::Boolean,
            Kind::Choice(vec![pattern.clone()]),
            Kind::List { operators: vec![pattern.clone()], items: vec![default.clone()] },
        ];
        for kind in kinds {
            let definition = definition(kind, &default);
            let _ = (property_problem("key", &value, Some(&definition), matches), widget(Some(&definition), &value), first_value(&definition));
        }
    }
}
