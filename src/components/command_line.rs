//! The `openstack` command line that does what a form is about to do, behind a summary, with a button that copies it.

use leptos::prelude::*;

use crate::{i18n::word, ui::copy::CopyButton};

/// The command; nothing while the form can't be sent.
#[component]
pub fn CommandLine(
    /// As it stands.
    #[prop(into)]
    command: Signal<Option<String>>,
) -> impl IntoView {
    let has_command = Memo::new(move |_| command.read().is_some());
    let text = Signal::derive(move || command.get().unwrap_or_default());
    move || {
        has_command.get().then(|| {
            view! {
                <details class="command-line">
                    <summary>{word(|it| it.form.command)}</summary>
                    <div class="stack-s">
                        <pre class="command" tabindex="0" aria-label=word(|it| it.form.command)>
                            {text}
                        </pre>
                        <CopyButton label=word(|it| it.form.copy_command) text=text />
                    </div>
                </details>
            }
        })
    }
}
