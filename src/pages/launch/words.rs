//! The words for the wizard's steps and for what does not hold.

use leptos::prelude::*;

use crate::{
    components::{
        flavor_words::refusal_words,
        image_words::{name_of, reason_words},
    },
    domain::launch_draft::{Problem, Step},
    i18n::{intl, t},
    openstack::{ids::FlavorId, nova::flavor::Flavor},
    pages::launch::wizard::Wizard,
};

/// A step's name.
pub fn step_words(step: Step) -> &'static str {
    match step {
        Step::Details => t().launch.details,
        Step::Source => t().launch.source,
        Step::Flavor => t().launch.flavor,
        Step::Networks => t().launch.networks,
        Step::KeyPair => t().launch.key_pair,
        Step::Review => t().launch.review,
    }
}

/// What does not hold, in a sentence; tracked.
pub fn problem_words(wizard: Wizard, problem: &Problem) -> String {
    let words = &t().launch;
    match problem {
        Problem::NameMissing => words.name_missing.to_owned(),
        Problem::NameTooLong { .. } => words.name_too_long.to_owned(),
        Problem::DescriptionTooLong { .. } => words.description_too_long.to_owned(),
        Problem::CountNotANumber => words.count_bad.to_owned(),
        Problem::CountOverQuota { left } => (words.count_over)(&intl::integer(*left)),
        Problem::ImageMissing => words.choose_image.to_owned(),
        Problem::ImageGone => words.image_gone.to_owned(),
        Problem::ImageNotAllowed(why) => {
            let image = wizard.image.read();
            let name = image.as_ref().and_then(Option::as_ref).map(name_of).unwrap_or_default();
            (words.image_refused)(&name, &reason_words(why))
        }
        Problem::FlavorMissing => words.choose_flavor.to_owned(),
        Problem::FlavorGone => words.flavor_gone.to_owned(),
        Problem::FlavorRefused(refusals) => {
            let reasons: Vec<String> = refusals.iter().map(refusal_words).collect();
            (words.flavor_refused)(&flavor_name(wizard), &(t().common.list)(&reasons))
        }
        Problem::NetworkMissing => words.choose_network.to_owned(),
        Problem::NetworkGone(_) => words.network_gone.to_owned(),
        Problem::KeyPairGone(_) => words.key_gone.to_owned(),
    }
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
