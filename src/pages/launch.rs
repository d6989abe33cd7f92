//! The launch wizard: its steps in a list, each reachable at any time, and the launch itself.

mod configuration;
mod details;
mod flavor;
mod hints;
mod key_pair;
mod known;
mod launch_button;
mod mark;
mod metadata;
mod networks;
mod offers;
mod pairs;
mod refusal;
mod review;
mod server_group;
mod source;
mod wizard;
mod words;

use leptos::{html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};

use crate::{
    client::browser::now_ms,
    components::{error_panel::ErrorPanel, shell::Page},
    domain::launch_draft::Step,
    i18n::{t, word},
    openstack::request::Service,
    pages::launch::{
        configuration::ConfigurationStep,
        details::DetailsStep,
        flavor::FlavorStep,
        hints::HintsStep,
        key_pair::KeyPairStep,
        launch_button::LaunchButton,
        mark::Mark,
        metadata::MetadataStep,
        networks::NetworksStep,
        review::ReviewStep,
        server_group::ServerGroupStep,
        source::SourceStep,
        wizard::{NUMBER, Wizard, address},
        words::{problem_words, step_words},
    },
    routes,
    state::session::use_session,
    ui::notice::{Notice, Tone},
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
                    <For
                        each=move || wizard.steps.get()
                        key=|step| *step
                        children=move |step: Step| view! { <StepLink wizard=wizard step=step /> }
                    />
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
                        Step::Configuration => view! { <ConfigurationStep wizard=wizard /> }.into_any(),
                        Step::ServerGroup => view! { <ServerGroupStep wizard=wizard /> }.into_any(),
                        Step::SchedulerHints => view! { <HintsStep wizard=wizard /> }.into_any(),
                        Step::Metadata => view! { <MetadataStep wizard=wizard /> }.into_any(),
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

/// After a launch was tried: which steps don't hold yet, and why. It is read out when it appears and when a reason comes up, not
/// at every key press.
#[component]
fn NotComplete(wizard: Wizard) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let mut rows = Vec::new();
        if wizard.was_tried.get() {
            for (step, problems) in wizard.problems.read().iter() {
                for problem in problems {
                    let words = problem_words(wizard, problem);
                    let row = (t().launch.not_complete_step)(step_words(*step), &words);
                    // Two networks that are gone are one reason.
                    if !rows.contains(&row) {
                        rows.push(row);
                    }
                }
            }
        }
        rows
    });
    let is_shown = Memo::new(move |_| !rows.read().is_empty());
    move || {
        is_shown.get().then(|| {
            view! {
                <Notice tone=Tone::Bad title=word(|it| it.launch.not_complete)>
                    <ul class="bullets">
                        <For
                            each=move || rows.get()
                            key=|words| words.clone()
                            children=|words: String| view! { <li>{words}</li> }
                        />
                    </ul>
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
        wizard.refusal().filter(|refusal| wizard.shows_refusal_of(refusal.step, step))
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
        let steps = wizard.steps.read();
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
