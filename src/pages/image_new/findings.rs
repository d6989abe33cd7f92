//! What a chosen file turned out to be: its content, what is wrong with it, and the clicks that mend it.

use leptos::prelude::*;
use sextant_inspector::{
    finding::{Finding, Fix},
    guess::guess,
};

use crate::{
    client::worker::WorkerFailure,
    i18n::{t, word},
    pages::image_new::{
        files::{Checked, Files, Picked},
        finding_words::{content_words, disk_words, fix_words, level_words, what_words},
    },
    ui::button::Button,
};

/// The findings of one file.
#[component]
pub fn FindingList(
    /// The file.
    picked: Picked,
    /// What a click changes.
    files: Files,
) -> impl IntoView {
    let content = move || match &*picked.checked.read() {
        Checked::Running => t().findings.checking.to_owned(),
        Checked::Known(report) => content_words(report),
        Checked::Failed(WorkerFailure::Unreadable) => t().findings.unreadable_file.to_owned(),
        Checked::Failed(WorkerFailure::Broken) => t().findings.not_inspected.to_owned(),
    };
    // Rebuilt only when the findings change, so that a button keeps the focus while something else is typed.
    let findings = Memo::new(move |_| (files.findings(picked), files.format_of(picked)));
    view! {
        <div class="stack-s" aria-live="polite">
            <p class="muted">
                {content}
                {move || {
                    let report = picked.tracked_report()?;
                    disk_words(&report).map(|words| view! { " · " {words} })
                }}
            </p>
            {move || {
                let (findings, declared) = findings.get();
                (!findings.is_empty())
                    .then(|| {
                        let rows = findings.into_iter().map(|finding| row(finding, &declared, picked, files)).collect_view();
                        view! { <ul class="findings">{rows}</ul> }
                    })
            }}
            {system(picked, files)}
        </div>
    }
}

fn row(finding: Finding, declared: &str, picked: Picked, files: Files) -> impl IntoView + use<> {
    let (level, fix) = (finding.level, finding.fix.filter(|fix| files.can_fix(*fix)));
    let (what, declared) = (finding.what, declared.to_owned());
    view! {
        <li class="finding" data-level=format!("{level:?}")>
            <p>
                <strong>{move || level_words(level)}</strong>
                " "
                {move || what_words(&what, &declared)}
            </p>
            {fix.map(|fix| fix_button(fix, picked, files))}
        </li>
    }
}

fn fix_button(fix: Fix, picked: Picked, files: Files) -> impl IntoView {
    view! {
        <Button
            label=Signal::derive(move || fix_words(fix))
            small=true
            on_press=move |()| files.fix(picked, fix)
        />
    }
}

/// What the name tells of the system inside: offered, not taken.
fn system(picked: Picked, files: Files) -> impl IntoView {
    let guess = guess(&picked.file_name());
    let guessed = guess.os_distro.map(|distro| {
        let version = guess.os_version.map(|version| ("os_version", version));
        [("os_distro", distro.to_owned())].into_iter().chain(version).collect::<Vec<_>>()
    });
    let guessed = guessed.unwrap_or_default();
    let label = guessed.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" ");
    let missing = Memo::new(move |_| {
        // The properties are shared: of several files each may hold another system.
        let is_only = !files.is_several().get();
        let missing = guessed.iter().filter(|(key, _)| is_only && !files.has_property(key));
        missing.cloned().collect::<Vec<_>>()
    });
    move || {
        let missing = missing.get();
        (!missing.is_empty()).then(|| {
            let label = label.clone();
            let buttons = missing.into_iter().map(|(key, value)| {
                let words = value.clone();
                view! {
                    <Button
                        label=Signal::derive(move || (t().findings.set_property)(key, &words))
                        small=true
                        on_press=move |()| files.set_property(key, &value)
                    />
                }
            });
            view! {
                <div class="finding" data-level="Info">
                    <p>
                        <strong>{word(|it| it.findings.info)}</strong>
                        " "
                        {move || (t().findings.system)(&label)}
                    </p>
                    {buttons.collect_view()}
                </div>
            }
        })
    }
}
