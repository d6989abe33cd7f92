//! Step "Metadata": keys and values that the instance carries.

use leptos::prelude::*;

use crate::{
    domain::server_pairs::{metadata, metadata_problems},
    i18n::{intl, t, word},
    pages::launch::{pairs::Pairs, wizard::Wizard},
};

/// The step.
#[component]
pub fn MetadataStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let limits = wizard.offers.limits.value();
    let most = Memo::new(move |_| {
        limits.read().as_ref().and_then(|limits| u64::try_from(limits.max_metadata?).ok())
    });
    let count = move || {
        let most = most.get()?;
        let count = metadata(&wizard.draft.read().metadata.rows).len() as u64;
        Some((t().setup.count_of)(&intl::integer(count), &intl::integer(most)))
    };
    view! {
        <p class="muted">{word(|it| it.setup.metadata_hint)} " " {count}</p>
        <Pairs
            wizard=wizard
            rows=|draft| &mut draft.metadata.rows
            problems=Signal::derive(move || metadata_problems(&wizard.draft.read().metadata.rows, most.get()))
            add=word(|it| it.setup.add_metadata)
        />
    }
}
