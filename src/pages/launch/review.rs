//! Step "Review": all choices, what they do to the quota, the command line that does the same.

mod facts;

use leptos::prelude::*;

use crate::{
    components::{command_line::CommandLine, flavor_words::warning_words},
    domain::{command, flavor_fit::judge, launch_draft::Step},
    i18n::t,
    pages::launch::{
        details::QuotaSection,
        review::facts::facts,
        wizard::Wizard,
        words::{chosen_flavor, step_words},
    },
    ui::notice::{Notice, Tone},
};

/// The step.
#[component]
pub fn ReviewStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let body = Memo::new(move |_| {
        let is_complete = wizard.problems.read().is_empty();
        wizard.body().filter(|_| is_complete)
    });
    let line = Memo::new(move |_| body.read().as_ref().map(command::create_server));
    let leaves_out = Signal::derive(move || {
        let body = body.read();
        let disk_config = body.as_ref().and_then(|body| body.disk_config.as_ref());
        disk_config.map(|word| vec![format!("OS-DCF:diskConfig={word}")]).unwrap_or_default()
    });
    let warnings = Memo::new(move |_| {
        let fit = chosen_flavor(wizard).map(|flavor| judge(&flavor, &wizard.wanted())).unwrap_or_default();
        fit.warnings.iter().map(warning_words).collect::<Vec<_>>()
    });
    view! {
        <dl class="facts review">
            <For
                each=move || wizard.steps.get().into_iter().filter(|step| *step != Step::Review)
                key=|step| *step
                children=move |step: Step| view! { <StepFacts wizard=wizard step=step /> }
            />
        </dl>
        {move || {
            let warnings = warnings.get();
            (!warnings.is_empty())
                .then(|| {
                    let rows = warnings.into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
                    view! {
                        <Notice tone=Tone::Warn title=Signal::derive(|| t().flavors.likely_to_fail.to_owned())>
                            <ul class="bullets">{rows}</ul>
                        </Notice>
                    }
                })
        }}
        <QuotaSection wizard=wizard />
        <CommandLine command=line leaves_out=leaves_out />
    }
}

/// What is chosen in a step, with the way back to it.
#[component]
fn StepFacts(wizard: Wizard, step: Step) -> impl IntoView {
    let facts = Memo::new(move |_| facts(wizard, step));
    let row = move |(at, (label, value)): (usize, (&'static str, String))| {
        let change = (at == 0).then(|| {
            view! {
                <a href=move || wizard.path_of(step) data-noscroll="true">
                    <small>{move || (t().launch.change)(step_words(step))}</small>
                </a>
            }
        });
        view! {
            <dt>{label}</dt>
            <dd class="row">
                <bdi>{value}</bdi>
                {change}
            </dd>
        }
    };
    move || facts.get().into_iter().enumerate().map(row).collect_view()
}
