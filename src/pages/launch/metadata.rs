//! Step "Metadata": keys and values that the instance carries.

use leptos::prelude::*;

use crate::pages::launch::wizard::Wizard;

/// The step.
#[component]
pub fn MetadataStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    // Not among the steps yet.
    let _ = wizard;
}
