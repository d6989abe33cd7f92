//! One change to many images: which are left out and why, what is sent for each, and how far it has come.

pub mod run;

use crate::{
    domain::{
        access::{
            NotAllowed, Person, can_deactivate, can_delete, can_edit, can_reactivate, can_set_visibility,
        },
        flavor_fit::{Wanted, judge, source::Source},
        image_draft::MOST_TAGS,
    },
    openstack::{
        glance::{
            self,
            image::{Image, Visibility},
            patch::Patch,
        },
        nova::flavor::Flavor,
        request::Request,
    },
};

/// What is done to each image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Delete it.
    Delete,
    /// Take it out of use.
    Deactivate,
    /// Put it back into use.
    Reactivate,
    /// Give it these tags, beside those that it has.
    AddTags(Vec<String>),
    /// Take these tags away.
    RemoveTags(Vec<String>),
    /// Let it be seen so.
    Visibility(Visibility),
    /// Ask so much of a flavor; what isn't given stays.
    Minimum {
        /// GiB.
        disk: Option<u64>,
        /// MiB.
        ram: Option<u64>,
    },
}

/// Why an image is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exclusion {
    /// The person may not, or not in its status.
    NotAllowed(NotAllowed),
    /// It is so already.
    NothingToDo,
    /// It would have more tags than Glance allows.
    TooManyTags,
}

/// Who is changed and who is left out, said before anything is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Those that are changed, in the order given.
    pub changes: Vec<Image>,
    /// Those that aren't, with the reason.
    pub leaves: Vec<(Image, Exclusion)>,
}

/// Parts the images into those that the change is for and the others.
pub fn plan(change: &Change, images: Vec<Image>, me: &Person) -> Plan {
    let mut plan = Plan::default();
    for image in images {
        match exclusion(change, &image, me) {
            None => plan.changes.push(image),
            Some(why) => plan.leaves.push((image, why)),
        }
    }
    plan
}

/// Whether Glance reads a tag rightly from an address: it takes what is not ASCII for Latin-1, and finds no route for a slash.
/// Browsers take dots alone for a way up.
fn fits_address(tag: &str) -> bool {
    tag.is_ascii() && !tag.contains('/') && !matches!(tag, "." | "..")
}

/// Whether the tags of an image are written anew, all of them, since no address can carry one that is added or taken away. The image must
/// then be read just before, or what somebody else has tagged since would be lost.
pub fn writes_all_tags(change: &Change, image: &Image) -> bool {
    match change {
        Change::AddTags(tags) => missing(tags, image).any(|tag| !fits_address(tag)),
        Change::RemoveTags(tags) => image.tags.iter().any(|tag| tags.contains(tag) && !fits_address(tag)),
        _ => false,
    }
}

/// What is sent for one image, one after the other. None of it can undo what somebody else changes meanwhile: a patch names only what it
/// changes, and tags are set one by one, but for those that no address can carry (`writes_all_tags`).
pub fn requests(change: &Change, image: &Image) -> Vec<Request<()>> {
    let id = &image.id;
    let patched = |fields: [Option<(&str, serde_json::Value)>; 2]| {
        let mut patch = Patch::default();
        fields.into_iter().flatten().for_each(|(key, value)| patch.replace(key, value));
        vec![glance::update_image(id, &patch).no_answer()]
    };
    match change {
        Change::Delete => vec![glance::delete_image(id)],
        Change::Deactivate => vec![glance::deactivate_image(id)],
        Change::Reactivate => vec![glance::reactivate_image(id)],
        Change::AddTags(tags) => {
            let new = missing(tags, image);
            if !writes_all_tags(change, image) {
                return new.map(|tag| glance::add_tag(id, tag)).collect();
            }
            patched([Some(("tags", image.tags.iter().chain(new).cloned().collect())), None])
        }
        Change::RemoveTags(tags) => {
            if !writes_all_tags(change, image) {
                let held = image.tags.iter().filter(|tag| tags.contains(tag));
                return held.map(|tag| glance::remove_tag(id, tag)).collect();
            }
            patched([
                Some(("tags", image.tags.iter().filter(|tag| !tags.contains(tag)).cloned().collect())),
                None,
            ])
        }
        Change::Visibility(wanted) => patched([Some(("visibility", wanted.as_str().into())), None]),
        Change::Minimum { disk, ram } => {
            patched([disk.map(|gib| ("min_disk", gib.into())), ram.map(|mib| ("min_ram", mib.into()))])
        }
    }
}

/// What a new minimum does to one flavor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The flavor's name.
    pub flavor: String,
    /// How many of the images it can run now and not after.
    pub loses: usize,
    /// How many it can run only after.
    pub gains: usize,
}

/// What a new minimum does to the flavors, those that it does nothing to left out; and how many flavors can run all the images, now
/// and after.
pub fn effects(
    flavors: &[Flavor],
    images: &[Image],
    disk: Option<u64>,
    ram: Option<u64>,
    is_admin: bool,
) -> (Vec<Effect>, usize, usize) {
    let wanted = |source: Source| Wanted::alone(source, is_admin);
    let before: Vec<Wanted> = images.iter().map(|image| wanted(Source::of_image(image))).collect();
    let after: Vec<Wanted> = images
        .iter()
        .map(|image| {
            let source = Source::of_image(image);
            wanted(Source {
                min_disk: disk.unwrap_or(source.min_disk),
                min_ram: ram.unwrap_or(source.min_ram),
                ..source
            })
        })
        .collect();
    let (mut all_before, mut all_after) = (0, 0);
    let mut effects = Vec::new();
    for flavor in flavors {
        let fits = |wanted: &Wanted| judge(flavor, wanted).can_be_chosen();
        let both: Vec<(bool, bool)> =
            before.iter().zip(&after).map(|(before, after)| (fits(before), fits(after))).collect();
        all_before += usize::from(both.iter().all(|(before, _)| *before));
        all_after += usize::from(both.iter().all(|(_, after)| *after));
        let loses = both.iter().filter(|(before, after)| *before && !after).count();
        let gains = both.iter().filter(|(before, after)| !before && *after).count();
        if loses + gains > 0 {
            effects.push(Effect { flavor: flavor.name.clone(), loses, gains });
        }
    }
    (effects, all_before, all_after)
}

fn exclusion(change: &Change, image: &Image, me: &Person) -> Option<Exclusion> {
    let verdict = match change {
        Change::Delete => can_delete(image, me),
        Change::Deactivate => can_deactivate(image, me),
        Change::Reactivate => can_reactivate(image, me),
        Change::AddTags(_) | Change::RemoveTags(_) => can_edit(image, me),
        Change::Visibility(wanted) => can_set_visibility(image, wanted, me),
        Change::Minimum { .. } if !me.is_admin() => Err(NotAllowed::AdminOnly),
        Change::Minimum { .. } => can_edit(image, me),
    };
    if let Err(why) = verdict {
        return Some(Exclusion::NotAllowed(why));
    }
    let is_so_already = match change {
        Change::Delete | Change::Deactivate | Change::Reactivate => false,
        Change::AddTags(tags) => missing(tags, image).next().is_none(),
        Change::RemoveTags(tags) => !tags.iter().any(|tag| image.tags.contains(tag)),
        Change::Visibility(wanted) => image.visibility == *wanted,
        Change::Minimum { disk, ram } => {
            disk.is_none_or(|disk| disk == image.min_disk) && ram.is_none_or(|ram| ram == image.min_ram)
        }
    };
    if is_so_already {
        return Some(Exclusion::NothingToDo);
    }
    match change {
        Change::AddTags(tags) if image.tags.len() + missing(tags, image).count() > MOST_TAGS => {
            Some(Exclusion::TooManyTags)
        }
        _ => None,
    }
}

fn missing<'a>(tags: &'a [String], image: &'a Image) -> impl Iterator<Item = &'a String> {
    tags.iter().filter(|tag| !image.tags.contains(tag))
}

#[cfg(test)]
mod tests;
