//! The app put together: configuration, services, the frame, the route table.

mod parts;

use gloo_timers::future::TimeoutFuture;
use leptos::{mount::mount_to_body, prelude::*};
use leptos_router::{
    NavigateOptions, StaticSegment,
    components::{ParentRoute, Redirect, Route, Router, Routes},
    hooks::use_location,
    path,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

use crate::{
    client::{
        config::{app_base, fetch_beside},
        early, later,
    },
    components::{
        config_words::problem_words,
        leave::provide_leaving,
        session_dialogs::provide_sign_out_question,
        shell::{Shell, ToastView},
        upload_tray::drop::DropTarget,
    },
    domain::config::{self, Config, Problem},
    i18n::word,
    pages::{images::ImagesPage, not_found::NotFoundPage, sign_in::SignInPage},
    routes,
    state::{
        batches::Batches,
        confirm::Confirm,
        downloads::Downloads,
        images::{Images, use_images},
        imports::Imports,
        servers::Servers,
        session::{Session, use_session},
        settings::Settings,
        toasts::Toasts,
        uploads::{Uploads, use_uploads},
        verifications::Verifications,
    },
    ui::notice::{Notice, Tone},
};

/// A page without the list of images does not hold the trays up for longer than this.
const TRAYS_AFTER_MS: u32 = 1_000;

/// Reads the configuration and mounts the app. The services come first: what they ask the cloud for is on its way while the
/// page is put together.
pub fn start() {
    install_panic_hook();
    routes::set_base(&app_base());
    spawn_local(async {
        let file = fetch_beside("config.json").await;
        mount_to_body(move || {
            let asked = early::asked();
            let problems = configure(file).err();
            let is_due = RwSignal::new(false);
            leptos::task::spawn_local(async move {
                // A page that has its rows at once is laid out and painted once.
                if let Some(asked) = asked {
                    early::arrived(asked).await;
                }
                is_due.set(true);
            });
            move || {
                is_due.get().then(|| {
                    remove_boot_screen();
                    match &problems {
                        None => view! { <App /> }.into_any(),
                        Some(problems) => view! { <Unconfigured problems=problems.clone() /> }.into_any(),
                    }
                })
            }
        });
    });
}

/// Sets up the services, or tells what is wrong with the configuration.
fn configure(file: Result<String, String>) -> Result<(), Vec<String>> {
    let settings = Settings::provide();
    let (config, warnings) = config::parse(&file.map_err(|why| vec![why])?)
        .map_err(|problems| problems.iter().map(problem_words).collect::<Vec<_>>())?;
    for warning in &warnings {
        leptos::logging::warn!("config.json: {}", problem_words(warning));
    }
    settings.suggest_language(config.language.as_deref());
    provide_services(config, warnings);
    Ok(())
}

fn provide_services(config: Config, warnings: Vec<Problem>) {
    Toasts::provide();
    let session = Session::provide(config, warnings);
    Confirm::provide(session);
    let images = Images::provide(session);
    Batches::provide(session, images);
    Servers::provide(session, images);
    let uploads = Uploads::provide();
    Imports::provide();
    let verifications = Verifications::provide();
    let downloads = Downloads::provide(session);
    session.keep_alive_while(move || {
        untrack(|| uploads.running() + downloads.running() + verifications.running()) > 0
    });
    let path = window().location().pathname().unwrap_or_default();
    let is_list = path.strip_prefix(routes::base()).is_some_and(|path| matches!(path, "/" | routes::IMAGES));
    if is_list && untrack(|| session.state().read().has_pages()) {
        images.ensure();
    }
}

/// The app with a configuration that holds.
#[component]
fn App() -> impl IntoView {
    let (session, images, uploads) = (use_session(), use_images(), use_uploads());
    provide_sign_out_question();
    provide_leaving();
    view! {
        <Router>
            <Routes fallback=|| view! { <Alone><NotFoundPage /></Alone> }>
                <Route path=(routes::Base, StaticSegment("sign-in")) view=SignInPage />
                <Route path=(routes::Base, StaticSegment("doctor")) view=parts::DOCTOR />
                <ParentRoute path=routes::Base view=SignedIn>
                    <Route path=path!("") view=|| view! { <Redirect path=routes::to(routes::IMAGES) options=replacing() /> } />
                    <Route path=path!("images") view=ImagesPage />
                    <Route path=path!("images/new") view=parts::NEW_IMAGE />
                    <Route path=path!("images/:id") view=parts::IMAGE />
                    <Route path=path!("images/:id/sharing") view=parts::SHARE_IMAGE />
                    <Route path=path!("images/:id/edit") view=parts::EDIT_IMAGE />
                    <Route path=path!("images/:id/metadata") view=parts::IMAGE_METADATA />
                    <Route path=path!("images/:id/verify") view=parts::VERIFY_IMAGE />
                    <Route path=path!("launch") view=parts::LAUNCH />
                    <Route path=path!("instances") view=parts::INSTANCES />
                    <Route path=path!("instances/:id") view=parts::INSTANCE />
                    <Route path=path!("*any") view=NotFoundPage />
                </ParentRoute>
            </Routes>
            <DropTarget uploads=uploads />
            {trays_later(session, images)}
            <ToastView />
        </Router>
    }
}

/// The trays of uploads and downloads come when the page that was asked for is there, and after what it had no need of: it
/// does not wait for their code.
fn trays_later(session: Session, images: Images) -> impl IntoView {
    let are_wanted = RwSignal::new(false);
    let is_signed_in = Memo::new(move |_| session.state().read().has_pages());
    let has_rows = Memo::new(move |_| images.load().read().has_rows);
    Effect::new(move |_| {
        if is_signed_in.get() {
            let has_rows = has_rows.get();
            spawn_local(async move {
                if !has_rows {
                    TimeoutFuture::new(TRAYS_AFTER_MS).await;
                }
                later::after_first_sight().await;
                // Both ways lead here in the end; only the first makes the trays.
                if !are_wanted.get_untracked() {
                    are_wanted.set(true);
                }
            });
        }
    });
    move || are_wanted.get().then(parts::trays)
}

/// Everything behind the sign-in. A memo, so that a new token of the same session rebuilds nothing.
#[component]
fn SignedIn() -> impl IntoView {
    let session = use_session();
    let location = use_location();
    let generation = Memo::new(move |_| session.state().read().has_pages().then(|| session.generation()));
    move || match generation.get() {
        Some(_) => view! { <Shell /> }.into_any(),
        None if session.has_signed_out() => {
            view! { <Redirect path=routes::to(routes::SIGN_IN) options=replacing() /> }.into_any()
        }
        None => {
            let search = location.search.get_untracked();
            let query = if search.is_empty() { search } else { format!("?{search}") };
            let here = format!("{}{query}", location.pathname.get_untracked());
            view! { <Redirect path=routes::sign_in(&here) options=replacing() /> }.into_any()
        }
    }
}

/// A redirect leaves no step behind that Back would fall into.
fn replacing() -> NavigateOptions {
    NavigateOptions { replace: true, ..NavigateOptions::default() }
}

#[component]
fn Alone(children: Children) -> impl IntoView {
    view! { <main id="content">{children()}</main> }
}

/// What an operator sees who has made a mistake in `config.json`.
#[component]
fn Unconfigured(problems: Vec<String>) -> impl IntoView {
    view! {
        <main id="content" class="page page-narrow">
            <Notice tone=Tone::Bad title=word(|it| it.config.title)>
                <p>{word(|it| it.config.unreadable)}</p>
                <ul class="bullets">
                    {problems.into_iter().map(|problem| view! { <li><bdi>{problem}</bdi></li> }).collect_view()}
                </ul>
                <p>{word(|it| it.config.hint)}</p>
            </Notice>
        </main>
    }
}

/// A panic ends the app. The notice that says so lies in `index.html`, since Leptos is gone by then.
fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        let notice = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|it| it.get_element_by_id("crash"));
        if let Some(notice) = notice {
            // Removing an attribute of an element that is there can't fail.
            let _ = notice.remove_attribute("hidden");
            if let Ok(Some(details)) = notice.query_selector("[data-crash-details]") {
                details.set_text_content(Some(&info.to_string()));
            }
            if let Some(notice) = notice.dyn_ref::<web_sys::HtmlElement>() {
                // Without the focus the notice is still on the screen.
                let _ = notice.focus();
            }
        }
    }));
}

fn remove_boot_screen() {
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
}
