//! What is chosen, in its order, with the address wanted of each network.

use leptos::prelude::*;

use crate::{
    domain::{
        fixed_ip::AddressProblem,
        launch_draft::{
            Problem, Step,
            networks::{NetworksProblem, Plug},
        },
    },
    i18n::{intl, t},
    openstack::ids::NetworkId,
    pages::launch::{
        networks::{plug_name, ranges},
        wizard::Wizard,
    },
    ui::{
        button::{Button, Kind},
        field::TextField,
        icon::Icon,
    },
};

/// The chosen, once there are any.
#[component]
pub fn Chosen(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let plugs = Memo::new(move |_| wizard.draft.read().networks.networks.clone());
    let is_shown = Memo::new(move |_| !plugs.read().is_empty());
    move || {
        is_shown.get().then(|| {
            view! {
                <section class="stack-s" aria-label=move || t().plugs.chosen>
                    <h3>{t().plugs.chosen}</h3>
                    <ol class="plugs">
                        <For
                            each=move || plugs.get()
                            key=Plug::to_string
                            children={move |plug: Plug| view! { <ChosenRow wizard=wizard plug=plug /> }}
                        />
                    </ol>
                </section>
            }
        })
    }
}

#[component]
fn ChosenRow(wizard: Wizard, plug: Plug) -> impl IntoView {
    let plug = StoredValue::new(plug);
    let name = Memo::new(move |_| plug.with_value(|plug| plug_name(wizard, plug)));
    let place = Memo::new(move |_| {
        let draft = wizard.draft.read();
        let plugs = &draft.networks.networks;
        let at = plug.with_value(|plug| plugs.iter().position(|other| other == plug)).unwrap_or(0);
        (at, plugs.len())
    });
    let first = Signal::derive(move || (place.get().0 == 0).then(|| t().plugs.is_first.to_owned()));
    let last = Signal::derive(move || {
        let (at, count) = place.get();
        (at + 1 >= count).then(|| t().plugs.is_last.to_owned())
    });
    let step = move |is_up: bool| {
        let plugs = plug.with_value(|plug| wizard.draft.read_untracked().networks.moved(plug, is_up));
        wizard.choose_networks(&plugs);
    };
    let remove = move |()| {
        let plugs = plug.with_value(|plug| wizard.draft.read_untracked().networks.with(plug, false));
        wizard.choose_networks(&plugs);
    };
    let network = match plug.get_value() {
        Plug::Network(id) => Some(id),
        Plug::Port(_) => None,
    };
    view! {
        <li class="plug">
            <span class="count" aria-hidden="true">{move || intl::integer(place.get().0 as u64 + 1)}</span>
            <strong><bdi>{name}</bdi></strong>
            <div class="row plug-actions">
                <Button
                    label=Signal::derive(move || (t().plugs.up)(&name.read()))
                    icon=Icon::Up
                    icon_only=true
                    kind=Kind::Quiet
                    small=true
                    disabled_reason=first
                    on_press=move |()| step(true)
                />
                <Button
                    label=Signal::derive(move || (t().plugs.down)(&name.read()))
                    icon=Icon::Down
                    icon_only=true
                    kind=Kind::Quiet
                    small=true
                    disabled_reason=last
                    on_press=move |()| step(false)
                />
                <Button
                    label=Signal::derive(move || (t().plugs.remove)(&name.read()))
                    icon=Icon::Close
                    icon_only=true
                    kind=Kind::Quiet
                    small=true
                    on_press=remove
                />
            </div>
            {network.map(|network| view! { <Address wizard=wizard network=network name=name /> })}
        </li>
    }
}

/// "Fixed IP" on one network.
#[component]
fn Address(wizard: Wizard, network: NetworkId, name: Memo<String>) -> impl IntoView {
    let network = StoredValue::new(network);
    let kept = untrack(|| network.with_value(|id| wizard.kept.read().networks.addresses.get(id).cloned()));
    let typed = RwSignal::new(kept.unwrap_or_default());
    let was_left = RwSignal::new(false);
    Effect::new(move |_| {
        let now = typed.get();
        network.with_value(|id| {
            let before = wizard.kept.read_untracked().networks.addresses.get(id).cloned().unwrap_or_default();
            if before != now {
                wizard.kept.update(|draft| _ = draft.networks.addresses.insert(id.clone(), now));
            }
        });
    });
    let problem = Signal::derive(move || {
        let may_show = was_left.get() || wizard.was_tried.get();
        let problems = wizard.problems.read();
        let problems = problems.get(&Step::Networks).filter(|_| may_show)?;
        problems.iter().find_map(|problem| match problem {
            Problem::Networks(NetworksProblem::Address(id, why)) => {
                network.with_value(|own| own == id).then(|| address_words(why))
            }
            _ => None,
        })
    });
    let hint = Signal::derive(move || {
        let subnets = wizard.offers.plugs?.subnets.value();
        let known = network.with_value(|id| ranges(id, &subnets.read()));
        Some(match known.is_empty() {
            true => t().plugs.fixed_ip_free.to_owned(),
            false => (t().plugs.fixed_ip_hint)(&(t().common.list)(&known)),
        })
    });
    view! {
        <div class="plug-address">
            <TextField
                label=Signal::derive(move || (t().plugs.fixed_ip)(&name.read()))
                value=typed
                hint=hint
                problem=problem
                on_leave=move |()| was_left.set(true)
            />
        </div>
    }
}

/// Why an address can't be had, in a sentence.
pub fn address_words(problem: &AddressProblem) -> String {
    let words = &t().plugs;
    match problem {
        AddressProblem::NotAnAddress => words.not_address.to_owned(),
        AddressProblem::Outside { ranges } => (words.outside)(&(t().common.list)(ranges)),
        AddressProblem::OfTheRange => words.of_the_range.to_owned(),
        AddressProblem::Broadcast => words.broadcast.to_owned(),
        AddressProblem::Gateway => words.gateway.to_owned(),
        AddressProblem::Automatic => words.automatic_only.to_owned(),
    }
}
