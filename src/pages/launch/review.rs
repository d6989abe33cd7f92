//! Step "Review": all choices, what they do to the quota, the command line that does the same.

use leptos::prelude::*;

use crate::{
    components::{
        command_line::CommandLine,
        image_words::name_of,
        server_words::{disk_words, ram_words},
    },
    domain::{command, launch_draft::Step},
    i18n::{intl, t, word},
    openstack::ids::NetworkId,
    pages::launch::{
        details::QuotaSection,
        wizard::Wizard,
        words::{chosen_flavor, step_words},
    },
};

/// The step.
#[component]
pub fn ReviewStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let not_chosen = || t().launch.not_chosen.to_owned();
    let none = || t().common.none.to_owned();
    let draft = wizard.draft;
    let name = move || {
        Some(draft.read().details.name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(not_chosen)
    };
    let count =
        move || draft.read().details.count().map_or_else(not_chosen, |count| intl::integer(count.into()));
    let zone = move || {
        Some(draft.read().details.zone.clone())
            .filter(|zone| !zone.is_empty())
            .unwrap_or_else(|| t().launch.any_zone.to_owned())
    };
    let image = move || match wizard.image.get() {
        Some(Some(image)) => name_of(&image),
        Some(None) => t().launch.image_gone.to_owned(),
        None => draft.read().source.image().map_or_else(not_chosen, ToString::to_string),
    };
    let flavor = move || match chosen_flavor(wizard) {
        Some(flavor) => flavor.name,
        None => draft.read().flavor.as_ref().map_or_else(not_chosen, ToString::to_string),
    };
    let figures = move || {
        let flavor = chosen_flavor(wizard)?;
        let (ram, disk) = (ram_words(flavor.ram), disk_words(flavor.disk));
        Some((t().instances.flavor_figures)(&intl::integer(flavor.vcpus), &ram, &disk))
    };
    let networks = move || {
        let chosen = &draft.read().networks.networks;
        if chosen.is_empty() {
            return match wizard.networks.read().as_ref().map(Vec::len) {
                Some(0) => none(),
                Some(1) => t().launch.automatic.to_owned(),
                _ => not_chosen(),
            };
        }
        let known = wizard.networks.read();
        let name_of = |id: &NetworkId| {
            let network = known.iter().flatten().find(|network| network.id == *id);
            network
                .map(|network| network.name.clone())
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| id.to_string())
        };
        (t().common.list)(&chosen.iter().map(name_of).collect::<Vec<_>>())
    };
    let key_pair = move || draft.read().key_pair.name.clone().unwrap_or_else(|| t().launch.no_key.to_owned());
    let has_networks = wizard.offers.networks.is_some();
    let line = Memo::new(move |_| {
        let is_complete = wizard.problems.read().is_empty();
        wizard.body().filter(|_| is_complete).map(|body| command::create_server(&body))
    });
    view! {
        <dl class="facts review">
            <Fact wizard=wizard step=Step::Details label=|| t().launch.instance_name>
                <bdi>{name}</bdi>
            </Fact>
            {move || {
                let description = draft.read().details.description.trim().to_owned();
                (!description.is_empty())
                    .then(|| {
                        view! {
                            <dt>{t().launch.description}</dt>
                            <dd>
                                <bdi>{description}</bdi>
                            </dd>
                        }
                    })
            }}
            <dt>{word(|it| it.launch.zone)}</dt>
            <dd>
                <bdi>{zone}</bdi>
            </dd>
            <dt>{word(|it| it.launch.count)}</dt>
            <dd>{count}</dd>
            <Fact wizard=wizard step=Step::Source label=|| t().launch.source>
                <bdi>{image}</bdi>
            </Fact>
            <Fact wizard=wizard step=Step::Flavor label=|| t().launch.flavor>
                <bdi>{flavor}</bdi>
                " "
                <span class="muted">{figures}</span>
            </Fact>
            {has_networks
                .then(|| {
                    view! {
                        <Fact wizard=wizard step=Step::Networks label=|| t().launch.networks>
                            <bdi>{networks}</bdi>
                        </Fact>
                    }
                })}
            <Fact wizard=wizard step=Step::KeyPair label=|| t().launch.key_pair>
                <bdi>{key_pair}</bdi>
            </Fact>
        </dl>
        <QuotaSection wizard=wizard />
        <CommandLine command=line />
    }
}

/// A choice with the way back to its step.
#[component]
fn Fact(wizard: Wizard, step: Step, label: fn() -> &'static str, children: Children) -> impl IntoView {
    view! {
        <dt>{label}</dt>
        <dd class="row">
            <span>{children()}</span>
            <a href=move || wizard.path_of(step) data-noscroll="true">
                <small>{move || (t().launch.change)(step_words(step))}</small>
            </a>
        </dd>
    }
}
