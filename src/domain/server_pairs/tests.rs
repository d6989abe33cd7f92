use super::*;
use proptest::prelude::*;
use serde_json::json;

fn pairs(rows: &[(&str, &str)]) -> Vec<Pair> {
    rows.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn metadata_is_what_nova_takes() {
    let (long, most) = ("x".repeat(256), "y".repeat(255));
    let rows = pairs(&[
        ("owner", "alice"),
        ("", ""),
        ("", "value"),
        (&long, "v"),
        (&most, &most),
        ("a/b", "v"),
        ("role:web_1.x -", ""),
        (" owner ", "again"),
        ("text", &long),
    ]);
    let found: Vec<_> = metadata_problems(&rows, None).into_iter().collect();
    let wanted = [
        (2, PairProblem::NoKey),
        (3, PairProblem::LongKey),
        (5, PairProblem::Character('/')),
        (7, PairProblem::Twice),
        (8, PairProblem::LongValue),
    ];
    assert_eq!(found, wanted);
}

#[test]
fn the_projects_limit_counts_filled_pairs_alone() {
    let rows = pairs(&[("a", "1"), ("", ""), ("b", "2"), ("c", "3")]);
    assert!(metadata_problems(&rows, Some(3)).is_empty());
    assert_eq!(metadata_problems(&rows, Some(2)), BTreeMap::from([(3, PairProblem::TooMany(2))]));
    assert_eq!(metadata(&rows).len(), 3);
}

#[test]
fn hints_of_several_values_are_lists_and_the_group_has_its_step() {
    let rows =
        pairs(&[("different_host", "a"), ("different_host", " b "), ("query", "[]"), ("own", "1"), ("", "")]);
    assert!(hint_problems(&rows).is_empty());
    let sent = hints(&rows);
    assert_eq!(json!(sent), json!({"different_host": ["a", "b"], "own": "1", "query": "[]"}));
    let bad = pairs(&[
        ("group", "g"),
        ("query", "[]"),
        ("query", "[]"),
        ("own", ""),
        ("cidr", "24"),
        ("build_near_host_ip", "host"),
    ]);
    let found: Vec<_> = hint_problems(&bad).into_values().collect();
    let wanted = [
        PairProblem::Group,
        PairProblem::Twice,
        PairProblem::NoValue,
        PairProblem::NotARange,
        PairProblem::NotAnAddress,
    ];
    assert_eq!(found, wanted);
    let good = pairs(&[("cidr", "/24"), ("build_near_host_ip", "10.0.0.1")]);
    assert!(hint_problems(&good).is_empty());
}

proptest! {
    #[test]
    fn sound_metadata_is_sent_whole(keys in proptest::collection::btree_set("[a-zA-Z0-9][a-zA-Z0-9_:.-]{0,30}", 0..10)) {
        let rows: Vec<Pair> = keys.iter().map(|key| (key.clone(), "v".to_owned())).collect();
        prop_assert!(metadata_problems(&rows, None).is_empty());
        prop_assert_eq!(metadata(&rows).len(), keys.len());
    }

    #[test]
    fn nothing_typed_panics(rows in proptest::collection::vec(("\\PC{0,20}", "\\PC{0,20}"), 0..6)) {
        let _ = (metadata_problems(&rows, Some(2)), hint_problems(&rows), hints(&rows));
    }
}
