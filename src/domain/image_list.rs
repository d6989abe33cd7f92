//! The list of images: an index of all that can be seen, and the tabs, search, filters and sort over it.

pub mod filter;
pub mod index;
pub mod query;
pub mod reuse;
pub mod sort;
pub mod storage;
pub mod window;

use std::collections::BTreeMap;

use crate::{
    domain::{
        access::Person,
        image_list::{
            filter::{Facets, FilterKind, Filters, facets, runs},
            index::{ImageIndex, IndexedImage, Row},
            sort::{Sort, sort},
        },
    },
    openstack::{
        glance::{
            image::{Image, Visibility},
            member::MemberStatus,
        },
        ids::ProjectId,
        nova::flavor::Flavor,
    },
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

/// What the list knows beside the index.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// Who is looking.
    pub me: &'a Person,
    /// The flavors, once they are read: only the filter "fits flavor" needs them.
    pub flavors: Option<&'a [Flavor]>,
    /// The names of projects, as far as they are known: only the order by owner needs them.
    pub names: Option<&'a BTreeMap<ProjectId, String>>,
}

impl<'a> Beside<'a> {
    /// Whether the flavor that the filters name can run an image. One that is not there can run none; while the flavors are
    /// unread, nothing is left out.
    fn fits(self, filters: &Filters) -> impl Fn(&Image) -> bool + 'a {
        let wanted = filters.of(FilterKind::Flavor).next();
        let flavor =
            wanted.zip(self.flavors).map(|(wanted, all)| all.iter().find(|it| it.id.as_str() == wanted));
        move |image| match flavor {
            None => true,
            Some(flavor) => flavor.is_some_and(|flavor| runs(flavor, image, self.me)),
        }
    }

    /// What a row's owner is ordered by: one's own first, then the others by name, or by id where that is what is shown.
    fn owner(self, row: &Row) -> Option<String> {
        let owner = row.image.owner.as_ref()?;
        let name = self.names.and_then(|names| names.get(owner));
        let is_mine = self.me.owns(&row.image);
        Some(if is_mine { String::new() } else { name.map_or(owner.as_str(), String::as_str).to_owned() })
    }
}

/// What tab and filters leave, in order; the search box narrows it further. Under "Shared with you", offers that wait for an
/// answer come first.
pub fn arrange(index: &ImageIndex, query: &ListQuery, beside: Beside) -> Vec<Row> {
    let fits = beside.fits(&query.filters);
    let is_in = |row: &&Row| query.tab.holds(row, beside.me) && query.filters.accept(row, &fits);
    let mut rows: Vec<Row> = index.rows().filter(is_in).cloned().collect();
    sort(&mut rows, query.sort, |row| beside.owner(row));
    if query.tab == Tab::Shared {
        let is_offer = |row: &Row| row.membership == Some(MemberStatus::Pending);
        let (offers, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(is_offer);
        rows = [offers, others].concat();
    }
    rows
}

/// What is in the search box, and the projects whose names hold it: the index knows projects by id only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needle {
    text: String,
    owners: Vec<ProjectId>,
}

impl Needle {
    /// What was typed, in any case.
    pub fn new<'a>(typed: &str, projects: impl Iterator<Item = (&'a ProjectId, &'a String)>) -> Self {
        let text = typed.trim().to_lowercase();
        let named = projects.filter(|(_, name)| !text.is_empty() && name.to_lowercase().contains(&text));
        let owners = named.map(|(id, _)| id.clone()).collect();
        Self { text, owners }
    }

    /// Whether a row holds it.
    pub fn is_in(&self, row: &IndexedImage) -> bool {
        self.text.is_empty()
            || row.matches(&self.text)
            || row.image.owner.as_ref().is_some_and(|owner| self.owners.contains(owner))
    }

    /// Whether everything that holds it holds `before` too, so that only those rows need be looked at.
    pub fn narrows(&self, before: &Self) -> bool {
        self.text.contains(&before.text) && self.owners.iter().all(|owner| before.owners.contains(owner))
    }
}

/// What the filters offer in the present tab, with counts.
pub fn offers(index: &ImageIndex, query: &ListQuery, needle: &Needle, beside: Beside) -> Facets {
    let rows = index.rows().map(|row| &**row);
    let rows = rows.filter(|row| query.tab.holds(row, beside.me) && needle.is_in(row));
    facets(rows, &query.filters, &beside.fits(&query.filters))
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
