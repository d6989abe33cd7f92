//! What a launch does to a quota, as a bar and in words.

use leptos::prelude::*;

use crate::{
    components::server_words::ram_words,
    domain::{flavor_fit::Resource, launch_draft::QuotaEffect},
    i18n::{intl, t},
};

/// A quota's name.
pub fn resource_words(resource: Resource) -> &'static str {
    match resource {
        Resource::Instances => t().launch.quota_instances,
        Resource::Cores => t().flavors.vcpus,
        Resource::Ram => t().flavors.ram,
    }
}

/// An amount of it.
pub fn amount_words(resource: Resource, amount: u64) -> String {
    match resource {
        Resource::Ram => ram_words(amount),
        Resource::Instances | Resource::Cores => intl::integer(amount),
    }
}

/// The three meters of a launch: now, added, left.
#[component]
pub fn QuotaMeters(
    /// What the launch does; what the cloud doesn't tell of is not among them.
    #[prop(into)]
    effects: Signal<Vec<QuotaEffect>>,
) -> impl IntoView {
    view! {
        <div class="quota-meters">
            {[Resource::Instances, Resource::Cores, Resource::Ram]
                .map(|resource| {
                    let effect = Memo::new(move |_| {
                        effects.read().iter().find(|effect| effect.resource == resource).copied()
                    });
                    view! { <QuotaMeter resource=resource effect=effect /> }
                })
                .collect_view()}
        </div>
    }
}

#[component]
fn QuotaMeter(resource: Resource, effect: Memo<Option<QuotaEffect>>) -> impl IntoView {
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
