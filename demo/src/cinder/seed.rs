//! The first volumes: some to boot from and some not, one that failed, a snapshot, and two types.

use rusqlite::Transaction;

use super::model::{self, Phase, Snapshot, Volume, VolumeType};
use super::types::DEFAULT;
use super::volumes::create::image_metadata;
use crate::clock::SECOND;
use crate::{clock, glance, ids};

const DAY: i64 = 24 * 3600 * SECOND;

struct Seeded {
    name: &'static str,
    size: i64,
    kind: &'static str,
    image: Option<&'static str>,
    phase: Phase,
    owner: (&'static str, &'static str),
}

const ALICE: (&str, &str) = ("demo", "alice");

const VOLUMES: [Seeded; 5] = [
    Seeded { name: "web-data", size: 10, kind: DEFAULT, image: None, phase: Phase::Ready, owner: ALICE },
    Seeded {
        name: "debian-root",
        size: 10,
        kind: DEFAULT,
        image: Some("debian-12"),
        phase: Phase::Ready,
        owner: ALICE,
    },
    Seeded {
        name: "ubuntu-root",
        size: 20,
        kind: "ssd",
        image: Some("ubuntu-24.04"),
        phase: Phase::Ready,
        owner: ALICE,
    },
    Seeded { name: "failed-restore", size: 5, kind: DEFAULT, image: None, phase: Phase::Error, owner: ALICE },
    Seeded {
        name: "bob-data",
        size: 1,
        kind: DEFAULT,
        image: None,
        phase: Phase::Ready,
        owner: ("other", "bob"),
    },
];

/// Makes types, volumes and the snapshot `debian-root before upgrade`.
pub fn seed(tx: &Transaction) -> rusqlite::Result<()> {
    for (name, description) in [(DEFAULT, "Default Volume Type"), ("ssd", "Fast local disks")] {
        let kind = VolumeType {
            id: ids::stable_uuid("volume type", name),
            name: name.to_owned(),
            description: Some(description.to_owned()),
            is_public: true,
            ..VolumeType::default()
        };
        model::insert(tx, &kind)?;
    }
    let made = clock::now() - 3 * DAY;
    for seeded in VOLUMES {
        let image = seeded.image.map(|name| glance::find(tx, &ids::stable_uuid("image", name)));
        let image = image.transpose()?.flatten();
        let volume = Volume {
            id: ids::stable_uuid("volume", seeded.name),
            project_id: ids::project(seeded.owner.0),
            user_id: ids::user(seeded.owner.1),
            name: Some(seeded.name.to_owned()),
            size: seeded.size,
            type_id: ids::stable_uuid("volume type", seeded.kind),
            bootable: image.is_some(),
            image: image.as_ref().map(image_metadata),
            created: made,
            updated: Some(made + 2 * SECOND),
            phase: seeded.phase,
            ..Volume::default()
        };
        model::insert(tx, &volume)?;
        if seeded.name == "debian-root" {
            model::insert(tx, &snapshot(&volume, made + DAY))?;
        }
    }
    Ok(())
}

fn snapshot(volume: &Volume, made: i64) -> Snapshot {
    Snapshot {
        id: ids::stable_uuid("volume snapshot", "debian-root before upgrade"),
        project_id: volume.project_id.clone(),
        user_id: volume.user_id.clone(),
        volume_id: volume.id.clone(),
        name: Some("debian-root before upgrade".to_owned()),
        size: volume.size,
        type_id: volume.type_id.clone(),
        bootable: volume.bootable,
        image: volume.image.clone(),
        created: made,
        updated: Some(made + SECOND),
        phase: Phase::Ready,
        ..Snapshot::default()
    }
}
