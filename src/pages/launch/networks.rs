//! Step "Networks": where the instance is plugged in, in the order of choosing.

use leptos::prelude::*;

use crate::{
    components::error_panel::ErrorPanel,
    domain::launch_draft::Step,
    i18n::{intl, t, word},
    openstack::neutron::Network,
    pages::launch::{wizard::Wizard, words::problem_words},
    ui::{
        id::unique_id,
        notice::{Notice, Tone},
    },
};

/// The step.
#[component]
pub fn NetworksStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    // Not among the steps where the cloud has no network service.
    let Some(offer) = wizard.offers.networks else { return ().into_any() };
    let problem = Memo::new(move |_| {
        let problems = wizard.problems.read();
        problems.get(&Step::Networks)?.first().map(|found| problem_words(wizard, found))
    });
    let is_only_left_out = Memo::new(move |_| {
        let is_only = wizard.networks.read().as_ref().is_some_and(|networks| networks.len() == 1);
        is_only && wizard.draft.read().networks.networks.is_empty()
    });
    view! {
        {move || {
            problem
                .get()
                .map(|words| {
                    let tone = if wizard.was_tried.get() { Tone::Bad } else { Tone::Warn };
                    view! {
                        <Notice tone=tone>
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
                            tried=word(|it| it.launch.load_networks)
                            error=error
                            on_retry=move |()| offer.again()
                        />
                    }
                })
        }}
        {move || match wizard.networks.get() {
            None => offer.is_waiting().then(|| view! { <p class="muted" role="status">{t().common.loading}</p> }).into_any(),
            Some(networks) if networks.is_empty() => view! { <p class="muted">{t().launch.no_networks}</p> }.into_any(),
            Some(networks) => {
                let rows = networks.into_iter().map(|network| view! { <NetworkRow wizard=wizard network=network /> });
                view! {
                    <fieldset class="stack-s fieldset">
                        <legend class="visually-hidden">{t().launch.networks}</legend>
                        <p class="muted">{t().launch.networks_hint}</p>
                        {rows.collect_view()}
                    </fieldset>
                }
                    .into_any()
            }
        }}
        {move || is_only_left_out.get().then(|| view! { <p class="muted">{t().launch.only_network}</p> })}
    }
    .into_any()
}

#[component]
fn NetworkRow(wizard: Wizard, network: Network) -> impl IntoView {
    let id = unique_id("network");
    let hint_id = format!("{id}-hint");
    let place = {
        let id = network.id.clone();
        Memo::new(move |_| wizard.draft.read().networks.networks.iter().position(|chosen| *chosen == id))
    };
    let choose = {
        let id = network.id.clone();
        move |is_wanted: bool| {
            let mut chosen = wizard.draft.read_untracked().networks.networks.clone();
            chosen.retain(|other| *other != id);
            if is_wanted {
                chosen.push(id.clone());
            }
            wizard.choose_networks(&chosen);
        }
    };
    // The place among several, from 1 on.
    let order = move || {
        let place = place.get()?;
        let is_several = wizard.draft.read().networks.networks.len() > 1;
        is_several.then(|| view! { <span class="count">{intl::integer(place as u64 + 1)}</span> })
    };
    let (is_shared, is_up) = (network.shared, network.admin_state_up);
    let notes = move || {
        let notes = [(is_shared, t().launch.network_shared), (!is_up, t().launch.network_down)];
        let notes: Vec<String> =
            notes.iter().filter(|(is_so, _)| *is_so).map(|(_, words)| (*words).to_owned()).collect();
        (t().common.list)(&notes)
    };
    let name = if network.name.is_empty() { network.id.to_string() } else { network.name };
    view! {
        <div class="check">
            <input
                type="checkbox"
                id=id.clone()
                prop:checked=move || place.get().is_some()
                aria-describedby=hint_id.clone()
                on:change:target=move |event| choose(event.target().checked())
            />
            <div>
                <label for=id><bdi>{name}</bdi></label>
                " "
                {order}
                <span class="hint" id=hint_id>{notes}</span>
            </div>
        </div>
    }
}
