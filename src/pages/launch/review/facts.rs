//! What is chosen in each step, in words. Every step has at least one line, which leads back to it.

use leptos::prelude::*;

use crate::{
    components::{
        image_words::name_of,
        server_words::{disk_words, ram_words},
    },
    domain::{
        flavor_fit::source::SourceKind,
        launch_draft::{Step, networks::Plug},
        server_pairs::Pair,
    },
    i18n::{intl, t},
    pages::launch::{wizard::Wizard, words::chosen_flavor},
};

type Facts = Vec<(&'static str, String)>;

/// The choices of a step: what, and which; tracked.
pub fn facts(wizard: Wizard, step: Step) -> Facts {
    match step {
        Step::Details => details(wizard),
        Step::Source => source(wizard),
        Step::Flavor => vec![(t().launch.flavor, flavor(wizard))],
        Step::Networks => networks(wizard),
        Step::KeyPair => {
            let chosen = wizard.draft.read().key_pair.name.clone();
            vec![(t().launch.key_pair, chosen.unwrap_or_else(|| t().launch.no_key.to_owned()))]
        }
        Step::Configuration => configuration(wizard),
        Step::ServerGroup => vec![(t().launch.server_group, server_group(wizard))],
        Step::SchedulerHints => {
            let draft = wizard.draft.read();
            vec![(t().launch.scheduler_hints, pairs(&draft.hints.rows))]
        }
        Step::Metadata => {
            let draft = wizard.draft.read();
            vec![(t().launch.metadata, pairs(&draft.metadata.rows))]
        }
        Step::Review => Vec::new(),
    }
}

fn details(wizard: Wizard) -> Facts {
    let words = &t().launch;
    let draft = wizard.draft.read();
    let details = &draft.details;
    let count = details.count().map(|count| intl::integer(count.into()));
    let mut facts = vec![(words.instance_name, or(details.name.trim(), words.not_chosen))];
    if !details.description.trim().is_empty() {
        facts.push((words.description, details.description.trim().to_owned()));
    }
    facts.push((words.zone, or(&details.zone, words.any_zone)));
    facts.push((words.count, count.unwrap_or_else(|| words.not_chosen.to_owned())));
    facts
}

fn source(wizard: Wizard) -> Facts {
    let words = &t().source;
    let draft = wizard.draft.read();
    let source = &draft.source;
    let offers = wizard.offers.volumes;
    let id = source.chosen().unwrap_or_default();
    let name = match (source.kind, offers) {
        (SourceKind::Volume, Some(offers)) => {
            let volumes = offers.volumes.value().read();
            volumes.iter().flatten().find(|volume| volume.id.as_str() == id).map(|volume| volume.name.clone())
        }
        (SourceKind::VolumeSnapshot, Some(offers)) => {
            let snapshots = offers.snapshots.value().read();
            snapshots.iter().flatten().find(|it| it.id.as_str() == id).map(|it| it.name.clone())
        }
        _ => match wizard.image.get() {
            Some(Some(image)) => Some(name_of(&image)),
            Some(None) => Some((words.gone)(source.kind.word()).to_owned()),
            None => None,
        },
    };
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| or(&id, t().launch.not_chosen));
    let mut facts = vec![((words.kind)(source.kind.word()), name)];
    let (mut makes, mut size) = (false, None);
    wizard.known.with(&mut |choices| {
        makes = source.makes_volume_of_image(choices);
        size = source.volume_size(choices);
    });
    if makes {
        let size = size.map(disk_words).unwrap_or_default();
        let kind = or(&source.volume_type, words.default_type);
        facts.push((words.a_new_volume, (words.size_and_type)(&size, &kind)));
    }
    if makes || !source.kind.is_image() {
        let fate = if source.deletes_volume { words.goes } else { words.stays };
        facts.push((words.its_volume, fate.to_owned()));
    }
    facts
}

fn flavor(wizard: Wizard) -> String {
    let Some(flavor) = chosen_flavor(wizard) else {
        let chosen = wizard.draft.read().flavor.clone();
        return chosen.map_or_else(|| t().launch.not_chosen.to_owned(), |id| id.to_string());
    };
    let (ram, disk) = (ram_words(flavor.ram), disk_words(flavor.disk));
    let figures = (t().instances.flavor_figures)(&intl::integer(flavor.vcpus), &ram, &disk);
    (t().launch.flavor_and_figures)(&flavor.name, &figures)
}

fn networks(wizard: Wizard) -> Facts {
    let words = &t().launch;
    let draft = wizard.draft.read();
    let known = wizard.networks.read();
    let ports = wizard.offers.plugs.map(|offers| offers.ports.value());
    let ports = ports.as_ref().map(Read::read);
    let name = |plug: &Plug| match plug {
        Plug::Network(id) => {
            let network = known.iter().flatten().find(|network| network.id == *id);
            let name = or(network.map_or("", |network| network.name.as_str()), id.as_str());
            match draft.networks.addresses.get(id).map(|address| address.trim()).filter(|it| !it.is_empty()) {
                Some(address) => (words.flavor_and_figures)(&name, address),
                None => name,
            }
        }
        Plug::Port(id) => {
            let port = ports.iter().flat_map(|ports| ports.iter()).flatten().find(|port| port.id == *id);
            or(port.map_or("", |port| port.name.as_str()), id.as_str())
        }
    };
    let chosen: Vec<String> = draft.networks.networks.iter().map(name).collect();
    let networks = match (chosen.is_empty(), known.as_ref().map(Vec::len)) {
        (false, _) => (t().common.list)(&chosen),
        (true, Some(0)) => t().common.none.to_owned(),
        (true, Some(1)) => words.automatic.to_owned(),
        (true, _) => words.not_chosen.to_owned(),
    };
    vec![(words.networks, networks)]
}

fn configuration(wizard: Wizard) -> Facts {
    let _ = wizard;
    Vec::new()
}

fn server_group(wizard: Wizard) -> String {
    let chosen = wizard.draft.read().server_group.group.clone();
    chosen.map_or_else(|| t().common.none.to_owned(), |id| id.to_string())
}

fn pairs(rows: &[Pair]) -> String {
    let rows: Vec<String> = rows.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if rows.is_empty() { t().common.none.to_owned() } else { (t().common.list)(&rows) }
}

fn or(text: &str, instead: &str) -> String {
    if text.is_empty() { instead.to_owned() } else { text.to_owned() }
}
