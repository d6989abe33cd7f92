//! The pane of definitions: namespaces to open, a search over all of them, and a button to add each property.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::{
    components::{
        error_panel::ErrorPanel, metadata_definitions::Details, metadata_editor::keep_enter,
        metadata_form::MetadataForm, metadata_words::problem_words,
    },
    domain::metadata::first_value,
    i18n::{t, word},
    openstack::glance::metadef::{Definition, Namespace},
    ui::{
        button::Button,
        field::{TextField, TextKind},
        notice::{Notice, Tone},
    },
};

/// The pane.
#[component]
pub fn Available(
    /// Where properties are added.
    form: MetadataForm,
) -> impl IntoView {
    let definitions = form.definitions;
    let typed = RwSignal::new(String::new());
    let search = Memo::new(move |_| typed.read().trim().to_lowercase());
    Effect::new(move |_| {
        if search.read().chars().count() > 1 && definitions.namespaces().is_some() {
            definitions.open_all();
        }
    });
    let list = move || match definitions.namespaces() {
        None => view! { <p role="status" class="muted">{t().common.loading}</p> }.into_any(),
        Some(Err(error)) => view! {
            <ErrorPanel
                tried=word(|it| it.metadata.could_not_load)
                error=error
                on_retry=move |()| definitions.load(Vec::new())
            />
        }
        .into_any(),
        Some(Ok(all)) if all.is_empty() => {
            view! { <p class="muted">{t().metadata.no_definitions}</p> }.into_any()
        }
        Some(Ok(all)) => {
            let rows =
                all.into_iter().map(|it| view! { <NamespaceRow form=form namespace=it search=search /> });
            view! { <div class="namespaces">{rows.collect_view()}</div> }.into_any()
        }
    };
    let nothing_found = move || {
        let search = search.read();
        let all = definitions.namespaces()?.ok()?;
        let is_found = all.iter().any(|it| found(form, it, &search).is_some());
        let words = match (is_found, definitions.is_busy()) {
            (true, _) => return None,
            (_, true) => t().metadata.loading_all,
            _ if search.is_empty() => return None,
            _ => t().metadata.nothing_found,
        };
        Some(view! { <p role="status" class="muted">{words}</p> })
    };
    view! {
        <section class="stack-s" aria-label=word(|it| it.metadata.available)>
            <h2>{word(|it| it.metadata.available)}</h2>
            <div on:keydown=keep_enter>
                <TextField label=word(|it| it.metadata.search) value=typed kind=TextKind::Search />
            </div>
            {list}
            {nothing_found}
        </section>
    }
}

/// What a search finds of a namespace: nothing, or which of its definitions; all of them where it is found by its own name.
fn found(form: MetadataForm, namespace: &Namespace, search: &str) -> Option<Vec<Definition>> {
    let has = |texts: &[&str]| texts.iter().any(|text| text.to_lowercase().contains(search));
    let details =
        form.definitions.details(&namespace.name).flatten().and_then(Result::ok).unwrap_or_default();
    if has(&[&namespace.title, &namespace.name]) {
        return Some(details);
    }
    let mut details = details;
    details.retain(|it| has(&[&it.key, &it.title, &it.description]));
    (!details.is_empty()).then_some(details)
}

#[component]
fn NamespaceRow(form: MetadataForm, namespace: Namespace, search: Memo<String>) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let name = namespace.name.clone();
    let toggled = move |event: leptos::ev::Event| {
        let details = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
        let now = details.is_some_and(|details| details.has_attribute("open"));
        is_open.set(now);
        if now {
            form.definitions.open(name.clone());
        }
    };
    let title = namespace.title.clone();
    let body = {
        let namespace = namespace.clone();
        move || {
            is_open.get().then(|| view! { <Contents form=form namespace=namespace.clone() search=search /> })
        }
    };
    let is_found = Memo::new(move |_| found(form, &namespace, &search.read()).is_some());
    view! {
        <details
            class="namespace"
            hidden=move || !is_found.get()
            open=move || !search.read().is_empty() && is_found.get()
            on:toggle=toggled
        >
            <summary><bdi>{title}</bdi></summary>
            {body}
        </details>
    }
}

/// What an open namespace defines.
#[component]
fn Contents(form: MetadataForm, namespace: Namespace, search: Memo<String>) -> impl IntoView {
    let Namespace { name, title, description, .. } = namespace.clone();
    let known = Memo::new(move |_| form.definitions.details(&name).flatten());
    let contents = move || -> Option<AnyView> {
        let view = match known.get() as Details {
            None => view! { <p role="status" class="muted">{t().common.loading}</p> }.into_any(),
            Some(Err(error)) => {
                let (title, name) = (title.clone(), namespace.name.clone());
                view! {
                    <ErrorPanel
                        tried=Signal::derive(move || (t().metadata.could_not_open)(&title))
                        error=error
                        on_retry=move |()| form.definitions.open(name.clone())
                    />
                }
                .into_any()
            }
            Some(Ok(all)) if all.is_empty() => {
                view! { <Notice tone=Tone::Plain><p>{t().metadata.nothing_in_it}</p></Notice> }.into_any()
            }
            Some(Ok(_)) => {
                let found = found(form, &namespace, &search.read())?;
                let mut group = String::new();
                let rows = found.into_iter().map(|definition| {
                    let is_next = definition.group != group;
                    group.clone_from(&definition.group);
                    let heading =
                        is_next.then(|| view! { <li class="metadata-group"><bdi>{group.clone()}</bdi></li> });
                    view! {
                        {heading}
                        <DefinitionRow form=form definition=definition />
                    }
                });
                view! { <ul class="definitions">{rows.collect_view()}</ul> }.into_any()
            }
        };
        Some(view)
    };
    view! {
        {(!description.is_empty()).then(|| view! { <p class="hint"><bdi>{description}</bdi></p> })}
        {contents}
    }
}

#[component]
fn DefinitionRow(form: MetadataForm, definition: Definition) -> impl IntoView {
    let key = definition.key.clone();
    let is_set = Memo::new(move |_| form.has(&key));
    let reason = {
        let key = definition.key.clone();
        Signal::derive(move || {
            let problem = (!is_set.get()).then(|| form.key_problem(&key)).flatten();
            problem.as_ref().map(problem_words)
        })
    };
    let Definition { key, title, description, .. } = definition.clone();
    let name = key.clone();
    let add = move |()| form.add(&definition.key, first_value(&definition));
    view! {
        <li class="definition">
            <div>
                <strong><bdi>{title}</bdi></strong>
                <span class="mono"><bdi>{key}</bdi></span>
                {(!description.is_empty()).then(|| view! { <span class="hint"><bdi>{description}</bdi></span> })}
            </div>
            {move || {
                if is_set.get() {
                    view! { <span class="badge" data-plain="true">{t().metadata.is_set}</span> }.into_any()
                } else {
                    let name = name.clone();
                    view! {
                        <Button
                            label=word(|it| it.metadata.add)
                            name=Signal::derive(move || (t().metadata.add_key)(&name))
                            small=true
                            disabled_reason=reason
                            on_press=add.clone()
                        />
                    }
                        .into_any()
                }
            }}
        </li>
    }
}
