//! "Image source": where the bytes come from. What the cloud does not offer can't be chosen, and says why.

use leptos::prelude::*;

use crate::{
    i18n::{Words, t, word},
    openstack::{
        error::FaultKind,
        glance::{
            import::{GLANCE_DIRECT, WEB_DOWNLOAD},
            info::get_import_methods,
        },
    },
    state::{offer::Offer, session::Session},
    ui::id::unique_id,
};

/// Where the bytes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// This computer.
    File,
    /// An address that the cloud fetches.
    Url,
    /// One that the operator has listed.
    ReadyMade,
}

const SOURCES: [(Source, Words); 3] = [
    (Source::File, |texts| texts.create.source_file),
    (Source::Url, |texts| texts.create.source_url),
    (Source::ReadyMade, |texts| texts.create.source_ready_made),
];

/// What the cloud says of imports.
#[derive(Clone, Copy)]
pub struct Imports {
    /// Why it can't be asked to fetch; `None` where it can.
    pub why_no_fetch: Signal<Option<String>>,
    /// Why a file can't be sent to a store of one's choice; `None` where it can.
    pub why_no_staging: Signal<Option<String>>,
    /// Both only because it has not answered yet.
    pub is_asking: Signal<bool>,
}

/// Asks the cloud for what it can import.
pub fn use_imports_offered(session: Session) -> Imports {
    let methods = Offer::new(move || session.send(get_import_methods()));
    let why_no = |wanted: &'static str, not_offered: Words, unknown: Words| {
        Signal::derive(move || {
            let why_not = match (&*methods.value().read(), methods.error()) {
                (Some(methods), _) if methods.iter().any(|name| name == wanted) => return None,
                (Some(_), _) => not_offered(t()),
                // A Glance that is too old to know of imports.
                (None, Some(error)) if error.kind() == Some(FaultKind::NotFound) => not_offered(t()),
                (None, Some(_)) => unknown(t()),
                (None, None) => t().imports.asking,
            };
            Some(why_not.to_owned())
        })
    };
    Imports {
        why_no_fetch: why_no(WEB_DOWNLOAD, |it| it.imports.not_offered, |it| it.imports.unknown),
        why_no_staging: why_no(GLANCE_DIRECT, |it| it.imports.store_files, |it| it.imports.store_unknown),
        is_asking: Signal::derive(move || methods.is_waiting()),
    }
}

/// The choice.
#[component]
pub fn SourceField(
    /// What is chosen.
    source: RwSignal<Source>,
    /// Whether and why only files can be.
    imports: Imports,
) -> impl IntoView {
    let group = unique_id("source");
    let note = unique_id("source-note");
    let choices = SOURCES
        .map(|(own, words)| {
            let id = unique_id("source");
            let is_refused = move || own != Source::File && imports.why_no_fetch.read().is_some();
            let described_by = {
                let note = note.clone();
                move || is_refused().then(|| note.clone())
            };
            view! {
                <span class="check">
                    <input
                        type="radio"
                        id=id.clone()
                        name=group.clone()
                        prop:checked=move || source.get() == own
                        aria-disabled=move || is_refused().then_some("true")
                        aria-describedby=described_by
                        on:click=move |event| {
                            if is_refused() {
                                event.prevent_default();
                            } else {
                                source.set(own);
                            }
                        }
                    />
                    <label for=id>{move || words(t())}</label>
                </span>
            }
        })
        .collect_view();
    view! {
        <fieldset class="fieldset sources">
            <legend>{word(|it| it.create.source)}</legend>
            <div class="row">
                {choices}
                // Not below them: what follows would move once the cloud has answered.
                {
                    let note = note.clone();
                    move || {
                        imports.is_asking.get().then(|| view! {
                            <p class="hint" id=note.clone()>
                                <span class="spinner" aria-hidden="true"></span>
                                <span>{imports.why_no_fetch}</span>
                            </p>
                        })
                    }
                }
            </div>
            {move || {
                let why = imports.why_no_fetch.get().filter(|_| !imports.is_asking.get());
                why.map(|why| view! { <p class="hint" id=note.clone()>{why}</p> })
            }}
        </fieldset>
    }
}
