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
use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

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

/// A moment in the index's own time: answers may come in another order than they were asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

/// A row, the indexing that has last seen it and the first of its listings that has, and the moments that it and its membership are from.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slot {
    row: Row,
    generation: u32,
    /// `None` where it was asked for by itself, and never listed.
    pass: Option<Pass>,
    asked: Moment,
    answered: Moment,
}

/// All images that can be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageIndex {
    rows: BTreeMap<ImageId, Slot>,
    generation: u32,
    now: Moment,
    /// Deleted, and when: what was asked for before that may still name them.
    removed: BTreeMap<ImageId, Moment>,
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
    }

    /// To be taken before something is asked for, and given with its answer.
    pub fn moment(&mut self) -> Moment {
        self.now.0 += 1;
        self.now
    }

    /// Adds a page of a pass that was asked for at `asked`; whether anything is new or different.
    pub fn add(&mut self, pass: Pass, images: Vec<Image>, me: &Person, asked: Moment) -> bool {
        let mut has_changed = false;
        for image in images {
            let membership = membership(pass, &image, me);
            match pass {
                // These listings bring along the project's own shared images, which are no offers; an administrator gets
                // every shared image, whoever it was offered to.
                Pass::Pending | Pass::Rejected if membership.is_none() => {}
                // A round's word counts, whatever the date: the clocks of a cloud's servers differ.
                _ => has_changed |= self.put(Some(pass), image, membership, asked, true),
            }
        }
        has_changed
    }

    /// Ends a full indexing: what no pass has named is gone, but for what a pass that has `failed` may have named. Whether
    /// anything is gone.
    pub fn finish(&mut self, failed: &[Pass]) -> bool {
        let (generation, before) = (self.generation, self.rows.len());
        let may_be_there =
            |pass: Option<Pass>| pass.map_or(!failed.is_empty(), |pass| failed.contains(&pass));
        self.rows.retain(|_, slot| slot.generation == generation || may_be_there(slot.pass));
        self.rows.len() != before
    }

    /// Takes in one image that was just created or changed; whether anything is new or different.
    pub fn upsert(&mut self, image: Image) -> bool {
        let now = self.moment();
        self.removed.remove(&image.id);
        // The cloud's answer to a change is what it is now, also with a date that goes back.
        self.put(None, image, None, now, true)
    }

    /// Takes in one image that was asked for at `asked`, unless more is known since; whether anything is new or different.
    pub fn take(&mut self, image: Image, asked: Moment) -> bool {
        self.put(None, image, None, asked, false)
    }

    /// Notes what this project said to an offer.
    pub fn set_membership(&mut self, id: &ImageId, status: MemberStatus) {
        let now = self.moment();
        self.take_membership(id, Some(status), now);
    }

    /// Notes what was found at `asked` of an offer to this project; `None` where there is no offer. Whether that is news.
    pub fn take_membership(&mut self, id: &ImageId, status: Option<MemberStatus>, asked: Moment) -> bool {
        let Some(slot) = self.rows.get_mut(id).filter(|slot| slot.answered <= asked) else { return false };
        slot.answered = asked;
        let is_news = slot.row.membership != status;
        if is_news {
            Arc::make_mut(&mut slot.row).membership = status;
        }
        is_news
    }

    /// Forgets one that was deleted, or that can't be seen any more.
    pub fn remove(&mut self, id: &ImageId) {
        let now = self.moment();
        self.removed.insert(id.clone(), now);
        self.rows.remove(id);
    }

    /// The newest change that we know of, for `updated_at=gte:…`.
    pub fn newest_change(&self) -> Option<&str> {
        self.rows().map(|row| row.image.updated_at.as_str()).filter(|at| !at.is_empty()).max()
    }

    fn put(
        &mut self,
        pass: Option<Pass>,
        image: Image,
        membership: Option<MemberStatus>,
        asked: Moment,
        may_go_back: bool,
    ) -> bool {
        let generation = self.generation;
        if self.removed.get(&image.id).is_some_and(|removed| *removed > asked) {
            return false;
        }
        let Some(slot) = self.rows.get_mut(&image.id) else {
            let id = image.id.clone();
            let haystack = haystack(&image);
            let row = Arc::new(IndexedImage { image, membership, haystack });
            self.removed.remove(&id);
            self.rows.insert(id, Slot { row, generation, pass, asked, answered: asked });
            return true;
        };
        // Of several listings that name it, the first of a round: it would be told of without the others.
        if slot.generation != generation || slot.pass.is_none() {
            slot.pass = pass.or(slot.pass);
        }
        slot.generation = generation;
        // Dates have whole seconds: of two with the same, the one that was asked for later counts.
        let is_late = asked < slot.asked;
        let is_outdated = match image.updated_at.cmp(&slot.row.image.updated_at) {
            Ordering::Less => is_late || !may_go_back,
            Ordering::Equal => is_late,
            Ordering::Greater => false,
        };
        let image = if is_outdated { slot.row.image.clone() } else { image };
        if !is_outdated {
            slot.asked = asked;
        }
        // A poll by id doesn't tell the membership: what we knew still holds, for as long as the image is shared.
        let told = membership.filter(|_| slot.answered <= asked);
        if told.is_some() {
            slot.answered = asked;
        }
        let is_shared = image.visibility == Visibility::Shared;
        let membership = told.or_else(|| slot.row.membership.clone()).filter(|_| is_shared);
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
