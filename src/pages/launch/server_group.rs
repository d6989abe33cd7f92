//! Step "Server group": which other instances it is kept near, or away from.

use leptos::prelude::*;

use crate::{
    components::error_panel::ErrorPanel,
    domain::launch_draft::Step,
    i18n::{intl, t, word},
    openstack::nova::server_group::ServerGroup,
    pages::launch::{wizard::Wizard, words::problem_words},
    ui::{
        id::unique_id,
        notice::{Notice, Tone},
    },
};

/// The step.
#[component]
pub fn ServerGroupStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let offer = wizard.offers.server_groups;
    let radios = StoredValue::new(unique_id("server-group"));
    let problem = Memo::new(move |_| {
        let problems = wizard.problems.read();
        problems.get(&Step::ServerGroup)?.first().map(|found| problem_words(wizard, found))
    });
    let value = offer.value();
    view! {
        {move || {
            problem
                .get()
                .map(|words| {
                    view! {
                        <Notice tone=Tone::Bad>
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
                            tried=word(|it| it.setup.load_groups)
                            error=error
                            on_retry=move |()| offer.again()
                        />
                    }
                })
        }}
        <fieldset class="stack-s fieldset">
            <legend class="visually-hidden">{word(|it| it.launch.server_group)}</legend>
            {move || {
                let groups = value.get().unwrap_or_default();
                let rows = std::iter::once(None).chain(groups.into_iter().map(Some));
                rows.map(|group| view! { <GroupRow wizard=wizard group=group radios=radios.get_value() /> }).collect_view()
            }}
            {move || {
                let is_empty = value.read().as_ref().is_some_and(Vec::is_empty);
                is_empty.then(|| view! { <p class="muted">{t().setup.no_groups}</p> })
            }}
            {move || offer.is_waiting().then(|| view! { <p class="muted" role="status">{t().common.loading}</p> })}
        </fieldset>
    }
}

/// One group, or none.
#[component]
fn GroupRow(wizard: Wizard, group: Option<ServerGroup>, radios: String) -> impl IntoView {
    let id = unique_id("group");
    let hint_id = format!("{id}-hint");
    let own = group.as_ref().map(|group| group.id.clone());
    let checked = {
        let own = own.clone();
        move || wizard.draft.read().server_group.group == own
    };
    let choose = move |_| wizard.kept.update(|draft| draft.server_group.group = own.clone());
    let name = group.as_ref().map(|group| group.name.clone());
    let hint = move || match &group {
        None => t().setup.no_group_hint.to_owned(),
        Some(group) => {
            let policy = |policy: &String| match (t().setup.policy)(policy) {
                Some(words) => format!("{policy}: {words}"),
                None => policy.clone(),
            };
            let mut parts: Vec<String> = group.policies.iter().map(policy).collect();
            parts.push((t().setup.members)(&intl::integer(group.members.len() as u64)));
            parts.join(" · ")
        }
    };
    view! {
        <div class="check">
            <input
                type="radio"
                id=id.clone()
                name=radios
                prop:checked=checked
                aria-describedby=hint_id.clone()
                on:change=choose
            />
            <div>
                <label for=id><bdi>{move || name.clone().unwrap_or_else(|| t().setup.no_group.to_owned())}</bdi></label>
                <span class="hint" id=hint_id><bdi>{hint}</bdi></span>
            </div>
        </div>
    }
}
