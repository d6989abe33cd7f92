//! The frame around every page: header, navigation, menus, messages, and a page's heading with its focus and announcement.

use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    components::{A, Outlet},
    hooks::{use_location, use_navigate},
};
use wasm_bindgen::JsCast;

use crate::{
    client::browser::painted,
    components::{
        confirm_dialog::ConfirmDialog,
        error_panel::ErrorDetails,
        leave::use_leaving,
        session_dialogs::{SessionDialogs, use_sign_out},
        sign_in_form::sign_in_error_words,
    },
    i18n::{self, Language, t, word},
    openstack::error::ApiError,
    routes,
    state::{
        session::{Session, sign_in::SignInError, use_session},
        settings::{Settings, Theme, use_settings},
        toasts::use_toasts,
    },
    ui::{
        button::{Button, Kind},
        icon::{Icon, Picture},
        menu::{Menu, MenuItem},
        notice::Tone,
    },
};

/// The frame of the signed-in pages.
#[component]
pub fn Shell() -> impl IntoView {
    view! {
        <Header />
        <main id="content" tabindex="-1">
            <Outlet />
        </main>
        <ConfirmDialog />
        <SessionDialogs />
    }
}

/// A page's outer element: its heading, which gets the focus on arrival and names the document.
#[component]
pub fn Page(
    /// The heading, and the first part of the document's title.
    #[prop(into)]
    title: Signal<String>,
    /// Buttons beside the heading.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    /// For forms and texts: not wider than one reads well.
    #[prop(optional)]
    narrow: bool,
    /// The rest of the page.
    children: Children,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    Effect::new(move |_| document().set_title(&(t().shell.page_title)(&title.read())));
    // The focus moves to the heading once, when the page appears: screen readers then read it out.
    Effect::new(move |done: Option<bool>| {
        let arrived = done.unwrap_or(false);
        if let (false, Some(heading)) = (arrived, heading.get()) {
            if has_focus() {
                focus(&heading);
            } else {
                // Focusing has the browser lay out the page, which nobody waits for: what is wanted is to see it.
                spawn_local(async move {
                    painted().await;
                    if !has_focus() {
                        focus(&heading);
                    }
                });
            }
            return true;
        }
        arrived
    });
    view! {
        <div class="page" class:page-narrow=narrow>
            <div class="page-head">
                <h1 tabindex="-1" node_ref=heading>
                    <bdi>{title}</bdi>
                </h1>
                {actions.map(|actions| view! { <div class="actions">{actions.run()}</div> })}
            </div>
            {children()}
        </div>
    }
}

/// Whether something on the page has the focus.
fn has_focus() -> bool {
    document().active_element().is_some_and(|element| Some(element) != document().body().map(Into::into))
}

fn focus(heading: &web_sys::HtmlElement) {
    // What can't take the focus leaves it where it is: the page still works.
    let _ = match autofocused() {
        Some(element) => element.focus(),
        None => {
            // A list that one comes back to stands where it was left.
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            heading.focus_with_options(&options)
        }
    };
}

/// What the page wants focused: browsers heed `autofocus` once per document only.
fn autofocused() -> Option<web_sys::HtmlElement> {
    document().query_selector("main [autofocus]").ok().flatten()?.dyn_into().ok()
}

/// The bar on top for who is not signed in.
#[component]
pub fn PlainHeader() -> impl IntoView {
    let brand = use_session().config().brand;
    view! {
        <header class="header">
            <span class="brand">
                <Picture icon=Icon::Brand />
                <bdi>{brand}</bdi>
            </span>
            <div class="header-end">
                <LookMenus settings=use_settings() />
            </div>
        </header>
    }
}

/// The bar on top.
#[component]
pub fn Header() -> impl IntoView {
    let session = use_session();
    let settings = use_settings();
    let brand = session.config().brand;
    view! {
        <header class="header">
            <a class="skip-link" href="#content" rel="external">{word(|it| it.shell.skip_to_content)}</a>
            <a class="brand" href=routes::to(routes::IMAGES)>
                <Picture icon=Icon::Brand />
                <bdi>{brand}</bdi>
            </a>
            <Navigation />
            <div class="header-end">
                {move || session.region().map(|_| view! { <RegionMenu session=session /> })}
                <ProjectMenu session=session />
                <LookMenus settings=settings />
                <AccountMenu session=session />
            </div>
        </header>
    }
}

#[component]
fn Navigation() -> impl IntoView {
    let path = use_location().pathname;
    let is_under = move |prefix: &'static str| path.read().starts_with(&routes::to(prefix)).then_some("true");
    view! {
        <nav class="nav" aria-label=word(|it| it.shell.main_navigation)>
            <A href=routes::to(routes::IMAGES) attr:data-active=move || is_under(routes::IMAGES)>
                {word(|it| it.shell.images)}
            </A>
            <A href=routes::to(routes::INSTANCES) attr:data-active=move || is_under(routes::INSTANCES)>
                {word(|it| it.shell.instances)}
            </A>
        </nav>
    }
}

#[component]
fn ProjectMenu(session: Session) -> impl IntoView {
    let toasts = use_toasts();
    let name = Signal::derive(move || session.project().map(|project| project.name).unwrap_or_default());
    let load = move |()| {
        spawn_local(async move {
            if let Err(error) = session.load_projects().await
                && error != ApiError::Aborted
            {
                toasts.bad(t().shell.projects_failed, error);
            }
        });
    };
    let leaving = use_leaving();
    let items = move || {
        let current = session.project().map(|project| project.id);
        let mut projects = session.projects().get();
        if projects.is_empty() {
            projects.extend(session.project());
        }
        projects
            .into_iter()
            .map(|project| {
                let is_current = Some(&project.id) == current.as_ref();
                let label = project.name.clone();
                let switch = move || {
                    let project = project.clone();
                    if !is_current {
                        spawn_local(async move {
                            let tried = (t().session.project_refused)(&project.name);
                            match session.switch_project(&project).await {
                                Ok(()) | Err(SignInError::Other(ApiError::Aborted)) => {}
                                Err(SignInError::Other(error)) => toasts.bad(tried, error),
                                Err(error) => toasts.bad_words(sign_in_error_words(&error, t()).unwrap_or(tried)),
                            }
                        });
                    }
                };
                let press = move |()| leaving.unless_kept(switch.clone());
                view! { <MenuItem label=Signal::stored(label) checked=Signal::stored(is_current) on_press=press /> }
            })
            .collect_view()
    };
    view! {
        <Menu
            label=Signal::derive(move || (t().shell.project)(&name.read()))
            icon=Icon::Project
            text=name
            on_open=load
        >
            {move || items()}
            {move || {
                let credential = session.grant()?.token.credential?;
                let note = (t().shell.project_of_credential)(&credential.name);
                Some(view! { <p class="menu-note">{note}</p> })
            }}
        </Menu>
    }
}

/// The region, where the cloud has several and the operator leaves it to the person.
#[component]
fn RegionMenu(session: Session) -> impl IntoView {
    let leaving = use_leaving();
    let name = Signal::derive(move || session.region().unwrap_or_default());
    let items = move || {
        let current = session.region();
        session
            .regions()
            .into_iter()
            .map(|region| {
                let is_current = current.as_ref() == Some(&region);
                let label = region.clone();
                let go = move || {
                    if !is_current {
                        session.choose_region(&region);
                    }
                };
                let press = move |()| leaving.unless_kept(go.clone());
                view! { <MenuItem label=Signal::stored(label) checked=Signal::stored(is_current) on_press=press /> }
            })
            .collect_view()
    };
    view! {
        <Menu label=Signal::derive(move || (t().shell.region)(&name.read())) icon=Icon::Region text=name>
            {move || items()}
        </Menu>
    }
}

/// Language and theme; also on the sign-in page.
#[component]
pub fn LookMenus(
    /// The settings service.
    settings: Settings,
) -> impl IntoView {
    let themes = move || {
        [
            (Theme::System, t().shell.theme_system),
            (Theme::Light, t().shell.theme_light),
            (Theme::Dark, t().shell.theme_dark),
        ]
        .map(|(theme, label)| {
            view! {
                <MenuItem
                    label=Signal::stored(label.to_owned())
                    checked=Signal::derive(move || settings.theme.get() == theme)
                    on_press=move |()| settings.choose_theme(theme)
                />
            }
        })
        .collect_view()
    };
    let languages = move || {
        Language::ALL
            .map(|language| {
                view! {
                    <MenuItem
                        label=Signal::stored(language.own_name().to_owned())
                        checked=Signal::derive(move || i18n::language() == language)
                        on_press=move |()| settings.choose_language(language)
                    />
                }
            })
            .collect_view()
    };
    view! {
        <Menu label=word(|it| it.shell.language) icon=Icon::Language>
            {move || languages()}
        </Menu>
        <Menu label=word(|it| it.shell.theme) icon=Icon::Theme>
            {move || themes()}
        </Menu>
    }
}

#[component]
fn AccountMenu(session: Session) -> impl IntoView {
    let name = Signal::derive(move || session.grant().map(|grant| grant.token.user.name).unwrap_or_default());
    let sign_out = use_sign_out();
    let (leaving, navigate) = (use_leaving(), use_navigate());
    let to_doctor = Callback::new(move |()| {
        let navigate = navigate.clone();
        leaving.unless_kept(move || navigate(&routes::to(routes::DOCTOR), NavigateOptions::default()));
    });
    view! {
        <Menu label=Signal::derive(move || (t().shell.account)(&name.read())) icon=Icon::Person text=name>
            <p class="menu-note">{move || (t().shell.roles)(&(t().common.list)(&session.roles()))}</p>
            <div class="menu-separator" role="separator"></div>
            <MenuItem label=word(|it| it.shell.doctor) on_press=to_doctor />
            <MenuItem label=word(|it| it.shell.sign_out) on_press=sign_out />
        </Menu>
    }
}

/// Messages about work that has no place of its own on the screen. Results are announced politely, failures at once.
#[component]
pub fn ToastView() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="toasts" role="region" aria-label=word(|it| it.shell.notifications)>
            <For each=move || toasts.shown().get() key=|toast| toast.id children={move |toast| {
                let id = toast.id;
                let (tone, role) = if toast.is_bad { (Tone::Bad, "alert") } else { (Tone::Good, "status") };
                view! {
                    <div class="toast" data-tone=tone.name()>
                        <div role=role>
                            <p>{toast.text}</p>
                            {toast.error.map(|error| view! { <ErrorDetails error=error /> })}
                            {toast.link.map(|(path, words)| view! { <p><A href=path>{words}</A></p> })}
                        </div>
                        <Button
                            label=word(|it| it.common.dismiss)
                            kind=Kind::Quiet
                            icon=Icon::Close
                            icon_only=true
                            small=true
                            on_press=move |()| toasts.dismiss(id)
                        />
                    </div>
                }
            }} />
        </div>
    }
}
