//! Step "Server group": which other instances it is kept near, or away from.

use leptos::prelude::*;

use crate::pages::launch::wizard::Wizard;

/// The step.
#[component]
pub fn ServerGroupStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    // Not among the steps yet.
    let _ = wizard;
}
