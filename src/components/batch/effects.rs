//! What a batch does to others: the flavors that a new minimum rules out, the projects that lose sight of images.

use leptos::prelude::*;

use crate::{
    domain::{
        batch::{Change, Plan, effects},
        image_draft::effect::sight_lost,
    },
    i18n::{intl, t},
    openstack::{glance::image::Visibility, request::Service},
    state::{
        offer::{Offer, ask_flavors},
        session::use_session,
    },
};

/// The effects; nothing where there are none.
#[component]
pub fn Effects(
    /// Who is changed.
    planned: Memo<Plan>,
    /// How.
    change: RwSignal<Option<Change>>,
) -> impl IntoView {
    let session = use_session();
    let is_minimum = Memo::new(move |_| matches!(*change.read(), Some(Change::Minimum { .. })));
    // Asked for when there is something to say about them. A cloud without Nova has none.
    let flavors = Memo::new_with_compare(
        move |_| {
            (is_minimum.get() && session.has_service(Service::Compute))
                .then(|| Offer::new(move || ask_flavors(session)))
        },
        |before, after| before.is_some() != after.is_some(),
    );
    let on_flavors = move || {
        let Some(Change::Minimum { disk, ram }) = *change.read() else { return None };
        let offer = flavors.get()?;
        let known = offer.value();
        let known = known.read();
        let (rows, before, after) = effects(known.as_ref()?, &planned.read().changes, disk, ram);
        let words = &t().batch;
        let row = |effect: crate::domain::batch::Effect| {
            let loses = (effect.loses > 0).then(|| (words.effect_loses)(&effect.flavor, effect.loses as u64));
            let gains = (effect.gains > 0).then(|| (words.effect_gains)(&effect.flavor, effect.gains as u64));
            [loses, gains].into_iter().flatten().map(|words| view! { <li>{words}</li> }).collect_view()
        };
        let figures = (words.effect)(&intl::integer(before as u64), &intl::integer(after as u64));
        let nothing = rows.is_empty().then_some(words.no_effect);
        Some(view! {
            <div class="stack-s" role="status">
                <p>{figures} " " {nothing}</p>
                <ul class="bullets names">{rows.into_iter().map(row).collect_view()}</ul>
            </div>
        })
    };
    let on_people = move || {
        let Some(Change::Visibility(wanted)) = &*change.read() else { return None };
        let planned = planned.read();
        let losers =
            planned.changes.iter().filter(|image| sight_lost(&image.visibility, wanted).is_some()).count();
        let count = planned.changes.len() as u64;
        let words = match (losers, wanted) {
            (0, Visibility::Public) if count > 0 => (t().batch.publishes)(count),
            (0, _) => return None,
            _ => (t().batch.loses_sight)(losers as u64),
        };
        Some(view! { <p role="status" class="warn-hint">{words}</p> })
    };
    view! {
        {on_flavors}
        {on_people}
    }
}
