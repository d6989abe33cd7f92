//! Step "Scheduler hints": what the scheduler is asked to heed.

use leptos::prelude::*;

use crate::{
    domain::server_pairs::{KNOWN_HINTS, hint_problems},
    i18n::{t, word},
    pages::launch::{pairs::Pairs, wizard::Wizard},
    ui::field::Choice,
};

/// The step.
#[component]
pub fn HintsStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let known = || {
        let choice = |hint: &&str| Choice::new(*hint, (t().setup.hint)(hint).unwrap_or_default());
        KNOWN_HINTS.iter().map(choice).collect::<Vec<_>>()
    };
    view! {
        <p class="muted">{word(|it| it.setup.hints_hint)}</p>
        <Pairs
            wizard=wizard
            rows=|draft| &mut draft.hints.rows
            problems=Signal::derive(move || hint_problems(&wizard.draft.read().hints.rows))
            add=word(|it| it.setup.add_hint)
            suggestions=Signal::derive(known)
        />
    }
}
