//! What a launch does to a quota, as a bar and in words.

use leptos::prelude::*;

use crate::{
    components::server_words::{disk_words, ram_words},
    domain::launch_draft::{Metered, QuotaEffect},
    i18n::{intl, t},
};

/// A quota's name.
pub fn resource_words(resource: Metered) -> &'static str {
    match resource {
        Metered::Instances => t().launch.quota_instances,
        Metered::Cores => t().flavors.vcpus,
        Metered::Ram => t().flavors.ram,
        Metered::Volumes => t().launch.quota_volumes,
        Metered::Gigabytes => t().launch.quota_gigabytes,
    }
}

/// An amount of it.
pub fn amount_words(resource: Metered, amount: u64) -> String {
    match resource {
        Metered::Ram => ram_words(amount),
        Metered::Gigabytes => disk_words(amount),
        Metered::Instances | Metered::Cores | Metered::Volumes => intl::integer(amount),
    }
}

/// The meters of a launch, or of a new volume: now, added, left.
#[component]
pub fn QuotaMeters(
    /// Of what; the same as long as the meters stand.
    of: &'static [Metered],
    /// What is added; what the cloud doesn't tell of is not among them.
    #[prop(into)]
    effects: Signal<Vec<QuotaEffect>>,
) -> impl IntoView {
    let meter = |resource: &Metered| {
        let resource = *resource;
        let effect =
            Memo::new(move |_| effects.read().iter().find(|effect| effect.resource == resource).copied());
        view! { <QuotaMeter resource=resource effect=effect /> }
    };
    view! { <div class="quota-meters">{of.iter().map(meter).collect_view()}</div> }
}

#[component]
fn QuotaMeter(resource: Metered, effect: Memo<Option<QuotaEffect>>) -> impl IntoView {
    let words = move || effect.get().map_or_else(|| t().launch.quota_unknown.to_owned(), effect_words);
    let bars = move || {
        let effect = effect.get()?;
        let limit = effect.limit?;
        let total = limit.max(effect.used.saturating_add(effect.added)).max(1);
        let used = view! { <span style:width=share(effect.used, total)></span> };
        let added = view! {
            <span class="added" class:over=effect.is_over() style:width=share(effect.added, total)></span>
        };
        Some(view! {
            <div
                class="meter-bar"
                role="meter"
                aria-label=resource_words(resource)
                aria-valuemin="0"
                aria-valuemax=total.to_string()
                aria-valuenow=effect.used.saturating_add(effect.added).to_string()
                aria-valuetext=effect_words(effect)
            >
                {used}
                {added}
            </div>
        })
    };
    view! {
        <div class="meter" data-over=move || effect.get().is_some_and(|effect| effect.is_over()).then_some("true")>
            <span class="meter-name">{move || resource_words(resource)}</span>
            {bars}
            <small class="meter-words">{words}</small>
        </div>
    }
}

fn effect_words(effect: QuotaEffect) -> String {
    let words = |amount| amount_words(effect.resource, amount);
    let (used, added) = (words(effect.used), words(effect.added));
    match effect.limit {
        None => (t().launch.quota_unlimited)(&used, &added),
        Some(limit) if effect.is_over() => {
            let over = effect.used.saturating_add(effect.added) - limit;
            (t().launch.quota_over)(&used, &added, &words(over), &words(limit))
        }
        Some(limit) => {
            let left = effect.left().unwrap_or(0);
            (t().launch.quota_of)(&used, &added, &words(left), &words(limit))
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "the width of a bar")]
fn share(part: u64, whole: u64) -> String {
    format!("{:.2}%", part as f64 * 100.0 / whole as f64)
}
