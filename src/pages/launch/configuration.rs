//! Step "Configuration": what the instance is told at its first start.

use leptos::prelude::*;

use crate::pages::launch::wizard::Wizard;

/// The step.
#[component]
pub fn ConfigurationStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    // Not among the steps yet.
    let _ = wizard;
}
