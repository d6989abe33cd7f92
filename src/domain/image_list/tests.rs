use super::{
    index::Pass,
    sort::{Direction, SortColumn},
    storage::{Use, by_format},
    *,
};
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
        add(&mut index, *pass, image.clone());
    }
    index.finish(&[]);
    index
}

/// A page that is asked for and answered at once.
fn add(index: &mut ImageIndex, pass: Pass, image: Image) -> bool {
    let asked = index.moment();
    index.add(pass, vec![image], &me(), asked)
}

fn ids(index: &ImageIndex, query: &ListQuery) -> Vec<String> {
    ids_beside(index, query, None)
}

fn ids_beside(index: &ImageIndex, query: &ListQuery, flavors: Option<&[Flavor]>) -> Vec<String> {
    let needle = Needle::new(&query.search, [(&"mine".into(), &"Home".to_owned())].into_iter());
    let rows = arrange(index, query, Beside { me: &me(), flavors, names: None });
    rows.iter().filter(|row| needle.is_in(row)).map(|row| row.image.id.to_string()).collect()
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
    let asked = index.moment();
    index.add(Pass::Default, vec![offered("x")], &admin, asked);
    index.add(Pass::Pending, vec![offered("x"), offered("y")], &admin, asked);
    assert_eq!((index.len(), pending_offers(&index, &admin)), (1, 0));
}

#[test]
fn a_new_indexing_drops_what_is_gone_and_never_brings_back_the_deleted() {
    let mut index = index(&[(Pass::Default, image("a", json!({}))), (Pass::Default, image("b", json!({})))]);
    index.begin();
    assert_eq!(index.len(), 2, "old rows stay while the new ones come");
    add(&mut index, Pass::Default, image("a", json!({})));
    index.upsert(image("new", json!({})));
    let asked = index.moment();
    index.remove(&"a".into());
    index.add(Pass::Default, vec![image("a", json!({}))], &me(), asked);
    index.finish(&[]);
    let left: Vec<_> = index.rows().map(|row| row.image.id.as_str()).collect();
    assert_eq!(left, ["new"]);
    index.begin();
    add(&mut index, Pass::Default, image("a", json!({})));
    assert!(index.get(&"a".into()).is_some(), "the next indexing may find it again");
}

#[test]
fn what_only_a_failed_listing_tells_of_stays() {
    let plain = |id| image(id, json!({}));
    let mut index = index(&[
        (Pass::Default, plain("mine")),
        (Pass::Default, plain("own community")),
        (Pass::Community, plain("own community")),
        (Pass::Community, plain("community")),
        (Pass::Hidden, plain("hidden")),
    ]);
    index.upsert(plain("asked for"));
    index.begin();
    assert!(index.finish(&[Pass::Community]));
    let left: Vec<_> = index.rows().map(|row| row.image.id.as_str()).collect();
    assert_eq!(left, ["asked for", "community"]);
    index.begin();
    assert!(index.finish(&[]) && index.is_empty());
}

#[test]
fn a_poll_keeps_the_membership_and_an_answer_changes_it() {
    let mut index = index(&[(Pass::Pending, offered("x"))]);
    index.upsert(offered("x"));
    assert_eq!(pending_offers(&index, &me()), 1);
    index.set_membership(&"x".into(), MemberStatus::Accepted);
    assert_eq!(pending_offers(&index, &me()), 0);
}

fn at(second: u32, name: &str) -> Image {
    image("a", json!({"name": name, "updated_at": format!("2026-11-23T08:00:{second:02}Z")}))
}

fn name(index: &ImageIndex) -> Option<&str> {
    index.get(&"a".into()).and_then(|row| row.image.name.as_deref())
}

#[test]
fn an_older_answer_never_replaces_a_newer_one() {
    let mut index = index(&[(Pass::Default, at(1, "listed"))]);
    let asked = index.moment();
    index.upsert(at(5, "patched"));
    // Within the same second the date does not tell them apart: what was asked for before the change doesn't know of it.
    for second in [1, 5] {
        index.begin();
        assert!(!index.add(Pass::Default, vec![at(second, "listed")], &me(), asked), "{second}");
        assert!(!index.finish(&[]), "it is there all the same");
        assert!(!index.take(at(second, "polled"), asked), "{second}");
        assert_eq!(name(&index), Some("patched"), "{second}");
    }
    assert!(index.take(at(6, "newer"), asked), "the date says that it is newer");
    let asked = index.moment();
    assert!(!index.take(at(5, "older"), asked), "a copy of the database that lags behind");
    assert!(index.take(at(6, "same second"), asked));
    // A server's clock that goes behind is not believed for ever.
    assert!(add(&mut index, Pass::Default, at(2, "listed again")));
    assert_eq!(name(&index), Some("listed again"));
}

#[test]
fn an_answer_from_before_the_deletion_does_not_bring_the_image_back() {
    let mut index = index(&[(Pass::Default, at(1, "there"))]);
    let asked = index.moment();
    index.remove(&"a".into());
    assert!(!index.take(at(1, "polled"), asked));
    index.begin();
    assert!(!index.add(Pass::Default, vec![at(1, "listed")], &me(), asked));
    index.finish(&[]);
    assert!(!index.take(at(9, "polled"), asked), "a round does not forget it");
    assert_eq!(index.len(), 0);
    let asked = index.moment();
    assert!(index.take(at(1, "restored"), asked), "what is asked for since counts");
}

#[test]
fn an_older_listing_does_not_take_back_the_answer_to_an_offer() {
    let mut index = index(&[(Pass::Pending, offered("x"))]);
    let asked = index.moment();
    index.set_membership(&"x".into(), MemberStatus::Accepted);
    index.add(Pass::Pending, vec![offered("x")], &me(), asked);
    assert_eq!(pending_offers(&index, &me()), 0);
    assert!(add(&mut index, Pass::Pending, offered("x")), "it was put back");
    assert_eq!(pending_offers(&index, &me()), 1);
}

#[test]
fn a_rejected_image_that_is_made_public_is_an_offer_no_more() {
    let mut index = index(&[(Pass::Rejected, offered("x"))]);
    assert!(ids(&index, &by_name()).is_empty());
    add(&mut index, Pass::Default, image("x", json!({"owner": "others", "visibility": "public"})));
    assert_eq!(ids(&index, &by_name()), ["x"]);
    assert!(ids(&index, &ListQuery { tab: Tab::Shared, ..by_name() }).is_empty());
}

#[test]
fn what_an_administrator_finds_of_an_offer_stays_until_it_is_found_otherwise() {
    let admin = Person { roles: vec!["admin".into()], ..me() };
    let mut index = ImageIndex::default();
    index.begin();
    let asked = index.moment();
    index.add(Pass::Default, vec![offered("x")], &admin, asked);
    assert!(index.take_membership(&"x".into(), Some(MemberStatus::Pending), asked));
    assert_eq!(pending_offers(&index, &admin), 1);
    let asked = index.moment();
    index.add(Pass::Default, vec![offered("x")], &admin, asked);
    assert_eq!(pending_offers(&index, &admin), 1);
    let asked = index.moment();
    index.set_membership(&"x".into(), MemberStatus::Accepted);
    assert!(!index.take_membership(&"x".into(), Some(MemberStatus::Pending), asked), "asked for before");
    let asked = index.moment();
    assert!(index.take_membership(&"x".into(), None, asked), "taken back");
    assert!(ids(&index, &ListQuery { tab: Tab::Shared, ..by_name() }).is_empty());
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
        ("home", true),
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
fn owners_are_ordered_as_they_are_shown() {
    let owned = |id: &str, owner: Option<&str>| {
        (Pass::Default, image(id, json!({"owner": owner, "visibility": "public"})))
    };
    let index = index(&[
        owned("by-id", Some("p3")),
        owned("named-z", Some("p1")),
        owned("nobodys", None),
        owned("own", Some("mine")),
        owned("named-a", Some("p2")),
    ]);
    let names = [("p1", "Zoo"), ("p2", "art"), ("mine", "Workshop")];
    let names = names.into_iter().map(|(id, name)| (id.into(), name.to_owned())).collect();
    let sorted = |direction| -> Vec<String> {
        let query = ListQuery { sort: Sort { column: SortColumn::Owner, direction }, ..ListQuery::default() };
        let beside = Beside { me: &me(), flavors: None, names: Some(&names) };
        arrange(&index, &query, beside).iter().map(|row| row.image.id.to_string()).collect()
    };
    assert_eq!(sorted(Direction::Ascending), ["own", "named-a", "by-id", "named-z", "nobodys"]);
    assert_eq!(sorted(Direction::Descending), ["named-z", "by-id", "named-a", "own", "nobodys"]);
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
            image("b", json!({"disk_format": "qcow2", "container_format": "ovf", "tags": ["x"], "min_ram": 512, "updated_at": "2026-11-23T08:00:00Z"})),
            image("c", json!({"status": "queued", "os_hidden": true, "os_distro": "debian"})),
        ]
        .map(|row| (Pass::Default, row)),
    );
    let table: [(&str, &[&str]); 16] = [
        ("format=raw&format=qcow2&size_max=many", &["a", "b"]),
        ("protected=yes&protected=no", &["b", "c"]),
        ("format=raw&protected=no", &[]),
        ("tag=x", &["a", "b"]),
        ("tag=x&tag=y", &["a"]),
        ("status=queued", &["c"]),
        ("hidden=no", &["a", "b"]),
        ("owner=others", &[]),
        ("size_min=5&size_max=10", &["a"]),
        ("min_ram_max=100", &["a", "c"]),
        ("os=debian", &["c"]),
        ("container=ovf&container=docker", &["b"]),
        ("updated_since=2026-11-23", &["b"]),
        ("updated_since=2026-11-23T08:00:00Z", &["b"]),
        ("updated_since=2026-11-23T08%3A00%3A01Z", &[]),
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
    let query = ListQuery::parse(
        "?tab=yours&q=a%26b+c&status=active&protected=yes&status=thawing&sort=-size&status=active",
    );
    assert_eq!(query.print(), "?tab=yours&q=a%26b%20c&sort=-size&status=active&status=thawing&protected=yes");
}

#[test]
fn the_flavor_filter_lets_through_what_the_flavor_can_run_once_it_is_known() {
    let index = index(
        &[
            image("big", json!({"min_ram": 4096})),
            image("fits", json!({"min_ram": 512, "min_disk": 10})),
            image("wide", json!({"min_disk": 11})),
        ]
        .map(|row| (Pass::Default, row)),
    );
    let flavor = Flavor { id: "m1".into(), ram: 2048, disk: 10, ..Flavor::default() };
    let query = ListQuery { sort: by_name().sort, ..ListQuery::parse("flavor=m1") };
    assert_eq!(ids_beside(&index, &query, None), ["big", "fits", "wide"], "nothing is known yet");
    assert_eq!(ids_beside(&index, &query, Some(&[flavor])), ["fits"]);
    assert!(ids_beside(&index, &query, Some(&[])).is_empty(), "no such flavor");
}

#[test]
fn a_flavor_without_a_disk_runs_images_for_administrators_only() {
    let index = index(&[(Pass::Default, image("wide", json!({"min_disk": 11})))]);
    let flavors = [Flavor { id: "m1".into(), ram: 2048, disk: 0, ..Flavor::default() }];
    let shown = |me: &Person| {
        arrange(&index, &ListQuery::parse("flavor=m1"), Beside { me, flavors: Some(&flavors), names: None })
            .len()
    };
    let admin = Person { roles: vec!["admin".into()], ..me() };
    assert_eq!((shown(&me()), shown(&admin)), (0, 1));
}

#[test]
fn offered_values_count_what_choosing_them_would_show() {
    let index = index(
        &[
            image("a", json!({"status": "active", "disk_format": "raw", "tags": ["x", "y"]})),
            image("b", json!({"status": "queued", "disk_format": "raw", "tags": ["x"]})),
            image("c", json!({"status": "active", "disk_format": "iso"})),
        ]
        .map(|row| (Pass::Default, row)),
    );
    let count = |query: &str, kind| {
        let query = ListQuery::parse(query);
        let mut offers =
            offers(&index, &query, &Needle::default(), Beside { me: &me(), flavors: None, names: None });
        offers.remove(&kind).unwrap_or_default()
    };
    let pairs = |pairs: &[(&str, usize)]| -> Vec<_> {
        pairs.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
    };
    assert_eq!(count("", FilterKind::Status), pairs(&[("active", 2), ("queued", 1)]));
    assert_eq!(count("status=queued", FilterKind::Status), pairs(&[("active", 2), ("queued", 1)]));
    assert_eq!(count("status=queued", FilterKind::Format), pairs(&[("raw", 1)]));
    assert_eq!(count("status=queued&format=iso", FilterKind::Format), pairs(&[("raw", 1)]));
    assert_eq!(count("status=queued&format=iso", FilterKind::Tag), []);
    assert_eq!(count("", FilterKind::Tag), pairs(&[("x", 2), ("y", 1)]));
}

#[test]
fn a_longer_search_only_narrows_a_shorter_one() {
    let projects = [("p1".into(), "Astronomy".to_owned()), ("p2".into(), "Astrology".to_owned())];
    let needle = |typed| Needle::new(typed, projects.iter().map(|(id, name)| (id, name)));
    assert!(needle("astron").narrows(&needle("astro")));
    assert!(needle("x").narrows(&needle("")));
    assert!(!needle("astro").narrows(&needle("astron")));
}

#[test]
fn room_is_added_up_by_format_and_small_ones_are_one() {
    let formats = ["raw", "qcow2", "iso", "vmdk", "vdi", "vhd", "vhdx"];
    let mut rows: Vec<_> = (0u64..)
        .zip(formats)
        .map(|(at, format)| image(format, json!({"disk_format": format, "size": 100 - at})))
        .collect();
    rows.push(image("second", json!({"disk_format": "raw", "size": u64::MAX})));
    rows.push(image("empty", json!({"disk_format": "raw", "size": null})));
    let index = index(&rows.into_iter().map(|row| (Pass::Default, row)).collect::<Vec<_>>());
    let uses = by_format(&index.rows().cloned().collect::<Vec<_>>());
    assert_eq!(uses.len(), 6);
    assert_eq!(uses[0], Use { format: Some("raw".to_owned()), bytes: u64::MAX, images: 2 });
    assert_eq!(uses[5], Use { format: None, bytes: 95 + 94, images: 2 });
}

#[test]
fn an_unchanged_page_changes_nothing() {
    let mut index = index(&[(Pass::Default, image("a", json!({})))]);
    let before = index.get(&"a".into()).cloned();
    index.begin();
    assert!(!add(&mut index, Pass::Default, image("a", json!({}))));
    assert!(!index.finish(&[]));
    assert_eq!(
        before.as_ref().map(std::sync::Arc::as_ptr),
        index.get(&"a".into()).map(std::sync::Arc::as_ptr)
    );
    assert!(add(&mut index, Pass::Default, image("a", json!({"status": "queued"}))));
    assert_eq!(index.newest_change(), None);
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
        let mut filters = Filters::default();
        for word in &words {
            for kind in FilterKind::FACETS {
                filters.add(kind, word);
            }
            filters.add(FilterKind::UpdatedSince, word);
        }
        protected.into_iter().for_each(|flag| filters.add(FilterKind::Protected, if flag { "yes" } else { "no" }));
        size.into_iter().for_each(|size| filters.add(FilterKind::SizeMin, &size.to_string()));
        let query = ListQuery {
            tab: Tab::ALL[tab],
            search,
            sort: Sort {
                column: columns[column],
                direction: if descending { Direction::Descending } else { Direction::Ascending },
            },
            filters,
        };
        prop_assert_eq!(ListQuery::parse(&query.print()), query);
    }
}
