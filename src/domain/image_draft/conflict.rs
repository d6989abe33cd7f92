//! Glance has no conditional write. So the image is read again just before a patch is sent, and what somebody else has
//! changed meanwhile is shown instead of being overwritten.

use crate::openstack::glance::{
    image::Image,
    patch::{Operation, Patch},
};
use serde_json::Value;

/// An attribute or property that somebody else changed, and that we are about to change too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The key, as Glance names it.
    pub key: String,
    /// What it was when the form was filled.
    pub base: Option<String>,
    /// What it is now.
    pub theirs: Option<String>,
    /// What we are about to make it.
    pub mine: Option<String>,
}

/// What somebody else changed of that which the patch touches. That both made the same change is no conflict.
pub fn conflicts(patch: &Patch, base: &Image, fresh: &Image) -> Vec<Conflict> {
    let (base, fresh) = (object(base), object(fresh));
    let found = patch.0.iter().zip(patch.keys()).filter_map(|(operation, key)| {
        let (was, is, mine) = (text(base.get(&key)), text(fresh.get(&key)), text(value_of(operation)));
        (was != is && is != mine).then_some(Conflict { key, base: was, theirs: is, mine })
    });
    found.collect()
}

/// The patch without what is so already: Glance answers 409 to the removal of what is gone.
pub fn rebased(patch: &Patch, fresh: &Image) -> Patch {
    let fresh = object(fresh);
    let left = patch.0.iter().zip(patch.keys()).filter(|(operation, key)| match operation {
        Operation::Remove { .. } => fresh.get(key).is_some(),
        Operation::Add { value, .. } | Operation::Replace { value, .. } => fresh.get(key) != Some(value),
    });
    Patch(left.map(|(operation, _)| operation.clone()).collect())
}

fn object(image: &Image) -> Value {
    // An image is strings and numbers, which always serialize.
    serde_json::to_value(image).unwrap_or_default()
}

fn value_of(operation: &Operation) -> Option<&Value> {
    match operation {
        Operation::Add { value, .. } | Operation::Replace { value, .. } => Some(value),
        Operation::Remove { .. } => None,
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let mut words: Vec<_> = items.iter().map(|item| text(Some(item)).unwrap_or_default()).collect();
            // Tags are a set; Glance gives them back in any order.
            words.sort_unstable();
            Some(words.join(", "))
        }
        other => Some(other.to_string()),
    }
}
