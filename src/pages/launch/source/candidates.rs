//! What can be booted from, as rows of one kind of table.

use std::cmp::Reverse;

use leptos::prelude::*;

use crate::{
    components::{
        image_words::{format_cell, name_of, size_cell},
        server_words::{disk_words, ram_words},
    },
    domain::{
        access::can_launch,
        flavor_fit::source::SourceKind,
        launch_draft::source::{can_boot, can_boot_snapshot},
    },
    i18n::{intl, t},
    openstack::{
        cinder::{Volume, VolumeSnapshot},
        glance::image::Image,
    },
    pages::launch::{
        wizard::Wizard,
        words::{not_bootable_words, volume_status_words},
    },
};

/// Rows shown at first, and by which "Show more" adds.
pub const ROWS: usize = 50;

/// One thing to boot from, in words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// The id.
    pub id: String,
    /// The name, or the id where it has none.
    pub name: String,
    /// What stands under the heads.
    pub cells: Vec<String>,
    /// Why it can't be chosen, if so.
    pub refused: Option<String>,
}

/// What matches, as far as it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The nearest.
    pub rows: Vec<Candidate>,
    /// How many more match.
    pub more: usize,
    /// There is something of this kind at all.
    pub is_any: bool,
}

/// The heads of a kind's columns, the name's aside; tracked.
pub fn heads(kind: SourceKind) -> Vec<&'static str> {
    let (image, source) = (&t().image, &t().source);
    match kind {
        SourceKind::Image | SourceKind::Snapshot => {
            vec![image.format, image.size, image.min_disk, image.min_ram]
        }
        SourceKind::Volume => vec![source.volume_type, image.size, source.status, source.created],
        SourceKind::VolumeSnapshot => vec![image.size, source.status, source.created],
    }
}

/// Whether a column is one of numbers.
pub const fn is_number(kind: SourceKind, column: usize) -> bool {
    match kind {
        SourceKind::Image | SourceKind::Snapshot => column > 0,
        SourceKind::Volume => column == 1,
        SourceKind::VolumeSnapshot => column == 0,
    }
}

/// The things of a kind that match, the leading one first, then what can be chosen, then the newest; tracked.
pub fn find(wizard: Wizard, kind: SourceKind, needle: &str, leading: Option<&str>, limit: usize) -> Found {
    match (kind, wizard.offers.volumes) {
        (SourceKind::Volume, Some(offers)) => {
            let volumes = offers.volumes.value().read();
            let volumes: Vec<&Volume> = volumes.iter().flatten().collect();
            let key = |volume: &Volume| {
                (volume.id.to_string(), can_boot(volume).is_ok(), volume.created_at.clone())
            };
            let matches =
                |volume: &Volume| has(needle, &[&volume.name, volume.id.as_str(), &volume.description]);
            first(volumes, matches, key, leading, limit, |volume| {
                let kind = volume.volume_type.clone().unwrap_or_default();
                let status = volume_status_words(&volume.status);
                Candidate {
                    id: volume.id.to_string(),
                    name: named(&volume.name, volume.id.as_str()),
                    cells: vec![kind, disk_words(volume.size), status, intl::date_time(&volume.created_at)],
                    refused: can_boot(volume).err().map(|why| not_bootable_words(&why)),
                }
            })
        }
        (SourceKind::VolumeSnapshot, Some(offers)) => {
            let volumes = offers.volumes.value().read();
            let snapshots = offers.snapshots.value().read();
            let snapshots: Vec<&VolumeSnapshot> = snapshots.iter().flatten().collect();
            let refusal = |snapshot: &VolumeSnapshot| {
                let of = volumes.iter().flatten().find(|volume| volume.id == snapshot.volume_id);
                can_boot_snapshot(snapshot, of).err()
            };
            let key = |it: &VolumeSnapshot| (it.id.to_string(), refusal(it).is_none(), it.created_at.clone());
            let matches = |it: &VolumeSnapshot| has(needle, &[&it.name, it.id.as_str(), &it.description]);
            first(snapshots, matches, key, leading, limit, |snapshot| {
                let status = volume_status_words(&snapshot.status);
                Candidate {
                    id: snapshot.id.to_string(),
                    name: named(&snapshot.name, snapshot.id.as_str()),
                    cells: vec![disk_words(snapshot.size), status, intl::date_time(&snapshot.created_at)],
                    refused: refusal(snapshot).map(|why| not_bootable_words(&why)),
                }
            })
        }
        _ => find_images(wizard, kind, needle, leading, limit),
    }
}

/// Images of which nobody can launch anything are left out: the list of images says why.
fn find_images(wizard: Wizard, kind: SourceKind, needle: &str, leading: Option<&str>, limit: usize) -> Found {
    let me = wizard.images.me();
    let me = me.read();
    let index = wizard.images.index();
    let index = index.read();
    let is_leading = |image: &Image| Some(image.id.as_str()) == leading;
    let is_of_kind = |image: &Image| image.is_snapshot() == (kind == SourceKind::Snapshot);
    let can_be_chosen = |image: &Image| me.as_ref().is_none_or(|me| can_launch(image, me).is_ok());
    let images: Vec<&Image> = index
        .rows()
        .filter(|row| row.matches(needle))
        .map(|row| &row.image)
        .filter(|image| is_leading(image) || is_of_kind(image) && can_be_chosen(image))
        .collect();
    let key = |image: &Image| (image.id.to_string(), true, image.created_at.clone());
    let found = first(
        images,
        |_| true,
        key,
        leading,
        limit,
        |image| {
            let dash = || t().common.not_available.to_owned();
            let min_disk = if image.min_disk == 0 { dash() } else { disk_words(image.min_disk) };
            let min_ram = if image.min_ram == 0 { dash() } else { ram_words(image.min_ram) };
            Candidate {
                id: image.id.to_string(),
                name: name_of(image),
                cells: vec![format_cell(image), size_cell(image.size), min_disk, min_ram],
                refused: None,
            }
        },
    );
    Found { is_any: !index.is_empty(), ..found }
}

/// The first of what matches, in words. `key` gives the id, whether it can be chosen, and when it was made.
fn first<T>(
    mut rows: Vec<&T>,
    matches: impl Fn(&T) -> bool,
    key: impl Fn(&T) -> (String, bool, String),
    leading: Option<&str>,
    limit: usize,
    in_words: impl Fn(&T) -> Candidate,
) -> Found {
    let is_any = !rows.is_empty();
    rows.retain(|row| matches(row));
    rows.sort_by_cached_key(|row| {
        let (id, can_be_chosen, created) = key(row);
        (Some(id.as_str()) != leading, !can_be_chosen, Reverse(created), id)
    });
    let more = rows.len().saturating_sub(limit);
    Found { rows: rows.into_iter().take(limit).map(in_words).collect(), more, is_any }
}

fn has(needle: &str, texts: &[&str]) -> bool {
    needle.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(needle))
}

fn named(name: &str, id: &str) -> String {
    if name.is_empty() { id.to_owned() } else { name.to_owned() }
}
