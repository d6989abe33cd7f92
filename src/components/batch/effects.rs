//! What a batch does to others: the flavors that a new minimum rules out, the projects that lose sight of images.

use leptos::prelude::*;

use crate::{
    components::batch::sight::SightEffect,
    domain::{
        access::Person,
        batch::{Change, Plan, effects},
    },
    i18n::{intl, isolated, t},
    openstack::request::Service,
    state::{
        images::use_images,
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
    let me = use_images().me();
    let is_admin = move || me.read().as_ref().is_some_and(Person::is_admin);
    let on_flavors = move || {
        let Some(Change::Minimum { disk, ram }) = *change.read() else { return None };
        let offer = flavors.get()?;
        let known = offer.value();
        let known = known.read();
        let (rows, before, after) = effects(known.as_ref()?, &planned.read().changes, disk, ram, is_admin());
        let words = &t().batch;
        let row = |effect: crate::domain::batch::Effect| {
            let loses = (effect.loses > 0)
                .then(|| (words.effect_loses)(&isolated(&effect.flavor), effect.loses as u64));
            let gains = (effect.gains > 0)
                .then(|| (words.effect_gains)(&isolated(&effect.flavor), effect.gains as u64));
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
    view! {
        {on_flavors}
        <SightEffect planned=planned change=change />
    }
}
