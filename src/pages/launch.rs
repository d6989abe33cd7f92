//! The launch wizard: its steps in a list, each reachable at any time, and the launch itself.

mod details;
mod flavor;
mod key_pair;
mod networks;
mod offers;
mod refusal;
mod review;
mod source;
mod wizard;
mod words;

use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};

use crate::{
    client::browser::now_ms,
    components::{error_panel::ErrorPanel, shell::Page},
    domain::launch_draft::Step,
    i18n::{t, word},
    openstack::{error::ApiError, nova, request::Service},
    pages::launch::{
        details::DetailsStep,
        flavor::FlavorStep,
        key_pair::KeyPairStep,
        networks::NetworksStep,
        refusal::step_of,
        review::ReviewStep,
        source::SourceStep,
        wizard::{NUMBER, Wizard, address},
        words::{problem_words, step_words},
    },
    routes,
    state::{servers::use_servers, session::use_session, toasts::use_toasts},
    ui::{
        button::{Button, Kind},
        notice::{Notice, Tone},
    },
};

/// The page. A wizard has a number in its address; arriving without one begins a new wizard.
#[component]
pub fn LaunchPage() -> impl IntoView {
    let session = use_session();
    let query = use_query_map();
    let navigate = use_navigate();
    let number = Memo::new(move |_| query.read().get(NUMBER).filter(|number| !number.is_empty()));
    let path = use_location().pathname;
    Effect::new(move |_| {
        // On the way to another page the number goes first.
        let is_here = untrack(|| path.read().ends_with(routes::LAUNCH));
        if number.read().is_none() && is_here {
            let new = format!("{:x}", now_ms().to_bits());
            let path = untrack(|| address(&query.read(), &[(NUMBER, Some(new))]));
            navigate(&path, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
    });
    let has_compute = Memo::new(move |_| session.has_service(Service::Compute));
    view! {
        <Page title=word(|it| it.launch.title)>
            {move || match (has_compute.get(), number.get()) {
                (false, _) => {
                    view! {
                        <Notice tone=Tone::Bad>
                            <p>{word(|it| it.launch.no_compute)}</p>
                        </Notice>
                    }
                        .into_any()
                }
                (true, Some(number)) => view! { <Steps wizard=Wizard::new(number) /> }.into_any(),
                (true, None) => ().into_any(),
            }}
        </Page>
    }
}

/// What a step's mark says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Done,
    Open,
    Loading,
    Failed,
    Refused,
}

impl Mark {
    fn of(wizard: Wizard, step: Step) -> Self {
        let offers = wizard.offers;
        let (is_waiting, has_failed) = match step {
            Step::Flavor => (offers.flavors.is_waiting(), offers.flavors.error().is_some()),
            Step::Networks => {
                offers.networks.map(|offer| (offer.is_waiting(), offer.error().is_some())).unwrap_or_default()
            }
            Step::KeyPair => (offers.key_pairs.is_waiting(), offers.key_pairs.error().is_some()),
            Step::Source => {
                let is_chosen = wizard.draft.read().image.is_some();
                let has_failed = wizard.image_error.read().is_some();
                (is_chosen && wizard.image.read().is_none() && !has_failed, has_failed)
            }
            Step::Details | Step::Review => (false, false),
        };
        let is_open = match step {
            Step::Review => !wizard.problems.read().is_empty(),
            step => wizard.problems.read().contains_key(&step),
        };
        if wizard.refusal().is_some_and(|refusal| refusal.step == step) {
            Mark::Refused
        } else if is_waiting {
            Mark::Loading
        } else if has_failed {
            Mark::Failed
        } else if is_open {
            Mark::Open
        } else {
            Mark::Done
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Mark::Done => "done",
            Mark::Open => "open",
            Mark::Loading => "loading",
            Mark::Failed | Mark::Refused => "failed",
        }
    }

    const fn sign(self) -> &'static str {
        match self {
            Mark::Done => "✓",
            Mark::Failed | Mark::Refused => "!",
            Mark::Open | Mark::Loading => "",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Mark::Done => t().launch.step_done,
            Mark::Open => t().launch.step_open,
            Mark::Loading => t().launch.step_loading,
            Mark::Failed => t().launch.step_failed,
            Mark::Refused => t().launch.step_refused,
        }
    }
}

#[component]
fn Steps(wizard: Wizard) -> impl IntoView {
    let heading = NodeRef::<html::H2>::new();
    // The focus follows to the new step; on arrival it belongs to the page's heading.
    Effect::new(move |before: Option<Step>| {
        let step = wizard.step.get();
        if before.is_some_and(|before| before != step)
            && let Some(heading) = heading.get_untracked()
        {
            // A heading with a tabindex takes the focus; if not, the step is shown all the same.
            let _ = heading.focus();
        }
        step
    });
    view! {
        <div class="wizard">
            <nav class="wizard-steps" aria-label=word(|it| it.launch.steps)>
                <ol>
                    {wizard
                        .steps
                        .get_value()
                        .into_iter()
                        .map(|step| view! { <StepLink wizard=wizard step=step /> })
                        .collect_view()}
                </ol>
            </nav>
            <div class="stack">
                <NotComplete wizard=wizard />
                <section class="card stack" aria-labelledby="step-heading">
                    <h2 id="step-heading" tabindex="-1" node_ref=heading>
                        {move || step_words(wizard.step.get())}
                    </h2>
                    <RefusalPanel wizard=wizard />
                    {move || match wizard.step.get() {
                        Step::Details => view! { <DetailsStep wizard=wizard /> }.into_any(),
                        Step::Source => view! { <SourceStep wizard=wizard /> }.into_any(),
                        Step::Flavor => view! { <FlavorStep wizard=wizard /> }.into_any(),
                        Step::Networks => view! { <NetworksStep wizard=wizard /> }.into_any(),
                        Step::KeyPair => view! { <KeyPairStep wizard=wizard /> }.into_any(),
                        Step::Review => view! { <ReviewStep wizard=wizard /> }.into_any(),
                    }}
                </section>
                <Foot wizard=wizard />
            </div>
        </div>
    }
}

#[component]
fn StepLink(wizard: Wizard, step: Step) -> impl IntoView {
    let mark = Memo::new(move |_| Mark::of(wizard, step));
    view! {
        <li>
            <a
                href=move || wizard.path_of(step)
                data-noscroll="true"
                aria-current=move || (wizard.step.get() == step).then_some("step")
                data-state=move || mark.get().name()
            >
                <span class="mark" aria-hidden="true">
                    {move || mark.get().sign()}
                </span>
                {move || step_words(step)}
                " "
                <span class="visually-hidden">{move || mark.get().words()}</span>
            </a>
        </li>
    }
}

/// After a launch was tried: which steps don't hold yet, and why.
#[component]
fn NotComplete(wizard: Wizard) -> impl IntoView {
    let rows = move || {
        let problems = wizard.problems.read();
        let rows =
            problems.iter().flat_map(|(step, problems)| problems.iter().map(|problem| (*step, problem)));
        rows.map(|(step, problem)| {
            let words = (t().launch.not_complete_step)(step_words(step), &problem_words(wizard, problem));
            view! { <li>{words}</li> }
        })
        .collect_view()
    };
    let is_shown = Memo::new(move |_| wizard.was_tried.get() && !wizard.problems.read().is_empty());
    move || {
        is_shown.get().then(|| {
            view! {
                <Notice tone=Tone::Bad title=word(|it| it.launch.not_complete)>
                    <ul class="bullets">{rows}</ul>
                </Notice>
            }
        })
    }
}

/// The cloud's refusal: at the step that it concerns, and on the last one.
#[component]
fn RefusalPanel(wizard: Wizard) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let step = wizard.step.get();
        wizard.refusal().filter(|refusal| step == Step::Review || refusal.step == step)
    });
    move || {
        shown.get().map(|refusal| {
            view! {
                <ErrorPanel tried=word(|it| it.launch.refused) error=refusal.error />
            }
        })
    }
}

/// The way to the step before and the next one; on the last the launch.
#[component]
fn Foot(wizard: Wizard) -> impl IntoView {
    let neighbour = move |offset: isize| {
        let steps = wizard.steps.get_value();
        let at = steps.iter().position(|step| *step == wizard.step.get())?;
        steps.get(at.checked_add_signed(offset)?).copied()
    };
    let before = Memo::new(move |_| neighbour(-1));
    let after = Memo::new(move |_| neighbour(1));
    view! {
        <div class="row wizard-foot">
            {move || {
                before
                    .get()
                    .map(|step| {
                        view! {
                            <a class="button" href=move || wizard.path_of(step) data-noscroll="true">
                                {move || (t().launch.back)(step_words(step))}
                            </a>
                        }
                    })
            }}
            {move || match after.get() {
                Some(step) => {
                    view! {
                        <a class="button" data-kind="primary" href=move || wizard.path_of(step) data-noscroll="true">
                            {move || (t().launch.next)(step_words(step))}
                        </a>
                    }
                        .into_any()
                }
                None => view! { <LaunchButton wizard=wizard /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn LaunchButton(wizard: Wizard) -> impl IntoView {
    let toasts = use_toasts();
    let servers = use_servers();
    let busy = RwSignal::new(false);
    let reason = Signal::derive(move || {
        let me = wizard.images.me();
        let is_reader = me.read().as_ref().is_some_and(|me| !me.may_change());
        is_reader.then(|| t().image.reader_only.to_owned())
    });
    let launch = move |()| {
        wizard.was_tried.set(true);
        let first = wizard.problems.read_untracked().keys().next().copied();
        if let Some(first) = first {
            wizard.go_to(first);
            return;
        }
        let draft = wizard.draft.get_untracked();
        // Without image or flavor there would have been a problem.
        let Some(body) = draft.to_create() else { return };
        busy.set(true);
        wizard.set_refusal(None);
        spawn_local(async move {
            let outcome = wizard.session.send(nova::create_server(&body)).await;
            servers.refresh();
            // Nobody is here any more to be led to the instance.
            if busy.try_set(false).is_some() {
                return;
            }
            match outcome {
                Ok(id) if draft.count() == Some(1) => wizard.leave(&routes::instance(&id)),
                Ok(_) => {
                    toasts.good((t().launch.launched_several)(&body.name));
                    wizard.leave(routes::INSTANCES);
                }
                Err(ApiError::Aborted) => {}
                Err(error) => {
                    wizard.set_refusal(Some((step_of(&error), error)));
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
