//! The button that launches.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    i18n::{isolated, t},
    openstack::error::ApiError,
    pages::launch::{
        refusal::step_of,
        wizard::{Wizard, forget},
        words::chosen_flavor,
    },
    routes,
    state::{servers::use_servers, toasts::use_toasts},
    ui::button::{Button, Kind},
};

/// The button.
#[component]
pub fn LaunchButton(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let toasts = use_toasts();
    let servers = use_servers();
    let busy = wizard.is_launching;
    let reason = Signal::derive(move || {
        let me = wizard.images.me();
        let is_reader = me.read().as_ref().is_some_and(|me| !me.may_change());
        let why = is_reader
            .then(|| t().image.reader_only)
            .or_else(|| wizard.awaits_key_pairs().then(|| t().launch.keys_unknown));
        why.map(str::to_owned)
    });
    let launch = move |()| {
        if busy.get_untracked() {
            return;
        }
        wizard.was_tried.set(true);
        let first = wizard.problems.read_untracked().keys().next().copied();
        if let Some(first) = first {
            wizard.go_to(first);
            return;
        }
        let draft = wizard.draft.get_untracked();
        // Without image or flavor there would have been a problem.
        let Some(body) = untrack(|| wizard.body()) else { return };
        let flavor = untrack(|| chosen_flavor(wizard));
        let number = wizard.number();
        wizard.set_refusal(None);
        spawn_local(async move {
            let outcome = servers.launch(&number, &body, flavor).await;
            if outcome.is_ok() {
                forget(&number);
            }
            // Nothing when the wizard was left meanwhile: then nobody is led to the instance, but told all the same.
            let here = wizard.step.try_get_untracked();
            let is_one = draft.count() == 1;
            match (outcome, here) {
                (Ok(id), Some(_)) if is_one => wizard.leave(&routes::instance(&id)),
                (Ok(id), None) if is_one => toasts.good_with_link(
                    (t().launch.launched_one)(&isolated(&body.name)),
                    routes::instance(&id),
                    t().launch.show_launched,
                ),
                (Ok(_), here) => {
                    toasts.good((t().launch.launched_several)(&isolated(&body.name)));
                    if here.is_some() {
                        wizard.leave(&routes::to(routes::INSTANCES));
                    }
                }
                (Err(ApiError::Aborted), _) => {}
                (Err(error), None) => toasts.bad((t().launch.not_launched)(&isolated(&body.name)), error),
                (Err(error), Some(here)) => {
                    let step = step_of(&error);
                    if !wizard.shows_refusal_of(step, here) {
                        toasts.bad((t().launch.not_launched)(&isolated(&body.name)), error.clone());
                    }
                    wizard.set_refusal(Some((step, error)));
                    // What the refusal was about may have changed since it was asked for.
                    wizard.offers.limits.again();
                    wizard.read_image();
                }
            }
        });
    };
    view! {
        <Button
            label=Signal::derive(move || {
                if busy.get() { t().launch.launching } else { t().launch.title }.to_owned()
            })
            kind=Kind::Primary
            busy=busy
            disabled_reason=reason
            on_press=launch
        />
    }
}
