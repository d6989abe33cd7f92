//! Step "Flavor": which fit the chosen image, and why the others don't.

use leptos::prelude::*;

use crate::{
    components::{error_panel::ErrorPanel, flavor_table::FlavorTable},
    domain::{
        flavor_fit::judge_all,
        launch_draft::{Problem, Step},
    },
    i18n::{t, word},
    openstack::ids::FlavorId,
    pages::launch::{wizard::Wizard, words::problem_words},
    ui::notice::{Notice, Tone},
};

/// The step.
#[component]
pub fn FlavorStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    // Choosing a flavor changes nothing of what they are judged by, so that a thousand are not judged again.
    let wanted = Memo::new(move |_| wizard.wanted());
    let has_volumes = wizard.offers.volumes.is_some();
    let use_volume = move |flavor: Option<FlavorId>| {
        wizard.kept.update(|draft| draft.source.new_volume = true);
        if let Some(flavor) = flavor {
            wizard.choose_flavor(&flavor);
        }
    };
    let launch_fewer = move |count: u32| wizard.kept.update(|draft| draft.details.count = count.to_string());
    let flavors = wizard.offers.flavors.value();
    let fitting = Memo::new(move |_| {
        let judged = |flavors: &Vec<_>| judge_all(flavors, &wanted.read()).offered(has_volumes);
        flavors.read().as_ref().map(judged).unwrap_or_default()
    });
    let is_there = Memo::new(move |_| flavors.read().is_some());
    let chosen = Memo::new(move |_| wizard.draft.read().flavor.clone());
    let offer = wizard.offers.flavors;
    let is_waiting_for_image = Memo::new(move |_| !wizard.draft.read().source.is_chosen());
    let problem = Memo::new(move |_| {
        let problems = wizard.problems.read();
        let found = problems.get(&Step::Flavor)?.first()?;
        matches!(found, Problem::FlavorRefused(_) | Problem::FlavorGone).then(|| problem_words(wizard, found))
    });
    view! {
        {move || is_waiting_for_image.get().then(|| view! { <p class="muted">{t().launch.flavor_first}</p> })}
        {move || {
            problem
                .get()
                .map(|words| {
                    view! {
                        <Notice tone=Tone::Warn>
                            <p>{words}</p>
                        </Notice>
                    }
                })
        }}
        {move || {
            offer
                .error()
                .map(|error| {
                    view! {
                        <ErrorPanel
                            tried=word(|it| it.launch.load_flavors)
                            error=error
                            on_retry=move |()| offer.again()
                        />
                    }
                })
        }}
        {move || {
            if is_there.get() {
                view! {
                    <FlavorTable
                        fitting=fitting
                        chosen=chosen
                        on_choose=move |id| wizard.choose_flavor(&id)
                        has_volumes=has_volumes
                        on_new_volume=has_volumes.then(|| Callback::new(use_volume))
                        on_fewer=Callback::new(launch_fewer)
                        only_fitting=wizard.only_fitting
                    />
                }
                    .into_any()
            } else if offer.is_waiting() {
                view! { <p class="muted" role="status">{t().common.loading}</p> }.into_any()
            } else {
                ().into_any()
            }
        }}
    }
}
