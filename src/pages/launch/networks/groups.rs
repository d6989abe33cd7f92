//! "Security groups": those of the project, with what each lets through.

use leptos::prelude::*;

use crate::{
    domain::launch_draft::networks::Plug,
    i18n::{t, word},
    openstack::{
        ids::SecurityGroupId,
        neutron::security_group::{Rule, SecurityGroup},
    },
    pages::launch::{networks::Failure, wizard::Wizard},
    state::offer::Offer,
    ui::id::unique_id,
};

/// The groups.
#[component]
pub fn Groups(
    /// The wizard.
    wizard: Wizard,
    /// The groups there are.
    offer: Offer<Vec<SecurityGroup>>,
) -> impl IntoView {
    let about_ports = Memo::new(move |_| {
        let draft = wizard.draft.read();
        let plugs = &draft.networks.networks;
        let ports = plugs.iter().filter(|plug| matches!(plug, Plug::Port(_))).count();
        (ports > 0, ports > 0 && ports == plugs.len())
    });
    let value = offer.value();
    view! {
        <fieldset class="stack-s fieldset">
            <legend>{word(|it| it.plugs.groups)}</legend>
            <p class="muted">
                {move || match about_ports.get() {
                    (_, true) => t().plugs.groups_unused,
                    (true, false) => t().plugs.groups_of_ports,
                    (false, false) => t().plugs.groups_hint,
                }}
            </p>
            <Failure offer=offer tried=word(|it| it.plugs.load_groups) />
            {move || offer.is_waiting().then(|| view! { <p class="muted" role="status">{t().common.loading}</p> })}
            {move || {
                let groups = value.get()?;
                let is_empty = groups.is_empty();
                let all = StoredValue::new(groups.clone());
                let rows = groups.into_iter().map(|group| view! { <GroupRow wizard=wizard group=group all=all /> }).collect_view();
                Some(view! {
                    {is_empty.then(|| view! { <p class="muted">{t().plugs.no_groups}</p> })}
                    {rows}
                })
            }}
        </fieldset>
    }
}

#[component]
fn GroupRow(wizard: Wizard, group: SecurityGroup, all: StoredValue<Vec<SecurityGroup>>) -> impl IntoView {
    let id = unique_id("group");
    let hint_id = format!("{id}-hint");
    let own = group.id.clone();
    let chosen = move || all.with_value(|all| wizard.draft.read().networks.chosen_groups(all));
    let checked = {
        let own = own.clone();
        move || chosen().contains(&own)
    };
    let choose = move |is_wanted: bool| {
        let mut groups = untrack(chosen);
        groups.retain(|other| *other != own);
        groups.extend(is_wanted.then(|| own.clone()));
        wizard.kept.update(|draft| draft.networks.groups = Some(groups));
    };
    let is_alone = all.with_value(|all| all.iter().filter(|other| other.name == group.name).count() == 1);
    // Equal names are told apart by the id, which is then sent, too.
    let hint = if is_alone { group.description } else { format!("{} {}", group.id, group.description) };
    let name = group.name;
    let summary = {
        let name = name.clone();
        move || (t().plugs.rules_of)(&name)
    };
    let rules = group.rules;
    view! {
        <div class="check">
            <input
                type="checkbox"
                id=id.clone()
                prop:checked=checked
                aria-describedby=hint_id.clone()
                on:change:target=move |event| choose(event.target().checked())
            />
            <div>
                <label for=id><bdi>{name}</bdi></label>
                <span class="hint" id=hint_id><bdi>{hint}</bdi></span>
                <details class="rules">
                    <summary><bdi>{summary}</bdi></summary>
                    {move || {
                        let lines = rules.iter().map(|rule| view! { <li><bdi>{all.with_value(|all| rule_words(rule, all))}</bdi></li> });
                        match rules.is_empty() {
                            true => view! { <p class="hint">{t().plugs.no_rules}</p> }.into_any(),
                            false => view! { <ul class="bullets">{lines.collect_view()}</ul> }.into_any(),
                        }
                    }}
                </details>
            </div>
        </div>
    }
}

/// A rule in a line: "In: tcp 22 IPv4 from 0.0.0.0/0".
fn rule_words(rule: &Rule, all: &[SecurityGroup]) -> String {
    let words = &t().plugs;
    let ports = match (rule.port_range_min, rule.port_range_max) {
        (Some(first), Some(last)) if first != last => format!(" {first}–{last}"),
        (Some(only), _) => format!(" {only}"),
        _ => String::new(),
    };
    let protocol = rule.protocol.as_deref().unwrap_or(words.any_protocol);
    let what = format!("{protocol}{ports} {}", rule.ethertype);
    let name = |id: &SecurityGroupId| {
        let group = all.iter().find(|group| group.id == *id);
        group.map_or_else(|| id.to_string(), |group| group.name.clone())
    };
    let remote = match (&rule.remote_group_id, &rule.remote_ip_prefix) {
        (Some(group), _) => (words.members_of)(&name(group)),
        (None, Some(range)) => range.clone(),
        (None, None) => words.anywhere.to_owned(),
    };
    let line = if rule.direction == "ingress" { words.rule_in } else { words.rule_out };
    line(&what, &remote)
}
