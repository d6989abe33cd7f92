//! Step "Networks": where the instance is plugged in, in which order and with which addresses, and what traffic reaches it.

pub mod chosen;
mod groups;

use leptos::prelude::*;

use crate::{
    components::error_panel::ErrorPanel,
    domain::launch_draft::{
        Problem, Step,
        networks::{NetworksProblem, Plug, is_free, subnets_of},
    },
    i18n::{intl, t, word},
    openstack::{
        ids::NetworkId,
        neutron::{Network, Subnet, port::Port},
    },
    pages::launch::{
        networks::{chosen::Chosen, groups::Groups},
        wizard::Wizard,
        words::problem_words,
    },
    state::offer::Offer,
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
    let (Some(offer), Some(plugs)) = (wizard.offers.networks, wizard.offers.plugs) else {
        return ().into_any();
    };
    // What concerns an address stands at its field.
    let problem = Memo::new(move |_| {
        let problems = wizard.problems.read();
        let is_said_here =
            |problem: &&Problem| !matches!(problem, Problem::Networks(NetworksProblem::Address(..)));
        problems.get(&Step::Networks)?.iter().find(is_said_here).map(|found| problem_words(wizard, found))
    });
    let is_only_left_out = Memo::new(move |_| {
        let is_only = wizard.networks.read().as_ref().is_some_and(|networks| networks.len() == 1);
        is_only && wizard.draft.read().networks.networks.is_empty()
    });
    let ports = Memo::new(move |_| {
        let ports = plugs.ports.value();
        let ports = ports.read();
        ports.as_ref().map(|ports| ports.iter().filter(|port| is_free(port)).cloned().collect::<Vec<_>>())
    });
    let subnets = plugs.subnets.value();
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
        <Failure offer=offer tried=word(|it| it.launch.load_networks) />
        {move || match wizard.networks.get() {
            None => offer.is_waiting().then(|| view! { <p class="muted" role="status">{t().common.loading}</p> }).into_any(),
            Some(networks) if networks.is_empty() => view! { <p class="muted">{t().launch.no_networks}</p> }.into_any(),
            Some(networks) => {
                // What the subnets say appears in the rows when it is there.
                let row = |network: Network| {
                    let (id, plug) = (network.id.clone(), Plug::Network(network.id.clone()));
                    let notes = [(network.shared, t().launch.network_shared), (!network.admin_state_up, t().launch.network_down)];
                    let notes = StoredValue::new(notes.iter().filter(|(is_so, _)| *is_so).map(|(_, words)| (*words).to_owned()).collect::<Vec<_>>());
                    let hint = Signal::derive(move || {
                        let mut parts = ranges(&id, &subnets.read());
                        parts.extend(notes.get_value());
                        (t().common.list)(&parts)
                    });
                    view! { <PlugRow wizard=wizard plug=plug name=network_name(&network) hint=hint /> }
                };
                let rows = networks.into_iter().map(row).collect_view();
                view! {
                    <fieldset class="stack-s fieldset">
                        <legend class="visually-hidden">{t().launch.networks}</legend>
                        <p class="muted">{t().launch.networks_hint}</p>
                        {rows}
                    </fieldset>
                }
                    .into_any()
            }
        }}
        {move || is_only_left_out.get().then(|| view! { <p class="muted">{t().launch.only_network}</p> })}
        <Failure offer=plugs.subnets tried=word(|it| it.plugs.load_subnets) />
        <Failure offer=plugs.ports tried=word(|it| it.plugs.load_ports) />
        {move || {
            ports
                .get()
                .map(|ports| {
                    // A free port is rare: the list opens by itself where one is chosen.
                    let is_open = untrack(|| wizard.draft.read().networks.networks.iter().any(|plug| matches!(plug, Plug::Port(_))));
                    let count = intl::integer(ports.len() as u64);
                    let is_empty = ports.is_empty();
                    let row = |port: Port| {
                        let hint = Signal::stored(port_hint(&port));
                        view! { <PlugRow wizard=wizard plug=Plug::Port(port.id.clone()) name=port_name(wizard, &port) hint=hint /> }
                    };
                    let rows = ports.into_iter().map(row).collect_view();
                    view! {
                        <details class="more" open=is_open>
                            <summary>{t().plugs.choose_ports} " (" {count} ")"</summary>
                            <fieldset class="stack-s fieldset">
                                <legend class="visually-hidden">{t().plugs.choose_ports}</legend>
                                <p class="muted">{if is_empty { t().plugs.no_ports } else { t().plugs.ports_hint }}</p>
                                {rows}
                            </fieldset>
                        </details>
                    }
                })
        }}
        <Chosen wizard=wizard />
        <Groups wizard=wizard offer=plugs.groups />
    }
    .into_any()
}

/// Why something could not be listed, with another try.
#[component]
fn Failure<T: Send + Sync + 'static>(
    /// What was asked for.
    offer: Offer<T>,
    /// In words.
    #[prop(into)]
    tried: Signal<String>,
) -> impl IntoView {
    failure(Signal::derive(move || offer.error()), tried, Callback::new(move |()| offer.again()))
}

fn failure(
    error: Signal<Option<crate::openstack::error::ApiError>>,
    tried: Signal<String>,
    again: Callback<()>,
) -> impl IntoView {
    move || error.get().map(|error| view! { <ErrorPanel tried=tried error=error on_retry=again /> })
}

/// A network or port that can be chosen.
#[component]
fn PlugRow(wizard: Wizard, plug: Plug, name: String, hint: Signal<String>) -> impl IntoView {
    let id = unique_id("plug");
    let hint_id = format!("{id}-hint");
    let place = {
        let plug = plug.clone();
        Memo::new(move |_| wizard.draft.read().networks.networks.iter().position(|chosen| *chosen == plug))
    };
    let choose = move |is_wanted: bool| {
        let plugs = wizard.draft.read_untracked().networks.with(&plug, is_wanted);
        wizard.choose_networks(&plugs);
    };
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
                <span class="hint" id=hint_id><bdi>{hint}</bdi></span>
            </div>
        </div>
    }
}

/// A network's name, or its id where it has none.
fn network_name(network: &Network) -> String {
    if network.name.is_empty() { network.id.to_string() } else { network.name.clone() }
}

/// A port's name and that of its network; tracked.
fn port_name(wizard: Wizard, port: &Port) -> String {
    let name = if port.name.is_empty() { port.id.to_string() } else { port.name.clone() };
    let networks = wizard.offers.networks.map(|offer| offer.value());
    let network = networks.and_then(|networks| {
        networks.read().iter().flatten().find(|network| network.id == port.network_id).map(network_name)
    });
    let network = network.unwrap_or_else(|| port.network_id.to_string());
    (t().plugs.port_on)(&name, &network)
}

fn port_hint(port: &Port) -> String {
    let mut parts: Vec<String> = port.fixed_ips.iter().map(|it| it.ip_address.clone()).collect();
    if !port.admin_state_up {
        parts.push(t().launch.network_down.to_owned());
    }
    (t().common.list)(&parts)
}

/// The ranges of a network's subnets, in words.
fn ranges(network: &NetworkId, subnets: &Option<Vec<Subnet>>) -> Vec<String> {
    let Some(subnets) = subnets else { return Vec::new() };
    let of_it = subnets_of(network, subnets);
    match of_it.is_empty() {
        true => vec![t().plugs.no_subnets.to_owned()],
        false => of_it.iter().map(|subnet| subnet.cidr.clone()).collect(),
    }
}

/// The name of what is plugged in at; tracked.
pub fn plug_name(wizard: Wizard, plug: &Plug) -> String {
    match plug {
        Plug::Network(id) => {
            let networks = wizard.networks.read();
            let network = networks.iter().flatten().find(|network| network.id == *id);
            network.map_or_else(|| id.to_string(), network_name)
        }
        Plug::Port(id) => {
            let ports = wizard.offers.plugs.map(|plugs| plugs.ports.value());
            let port =
                ports.and_then(|ports| ports.read().iter().flatten().find(|port| port.id == *id).cloned());
            port.map_or_else(|| id.to_string(), |port| port_name(wizard, &port))
        }
    }
}
