//! All images that can be seen, by id, merged from several listings: Glance has no single one that shows them all.

use crate::{
    domain::access::Person,
    openstack::{
        glance::{
            ListImages,
            image::{Image, Visibility},
            member::MemberStatus,
        },
        ids::ImageId,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A listing that the index is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pass {
    /// Glance's own: public ones, the project's, accepted offers.
    Default,
    /// Everybody's community images.
    Community,
    /// Hidden ones, which no other listing shows.
    Hidden,
    /// Offers that wait for an answer.
    Pending,
    /// Offers that were rejected.
    Rejected,
}

impl Pass {
    /// All passes, the most important first.
    pub const ALL: [Pass; 5] = [Pass::Default, Pass::Community, Pass::Hidden, Pass::Pending, Pass::Rejected];

    /// What the pass asks for.
    pub fn request(self, limit: u32, marker: Option<ImageId>) -> ListImages {
        let wanted = ListImages { limit: Some(limit), marker, ..ListImages::default() };
        let offers = |status| ListImages {
            visibility: Some(Visibility::Shared),
            member_status: Some(status),
            ..wanted.clone()
        };
        match self {
            Self::Default => wanted,
            Self::Community => ListImages { visibility: Some(Visibility::Community), ..wanted },
            Self::Hidden => ListImages { os_hidden: Some(true), ..wanted },
            Self::Pending => offers(MemberStatus::Pending),
            Self::Rejected => offers(MemberStatus::Rejected),
        }
    }
}

/// An image in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedImage {
    /// The image.
    pub image: Image,
    /// What this project said to the offer, when it is another project's image that is shared with it.
    pub membership: Option<MemberStatus>,
    /// All that the search box looks at, in lower case.
    haystack: String,
}

impl IndexedImage {
    /// Whether the search box's text (in lower case) is in it.
    pub fn matches(&self, needle: &str) -> bool {
        self.haystack.contains(needle)
    }
}

/// A row that lists share: ten thousand of them are sorted and filtered at every keystroke, not copied.
pub type Row = Arc<IndexedImage>;

/// A row, and the indexing that has last seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slot {
    row: Row,
    generation: u32,
}

/// All images that can be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageIndex {
    rows: BTreeMap<ImageId, Slot>,
    generation: u32,
    /// Deleted while an indexing ran: its later pages may still name them.
    removed: BTreeSet<ImageId>,
}

impl ImageIndex {
    /// All images, in no order that means anything.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values().map(|slot| &slot.row)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One image.
    pub fn get(&self, id: &ImageId) -> Option<&Row> {
        self.rows.get(id).map(|slot| &slot.row)
    }

    /// Begins a full indexing. What is there stays until `finish`.
    pub fn begin(&mut self) {
        self.generation = self.generation.wrapping_add(1);
        self.removed.clear();
    }

    /// Adds a page of a pass; whether anything is new or different.
    pub fn add(&mut self, pass: Pass, images: Vec<Image>, me: &Person) -> bool {
        let mut has_changed = false;
        for image in images {
            if self.removed.contains(&image.id) {
                continue;
            }
            let membership = membership(pass, &image, me);
            match pass {
                // These listings bring along the project's own shared images, which are no offers; an administrator gets
                // every shared image, whoever it was offered to.
                Pass::Pending | Pass::Rejected if membership.is_none() => {}
                _ => has_changed |= self.put(image, membership),
            }
        }
        has_changed
    }

    /// Ends a full indexing: what no pass has named is gone. Only after all passes have ended well. Whether anything is gone.
    pub fn finish(&mut self) -> bool {
        let (generation, before) = (self.generation, self.rows.len());
        self.rows.retain(|_, slot| slot.generation == generation);
        self.removed.clear();
        self.rows.len() != before
    }

    /// Takes in one image that was read, created or changed.
    pub fn upsert(&mut self, image: Image) {
        self.removed.remove(&image.id);
        self.put(image, None);
    }

    /// Notes what this project said to an offer.
    pub fn set_membership(&mut self, id: &ImageId, status: MemberStatus) {
        if let Some(slot) = self.rows.get_mut(id) {
            Arc::make_mut(&mut slot.row).membership = Some(status);
        }
    }

    /// Forgets one that was deleted, or that can't be seen any more.
    pub fn remove(&mut self, id: &ImageId) {
        self.removed.insert(id.clone());
        self.rows.remove(id);
    }

    /// The newest change that we know of, for `updated_at=gte:…`.
    pub fn newest_change(&self) -> Option<&str> {
        self.rows().map(|row| row.image.updated_at.as_str()).filter(|at| !at.is_empty()).max()
    }

    fn put(&mut self, image: Image, membership: Option<MemberStatus>) -> bool {
        let generation = self.generation;
        let Some(slot) = self.rows.get_mut(&image.id) else {
            let id = image.id.clone();
            let haystack = haystack(&image);
            let row = Arc::new(IndexedImage { image, membership, haystack });
            self.rows.insert(id, Slot { row, generation });
            return true;
        };
        slot.generation = generation;
        // A poll by id doesn't tell the membership: what we knew still holds.
        let membership = membership.or_else(|| slot.row.membership.clone());
        // Unchanged: spares the building of the haystack for 10,000 rows at every refresh.
        if slot.row.image == image && slot.row.membership == membership {
            return false;
        }
        let haystack = haystack(&image);
        slot.row = Arc::new(IndexedImage { image, membership, haystack });
        true
    }
}

fn membership(pass: Pass, image: &Image, me: &Person) -> Option<MemberStatus> {
    if image.visibility != Visibility::Shared || me.owns(image) || me.is_admin() {
        return None;
    }
    match pass {
        Pass::Pending => Some(MemberStatus::Pending),
        Pass::Rejected => Some(MemberStatus::Rejected),
        // Glance lists others' shared images only once they were accepted.
        Pass::Default | Pass::Hidden => Some(MemberStatus::Accepted),
        Pass::Community => None,
    }
}

fn haystack(image: &Image) -> String {
    let mut text = String::new();
    let base =
        [image.name.as_deref(), Some(image.id.as_str()), image.owner.as_ref().map(|owner| owner.as_str())];
    let words = base.into_iter().flatten();
    let words =
        words.chain(image.tags.iter().map(String::as_str)).chain(image.extra.values().map(String::as_str));
    for word in words {
        text.push_str(&word.to_lowercase());
        // Keeps a search from matching across two values.
        text.push('\n');
    }
    text
}
