//! What a person sees of the index: tab, search, sort. It stands in the URL, so that Back works and a link can be sent.

use std::{cmp::Ordering, sync::Arc};

use crate::{
    domain::{
        access::Person,
        image_list::index::{Entry, Index},
    },
    openstack::{
        glance::{image::Visibility, member::MemberStatus},
        request::percent_encode,
    },
};

/// A tab of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Everything.
    #[default]
    All,
    /// The current project's.
    Yours,
    /// Public ones.
    Public,
    /// Offered to the project by others; unanswered offers come first.
    Shared,
    /// Community images.
    Community,
}

impl Tab {
    /// Every tab, in order.
    pub const ALL: [Tab; 5] = [Tab::All, Tab::Yours, Tab::Public, Tab::Shared, Tab::Community];

    const fn name(self) -> &'static str {
        match self {
            Tab::All => "all",
            Tab::Yours => "yours",
            Tab::Public => "public",
            Tab::Shared => "shared",
            Tab::Community => "community",
        }
    }

    /// Whether an image belongs here. A rejected offer is seen in "Shared with you" only.
    pub fn has(self, entry: &Entry, me: &Person) -> bool {
        let image = &entry.image;
        let is_mine = me.owns(image);
        match self {
            Tab::All => entry.offer.is_none(),
            Tab::Yours => is_mine,
            Tab::Public => image.visibility == Visibility::Public,
            Tab::Shared => !is_mine && image.visibility == Visibility::Shared,
            Tab::Community => image.visibility == Visibility::Community,
        }
    }
}

/// A column that can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "Glance's own names")]
pub enum Column {
    Name,
    Owner,
    Type,
    Status,
    Visibility,
    Protected,
    Format,
    Size,
    MinDisk,
    MinRam,
    Updated,
}

impl Column {
    const ALL: [(Column, &'static str); 11] = [
        (Column::Name, "name"),
        (Column::Owner, "owner"),
        (Column::Type, "type"),
        (Column::Status, "status"),
        (Column::Visibility, "visibility"),
        (Column::Protected, "protected"),
        (Column::Format, "format"),
        (Column::Size, "size"),
        (Column::MinDisk, "min_disk"),
        (Column::MinRam, "min_ram"),
        (Column::Updated, "updated"),
    ];

    fn name(self) -> &'static str {
        Column::ALL.iter().find(|(column, _)| *column == self).map_or("updated", |(_, name)| name)
    }
}

/// The order of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By which column.
    pub column: Column,
    /// Smallest, earliest, or A first.
    pub ascending: bool,
}

impl Default for Sort {
    /// Newest first, which is also the order of the first page that is asked for.
    fn default() -> Self {
        Self { column: Column::Updated, ascending: false }
    }
}

impl Sort {
    /// What a press on a column's head makes of it: the other direction, or the column's natural first one.
    #[must_use]
    pub fn pressed(self, column: Column) -> Self {
        let ascending = if self.column == column { !self.ascending } else { column != Column::Updated };
        Self { column, ascending }
    }

    fn parse(text: &str) -> Option<Self> {
        let (name, ascending) = match text.strip_prefix('-') {
            Some(name) => (name, false),
            None => (text, true),
        };
        let column = Column::ALL.iter().find(|(_, own)| *own == name)?.0;
        Some(Self { column, ascending })
    }

    fn print(self) -> String {
        format!("{}{}", if self.ascending { "" } else { "-" }, self.column.name())
    }
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// The tab.
    pub tab: Tab,
    /// As typed.
    pub search: String,
    /// The order.
    pub sort: Sort,
    /// Hidden images instead of the others.
    pub hidden: bool,
}

impl ListQuery {
    /// Reads the URL's parameters; what it does not understand is left at its default.
    pub fn parse(get: impl Fn(&str) -> Option<String>) -> Self {
        let tab = get("tab").and_then(|name| Tab::ALL.into_iter().find(|tab| tab.name() == name));
        Self {
            tab: tab.unwrap_or_default(),
            search: get("q").unwrap_or_default(),
            sort: get("sort").as_deref().and_then(Sort::parse).unwrap_or_default(),
            hidden: get("hidden").as_deref() == Some("1"),
        }
    }

    /// The URL's query, with its question mark; empty for the defaults.
    pub fn print(&self) -> String {
        let pairs = [
            (self.tab != Tab::default()).then(|| ("tab", self.tab.name().to_owned())),
            (!self.search.is_empty()).then(|| ("q", percent_encode(&self.search))),
            (self.sort != Sort::default()).then(|| ("sort", self.sort.print())),
            self.hidden.then(|| ("hidden", "1".to_owned())),
        ];
        let pairs: Vec<String> =
            pairs.into_iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }

    /// The rows that it shows of `index`, in order.
    pub fn rows(&self, index: &Index, me: &Person) -> Vec<Arc<Entry>> {
        let needle = self.search.trim().to_lowercase();
        let mut rows: Vec<Arc<Entry>> = index
            .entries()
            .filter(|entry| {
                entry.image.os_hidden == self.hidden && self.tab.has(entry, me) && entry.matches(&needle)
            })
            .cloned()
            .collect();
        rows.sort_unstable_by(|a, b| {
            offers_first(self.tab, a, b)
                .then_with(|| self.sort.compare(a, b))
                .then_with(|| a.image.id.as_str().cmp(b.image.id.as_str()))
        });
        rows
    }

    /// How many offers wait for an answer.
    pub fn pending_offers(index: &Index) -> usize {
        index.entries().filter(|entry| entry.offer == Some(MemberStatus::Pending)).count()
    }
}

fn offers_first(tab: Tab, a: &Entry, b: &Entry) -> Ordering {
    let waits = |entry: &Entry| entry.offer == Some(MemberStatus::Pending);
    if tab == Tab::Shared { waits(b).cmp(&waits(a)) } else { Ordering::Equal }
}

impl Sort {
    fn compare(self, a: &Entry, b: &Entry) -> Ordering {
        let (a, b) = (&a.image, &b.image);
        let turned = |order: Ordering| if self.ascending { order } else { order.reverse() };
        match self.column {
            Column::Name => turned(name_key(a.name.as_deref()).cmp(&name_key(b.name.as_deref()))),
            Column::Owner => turned(a.owner.cmp(&b.owner)),
            Column::Type => turned(a.is_snapshot().cmp(&b.is_snapshot())),
            Column::Status => turned(a.status.as_str().cmp(b.status.as_str())),
            Column::Visibility => turned(a.visibility.as_str().cmp(b.visibility.as_str())),
            Column::Protected => turned(a.protected.cmp(&b.protected)),
            Column::Format => missing_last(
                a.disk_format.as_ref().map(|it| it.as_str()),
                b.disk_format.as_ref().map(|it| it.as_str()),
                turned,
            ),
            Column::Size => missing_last(a.size, b.size, turned),
            Column::MinDisk => turned(a.min_disk.cmp(&b.min_disk)),
            Column::MinRam => turned(a.min_ram.cmp(&b.min_ram)),
            Column::Updated => turned(a.updated_at.cmp(&b.updated_at)),
        }
    }
}

/// Names are compared without regard to case; images without a name stand behind Z.
fn name_key(name: Option<&str>) -> (bool, String) {
    let name = name.unwrap_or_default();
    (name.is_empty(), name.to_lowercase())
}

/// A value that is not there comes last, whichever way the column is sorted.
fn missing_last<T: Ord>(a: Option<T>, b: Option<T>, turned: impl Fn(Ordering) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => turned(a.cmp(&b)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{config::EditImages, image_list::index::Pass},
        openstack::{
            glance::image::Image,
            ids::{ProjectId, UserId},
        },
    };
    use serde_json::{Value, json};

    fn me() -> Person {
        Person {
            user: UserId::from("u"),
            project: ProjectId::from("mine"),
            roles: vec!["member".to_owned()],
            edit_images: EditImages::Admin,
        }
    }

    fn image(id: &str, over: Value) -> Image {
        let mut body = json!({"id": id, "name": id, "owner": "mine", "status": "active", "visibility": "private",
            "updated_at": "2026-01-01T00:00:00Z"});
        body.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
        serde_json::from_value(body).unwrap()
    }

    fn index() -> Index {
        let mut index = Index::default();
        let images = vec![
            image("own", json!({"size": 5, "updated_at": "2026-01-03T00:00:00Z"})),
            image("Public", json!({"owner": "theirs", "visibility": "public", "size": 9})),
            image("community", json!({"owner": "theirs", "visibility": "community", "size": null})),
            image(
                "accepted",
                json!({"owner": "theirs", "visibility": "shared", "updated_at": "2026-01-02T00:00:00Z"}),
            ),
            image("hidden", json!({"os_hidden": true})),
        ];
        index.merge(Pass::Default, images, &me());
        index.merge(
            Pass::Pending,
            vec![image("offered", json!({"owner": "theirs", "visibility": "shared"}))],
            &me(),
        );
        index
    }

    fn names(query: &ListQuery) -> Vec<String> {
        query.rows(&index(), &me()).iter().map(|entry| entry.image.id.as_str().to_owned()).collect()
    }

    #[test]
    fn tabs_are_predicates_over_the_index() {
        let sort = Sort { column: Column::Name, ascending: true };
        for (tab, expected) in [
            (Tab::All, &["accepted", "community", "own", "Public"][..]),
            (Tab::Yours, &["own"]),
            (Tab::Public, &["Public"]),
            (Tab::Shared, &["offered", "accepted"]),
            (Tab::Community, &["community"]),
        ] {
            assert_eq!(names(&ListQuery { tab, sort, ..ListQuery::default() }), expected, "{tab:?}");
        }
    }

    #[test]
    fn hidden_images_can_be_reached() {
        assert_eq!(names(&ListQuery { hidden: true, ..ListQuery::default() }), ["hidden"]);
    }

    #[test]
    fn newest_come_first_unless_sorted_otherwise() {
        assert_eq!(names(&ListQuery::default())[..2], ["own", "accepted"]);
    }

    #[test]
    fn what_has_no_size_comes_last_both_ways() {
        for ascending in [true, false] {
            let sort = Sort { column: Column::Size, ascending };
            let names = names(&ListQuery { sort, ..ListQuery::default() });
            assert_eq!(names[..2], if ascending { ["own", "Public"] } else { ["Public", "own"] });
        }
    }

    #[test]
    fn the_url_says_it_all_and_gives_it_back() {
        let query = ListQuery {
            tab: Tab::Shared,
            search: "a&b=c 镜像".to_owned(),
            sort: Sort { column: Column::MinRam, ascending: true },
            hidden: true,
        };
        let printed = query.print();
        let parsed = ListQuery::parse(|key| {
            let pairs = printed.trim_start_matches('?').split('&');
            let mut values = pairs.filter_map(|pair| pair.split_once('=')).filter(|(own, _)| *own == key);
            values.next().map(|(_, value)| crate::openstack::request::percent_decode(value))
        });
        assert_eq!(parsed, query);
        assert_eq!(ListQuery::default().print(), "");
        assert_eq!(ListQuery::parse(|_| Some("nonsense".to_owned())).sort, Sort::default());
    }

    #[test]
    fn a_second_press_turns_the_direction() {
        let by_name = Sort::default().pressed(Column::Name);
        assert_eq!(by_name, Sort { column: Column::Name, ascending: true });
        assert!(!by_name.pressed(Column::Name).ascending);
        assert!(!by_name.pressed(Column::Updated).ascending);
    }
}
