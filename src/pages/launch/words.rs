//! The words for the wizard's steps and for what does not hold.

use leptos::prelude::*;

use crate::{
    components::{
        flavor_words::refusal_words,
        image_words::{name_of, reason_words},
    },
    domain::launch_draft::{
        Problem, Step,
        configuration::ConfigurationProblem,
        details::DetailsProblem,
        key_pair::KeyPairProblem,
        networks::{NetworksProblem, Plug},
        server_group::ServerGroupProblem,
        source::{NotBootable, SourceProblem},
    },
    i18n::{intl, t},
    openstack::{cinder::VolumeStatus, ids::FlavorId, nova::flavor::Flavor},
    pages::launch::{
        networks::{chosen::address_words, plug_name},
        pairs::pair_words,
        wizard::Wizard,
    },
};

/// A step's name.
pub fn step_words(step: Step) -> &'static str {
    match step {
        Step::Details => t().launch.details,
        Step::Source => t().launch.source,
        Step::Flavor => t().launch.flavor,
        Step::Networks => t().launch.networks,
        Step::KeyPair => t().launch.key_pair,
        Step::Configuration => t().launch.configuration,
        Step::ServerGroup => t().launch.server_group,
        Step::SchedulerHints => t().launch.scheduler_hints,
        Step::Metadata => t().launch.metadata,
        Step::Review => t().launch.review,
    }
}

/// What does not hold, in a sentence; tracked.
pub fn problem_words(wizard: Wizard, problem: &Problem) -> String {
    let words = &t().launch;
    match problem {
        Problem::Details(DetailsProblem::NameMissing) => words.name_missing.to_owned(),
        Problem::Details(DetailsProblem::NameTooLong) => words.name_too_long.to_owned(),
        Problem::Details(DetailsProblem::DescriptionTooLong) => words.description_too_long.to_owned(),
        Problem::Details(DetailsProblem::CountNotANumber) => words.count_bad.to_owned(),
        Problem::Details(DetailsProblem::CountOverQuota { left }) => {
            (words.count_over)(&intl::integer(*left))
        }
        Problem::Source(problem) => source_problem_words(wizard, problem),
        Problem::FlavorMissing => words.choose_flavor.to_owned(),
        Problem::FlavorGone => words.flavor_gone.to_owned(),
        Problem::FlavorRefused(refusals) => {
            let reasons: Vec<String> = refusals.iter().map(refusal_words).collect();
            (words.flavor_refused)(&flavor_name(wizard), &(t().common.list)(&reasons))
        }
        Problem::Networks(problem) => network_problem_words(wizard, problem),
        Problem::KeyPair(KeyPairProblem::Gone(_)) => words.key_gone.to_owned(),
        Problem::Configuration(ConfigurationProblem::UserDataTooLong) => t().setup.user_data_long.to_owned(),
        Problem::ServerGroup(ServerGroupProblem::Gone) => t().setup.group_gone.to_owned(),
        Problem::Pair(problem) => pair_words(*problem),
    }
}

/// What does not hold in the step "Networks".
fn network_problem_words(wizard: Wizard, problem: &NetworksProblem) -> String {
    let words = &t().plugs;
    let simple = match problem {
        NetworksProblem::Missing => t().launch.choose_network,
        NetworksProblem::Gone(_) => t().launch.network_gone,
        NetworksProblem::PortGone(_) => words.port_gone,
        NetworksProblem::PortInUse(_) => words.port_in_use,
        NetworksProblem::PortForSeveral(_) => words.port_for_several,
        NetworksProblem::AddressForSeveral(_) => words.address_for_several,
        NetworksProblem::GroupGone => words.group_gone,
        NetworksProblem::Address(network, why) => {
            let network = plug_name(wizard, &Plug::Network(network.clone()));
            return (words.address_of)(&network, &address_words(why));
        }
    };
    simple.to_owned()
}

/// What does not hold in the step "Source".
fn source_problem_words(wizard: Wizard, problem: &SourceProblem) -> String {
    let words = &t().source;
    match problem {
        SourceProblem::Missing(kind) => (words.choose)(kind.word()).to_owned(),
        SourceProblem::Gone(kind) => (words.gone)(kind.word()).to_owned(),
        SourceProblem::ImageNotAllowed(why) => {
            let image = wizard.image.read();
            let name = image.as_ref().and_then(Option::as_ref).map(name_of).unwrap_or_default();
            (t().launch.image_refused)(&name, &reason_words(why))
        }
        SourceProblem::Volume(why) => not_bootable_words(why),
        SourceProblem::VolumeForSeveral => words.volume_for_several.to_owned(),
        SourceProblem::SizeNotANumber => words.size_bad.to_owned(),
        SourceProblem::SizeTooSmall { smallest } => (words.size_too_small)(&intl::integer(*smallest)),
        SourceProblem::OverQuota => words.over_quota.to_owned(),
    }
}

/// Why a volume or a volume snapshot can't be booted from.
pub fn not_bootable_words(why: &NotBootable) -> String {
    match why {
        NotBootable::Status(status) => (t().source.not_available)(&volume_status_words(status)),
        NotBootable::NotMarked => t().source.not_bootable.to_owned(),
    }
}

/// A volume's status.
pub fn volume_status_words(status: &VolumeStatus) -> String {
    (t().source.status_name)(status.as_str()).map_or_else(|| status.to_string(), str::to_owned)
}

/// The chosen flavor; tracked.
pub fn chosen_flavor(wizard: Wizard) -> Option<Flavor> {
    let flavors = wizard.offers.flavors.value();
    let flavors = flavors.read();
    let draft = wizard.draft.read();
    let id: &FlavorId = draft.flavor.as_ref()?;
    flavors.as_ref()?.iter().find(|flavor| flavor.id == *id).cloned()
}

fn flavor_name(wizard: Wizard) -> String {
    chosen_flavor(wizard).map(|flavor| flavor.name).unwrap_or_default()
}
