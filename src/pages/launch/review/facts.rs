//! What is chosen in each step, in words. Every step has at least one line, which leads back to it.

use leptos::prelude::*;

use crate::{
    components::{
        image_words::name_of,
        server_words::{disk_words, ram_words},
    },
    domain::{
        flavor_fit::source::SourceKind,
        launch_draft::{
            Step,
            networks::{DEFAULT_GROUP, Plug},
        },
        server_pairs::Pair,
        user_data::LONGEST_USER_DATA,
    },
    i18n::{intl, t},
    openstack::{ids::SecurityGroupId, nova::server::DiskConfig},
    pages::launch::{networks::plug_name, wizard::Wizard, words::chosen_flavor},
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
    let draft = &draft.networks;
    let name = |plug: &Plug| {
        let name = plug_name(wizard, plug);
        match plug {
            Plug::Network(id) => match draft.address(id) {
                Some(address) => (words.flavor_and_figures)(&name, address),
                None => name,
            },
            Plug::Port(_) => name,
        }
    };
    let chosen: Vec<String> = draft.networks.iter().map(name).collect();
    let networks = match (chosen.is_empty(), wizard.networks.read().as_ref().map(Vec::len)) {
        (false, _) => (t().common.list)(&chosen),
        (true, Some(0)) => t().common.none.to_owned(),
        (true, Some(1)) => words.automatic.to_owned(),
        (true, _) => words.not_chosen.to_owned(),
    };
    let groups = wizard.offers.plugs.map(|offers| offers.groups.value());
    let known = groups.and_then(|groups| groups.get()).unwrap_or_default();
    let name = |id: &SecurityGroupId| {
        let group = known.iter().find(|group| group.id == *id);
        or(group.map_or("", |group| group.name.as_str()), id.as_str())
    };
    let groups: Vec<String> = draft.chosen_groups(&known).iter().map(name).collect();
    let is_ports_alone =
        !draft.networks.is_empty() && draft.networks.iter().all(|plug| matches!(plug, Plug::Port(_)));
    let groups = match (is_ports_alone, groups.is_empty()) {
        (true, _) => t().plugs.of_the_ports.to_owned(),
        (false, true) => DEFAULT_GROUP.to_owned(),
        (false, false) => (t().common.list)(&groups),
    };
    vec![(words.networks, networks), (t().plugs.groups, groups)]
}

fn configuration(wizard: Wizard) -> Facts {
    let words = &t().setup;
    let draft = wizard.draft.read();
    let draft = &draft.configuration;
    let length = draft.user_data_length();
    let size = (words.bytes_of)(&intl::integer(length as u64), &intl::integer(LONGEST_USER_DATA as u64));
    let data = match (&draft.file, length) {
        (Some(file), _) => (t().launch.flavor_and_figures)(&file.name, &size),
        (None, 0) => t().common.none.to_owned(),
        (None, _) => size,
    };
    let mut facts = vec![(words.user_data, data)];
    if draft.config_drive {
        facts.push((words.config_drive, t().common.yes.to_owned()));
    }
    if !draft.disk_config.is_empty() {
        let is_auto = draft.disk_config == DiskConfig::Auto.as_str();
        facts.push((
            words.disk_partition,
            if is_auto { words.partition_auto } else { words.partition_manual }.to_owned(),
        ));
    }
    facts
}

fn server_group(wizard: Wizard) -> String {
    let chosen = wizard.draft.read().server_group.group.clone();
    let Some(id) = chosen else { return t().common.none.to_owned() };
    let groups = wizard.offers.server_groups.value();
    let groups = groups.read();
    let group = groups.iter().flatten().find(|group| group.id == id);
    or(group.map_or("", |group| group.name.as_str()), id.as_str())
}

fn pairs(rows: &[Pair]) -> String {
    let is_filled = |(key, value): &&Pair| !key.trim().is_empty() || !value.trim().is_empty();
    let rows = rows.iter().filter(is_filled).map(|(key, value)| format!("{}={}", key.trim(), value.trim()));
    let rows: Vec<String> = rows.collect();
    if rows.is_empty() { t().common.none.to_owned() } else { (t().common.list)(&rows) }
}

fn or(text: &str, instead: &str) -> String {
    if text.is_empty() { instead.to_owned() } else { text.to_owned() }
}
