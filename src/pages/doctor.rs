//! The connection doctor: can this browser reach each service of the cloud, and do there all that Sextant does? Before the
//! sign-in and after it.

mod examine;
mod limits;
mod line;
mod report;
mod surroundings;
mod words;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

use crate::{
    client::probe::{PolicyWatch, whereabouts},
    components::{
        confirm_dialog::ConfirmDialog,
        session_dialogs::SessionDialogs,
        shell::{Header, Page, PlainHeader},
    },
    i18n::{t, word},
    pages::doctor::{
        examine::{Check, Health, all_checks, examine},
        limits::UploadLimits,
        line::ServiceLine,
        report::CopyReport,
        surroundings::{BlindSpots, InEffect, Surroundings},
    },
    routes,
    state::session::use_session,
    ui::{button::Button, icon::Icon},
};

/// The page, with the frame of the signed-in pages where somebody is signed in.
#[component]
pub fn DoctorPage() -> impl IntoView {
    let session = use_session();
    let has_pages = Memo::new(move |_| session.state().read().has_pages());
    // What there is to check changes with the session, not with each new token of it.
    let generation = Memo::new(move |_| (has_pages.get(), session.generation()));
    view! {
        {move || {
            if has_pages.get() {
                view! { <Header /> }.into_any()
            } else {
                view! { <PlainHeader /> }.into_any()
            }
        }}
        <main id="content" tabindex="-1">
            {move || {
                let (is_signed_in, _) = generation.get();
                view! { <Examination is_signed_in=is_signed_in /> }
            }}
        </main>
        {move || has_pages.get().then(|| view! { <ConfirmDialog /> <SessionDialogs /> })}
    }
}

#[component]
fn Examination(is_signed_in: bool) -> impl IntoView {
    let clouds = StoredValue::new(all_checks(use_session()));
    let checks: Vec<Check> = clouds.with_value(|clouds| clouds.iter().flat_map(|it| it.1.clone()).collect());
    let checks = StoredValue::new(checks);
    let beside_server = RwSignal::new(None);
    let round = RwSignal::new(0_u32);
    let run = move |()| {
        let this = round.get_untracked() + 1;
        round.set(this);
        let is_wanted = move || round.try_get_untracked() == Some(this);
        checks.with_value(|checks| {
            for check in checks {
                check.begin();
                let check = check.clone();
                spawn_local(async move {
                    let watch = PolicyWatch::begin();
                    let evidence = examine(&check.target, &watch, is_wanted).await;
                    if is_wanted() {
                        check.end(evidence);
                    }
                });
            }
        });
    };
    run(());
    let is_running =
        Signal::derive(move || checks.with_value(|all| all.iter().any(|it| it.health() == Health::Checking)));
    let summary = move || {
        let health: Vec<Health> = checks.with_value(|all| all.iter().map(Check::health).collect());
        let count = |wanted: fn(Health) -> bool| health.iter().filter(|it| wanted(**it)).count() as u64;
        let all = count(|it| !matches!(it, Health::Absent | Health::Later));
        let running = count(|it| it == Health::Checking);
        let bad = count(|it| matches!(it, Health::Bad | Health::Limited));
        let words = &t().doctor;
        match (running, bad) {
            (0, 0) if is_signed_in => words.all_good.to_owned(),
            (0, 0) => words.good_so_far.to_owned(),
            (0, bad) => (words.summary_bad)(bad, all),
            _ => (words.summary_running)(all - running, all),
        }
    };
    let here = whereabouts().0;
    let sections = clouds
        .with_value(Clone::clone)
        .into_iter()
        .map(|(cloud, checks)| {
            let lines = checks.into_iter().map(|check| view! { <ServiceLine check=check /> }).collect_view();
            let name = cloud.name.clone();
            let label = cloud.name;
            view! {
                <section aria-label=label class="stack-s">
                    <h2><bdi>{name}</bdi></h2>
                    <ul class="doctor-lines">{lines}</ul>
                </section>
            }
        })
        .collect_view();
    view! {
        <Page
            title=word(|it| it.doctor.title)
            actions=move || {
                view! {
                    <CopyReport clouds=clouds beside_server=beside_server />
                    <Button
                        label=word(|it| it.doctor.check_again)
                        icon=Icon::Refresh
                        busy=is_running
                        on_press=run
                    />
                }
            }
        >
            <div class="doctor stack">
                <p class="muted">{word(|it| it.doctor.lead)}</p>
                <p class="doctor-summary" role="status">{summary}</p>
                {sections}
                <Surroundings origin=here beside_server=beside_server />
                <UploadLimits checks=checks />
                <InEffect />
                <BlindSpots />
                <p>
                    {if is_signed_in {
                        view! { <A href=routes::to(routes::IMAGES)>{word(|it| it.doctor.back_to_images)}</A> }.into_any()
                    } else {
                        view! { <A href=routes::to(routes::SIGN_IN)>{word(|it| it.doctor.back_to_sign_in)}</A> }.into_any()
                    }}
                </p>
            </div>
        </Page>
    }
}
