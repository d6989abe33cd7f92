//! The report as a text, to be handed to an operator: no token, no password, no name of a person.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::probe::whereabouts,
    components::error_panel::service_name,
    domain::{
        config::Cloud,
        doctor::{Evidence, address::shown},
    },
    i18n::{Texts, t, word},
    pages::doctor::{
        examine::{Check, Place},
        line::absence,
        surroundings::{compared, settings, skew_words},
        words::{health_words, particulars, told, version_words},
    },
    state::session::{Session, use_session},
    ui::{
        button::{Button, Kind},
        copy::copy_text,
        icon::Icon,
    },
};

/// Copies the report, or shows it where the browser does not allow copying.
#[component]
pub fn CopyReport(
    /// What was checked.
    clouds: StoredValue<Vec<(Cloud, Vec<Check>)>>,
    /// This machine's clock minus the file server's, in seconds, once that is known.
    beside_server: RwSignal<Option<i64>>,
) -> impl IntoView {
    let session = use_session();
    let outcome = RwSignal::new(None::<Result<(), String>>);
    let press = move |()| {
        let text = untrack(|| clouds.with_value(|clouds| report(clouds, session, beside_server, t())));
        spawn_local(async move {
            let copied = copy_text(&text).await;
            outcome.try_set(Some(if copied { Ok(()) } else { Err(text) }));
        });
    };
    view! {
        <Button label=word(|it| it.doctor.copy_report) icon=Icon::Copy kind=Kind::Normal on_press=press />
        <div role="status" class="doctor-copied">
            {move || {
                outcome
                    .get()
                    .map(|outcome| match outcome {
                        Ok(()) => view! { <p class="muted">{t().doctor.copied}</p> }.into_any(),
                        Err(text) => {
                            view! {
                                <p>{t().doctor.not_copied}</p>
                                <pre class="command" tabindex="0" aria-label=t().doctor.copy_report>{text}</pre>
                            }
                                .into_any()
                        }
                    })
            }}
        </div>
    }
}

fn report(
    clouds: &[(Cloud, Vec<Check>)],
    session: Session,
    beside_server: RwSignal<Option<i64>>,
    texts: &'static Texts,
) -> String {
    let words = &texts.doctor;
    let agent = window().navigator().user_agent().unwrap_or_default();
    let (origin, is_online) = whereabouts();
    let now = String::from(js_sys::Date::new_0().to_iso_string());
    let mut lines = vec![
        format!("{} · {now}", words.title),
        (words.report_page)(&origin, &agent),
        format!("{}: {}", words.online, if is_online { words.yes_online } else { words.no_online }),
        format!(
            "{}: {}",
            words.clock,
            compared(session, beside_server, texts).map_or(
                words.clock_unknown.to_owned(),
                |(skew, with)| format!("{}. {with}", skew_words(skew, texts))
            )
        ),
    ];
    for (cloud, checks) in clouds {
        lines.push(String::new());
        lines.extend(
            settings(cloud, session, texts)
                .into_iter()
                .map(|(key, value)| format!("{key}: {}", shown(&value))),
        );
        for check in checks {
            service_lines(check, texts, &mut lines);
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn service_lines(check: &Check, texts: &'static Texts, lines: &mut Vec<String>) {
    let words = &texts.doctor;
    let name = service_name(check.target.service);
    let state = health_words(check, texts).0;
    let Place::At(url) = &check.target.place else {
        lines.push(format!("[{state}] {name}: {}", absence(check, texts).unwrap_or_default()));
        return;
    };
    let evidence = check.evidence.read();
    let spoken = evidence.as_ref().and_then(Evidence::spoken);
    let versions = spoken.map(|spoken| version_words(&spoken, words)).unwrap_or_default();
    lines.push(format!("[{state}] {name} {} {versions}", shown(url)).trim_end().to_owned());
    for finding in check.findings() {
        let told = told(&finding, words);
        let what = (texts.common.list)(&particulars(&finding, words));
        lines.push(format!("    - {}. {} {what}", told.title, told.meaning).trim_end().to_owned());
    }
    for (demand, heard) in evidence.iter().flat_map(|it| &it.demands) {
        let verdict = if heard.is_granted() { words.allowed } else { words.refused };
        lines.push(format!("    {}: {verdict}", demand.name()));
    }
}
