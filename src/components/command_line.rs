//! The `openstack` command line that does what a form is about to do, behind a summary, with a button that copies it.

use leptos::prelude::*;

use crate::{
    i18n::{Words, t, word},
    ui::copy::CopyButton,
};

/// What the client can't say, if anything.
fn left_out(keys: &[String]) -> Option<impl IntoView + use<>> {
    let names = keys.iter().map(|key| view! { <li><bdi>{key.clone()}</bdi></li> }).collect_view();
    (!keys.is_empty()).then(|| {
        view! {
            <div class="notice" data-tone="warn">
                <p class="notice-title">{t().form.command_leaves_out}</p>
                <ul class="bullets names">{names}</ul>
            </div>
        }
    })
}

/// The command; nothing while the form can't be sent.
#[component]
pub fn CommandLine(
    /// As it stands.
    #[prop(into)]
    command: Signal<Option<String>>,
    /// What the client has no way to say: the form does it, the command does not.
    #[prop(optional, into)]
    leaves_out: Signal<Vec<String>>,
    /// What it does, where a page shows several.
    #[prop(optional)]
    what: Option<Words>,
) -> impl IntoView {
    let label = Signal::derive(move || match what {
        Some(what) => (t().form.command_for)(what(t())),
        None => t().form.command.to_owned(),
    });
    let has_command = Memo::new(move |_| command.read().is_some());
    let text = Signal::derive(move || command.get().unwrap_or_default());
    move || {
        has_command.get().then(|| {
            view! {
                <details class="command-line">
                    <summary>{label}</summary>
                    <div class="stack-s">
                        {move || left_out(&leaves_out.read())}
                        <pre class="command" tabindex="0" aria-label=label>
                            {text}
                        </pre>
                        <CopyButton label=word(|it| it.form.copy_command) text=text />
                    </div>
                </details>
            }
        })
    }
}
