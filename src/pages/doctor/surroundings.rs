//! What is true of the page and its browser, the configuration that it works with, and what no page can find out.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::{
        config::app_base,
        probe::{self, Outcome, Probe, Reading, whereabouts},
    },
    components::config_words::problem_words,
    domain::{
        config::{self, Cloud},
        doctor::SKEW_WORTH_A_WORD,
    },
    i18n::{Texts, intl, t, word},
    state::session::{Session, use_session},
};

/// What the server that has Sextant's files says, read anew.
async fn read_config_file() -> Option<(String, Option<f64>)> {
    let url = format!("{}{}config.json", whereabouts().0, app_base());
    match probe::send(&Probe::get(&url, Reading::Whole)).await {
        Outcome::Answer(answer, _) if answer.status == 200 => {
            let date = answer.header("date").map(js_sys::Date::parse).filter(|date| date.is_finite());
            Some((answer.body, date))
        }
        _ => None,
    }
}

/// The page's origin, the network, the clock.
#[component]
pub fn Surroundings(
    /// The page's origin.
    origin: String,
    /// Where this machine's clock minus the file server's is put, in seconds.
    beside_server: RwSignal<Option<i64>>,
) -> impl IntoView {
    let session = use_session();
    spawn_local(async move {
        if let Some((_, Some(date))) = read_config_file().await {
            #[allow(clippy::cast_possible_truncation, reason = "clocks are not off by 300 billion years")]
            beside_server.try_set(Some(((js_sys::Date::now() - date) / 1000.0) as i64));
        }
    });
    let clock = move || match compared(session, beside_server, t()) {
        Some((skew, with)) => skew_view(skew, with, t()),
        None => view! { <p>{t().doctor.clock_unknown}</p> }.into_any(),
    };
    let facts = move || {
        let words = &t().doctor;
        let is_secure = window().is_secure_context();
        view! {
            <dt>{words.online}</dt>
            <dd>{if whereabouts().1 { words.yes_online } else { words.no_online }}</dd>
            <dt>{words.secure_context}</dt>
            <dd>{if is_secure { t().common.yes } else { words.secure_no }}</dd>
        }
    };
    view! {
        <section class="card stack-s" aria-labelledby="doctor-page">
            <h2 id="doctor-page">{word(|it| it.doctor.page_title)}</h2>
            <dl class="facts">
                <dt>{word(|it| it.doctor.origin)}</dt>
                <dd class="mono">{origin}</dd>
                {facts}
                <dt>{word(|it| it.doctor.clock)}</dt>
                <dd>{clock}</dd>
            </dl>
        </section>
    }
}

/// How far off this machine's clock is, in seconds, and by which other it is known: Keystone's, before the sign-in the file
/// server's; tracked.
pub fn compared(
    session: Session,
    beside_server: RwSignal<Option<i64>>,
    texts: &Texts,
) -> Option<(i64, &'static str)> {
    let words = &texts.doctor;
    let beside_keystone = session.grant().map(|grant| (grant.clock_skew, words.clock_limits));
    beside_keystone.or_else(|| Some((beside_server.get()?, words.clock_server)))
}

/// How far off this machine's clock is.
pub fn skew_words(skew: i64, texts: &Texts) -> String {
    // Whole seconds, and the way there and back: less than this says nothing.
    const NOT_WORTH_A_WORD: u64 = 5;
    let words = &texts.doctor;
    let by = intl::duration(skew.unsigned_abs());
    match skew {
        _ if skew.unsigned_abs() <= NOT_WORTH_A_WORD => words.skew_fine.to_owned(),
        1.. => (words.ahead)(&by),
        _ => (words.behind)(&by),
    }
}

fn skew_view(skew: i64, limits: &'static str, texts: &'static Texts) -> AnyView {
    let is_far_off = skew.abs() >= SKEW_WORTH_A_WORD;
    view! {
        <p>{skew_words(skew, texts)}</p>
        {is_far_off.then(|| view! { <p>{texts.doctor.skew_text}</p> })}
        <p class="muted">{limits}</p>
    }
    .into_any()
}

/// `config.json` as it is used, with what is ignored in it.
#[component]
pub fn InEffect() -> impl IntoView {
    let session = use_session();
    let config = session.config();
    let warnings = StoredValue::new(session.config_warnings());
    let has_changed = RwSignal::new(false);
    {
        let used = config.clone();
        spawn_local(async move {
            let Some((text, _)) = read_config_file().await else { return };
            has_changed.try_set(config::parse(&text).ok().is_none_or(|(now, _)| now != used));
        });
    }
    let clouds = StoredValue::new(config.clouds);
    view! {
        <section class="card stack-s" aria-labelledby="doctor-config">
            <h2 id="doctor-config">{word(|it| it.doctor.config_title)}</h2>
            {move || has_changed.get().then(|| view! { <p class="notice" data-tone="warn">{t().doctor.config_changed}</p> })}
            {move || {
                let problems = warnings.get_value();
                (!problems.is_empty())
                    .then(|| {
                        let items = problems
                            .iter()
                            .map(|problem| view! { <li><bdi>{problem_words(problem)}</bdi></li> })
                            .collect_view();
                        view! {
                            <div class="notice" data-tone="warn">
                                <p class="notice-title">{t().doctor.config_ignored}</p>
                                <ul class="bullets">{items}</ul>
                            </div>
                        }
                    })
            }}
            {move || {
                clouds.with_value(|clouds| clouds.iter().map(|cloud| cloud_view(cloud, session, t())).collect_view())
            }}
        </section>
    }
}

/// A cloud's settings: key in words, value; tracked, since the region may be the person's choice.
pub fn settings(cloud: &Cloud, session: Session, texts: &Texts) -> Vec<(&'static str, String)> {
    let words = &texts.doctor;
    let region = match (&cloud.region, session.region_in_use(cloud)) {
        (Some(named), _) => named.clone(),
        (None, Some(chosen)) => (words.config_region_in_use)(&chosen),
        (None, None) => words.config_any_region.to_owned(),
    };
    let prefixes: Vec<String> = cloud
        .prefixes
        .iter()
        .map(|(service, prefix)| format!("{}: {prefix}", service.official_type()))
        .collect();
    vec![
        (words.config_cloud, cloud.name.clone()),
        (words.config_identity, cloud.identity.clone()),
        (words.config_region, region),
        (words.config_interface, cloud.interface.to_string()),
        (
            words.config_services,
            if prefixes.is_empty() {
                words.config_by_catalog.to_owned()
            } else {
                (texts.common.list)(&prefixes)
            },
        ),
    ]
}

fn cloud_view(cloud: &Cloud, session: Session, texts: &Texts) -> AnyView {
    let rows = settings(cloud, session, texts)
        .into_iter()
        .map(|(key, value)| view! { <dt>{key}</dt> <dd><bdi>{value}</bdi></dd> })
        .collect_view();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

/// What no page can find out.
#[component]
pub fn BlindSpots() -> impl IntoView {
    view! {
        <details class="doctor-blind">
            <summary>{word(|it| it.doctor.blind_title)}</summary>
            <ul class="bullets">
                {move || t().doctor.blind.iter().map(|line| view! { <li>{*line}</li> }).collect_view()}
            </ul>
        </details>
    }
}
