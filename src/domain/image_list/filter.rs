//! The filters of the list, as pairs of a kind and a value: within one kind any value will do, and every kind must be met.

use crate::{
    domain::{
        access::Person,
        flavor_fit::{Wanted, judge, source::Source},
        image_list::index::IndexedImage,
    },
    openstack::{glance::image::Image, nova::flavor::Flavor},
};
use std::collections::BTreeMap;

/// What can be filtered by, in the order of the panel and of the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FilterKind {
    /// The status.
    Status,
    /// The visibility.
    Visibility,
    /// The format.
    Format,
    /// The container format.
    Container,
    /// The owner, by id.
    Owner,
    /// The operating system (`os_distro`).
    Os,
    /// A tag; of several all must be there, as in Glance.
    Tag,
    /// Protected ones only ("yes"), or the others ("no").
    Protected,
    /// Hidden ones only, or the others.
    Hidden,
    /// At least so many bytes.
    SizeMin,
    /// At most so many bytes.
    SizeMax,
    /// A minimum disk of at most so many GiB.
    MinDiskMax,
    /// A minimum RAM of at most so many MiB.
    MinRamMax,
    /// Created at or after this time (RFC 3339, or its beginning).
    CreatedSince,
    /// Updated at or after this time.
    UpdatedSince,
    /// Those that a flavor can run, by its id.
    Flavor,
}

use FilterKind::*;

/// Every kind with its word in the URL.
const WORDS: [(FilterKind, &str); 16] = [
    (Status, "status"),
    (Visibility, "visibility"),
    (Format, "format"),
    (Container, "container"),
    (Owner, "owner"),
    (Os, "os"),
    (Tag, "tag"),
    (Protected, "protected"),
    (Hidden, "hidden"),
    (SizeMin, "size_min"),
    (SizeMax, "size_max"),
    (MinDiskMax, "min_disk_max"),
    (MinRamMax, "min_ram_max"),
    (CreatedSince, "created_since"),
    (UpdatedSince, "updated_since"),
    (Flavor, "flavor"),
];

impl FilterKind {
    /// The kinds whose values are those that the images have.
    pub const FACETS: [FilterKind; 9] =
        [Status, Visibility, Format, Container, Owner, Os, Tag, Protected, Hidden];

    /// Its word in the URL.
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        WORDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }

    /// Whether a value takes the place of the one before, rather than stand beside it.
    fn is_single(self) -> bool {
        self >= Protected
    }

    fn is_number(self) -> bool {
        matches!(self, SizeMin | SizeMax | MinDiskMax | MinRamMax)
    }

    /// What an image has of a facet.
    fn each(self, image: &Image, mut found: impl FnMut(&str)) {
        let flag = |value| if value { "yes" } else { "no" };
        let value = match self {
            Status => Some(image.status.as_str()),
            Visibility => Some(image.visibility.as_str()),
            Format => image.disk_format.as_ref().map(|format| format.as_str()),
            Container => image.container_format.as_ref().map(|format| format.as_str()),
            Owner => image.owner.as_ref().map(|owner| owner.as_str()),
            Os => image.property("os_distro").filter(|os| !os.is_empty()),
            Protected => Some(flag(image.protected)),
            Hidden => Some(flag(image.os_hidden)),
            Tag => return image.tags.iter().for_each(|tag| found(tag)),
            _ => None,
        };
        value.into_iter().for_each(found);
    }
}

/// One filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Of which kind.
    pub kind: FilterKind,
    /// The value as in the URL.
    pub value: String,
    /// The same as a number, for kinds that compare.
    number: u64,
}

impl Filter {
    /// A filter; `None` for a value that means nothing.
    pub fn new(kind: FilterKind, value: &str) -> Option<Self> {
        let number = if kind.is_number() { value.parse().ok()? } else { 0 };
        let is_flag = matches!(kind, Protected | Hidden);
        if value.is_empty() || (is_flag && value != "yes" && value != "no") {
            return None;
        }
        Some(Self { kind, value: value.to_owned(), number })
    }

    fn accepts(&self, image: &Image, fits: Fits) -> bool {
        match self.kind {
            SizeMin => image.size.is_some_and(|size| size >= self.number),
            SizeMax => image.size.is_some_and(|size| size <= self.number),
            MinDiskMax => image.min_disk <= self.number,
            MinRamMax => image.min_ram <= self.number,
            // RFC 3339 in UTC orders as text.
            CreatedSince => image.created_at >= self.value,
            UpdatedSince => image.updated_at >= self.value,
            Flavor => fits(image),
            facet => {
                let mut has = false;
                facet.each(image, |value| has |= value == self.value);
                has
            }
        }
    }
}

/// Whether the flavor that "fits flavor" names can run an image.
pub type Fits<'a> = &'a dyn Fn(&Image) -> bool;

/// Whether a flavor can run an image for this person, as far as Nova's own rules go.
pub fn runs(flavor: &Flavor, image: &Image, me: &Person) -> bool {
    let wanted = || Wanted::alone(Source::of_image(image), me.is_admin());
    // The rule that decides most, before the image's properties are copied.
    image.min_ram <= flavor.ram && judge(flavor, &wanted()).can_be_chosen()
}

/// All that is filtered by, in the order of the kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters(Vec<Filter>);

impl Filters {
    /// Whether nothing is filtered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Filter> {
        self.0.iter()
    }

    /// The values of a kind.
    pub fn of(&self, kind: FilterKind) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |filter| filter.kind == kind).map(|filter| filter.value.as_str())
    }

    /// Adds one; of a kind that has one value only, it takes the other's place. A value that means nothing takes it away.
    pub fn add(&mut self, kind: FilterKind, value: &str) {
        let filter = Filter::new(kind, value);
        if kind.is_single() {
            self.0.retain(|other| other.kind != kind);
        }
        if let Some(filter) = filter.filter(|new| !self.0.contains(new)) {
            let place = self.0.partition_point(|other| other.kind <= kind);
            self.0.insert(place, filter);
        }
    }

    /// Takes one away.
    pub fn remove(&mut self, filter: &Filter) {
        self.0.retain(|other| other != filter);
    }

    /// Whether an image gets through.
    pub fn accept(&self, row: &IndexedImage, fits: Fits) -> bool {
        self.failing(row, fits).next().is_none()
    }

    /// The kinds that keep an image out.
    fn failing(&self, row: &IndexedImage, fits: Fits) -> impl Iterator<Item = FilterKind> {
        let groups = self.0.chunk_by(|a, b| a.kind == b.kind);
        groups.filter_map(move |group| {
            let kind = group.first()?.kind;
            let mut met = group.iter().map(|filter| filter.accepts(&row.image, fits));
            let is_met = if kind == Tag { met.all(|met| met) } else { met.any(|met| met) };
            (!is_met).then_some(kind)
        })
    }
}

/// The values of every facet that images have, the most frequent first.
pub type Facets = BTreeMap<FilterKind, Vec<(String, usize)>>;

/// What choosing a value would show: its images among those that all other kinds of filters let through.
pub fn facets<'a>(rows: impl Iterator<Item = &'a IndexedImage>, filters: &Filters, fits: Fits) -> Facets {
    let mut counts: BTreeMap<FilterKind, BTreeMap<String, usize>> = BTreeMap::new();
    for row in rows {
        let mut failing = filters.failing(row, fits);
        let (first, second) = (failing.next(), failing.next());
        for facet in FilterKind::FACETS {
            if second.is_none() && first.is_none_or(|failed| failed == facet) {
                let counts = counts.entry(facet).or_default();
                facet.each(&row.image, |value| match counts.get_mut(value) {
                    Some(count) => *count += 1,
                    None => _ = counts.insert(value.to_owned(), 1),
                });
            }
        }
    }
    let by_count = |counts: BTreeMap<String, usize>| {
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by(|(_, a), (_, b)| b.cmp(a));
        counts
    };
    counts.into_iter().map(|(facet, counts)| (facet, by_count(counts))).collect()
}
