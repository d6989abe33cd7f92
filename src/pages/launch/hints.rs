//! Step "Scheduler hints": what the scheduler is asked to heed.

use leptos::prelude::*;

use crate::pages::launch::wizard::Wizard;

/// The step.
#[component]
pub fn HintsStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    // Not among the steps yet.
    let _ = wizard;
}
