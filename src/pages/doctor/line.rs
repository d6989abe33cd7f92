//! One service: its state in a line, the rest on demand.

use leptos::prelude::*;

use crate::{
    client::probe::whereabouts,
    components::error_panel::service_name,
    domain::doctor::{
        Evidence, Finding, Weight,
        address::shown,
        paste::{Paste, Place as Where, pastes},
    },
    i18n::{Texts, t, word},
    openstack::request::Service,
    pages::doctor::{
        examine::{Check, Health, Place},
        words::{health_words, particulars, told, version_words},
    },
    ui::{copy::CopyButton, notice::Badge},
};

/// The line of a service, open where something is wrong.
#[component]
pub fn ServiceLine(check: Check) -> impl IntoView {
    let service = check.target.service;
    let health = {
        let check = check.clone();
        Memo::new(move |_| check.health())
    };
    let head = {
        let check = check.clone();
        move || headline(&check, health.get(), t())
    };
    let state = {
        let check = check.clone();
        Memo::new(move |_| health_words(&check, t()))
    };
    let body = move || details(&check, t());
    view! {
        <li class="doctor-line">
            <details open=move || matches!(health.get(), Health::Bad | Health::Limited)>
                <summary>
                    <span class="doctor-name">
                        <strong>{service_name(service)}</strong>
                        " "
                        <span class="muted">{move || (t().doctor.job)(service.official_type())}</span>
                    </span>
                    <span class="doctor-head muted">{head}</span>
                    <Badge
                        label=Signal::derive(move || state.get().0.to_owned())
                        tone=Signal::derive(move || state.get().1)
                    />
                </summary>
                <div class="doctor-body stack">{body}</div>
            </details>
        </li>
    }
}

/// What stands in the line itself: the worst finding, or what the service speaks.
pub fn headline(check: &Check, health: Health, texts: &'static Texts) -> String {
    let words = &texts.doctor;
    match health {
        Health::Checking => String::new(),
        Health::Absent | Health::Later => String::new(),
        Health::Bad | Health::Limited => {
            check.findings().first().map(|finding| told(finding, words).title.to_owned()).unwrap_or_default()
        }
        Health::Good => {
            let spoken = check.evidence.read().as_ref().and_then(Evidence::spoken);
            spoken.map(|spoken| version_words(&spoken, words)).unwrap_or_default()
        }
    }
}

/// Why there is nothing to ask.
pub fn absence(check: &Check, texts: &Texts) -> Option<String> {
    let words = &texts.doctor;
    let without = (words.without)(check.target.service.official_type());
    match check.target.place {
        Place::At(_) => None,
        Place::Later => Some(words.later_text.to_owned()),
        Place::NotInCatalog => Some(format!("{} {without}", words.not_in_catalog)),
        Place::NotInRegion => Some(format!("{} {without}", words.not_in_region)),
    }
}

fn details(check: &Check, texts: &'static Texts) -> AnyView {
    if let Some(why) = absence(check, texts) {
        return view! { <p>{why}</p> }.into_any();
    }
    let words = &texts.doctor;
    let Place::At(url) = check.target.place.clone() else { return ().into_any() };
    let Some(evidence) = check.evidence.get() else {
        return view! { <p class="muted">{words.running_line}</p> }.into_any();
    };
    let found = check.findings();
    let is_fine = found.iter().all(|finding| finding.weight() == Weight::Note);
    let addresses = check.addresses.get_value();
    let service = check.target.service;
    let shown_findings =
        found.iter().map(|finding| finding_view(finding, service, &url, &addresses, texts)).collect_view();
    view! {
        {is_fine.then(|| view! { <p>{words.shows_nothing}</p> })}
        {shown_findings}
        <dl class="facts">
            <dt>{words.address}</dt>
            <dd>{address_view(&url, &found, texts)}</dd>
            {evidence
                .spoken()
                .map(|spoken| view! { <dt>{words.speaks}</dt> <dd>{version_words(&spoken, words)}</dd> })}
        </dl>
        {demands_view(&evidence, &found, texts)}
    }
    .into_any()
}

/// The address, and where it does not answer a link to it: the browser's own message says more than a page is told.
fn address_view(url: &str, found: &[Finding], texts: &Texts) -> AnyView {
    let words = &texts.doctor;
    let is_worth_a_look = found.iter().any(|finding| {
        matches!(
            finding,
            Finding::TurnedAway
                | Finding::Lost
                | Finding::TimedOut
                | Finding::OriginRefused
                | Finding::NotTheService { .. }
        )
    });
    // Where the server has answered, the browser has no message of its own.
    let is_unexplained =
        found.iter().any(|it| matches!(it, Finding::TurnedAway | Finding::Lost | Finding::TimedOut));
    let is_link = url.starts_with("http://") || url.starts_with("https://");
    let url = shown(url);
    view! {
        <bdi class="mono">{url.clone()}</bdi>
        {(is_worth_a_look && is_link)
            .then(|| {
                view! {
                    <p>
                        <a href=url target="_blank" rel="noopener noreferrer">{words.open_address}</a>
                    </p>
                    {is_unexplained.then(|| view! { <p class="muted">{words.open_address_hint}</p> })}
                }
            })}
    }
    .into_any()
}

fn finding_view(
    finding: &Finding,
    service: Service,
    url: &str,
    addresses: &[String],
    texts: &'static Texts,
) -> AnyView {
    let told = told(finding, &texts.doctor);
    let weight = match finding.weight() {
        Weight::Fatal => "bad",
        Weight::Limit => "warn",
        Weight::Note => "plain",
    };
    let lines = particulars(finding, &texts.doctor);
    let lines = (!lines.is_empty()).then(|| {
        let items = lines.into_iter().map(|line| view! { <li><bdi>{line}</bdi></li> }).collect_view();
        view! { <ul class="bullets">{items}</ul> }
    });
    let texts_to_paste = pastes(finding, service, url, &whereabouts().0, addresses)
        .into_iter()
        .map(|paste| paste_view(paste, texts))
        .collect_view();
    view! {
        <div class="doctor-finding stack-s" data-tone=weight>
            <h3>{told.title}</h3>
            <p>{told.meaning}</p>
            {lines}
            <p>{told.todo}</p>
            {texts_to_paste}
        </div>
    }
    .into_any()
}

fn paste_view(paste: Paste, texts: &'static Texts) -> AnyView {
    let words = &texts.doctor;
    let whereto = match paste.place {
        Where::ServiceFile(file) => (words.paste_service)(file),
        Where::Proxy => words.paste_proxy.to_owned(),
        Where::Policy => words.paste_policy.to_owned(),
    };
    let name = whereto.clone();
    let text = paste.text;
    view! {
        <div class="doctor-paste">
            <p class="muted">{whereto}</p>
            <div class="doctor-paste-text">
                <pre class="command" tabindex="0" aria-label=name>{text.clone()}</pre>
                <CopyButton label=word(|it| it.doctor.copy_paste) text=Signal::stored(text) />
            </div>
        </div>
    }
    .into_any()
}

/// One row for each header and method that was tried.
fn demands_view(evidence: &Evidence, found: &[Finding], texts: &'static Texts) -> Option<AnyView> {
    let words = &texts.doctor;
    let is_service =
        !found.iter().any(|it| matches!(it, Finding::NotTheService { .. } | Finding::Failing(_)));
    (is_service && !evidence.demands.is_empty()).then(|| {
        let rows = evidence
            .demands
            .iter()
            .map(|(demand, heard)| {
                let (verdict, tone) =
                    if heard.is_granted() { (words.allowed, "good") } else { (words.refused, "bad") };
                view! {
                    <li>
                        <span>{(words.purpose)(demand.purpose)}</span>
                        <code>{demand.name()}</code>
                        <span class="badge" data-tone=tone>{verdict}</span>
                    </li>
                }
            })
            .collect_view();
        view! {
            <div>
                <h3>{words.checks}</h3>
                <ul class="doctor-demands">{rows}</ul>
            </div>
        }
        .into_any()
    })
}
