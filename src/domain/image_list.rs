//! The list of images: an index of all that can be seen, and the tabs, search, filters and sort over it.

pub mod filter;
pub mod index;
pub mod query;
pub mod sort;

use crate::{
    domain::{
        access::Person,
        image_list::{
            filter::Filters,
            index::{ImageIndex, IndexedImage},
            sort::{Sort, sort},
        },
    },
    openstack::glance::{image::Visibility, member::MemberStatus},
};

/// A tab: a predicate over the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    /// Everything that can be seen, but offers that were rejected.
    #[default]
    All,
    /// Those of the current project.
    Yours,
    /// Public ones.
    Public,
    /// Offered by other projects, whatever was answered.
    Shared,
    /// Community ones.
    Community,
}

impl Tab {
    /// All tabs in their order.
    pub const ALL: [Tab; 5] = [Tab::All, Tab::Yours, Tab::Public, Tab::Shared, Tab::Community];

    /// Whether an image belongs under the tab.
    pub fn holds(self, row: &IndexedImage, me: &Person) -> bool {
        match self {
            Self::All => row.membership != Some(MemberStatus::Rejected),
            Self::Yours => me.owns(&row.image),
            Self::Public => row.image.visibility == Visibility::Public,
            Self::Shared => row.membership.is_some() && !me.owns(&row.image),
            Self::Community => row.image.visibility == Visibility::Community,
        }
    }
}

/// What the list shows: all of it lives in the URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// The tab.
    pub tab: Tab,
    /// The search box.
    pub search: String,
    /// The filters.
    pub filters: Filters,
    /// The order.
    pub sort: Sort,
}

/// The rows that the list shows, in their order. Under "Shared with you", offers that wait for an answer come first.
pub fn select<'a>(index: &'a ImageIndex, query: &ListQuery, me: &Person) -> Vec<&'a IndexedImage> {
    let needle = query.search.trim().to_lowercase();
    let mut rows: Vec<&IndexedImage> = index
        .rows()
        .filter(|row| query.tab.holds(row, me) && row.matches(&needle) && query.filters.accept(row))
        .collect();
    sort(&mut rows, query.sort);
    if query.tab == Tab::Shared {
        rows.sort_by_key(|row| row.membership != Some(MemberStatus::Pending));
    }
    rows
}

/// How many offers wait for an answer.
pub fn pending_offers(index: &ImageIndex, me: &Person) -> usize {
    index
        .rows()
        .filter(|row| row.membership == Some(MemberStatus::Pending) && Tab::Shared.holds(row, me))
        .count()
}

#[cfg(test)]
mod tests;
