use super::{
    index::Pass,
    sort::{Direction, SortColumn},
    *,
};
use crate::openstack::glance::image::Image;
use proptest::prelude::*;
use serde_json::{Value, json};

fn image(id: &str, changes: Value) -> Image {
    let mut image =
        json!({"id": id, "name": id, "owner": "mine", "status": "active", "visibility": "private"});
    for (key, value) in changes.as_object().unwrap() {
        image[key] = value.clone();
    }
    serde_json::from_value(image).unwrap()
}

fn me() -> Person {
    Person { project: "mine".into(), roles: vec!["member".into()], ..Person::default() }
}

fn index(rows: &[(Pass, Image)]) -> ImageIndex {
    let mut index = ImageIndex::default();
    index.begin();
    for (pass, image) in rows {
        index.add(*pass, vec![image.clone()], &me());
    }
    index.finish();
    index
}

fn ids(index: &ImageIndex, query: &ListQuery) -> Vec<String> {
    select(index, query, &me()).into_iter().map(|row| row.image.id.to_string()).collect()
}

fn by_name() -> ListQuery {
    ListQuery {
        sort: Sort { column: SortColumn::Name, direction: Direction::Ascending },
        ..ListQuery::default()
    }
}

fn offered(id: &str) -> Image {
    image(id, json!({"owner": "others", "visibility": "shared"}))
}

#[test]
fn tabs_divide_what_the_passes_bring() {
    let index = index(&[
        (Pass::Default, image("own", json!({}))),
        (Pass::Default, image("public", json!({"owner": "others", "visibility": "public"}))),
        (Pass::Default, image("own-shared", json!({"visibility": "shared"}))),
        (Pass::Default, offered("accepted")),
        (Pass::Community, image("community", json!({"owner": "others", "visibility": "community"}))),
        (Pass::Hidden, image("hidden", json!({"os_hidden": true}))),
        (Pass::Pending, offered("pending")),
        (Pass::Pending, image("own-shared", json!({"visibility": "shared"}))),
        (Pass::Rejected, offered("rejected")),
    ]);
    let table: [(Tab, &[&str]); 5] = [
        (Tab::All, &["accepted", "community", "hidden", "own", "own-shared", "pending", "public"]),
        (Tab::Yours, &["hidden", "own", "own-shared"]),
        (Tab::Public, &["public"]),
        (Tab::Shared, &["pending", "accepted", "rejected"]),
        (Tab::Community, &["community"]),
    ];
    for (tab, want) in table {
        assert_eq!(ids(&index, &ListQuery { tab, ..by_name() }), want, "{tab:?}");
    }
    assert_eq!(pending_offers(&index, &me()), 1);
    assert_eq!(index.len(), 8);
}

#[test]
fn an_administrators_pending_listing_makes_no_offers_of_others_images() {
    let admin = Person { roles: vec!["admin".into()], ..me() };
    let mut index = ImageIndex::default();
    index.begin();
    index.add(Pass::Default, vec![offered("x")], &admin);
    index.add(Pass::Pending, vec![offered("x"), offered("y")], &admin);
    assert_eq!((index.len(), pending_offers(&index, &admin)), (1, 0));
}

#[test]
fn a_new_indexing_drops_what_is_gone_and_never_brings_back_the_deleted() {
    let mut index = index(&[(Pass::Default, image("a", json!({}))), (Pass::Default, image("b", json!({})))]);
    index.begin();
    assert_eq!(index.len(), 2, "old rows stay while the new ones come");
    index.add(Pass::Default, vec![image("a", json!({}))], &me());
    index.upsert(image("new", json!({})));
    index.remove(&"a".into());
    index.add(Pass::Default, vec![image("a", json!({}))], &me());
    index.finish();
    let left: Vec<_> = index.rows().map(|row| row.image.id.as_str()).collect();
    assert_eq!(left, ["new"]);
    index.begin();
    index.add(Pass::Default, vec![image("a", json!({}))], &me());
    assert!(index.get(&"a".into()).is_some(), "the next indexing may find it again");
}

#[test]
fn a_poll_keeps_the_membership_and_an_answer_changes_it() {
    let mut index = index(&[(Pass::Pending, offered("x"))]);
    index.upsert(offered("x"));
    assert_eq!(pending_offers(&index, &me()), 1);
    index.set_membership(&"x".into(), MemberStatus::Accepted);
    assert_eq!(pending_offers(&index, &me()), 0);
}

#[test]
fn the_search_box_finds_every_text_of_an_image_in_any_case() {
    let row = image(
        "39C3bb1c",
        json!({"name": "Ubuntu 24.04 ÄÖ", "tags": ["Gold"], "description": "For the lab", "os_distro": "debian"}),
    );
    let index = index(&[(Pass::Default, row)]);
    let table = [
        ("ubuntu 24", true),
        ("äö", true),
        ("39c3BB", true),
        ("GOLD", true),
        ("the lab", true),
        ("Debian", true),
        ("MINE", true),
        (" ubuntu ", true),
        ("", true),
        ("gold debian", false),
        ("active", false),
    ];
    for (search, want) in table {
        let query = ListQuery { search: search.to_owned(), ..by_name() };
        assert_eq!(ids(&index, &query).len() == 1, want, "{search}");
    }
}

#[test]
fn what_has_no_value_comes_last_whichever_way() {
    let rows = [
        image("a", json!({"size": 5, "name": "b"})),
        image("b", json!({"size": null, "name": null})),
        image("c", json!({"size": 5_000_000_000u64, "name": "A"})),
        image("d", json!({"size": 5, "name": "a1"})),
    ];
    let index = index(&rows.map(|row| (Pass::Default, row)));
    let sorted =
        |column, direction| ids(&index, &ListQuery { sort: Sort { column, direction }, ..by_name() });
    assert_eq!(sorted(SortColumn::Size, Direction::Ascending), ["d", "a", "c", "b"]);
    assert_eq!(sorted(SortColumn::Size, Direction::Descending), ["c", "d", "a", "b"]);
    assert_eq!(sorted(SortColumn::Name, Direction::Ascending), ["c", "d", "a", "b"]);
    assert_eq!(sorted(SortColumn::Name, Direction::Descending), ["a", "d", "c", "b"]);
}

#[test]
fn a_second_click_on_a_heading_turns_the_order() {
    let by_size = Sort::default().clicked(SortColumn::Size);
    assert_eq!(by_size.word(), "-size");
    assert_eq!(by_size.clicked(SortColumn::Size).word(), "size");
    assert_eq!(by_size.clicked(SortColumn::Name).word(), "name");
}

#[test]
fn filters_of_one_kind_add_up_and_kinds_narrow() {
    let index = index(
        &[
            image("a", json!({"disk_format": "raw", "tags": ["x", "y"], "protected": true, "size": 10})),
            image("b", json!({"disk_format": "qcow2", "tags": ["x"], "min_ram": 512, "updated_at": "2026-11-23T08:00:00Z"})),
            image("c", json!({"status": "queued", "os_hidden": true, "os_distro": "debian"})),
        ]
        .map(|row| (Pass::Default, row)),
    );
    let table: [(&str, &[&str]); 12] = [
        ("format=raw&format=qcow2", &["a", "b"]),
        ("format=raw&protected=no", &[]),
        ("tag=x", &["a", "b"]),
        ("tag=x&tag=y", &["a"]),
        ("status=queued", &["c"]),
        ("hidden=no", &["a", "b"]),
        ("owner=others", &[]),
        ("size_min=5&size_max=10", &["a"]),
        ("min_ram_max=100", &["a", "c"]),
        ("os=debian", &["c"]),
        ("updated_since=2026-11-23", &["b"]),
        ("visibility=public&nonsense=1&protected=perhaps", &[]),
    ];
    for (query, want) in table {
        let query = ListQuery { sort: by_name().sort, ..ListQuery::parse(query) };
        assert_eq!(ids(&index, &query), want, "{query:?}");
    }
}

#[test]
fn the_default_list_has_a_bare_url() {
    assert_eq!(ListQuery::default().print(), "");
    assert_eq!(ListQuery::parse("?"), ListQuery::default());
    assert_eq!(ListQuery::parse("?tab=nonsense&sort=-nonsense&unknown=1"), ListQuery::default());
    let query =
        ListQuery::parse("?tab=yours&q=a%26b+c&status=active&status=thawing&sort=-size&protected=yes");
    assert_eq!(query.print(), "?tab=yours&q=a%26b%20c&sort=-size&status=active&status=thawing&protected=yes");
}

proptest! {
    #[test]
    fn the_url_gives_back_what_was_put_into_it(
        search in "\\PC{0,20}", words in proptest::collection::btree_set("\\PC{1,8}", 0..4),
        tab in 0..5usize, column in 0..12usize, descending: bool, protected: Option<bool>, size in any::<Option<u64>>(),
    ) {
        let columns = [SortColumn::Name, SortColumn::Owner, SortColumn::Type, SortColumn::Status, SortColumn::Visibility,
            SortColumn::Protected, SortColumn::Format, SortColumn::Size, SortColumn::MinDisk, SortColumn::MinRam,
            SortColumn::Updated, SortColumn::Created];
        let words: Vec<String> = words.into_iter().collect();
        let query = ListQuery {
            tab: Tab::ALL[tab],
            search,
            sort: Sort {
                column: columns[column],
                direction: if descending { Direction::Descending } else { Direction::Ascending },
            },
            filters: Filters {
                status: words.iter().map(|word| word.as_str().into()).collect(),
                format: words.iter().map(|word| word.as_str().into()).collect(),
                owner: words.iter().map(|word| word.as_str().into()).collect(),
                tag: words.clone(),
                os: words,
                protected,
                hidden: protected,
                size_min: size,
                updated_since: size.map(|size| size.to_string()),
                ..Filters::default()
            },
        };
        prop_assert_eq!(ListQuery::parse(&query.print()), query);
    }
}
