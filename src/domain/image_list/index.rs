//! All images that the person can see, by id. No single listing of Glance has them all, so it takes several passes.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::{
    domain::access::Person,
    openstack::{
        glance::{
            ListImages,
            image::{Image, MemberStatus, Visibility},
        },
        ids::ImageId,
    },
};

/// One listing of Glance. Each shows what the others leave out (see `shared/spec/openstack-api.md`, "Listing rules").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pass {
    /// Public ones, the project's own, and shared ones that it has accepted.
    Default,
    /// Community images of other projects.
    Community,
    /// Hidden images.
    Hidden,
    /// Offered to the project, not answered yet.
    Pending,
    /// Offered to the project and rejected.
    Rejected,
}

impl Pass {
    /// The passes that a person needs. Glance lists every shared image for an administrator's membership passes, whether
    /// offered to the project or not: they would say nothing.
    pub fn needed_by(me: &Person) -> &'static [Pass] {
        if me.is_admin() {
            &[Pass::Default, Pass::Community, Pass::Hidden]
        } else {
            &[Pass::Default, Pass::Community, Pass::Hidden, Pass::Pending, Pass::Rejected]
        }
    }

    /// The listing's parameters, without paging.
    pub fn listing(self) -> ListImages {
        let all = ListImages { sort: Some("updated_at:desc".to_owned()), ..ListImages::default() };
        let shared = |status| ListImages {
            visibility: Some(Visibility::Shared),
            member_status: Some(status),
            ..all.clone()
        };
        match self {
            Pass::Default => all,
            Pass::Community => ListImages { visibility: Some(Visibility::Community), ..all },
            Pass::Hidden => ListImages { os_hidden: Some(true), ..all },
            Pass::Pending => shared(MemberStatus::Pending),
            Pass::Rejected => shared(MemberStatus::Rejected),
        }
    }

    /// The project's answer to the offer that an image of this pass is.
    fn membership(self) -> Option<MemberStatus> {
        match self {
            Pass::Pending => Some(MemberStatus::Pending),
            Pass::Rejected => Some(MemberStatus::Rejected),
            _ => None,
        }
    }
}

/// One image of the index.
#[derive(Debug, PartialEq)]
pub struct Entry {
    /// As Glance says it.
    pub image: Image,
    /// Set for an offer that the project has not accepted.
    pub offer: Option<MemberStatus>,
    /// Everything that search looks at, in lower case.
    haystack: String,
}

impl Entry {
    fn new(image: Image, offer: Option<MemberStatus>) -> Self {
        let haystack = haystack(&image);
        Self { image, offer, haystack }
    }

    /// Whether every word of `needle` (in lower case) occurs.
    pub fn matches(&self, needle: &str) -> bool {
        needle.split_whitespace().all(|word| self.haystack.contains(word))
    }
}

fn haystack(image: &Image) -> String {
    let owner = image.owner.as_ref().map(|owner| owner.as_str());
    let parts = [image.name.as_deref(), Some(image.id.as_str()), owner]
        .into_iter()
        .flatten()
        .chain(image.tags.iter().map(String::as_str))
        .chain(image.extra.values().map(String::as_str));
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
        // A separator that nobody types, so that a word does not match across two values.
        text.push('\n');
    }
    text.to_lowercase()
}

/// All known images. Cheap to clone: the entries are shared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    entries: HashMap<ImageId, Arc<Entry>>,
}

impl Index {
    /// How many images there are, offers and hidden ones included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// One image.
    pub fn get(&self, id: &ImageId) -> Option<&Arc<Entry>> {
        self.entries.get(id)
    }

    /// All images, in no order.
    pub fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.values()
    }

    /// Takes in a page of a listing. The person's own images in an offer listing are not offers.
    pub fn merge(&mut self, pass: Pass, images: Vec<Image>, me: &Person) {
        for image in images {
            let offer = pass.membership().filter(|_| !me.owns(&image));
            if pass.membership().is_some() && offer.is_none() {
                continue;
            }
            self.put(image, offer);
        }
    }

    /// Takes in one image that was just read or written; an offer stays an offer.
    pub fn upsert(&mut self, image: Image) {
        let offer = self.entries.get(&image.id).and_then(|entry| entry.offer.clone());
        self.put(image, offer);
    }

    /// Forgets one that is gone.
    pub fn remove(&mut self, id: &ImageId) {
        self.entries.remove(id);
    }

    /// Unchanged entries stay the same object, so that what is drawn of them stays too.
    fn put(&mut self, image: Image, offer: Option<MemberStatus>) {
        let is_same =
            self.entries.get(&image.id).is_some_and(|entry| entry.image == image && entry.offer == offer);
        if !is_same {
            self.entries.insert(image.id.clone(), Arc::new(Entry::new(image, offer)));
        }
    }
}

/// Remembers what a full round of passes has seen: only at its end is it known what was deleted.
#[derive(Debug, Default)]
pub struct Reindex {
    seen: HashSet<ImageId>,
}

impl Reindex {
    /// Notes a page.
    pub fn saw(&mut self, images: &[Image]) {
        self.seen.extend(images.iter().map(|image| image.id.clone()));
    }

    /// Ends the round: what no pass showed is gone, except `kept` (made or changed while the round ran).
    pub fn finish(self, index: &mut Index, kept: &HashSet<ImageId>) {
        index.entries.retain(|id, _| self.seen.contains(id) || kept.contains(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::config::EditImages,
        openstack::ids::{ProjectId, UserId},
    };

    fn image(id: &str, owner: &str) -> Image {
        serde_json::from_value(serde_json::json!({
            "id": id, "name": format!("Name of {id}"), "owner": owner, "status": "active", "visibility": "shared",
            "tags": ["LTS"], "os_distro": "Ubuntu",
        }))
        .unwrap()
    }

    fn person(roles: &[&str]) -> Person {
        Person {
            user: UserId::from("u"),
            project: ProjectId::from("mine"),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            edit_images: EditImages::Admin,
        }
    }

    #[test]
    fn own_shared_images_in_the_pending_list_are_not_offers() {
        let me = person(&["member"]);
        let mut index = Index::default();
        index.merge(Pass::Default, vec![image("a", "mine")], &me);
        index.merge(Pass::Pending, vec![image("a", "mine"), image("b", "theirs")], &me);
        assert_eq!(index.get(&ImageId::from("a")).unwrap().offer, None);
        assert_eq!(index.get(&ImageId::from("b")).unwrap().offer, Some(MemberStatus::Pending));
        assert_eq!(index.len(), 2);
    }

    #[test]
    fn an_administrator_asks_for_no_offers() {
        assert!(!Pass::needed_by(&person(&["admin"])).contains(&Pass::Pending));
        assert!(Pass::needed_by(&person(&["member", "reader"])).contains(&Pass::Pending));
    }

    #[test]
    fn a_full_round_forgets_what_was_deleted_and_keeps_what_was_just_made() {
        let me = person(&["member"]);
        let mut index = Index::default();
        index.merge(Pass::Default, vec![image("old", "mine"), image("gone", "mine")], &me);
        index.upsert(image("new", "mine"));
        let mut round = Reindex::default();
        round.saw(&[image("old", "mine")]);
        round.finish(&mut index, &HashSet::from([ImageId::from("new")]));
        let mut ids: Vec<_> = index.entries().map(|entry| entry.image.id.as_str().to_owned()).collect();
        ids.sort();
        assert_eq!(ids, ["new", "old"]);
    }

    #[test]
    fn an_unchanged_image_stays_the_same_entry() {
        let me = person(&["member"]);
        let mut index = Index::default();
        index.merge(Pass::Default, vec![image("a", "mine")], &me);
        let before = Arc::clone(index.get(&ImageId::from("a")).unwrap());
        index.merge(Pass::Default, vec![image("a", "mine")], &me);
        assert!(Arc::ptr_eq(&before, index.get(&ImageId::from("a")).unwrap()));
    }

    #[test]
    fn search_looks_at_names_ids_tags_owners_and_properties_in_any_case() {
        let entry = Entry::new(image("a1b2", "theirs"), None);
        for (needle, found) in [
            ("name of", true),
            ("a1b2", true),
            ("lts", true),
            ("ubuntu", true),
            ("theirs", true),
            ("ubuntu lts", true),
            ("windows", false),
            ("ubuntu windows", false),
            ("", true),
        ] {
            assert_eq!(entry.matches(needle), found, "{needle:?}");
        }
    }
}
