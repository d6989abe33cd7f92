//! The images that the person has ticked in the list: by id, so that filters, searches and refreshes don't lose them.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::{
    domain::image_list::index::{ImageIndex, Row},
    openstack::ids::ImageId,
};

/// The ticked images. Lives as long as the session's project; ids of images that are gone meanwhile count for nothing.
#[derive(Clone, Copy)]
pub struct Selection {
    ids: RwSignal<BTreeSet<ImageId>>,
}

impl Selection {
    pub(crate) fn new() -> Self {
        Self { ids: RwSignal::new(BTreeSet::new()) }
    }

    /// Whether an image is ticked; tracked.
    pub fn has(self, id: &ImageId) -> bool {
        self.ids.read().contains(id)
    }

    /// Whether none is ticked; tracked.
    pub fn is_empty(self) -> bool {
        self.ids.read().is_empty()
    }

    /// How many of these rows are ticked; tracked.
    pub fn count_in(self, rows: &[Row]) -> usize {
        let ids = self.ids.read();
        if ids.is_empty() { 0 } else { rows.iter().filter(|row| ids.contains(&row.image.id)).count() }
    }

    /// The ticked images, as the index has them now; tracked.
    pub fn rows(self, index: &ImageIndex) -> Vec<Row> {
        self.ids.read().iter().filter_map(|id| index.get(id).cloned()).collect()
    }

    /// Ticks images, or unticks them.
    pub fn set<'a>(self, ids: impl Iterator<Item = &'a ImageId>, is_ticked: bool) {
        self.ids.update(|chosen| {
            for id in ids {
                if is_ticked {
                    chosen.insert(id.clone());
                } else {
                    chosen.remove(id);
                }
            }
        });
    }

    /// Unticks all.
    pub fn clear(self) {
        if !self.ids.read_untracked().is_empty() {
            self.ids.set(BTreeSet::new());
        }
    }
}
