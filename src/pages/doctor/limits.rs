//! Whether a proxy cuts uploads off: zeros of growing size, sent on request only, to an image that does not exist.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::probe::{self, Outcome, Probe, Reading, zeros},
    domain::doctor::demands::IMAGE_FILE,
    i18n::{Texts, intl, t, word},
    openstack::{catalog::endpoint_url, request::Service},
    pages::doctor::examine::{Check, Place},
    ui::button::Button,
};

/// In mebibytes. nginx allows one unless told otherwise.
const SIZES: [u32; 3] = [1, 8, 64];
const WITHIN_MS: u32 = 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// The cloud turned it down, having been sent it.
    Passed,
    /// 413, from something before the cloud.
    TooLarge,
    /// The connection ended.
    CutOff,
    /// Something else, by its status.
    Odd(u16),
}

/// The section with its button.
#[component]
pub fn UploadLimits(checks: StoredValue<Vec<Check>>) -> impl IntoView {
    let outcomes = RwSignal::new(Vec::<(u32, Ending)>::new());
    let is_running = RwSignal::new(false);
    // Glance of the first cloud, which is the session's.
    let glance = Signal::derive(move || {
        checks.with_value(|all| {
            let check = all.iter().find(|check| {
                check.target.service == Service::Image && matches!(check.target.place, Place::At(_))
            })?;
            let evidence = check.evidence.read();
            evidence.as_ref().filter(|it| !it.demands.is_empty()).map(|it| it.url.clone())
        })
    });
    let press = move |()| {
        let Some(base) = glance.get_untracked() else { return };
        is_running.set(true);
        outcomes.set(Vec::new());
        spawn_local(async move {
            let url = endpoint_url(&base, IMAGE_FILE);
            for size in SIZES {
                let ending = send(&url, size).await;
                // The page may have been left.
                let is_left = outcomes.try_update(|all| all.push((size, ending))).is_none();
                if is_left || ending != Ending::Passed {
                    break;
                }
            }
            is_running.try_set(false);
        });
    };
    let reason =
        Signal::derive(move || glance.read().is_none().then(|| t().doctor.limits_no_image.to_owned()));
    view! {
        <section class="card stack-s" aria-labelledby="doctor-limits">
            <h2 id="doctor-limits">{word(|it| it.doctor.limits_title)}</h2>
            <p class="muted">{word(|it| it.doctor.limits_text)}</p>
            <div>
                <Button
                    label=word(|it| it.doctor.limits_button)
                    disabled_reason=reason
                    busy=is_running
                    on_press=press
                />
            </div>
            <div role="status" class="stack-s">
                {move || told(&outcomes.read(), is_running.get(), t())}
            </div>
        </section>
    }
}

async fn send(url: &str, mebibytes: u32) -> Ending {
    let Some(body) = zeros(mebibytes) else { return Ending::CutOff };
    let probe = Probe {
        method: "PUT",
        header: Some(("Content-Type", "application/octet-stream")),
        body: Some(body.into()),
        within: WITHIN_MS,
        ..Probe::get(url, Reading::Whole)
    };
    match probe::send(&probe).await {
        // Nobody has said who is asking, or there is no such image: Glance itself has spoken.
        Outcome::Answer(answer, _) if matches!(answer.status, 401 | 403 | 404) => Ending::Passed,
        Outcome::Answer(answer, _) if answer.status == 413 => Ending::TooLarge,
        Outcome::Answer(answer, _) => Ending::Odd(answer.status),
        _ => Ending::CutOff,
    }
}

fn told(outcomes: &[(u32, Ending)], is_running: bool, texts: &'static Texts) -> AnyView {
    let words = &texts.doctor;
    let size = |mebibytes: u32| intl::bytes(u64::from(mebibytes) << 20);
    let lines = outcomes
        .iter()
        .map(|(mebibytes, ending)| {
            let line = match ending {
                Ending::Passed => (words.limit_passed)(&size(*mebibytes)),
                _ => (words.limit_hit)(&size(*mebibytes)),
            };
            view! { <li>{line}</li> }
        })
        .collect_view();
    let verdict = match outcomes.last() {
        _ if is_running => vec![words.limits_running.to_owned()],
        None => Vec::new(),
        Some((_, Ending::Passed)) => vec![words.limits_none.to_owned(), words.limits_unsure.to_owned()],
        Some((_, Ending::TooLarge)) => vec![words.limits_own.to_owned()],
        Some((_, Ending::CutOff)) => vec![words.limits_cut.to_owned()],
        Some((_, Ending::Odd(status))) => vec![format!("{} (HTTP {status})", words.limits_untold)],
    };
    let verdict = verdict.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
    view! {
        <ul class="bullets">{lines}</ul>
        {verdict}
    }
    .into_any()
}
