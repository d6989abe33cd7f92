//! Sign in, and choose a project where there are several.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    components::{A, Redirect},
    hooks::use_query_map,
};

use crate::{
    components::{
        shell::{Page, PlainHeader},
        sign_in_form::{SignInDraft, SignInFailure, SignInForm, Way},
    },
    domain::{
        config::Problem,
        session::{SessionState, safe_redirect},
    },
    i18n::{t, word},
    openstack::keystone::Project,
    routes,
    state::session::{Session, sign_in::SignInError, use_session},
    ui::{
        button::{Button, Kind},
        notice::{Notice, Tone},
    },
};

type DemoAccount = (&'static str, &'static str, fn() -> String);

/// The demo cloud's accounts: user, password, and what each is.
const DEMO_ACCOUNTS: [DemoAccount; 5] = [
    ("alice", "password", || (t().session.demo_member)("demo")),
    ("admin", "adminpass", || t().session.demo_admin.to_owned()),
    ("bob", "password", || (t().session.demo_member)("other")),
    ("rita", "password", || (t().session.demo_reader)("demo")),
    ("quinn", "password", || (t().session.demo_member)("quota")),
];

/// The page for everybody who is not signed in to a project.
#[component]
pub fn SignInPage() -> impl IntoView {
    let session = use_session();
    let query = use_query_map();
    let next = move || {
        let wanted = query.read_untracked().get("next").unwrap_or_default();
        routes::to(safe_redirect(&wanted).unwrap_or(routes::IMAGES))
    };
    #[derive(Clone, Copy, PartialEq)]
    enum Step {
        Waiting,
        Credentials,
        Project,
        Done,
    }
    let step = Memo::new(move |_| match *session.state().read() {
        SessionState::Restoring => Step::Waiting,
        SessionState::SignedOut => Step::Credentials,
        SessionState::Unscoped(_) => Step::Project,
        SessionState::Scoped(_) | SessionState::Expired(_) => Step::Done,
    });
    view! {
        <PlainHeader />
        <main id="content" class="sign-in">
            {move || match step.get() {
                Step::Waiting => view! { <p role="status">{word(|it| it.session.restoring)}</p> }.into_any(),
                Step::Credentials => view! { <CredentialsStep session=session /> }.into_any(),
                Step::Project => view! { <ProjectStep session=session /> }.into_any(),
                Step::Done => view! { <Redirect path=next() options=NavigateOptions { replace: true, ..NavigateOptions::default() } /> }.into_any(),
            }}
        </main>
    }
}

#[component]
fn CredentialsStep(session: Session) -> impl IntoView {
    let config = session.config();
    let last = session.last_sign_in();
    let draft = SignInDraft::new(&last, &config.clouds);
    view! {
        <Page title=word(|it| it.session.sign_in) narrow=true>
            <p class="muted sign-in-lead">{word(|it| it.session.welcome)}</p>
            <div class="card">
                <SignInForm session=session draft=draft />
            </div>
            {ignored_keys(session)}
            {config.demo.then(|| view! { <DemoAccounts draft=draft /> })}
            <p class="muted">
                <small>{word(|it| it.session.no_sso)}</small>
            </p>
            <p>
                <A href=routes::to(routes::DOCTOR)>{word(|it| it.shell.doctor)}</A>
            </p>
        </Page>
    }
}

/// What a mistyped key was meant to set is not set: said here, since who made the mistake looks at this page first.
fn ignored_keys(session: Session) -> Option<impl IntoView> {
    let unknown = session.config_warnings().into_iter().filter_map(|problem| match problem {
        Problem::UnknownKey(key) => Some(key),
        _ => None,
    });
    let keys: Vec<String> = unknown.collect();
    (!keys.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Warn title=word(|it| it.config.ignored_title)>
                <p>
                    <bdi>{move || (t().config.ignored)(&keys)}</bdi>
                </p>
                <A href=routes::to(routes::DOCTOR)>{word(|it| it.config.ignored_more)}</A>
            </Notice>
        }
    })
}

#[component]
fn DemoAccounts(draft: SignInDraft) -> impl IntoView {
    let account = move |(user, password, role): DemoAccount| {
        let press = move |()| {
            draft.way.set(Way::Password);
            draft.user.set(user.to_owned());
            draft.password.set(password.to_owned());
            draft.domain.set("Default".to_owned());
        };
        view! {
            <li>
                <button
                    type="button"
                    class="button"
                    data-size="small"
                    aria-label=move || (t().session.demo_account_use)(user)
                    on:click=move |_| press(())
                >
                    {user}
                </button>
                <span class="mono">{password}</span>
                <span class="muted">{role}</span>
            </li>
        }
    };
    view! {
        <section class="demo-accounts" aria-label=word(|it| it.session.demo_accounts)>
            <h2>{word(|it| it.session.demo_accounts)}</h2>
            <ul>{DEMO_ACCOUNTS.map(account).collect_view()}</ul>
        </section>
    }
}

#[component]
fn ProjectStep(session: Session) -> impl IntoView {
    let failure = RwSignal::new(None::<SignInError>);
    let busy = RwSignal::new(None);
    // After a reload the token is there, the list is not.
    let is_loaded = RwSignal::new(!session.projects().read_untracked().is_empty());
    if !is_loaded.get_untracked() {
        spawn_local(async move {
            match session.load_projects().await {
                Ok(()) => is_loaded.try_set(true).map(|_| ()),
                Err(error) => failure.try_set(Some(SignInError::Other(error))).map(|_| ()),
            };
        });
    }
    let choose = move |project: Project| {
        busy.set(Some(project.id.clone()));
        failure.set(None);
        spawn_local(async move {
            let outcome = session.switch_project(&project).await;
            busy.try_set(None);
            if let Err(error) = outcome {
                failure.try_set(Some(error));
            }
        });
    };
    let start_over = move |()| {
        spawn_local(async move {
            // The unscoped token ends by itself soon; there is nothing to tell the person.
            let _ = session.sign_out().await;
        });
    };
    view! {
        <Page title=word(|it| it.session.choose_project) narrow=true>
            <div class="card stack">
                <p class="muted">{word(|it| it.session.choose_project_text)}</p>
                {move || failure.get().map(|error| view! { <SignInFailure error=error /> })}
                <ul class="projects">
                    {move || {
                        session
                            .projects()
                            .get()
                            .into_iter()
                            .map(|project| {
                                let id = project.id.clone();
                                let label = project.name.clone();
                                let description = project.description.clone();
                                view! {
                                    <li>
                                        <Button
                                            label=Signal::stored(label)
                                            busy=Signal::derive(move || busy.read().as_ref() == Some(&id))
                                            on_press=move |()| choose(project.clone())
                                        />
                                        <span class="muted"><bdi>{description}</bdi></span>
                                    </li>
                                }
                            })
                            .collect_view()
                    }}
                </ul>
                {move || {
                    (is_loaded.get() && session.projects().read().is_empty())
                        .then(|| view! { <p>{t().session.no_projects}</p> })
                }}
                <div class="row">
                    <Button
                        label=word(|it| it.session.use_another_account)
                        kind=Kind::Link
                        on_press=start_over
                    />
                </div>
            </div>
        </Page>
    }
}
