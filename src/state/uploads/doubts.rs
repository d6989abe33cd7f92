//! Images of this browser's uploads that may not be the file, in `localStorage`: the tray forgets them, their page should not.

use crate::{
    client::storage::{self, Area},
    domain::upload::verification::Doubt,
    openstack::ids::ImageId,
};

const KEY: &str = "sextant.doubts";
/// More are not kept: images that others delete are not heard of.
const MOST: usize = 50;

/// Why this image may not be the file.
pub fn of(image: &ImageId) -> Option<Doubt> {
    all().into_iter().find(|(other, _)| other == image).map(|(_, doubt)| doubt)
}

/// Notes a doubt; once.
pub fn note(image: &ImageId, doubt: Doubt) {
    let mut doubts = all();
    if doubts.contains(&(image.clone(), doubt)) {
        return;
    }
    doubts.retain(|(other, _)| other != image);
    doubts.insert(0, (image.clone(), doubt));
    doubts.truncate(MOST);
    storage::write(Area::Browser, KEY, &doubts);
}

/// The image is gone, or is taken as it is.
pub fn forget(image: &ImageId) {
    let mut doubts = all();
    let before = doubts.len();
    doubts.retain(|(other, _)| other != image);
    if doubts.is_empty() {
        storage::remove(Area::Browser, KEY);
    } else if doubts.len() < before {
        storage::write(Area::Browser, KEY, &doubts);
    }
}

fn all() -> Vec<(ImageId, Doubt)> {
    storage::read(Area::Browser, KEY).unwrap_or_default()
}
