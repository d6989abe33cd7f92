//! Step "Details": name, description, zone, count, and what the launch does to the quota.

use leptos::prelude::*;

use crate::{
    components::{error_panel::ErrorPanel, quota_meter::QuotaMeters},
    domain::launch_draft::{Metered, Problem, Step, details::DetailsProblem},
    i18n::{t, word},
    pages::launch::{
        wizard::{METERS, VOLUME_METERS, Wizard},
        words::problem_words,
    },
    ui::field::{Choice, SelectField, TextField, TextKind},
};

/// The step.
#[component]
pub fn DetailsStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    // A problem shows once its field was left, or a launch was tried.
    let name = wizard.text(|draft| &mut draft.details.name);
    let description = wizard.text(|draft| &mut draft.details.description);
    let zone = wizard.text(|draft| &mut draft.details.zone);
    let count = wizard.text(|draft| &mut draft.details.count);
    let left_name = RwSignal::new(false);
    let left_count = RwSignal::new(false);
    let problem = move |is_wanted: fn(&DetailsProblem) -> bool, was_left: RwSignal<bool>| {
        Signal::derive(move || {
            let problems = wizard.problems.read();
            let found = problems
                .get(&Step::Details)?
                .iter()
                .find(|problem| matches!(problem, Problem::Details(problem) if is_wanted(problem)))?;
            let is_missing = matches!(
                found,
                Problem::Details(DetailsProblem::NameMissing | DetailsProblem::CountNotANumber)
            );
            let is_shown = !is_missing || was_left.get() || wizard.was_tried.get();
            is_shown.then(|| problem_words(wizard, found))
        })
    };
    let number_hint = Signal::derive(move || {
        let draft = wizard.draft.read();
        let name = draft.details.name.trim();
        let is_several = draft.count() > 1 && !name.is_empty();
        is_several.then(|| (t().launch.instance_name_hint)(name))
    });
    let zones = Signal::derive(move || {
        let mut choices = vec![Choice::new("", t().launch.any_zone)];
        let offered = wizard.offers.zones.value();
        let offered = offered.read();
        choices.extend(offered.iter().flatten().map(|zone| Choice::new(zone, zone)));
        // What was chosen before a reload stays chosen while the zones are read.
        let chosen = zone.get_untracked();
        if !chosen.is_empty() && !choices.iter().any(|choice| choice.value == chosen) {
            choices.push(Choice::new(&chosen, &chosen));
        }
        choices
    });
    let ignored = RwSignal::new(false);
    view! {
        <form class="stack" novalidate on:submit=move |event| {
            event.prevent_default();
            left_name.set(true);
            wizard.go_to(Step::Source);
        }>
            <div class="fields">
                <TextField
                    label=word(|it| it.launch.instance_name)
                    value=name
                    required=true
                    name="name"
                    hint=number_hint
                    problem=problem(|it| matches!(it, DetailsProblem::NameMissing | DetailsProblem::NameTooLong), left_name)
                    on_leave=move |()| left_name.set(true)
                />
                <TextField
                    label=word(|it| it.launch.count)
                    value=count
                    kind=TextKind::Number
                    required=true
                    name="count"
                    problem=problem(
                        |it| matches!(it, DetailsProblem::CountNotANumber | DetailsProblem::CountOverQuota { .. }),
                        left_count,
                    )
                    on_leave=move |()| left_count.set(true)
                />
                <TextField
                    label=word(|it| it.launch.description)
                    value=description
                    name="description"
                    problem=problem(|it| matches!(it, DetailsProblem::DescriptionTooLong), ignored)
                />
                <SelectField
                    label=word(|it| it.launch.zone)
                    value=zone
                    choices=zones
                    name="zone"
                />
            </div>
            // Enter in a field goes on; the visible way is the link under the card.
            <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true"></button>
        </form>
        {move || {
            let offer = wizard.offers.zones;
            offer
                .error()
                .map(|error| {
                    view! {
                        <ErrorPanel
                            tried=word(|it| it.launch.load_zones)
                            error=error
                            on_retry=move |()| offer.again()
                        />
                    }
                })
        }}
        <QuotaSection wizard=wizard />
    }
}

/// The meters, here and on the last step.
#[component]
pub fn QuotaSection(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let effects = Memo::new(move |_| wizard.quota_effects());
    // A new volume has a quota of its own.
    let has_volumes = Memo::new(move |_| {
        effects.read().iter().any(|effect| matches!(effect.resource, Metered::Volumes | Metered::Gigabytes))
    });
    let offer = wizard.offers.limits;
    let is_waiting = Memo::new(move |_| offer.is_waiting());
    view! {
        <section class="stack-s" aria-label=word(|it| it.launch.quota)>
            <h3>{word(|it| it.launch.quota)}</h3>
            {move || match (is_waiting.get(), offer.error()) {
                (_, Some(error)) => {
                    view! {
                        <ErrorPanel
                            tried=word(|it| it.launch.load_limits)
                            error=error
                            on_retry=move |()| offer.again()
                        />
                    }
                        .into_any()
                }
                (true, None) => view! { <p class="muted">{t().common.loading}</p> }.into_any(),
                (false, None) => {
                    view! {
                        <QuotaMeters of=&METERS effects=effects />
                        {move || {
                            has_volumes.get().then(|| view! { <QuotaMeters of=&VOLUME_METERS effects=effects /> })
                        }}
                    }
                        .into_any()
                }
            }}
        </section>
    }
}
