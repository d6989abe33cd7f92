//! Step "Source": what is booted from, and whether a new volume is made of it.

use crate::{
    domain::{
        access::{NotAllowed, can_launch},
        flavor_fit::source::{Source, SourceKind},
        launch_draft::{Choices, QuotaEffect, volume_effects},
    },
    openstack::{
        cinder::{Volume, VolumeSnapshot, VolumeStatus},
        glance::image::Image,
        ids::{ImageId, VolumeId, VolumeSnapshotId},
        nova::server::{BlockDevice, CreateServer},
    },
};
use serde::{Deserialize, Serialize};

/// What is chosen in the step. One of each kind may be, so that looking at another kind loses nothing; `kind` says which counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceDraft {
    /// "Boot source".
    pub kind: SourceKind,
    /// The image.
    pub image: Option<ImageId>,
    /// The instance snapshot, which is an image too.
    pub snapshot: Option<ImageId>,
    /// The volume.
    pub volume: Option<VolumeId>,
    /// The volume snapshot.
    pub volume_snapshot: Option<VolumeSnapshotId>,
    /// "Create new volume".
    pub new_volume: bool,
    /// "Volume size (GB)" as typed; empty is the smallest that holds the image.
    pub size: String,
    /// "Volume type"; empty is Cinder's default.
    pub volume_type: String,
    /// "Delete volume when the instance is deleted".
    pub deletes_volume: bool,
}

/// What is wrong with the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceProblem {
    /// Nothing of this kind is chosen.
    Missing(SourceKind),
    /// What is chosen isn't to be seen any more.
    Gone(SourceKind),
    /// The chosen image can't be launched.
    ImageNotAllowed(NotAllowed),
    /// The chosen volume can't be booted from.
    Volume(NotBootable),
    /// A volume can be attached to one server only, and several are asked for.
    VolumeForSeveral,
    /// The size isn't a whole number from 1 on.
    SizeNotANumber,
    /// The image doesn't fit into a volume of this size.
    SizeTooSmall {
        /// The smallest that would do, in GiB.
        smallest: u64,
    },
    /// The new volumes are more than their quota leaves: Nova would accept the launch, and the server fail.
    OverQuota,
}

/// Why a volume or a volume snapshot can't be booted from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotBootable {
    /// It isn't available: Nova refuses to attach it.
    Status(VolumeStatus),
    /// It was not made of an image, nor marked as bootable.
    NotMarked,
}

/// Whether a server can boot from a volume (nova/compute/api.py, `get_bdm_image_metadata` and `_validate_bdm`).
///
/// # Errors
/// Why not.
pub fn can_boot(volume: &Volume) -> Result<(), NotBootable> {
    if volume.status != VolumeStatus::Available {
        Err(NotBootable::Status(volume.status.clone()))
    } else if !volume.is_bootable {
        Err(NotBootable::NotMarked)
    } else {
        Ok(())
    }
}

/// Whether a server can boot from a volume made of a snapshot: Nova asks the snapshot's own volume.
///
/// # Errors
/// Why not.
pub fn can_boot_snapshot(snapshot: &VolumeSnapshot, of: Option<&Volume>) -> Result<(), NotBootable> {
    if snapshot.status != VolumeStatus::Available {
        Err(NotBootable::Status(snapshot.status.clone()))
    } else if of.is_some_and(|volume| !volume.is_bootable) {
        Err(NotBootable::NotMarked)
    } else {
        Ok(())
    }
}

impl SourceDraft {
    /// The chosen image or instance snapshot.
    pub fn image(&self) -> Option<&ImageId> {
        match self.kind {
            SourceKind::Image => self.image.as_ref(),
            SourceKind::Snapshot => self.snapshot.as_ref(),
            SourceKind::Volume | SourceKind::VolumeSnapshot => None,
        }
    }

    /// The id of what is chosen of the current kind.
    pub fn chosen(&self) -> Option<String> {
        match self.kind {
            SourceKind::Image | SourceKind::Snapshot => self.image().map(ToString::to_string),
            SourceKind::Volume => self.volume.as_ref().map(ToString::to_string),
            SourceKind::VolumeSnapshot => self.volume_snapshot.as_ref().map(ToString::to_string),
        }
    }

    /// Whether something of the current kind is chosen.
    pub fn is_chosen(&self) -> bool {
        self.chosen().is_some()
    }

    /// What the flavors are judged by; `None` while nothing is chosen or it isn't known yet.
    pub fn source(&self, choices: &Choices) -> Option<Source> {
        match self.kind {
            SourceKind::Image | SourceKind::Snapshot => {
                self.image()?;
                choices.image.flatten().map(Source::of_image)
            }
            SourceKind::Volume => {
                let volume = self.volume(choices)??;
                Some(Source::of_volume(SourceKind::Volume, &volume.image))
            }
            SourceKind::VolumeSnapshot => {
                let snapshot = self.volume_snapshot(choices)??;
                let of = volume_of(snapshot, choices)?;
                Some(Source::of_volume(SourceKind::VolumeSnapshot, &of.image))
            }
        }
    }

    /// Whether a new volume is made of the image.
    pub fn makes_volume_of_image(&self, choices: &Choices) -> bool {
        self.new_volume
            && choices.has_volumes
            && self.image().is_some()
            && !choices.image.flatten().is_some_and(Image::is_volume_backed)
    }

    /// The new volume's size in GiB, if it is one: as typed, or the smallest that holds the image.
    pub fn volume_size(&self, choices: &Choices) -> Option<u64> {
        let text = self.size.trim();
        if text.is_empty() {
            return self.source(choices).map(|source| source.smallest_volume());
        }
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|size| is_number && *size > 0)
    }

    /// The sizes in GiB of the new volumes that one server takes: none, or one.
    pub fn adds_volume(&self, choices: &Choices) -> Option<u64> {
        match self.kind {
            SourceKind::VolumeSnapshot => self.volume_snapshot(choices)?.map(|snapshot| snapshot.size),
            _ if self.makes_volume_of_image(choices) => self.volume_size(choices),
            _ => None,
        }
    }

    /// What doesn't hold yet.
    pub fn problems(&self, choices: &Choices, count: u32) -> Vec<SourceProblem> {
        if !self.is_chosen() {
            return vec![SourceProblem::Missing(self.kind)];
        }
        let mut problems = Vec::new();
        match self.kind {
            SourceKind::Image | SourceKind::Snapshot => match (choices.image, choices.me) {
                (Some(None), _) => problems.push(SourceProblem::Gone(self.kind)),
                (Some(Some(image)), Some(me)) => {
                    problems.extend(can_launch(image, me).err().map(SourceProblem::ImageNotAllowed));
                }
                _ => {}
            },
            SourceKind::Volume => match self.volume(choices) {
                Some(None) => problems.push(SourceProblem::Gone(self.kind)),
                Some(Some(volume)) => {
                    problems.extend(can_boot(volume).err().map(SourceProblem::Volume));
                    if count > 1 {
                        problems.push(SourceProblem::VolumeForSeveral);
                    }
                }
                None => {}
            },
            SourceKind::VolumeSnapshot => match self.volume_snapshot(choices) {
                Some(None) => problems.push(SourceProblem::Gone(self.kind)),
                Some(Some(snapshot)) => {
                    let why = can_boot_snapshot(snapshot, volume_of(snapshot, choices)).err();
                    problems.extend(why.map(SourceProblem::Volume));
                }
                None => {}
            },
        }
        if self.makes_volume_of_image(choices) {
            problems.extend(self.size_problem(choices));
        }
        if let (Some(size), Some(limits)) = (self.adds_volume(choices), choices.volume_limits)
            && volume_effects(limits, size, count).iter().any(QuotaEffect::is_over)
        {
            problems.push(SourceProblem::OverQuota);
        }
        problems
    }

    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer, choices: &Choices) {
        let device = |source_type: &'static str, uuid: String| BlockDevice {
            source_type,
            uuid,
            destination_type: "volume",
            boot_index: 0,
            volume_size: None,
            volume_type: None,
            delete_on_termination: self.deletes_volume,
        };
        let text = |id: &dyn AsRef<str>| id.as_ref().to_owned();
        match (self.kind, &self.volume, &self.volume_snapshot) {
            (SourceKind::Volume, Some(volume), _) => body.block_devices.push(device("volume", text(volume))),
            (SourceKind::VolumeSnapshot, _, Some(snapshot)) => {
                body.block_devices.push(device("snapshot", text(snapshot)));
            }
            _ => {}
        }
        let Some(image) = self.image() else { return };
        if self.makes_volume_of_image(choices) {
            body.block_devices.push(BlockDevice {
                volume_size: self.volume_size(choices),
                volume_type: Some(self.volume_type.clone()).filter(|name| !name.is_empty()),
                ..device("image", text(image))
            });
        } else {
            body.image = Some(image.clone());
        }
    }

    fn size_problem(&self, choices: &Choices) -> Option<SourceProblem> {
        let source = self.source(choices)?;
        let smallest = source.smallest_volume();
        match self.volume_size(choices) {
            None => Some(SourceProblem::SizeNotANumber),
            Some(size) => (size < smallest).then_some(SourceProblem::SizeTooSmall { smallest }),
        }
    }

    /// `Some(None)` when it was looked for and isn't there.
    fn volume<'a>(&self, choices: &Choices<'a>) -> Option<Option<&'a Volume>> {
        let id = self.volume.as_ref()?;
        Some(choices.volumes?.iter().find(|volume| volume.id == *id))
    }

    fn volume_snapshot<'a>(&self, choices: &Choices<'a>) -> Option<Option<&'a VolumeSnapshot>> {
        let id = self.volume_snapshot.as_ref()?;
        Some(choices.volume_snapshots?.iter().find(|snapshot| snapshot.id == *id))
    }
}

fn volume_of<'a>(snapshot: &VolumeSnapshot, choices: &Choices<'a>) -> Option<&'a Volume> {
    choices.volumes?.iter().find(|volume| volume.id == snapshot.volume_id)
}
