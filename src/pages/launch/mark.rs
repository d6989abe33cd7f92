//! How far a step is.

use leptos::prelude::*;

use crate::{
    domain::{flavor_fit::source::SourceKind, launch_draft::Step},
    i18n::t,
    pages::launch::wizard::Wizard,
};

/// What a step's mark says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Everything in it holds.
    Done,
    /// Something is missing or does not hold.
    Open,
    /// What there is to choose from is being asked for.
    Loading,
    /// What there is to choose from could not be had.
    Failed,
    /// The cloud refused the launch for it.
    Refused,
}

impl Mark {
    /// The mark of a step; tracked.
    pub fn of(wizard: Wizard, step: Step) -> Self {
        let offers = wizard.offers;
        let (is_waiting, has_failed) = match step {
            Step::Flavor => (offers.flavors.is_waiting(), offers.flavors.error().is_some()),
            Step::Networks => {
                offers.networks.map(|offer| (offer.is_waiting(), offer.error().is_some())).unwrap_or_default()
            }
            Step::ServerGroup => (offers.server_groups.is_waiting(), offers.server_groups.error().is_some()),
            Step::KeyPair => (offers.key_pairs.is_waiting(), offers.key_pairs.error().is_some()),
            Step::Source => {
                let kind = wizard.draft.read().source.kind;
                match (kind, offers.volumes) {
                    (SourceKind::Volume, Some(offers)) => {
                        (offers.volumes.is_waiting(), offers.volumes.error().is_some())
                    }
                    (SourceKind::VolumeSnapshot, Some(offers)) => {
                        (offers.snapshots.is_waiting(), offers.snapshots.error().is_some())
                    }
                    _ => {
                        let is_chosen = wizard.draft.read().source.image().is_some();
                        let has_failed = wizard.image_error.read().is_some();
                        (is_chosen && wizard.image.read().is_none() && !has_failed, has_failed)
                    }
                }
            }
            Step::Details | Step::Configuration | Step::SchedulerHints | Step::Metadata | Step::Review => {
                (false, false)
            }
        };
        let is_open = match step {
            Step::Review => !wizard.problems.read().is_empty(),
            step => wizard.problems.read().contains_key(&step),
        };
        if wizard.refusal().is_some_and(|refusal| refusal.step == step) {
            Mark::Refused
        } else if is_waiting {
            Mark::Loading
        } else if has_failed {
            Mark::Failed
        } else if is_open {
            Mark::Open
        } else {
            Mark::Done
        }
    }

    /// The value of the `data-state` attribute that the style sheet knows.
    pub const fn name(self) -> &'static str {
        match self {
            Mark::Done => "done",
            Mark::Open => "open",
            Mark::Loading => "loading",
            Mark::Failed | Mark::Refused => "failed",
        }
    }

    /// The sign that is drawn.
    pub const fn sign(self) -> &'static str {
        match self {
            Mark::Done => "✓",
            Mark::Failed | Mark::Refused => "!",
            Mark::Open | Mark::Loading => "",
        }
    }

    /// The same for those who do not see it.
    pub fn words(self) -> &'static str {
        match self {
            Mark::Done => t().launch.step_done,
            Mark::Open => t().launch.step_open,
            Mark::Loading => t().launch.step_loading,
            Mark::Failed => t().launch.step_failed,
            Mark::Refused => t().launch.step_refused,
        }
    }
}
