//! The form for user, password and domain: on the sign-in page, and in the dialog over a page whose session has expired.

use leptos::{html, prelude::*, task::spawn_local};

use crate::{
    components::error_panel::ErrorDetails,
    domain::config::Cloud,
    i18n::{Texts, t, word},
    openstack::{keystone::Credentials, secret::Secret},
    state::session::{LastSignIn, Session, SignInError},
    ui::{
        button::{Button, Kind},
        field::{Choice, SelectField, TextField, TextKind, focus_first_problem},
        notice::{Notice, Tone},
    },
};

/// A failed sign-in in words, and the service's own where they help.
pub fn sign_in_error_words(error: &SignInError, texts: &Texts) -> Option<String> {
    match error {
        SignInError::WrongCredentials => Some(texts.session.wrong_credentials.to_owned()),
        SignInError::ProjectRefused { project } => Some((texts.session.project_refused)(project)),
        SignInError::Unreachable { url } => Some((texts.session.unreachable)(url)),
        SignInError::Other(_) => None,
    }
}

/// A failed sign-in, boxed.
#[component]
pub fn SignInFailure(
    /// Why.
    error: SignInError,
) -> impl IntoView {
    view! {
        <Notice tone=Tone::Bad>
            {match error {
                SignInError::Other(error) => view! { <ErrorDetails error=error /> }.into_any(),
                error => {
                    view! { <p>{move || sign_in_error_words(&error, t()).unwrap_or_default()}</p> }.into_any()
                }
            }}
        </Notice>
    }
}

/// What is typed into the form; a demo account fills it.
#[derive(Clone, Copy)]
pub struct SignInDraft {
    /// The cloud's name.
    pub cloud: RwSignal<String>,
    /// The user's name.
    pub user: RwSignal<String>,
    /// The password; emptied after signing in.
    pub password: RwSignal<String>,
    /// The domain's name.
    pub domain: RwSignal<String>,
}

impl SignInDraft {
    /// Prefilled with what was used last on this browser.
    pub fn new(last: &LastSignIn, clouds: &[Cloud]) -> Self {
        let known = clouds.iter().find(|cloud| cloud.name == last.cloud).or(clouds.first());
        let domain = if last.domain.is_empty() { "Default".to_owned() } else { last.domain.clone() };
        Self {
            cloud: RwSignal::new(known.map(|cloud| cloud.name.clone()).unwrap_or_default()),
            user: RwSignal::new(last.user.clone()),
            password: RwSignal::new(String::new()),
            domain: RwSignal::new(domain),
        }
    }
}

/// The form. It signs in by itself; what happens then is the session's matter.
#[component]
pub fn SignInForm(
    /// The session service.
    session: Session,
    /// What is typed.
    draft: SignInDraft,
    /// The same person has to sign in again: cloud, user and domain are settled.
    #[prop(optional)]
    again: bool,
    /// Further buttons beside "Sign in".
    #[prop(optional, into)]
    more: Option<ViewFn>,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let submitted = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<SignInError>);
    let clouds = session.config().clouds;

    let missing = move |value: RwSignal<String>, words: fn(&Texts) -> &'static str| {
        Signal::derive(move || {
            (submitted.get() && value.read().trim().is_empty()).then(|| words(t()).to_owned())
        })
    };
    let submit = {
        let clouds = clouds.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            if busy.get_untracked() {
                return;
            }
            submitted.set(true);
            let is_missing = [draft.user, draft.password, draft.domain]
                .iter()
                .any(|value| value.read_untracked().trim().is_empty());
            if is_missing {
                if let Some(form) = form.get_untracked() {
                    focus_first_problem(&form);
                }
                return;
            }
            let Some(cloud) =
                clouds.iter().find(|cloud| cloud.name == *draft.cloud.read_untracked()).cloned()
            else {
                return;
            };
            let credentials = Credentials {
                user: draft.user.get_untracked().trim().to_owned(),
                password: Secret::new(draft.password.get_untracked()),
                domain: draft.domain.get_untracked().trim().to_owned(),
            };
            busy.set(true);
            failure.set(None);
            spawn_local(async move {
                let outcome = session.sign_in(&cloud, credentials).await;
                // The form may be gone by now: the session has moved on.
                busy.try_set(false);
                match outcome {
                    Ok(()) => {
                        draft.password.try_set(String::new());
                    }
                    Err(error) => {
                        failure.try_set(Some(error));
                    }
                }
            });
        }
    };
    let cloud_choices: Vec<Choice> =
        clouds.iter().map(|cloud| Choice::new(&cloud.name, &cloud.name)).collect();
    // Who is known only has to type the password; after signing out, somebody else may come.
    let knows_user = again || (!session.has_signed_out() && !draft.user.read_untracked().is_empty());
    let several_clouds = cloud_choices.len() > 1;
    view! {
        <form class="stack" node_ref=form on:submit=submit novalidate=true>
            {(several_clouds && !again)
                .then(|| {
                    view! {
                        <SelectField
                            label=word(|it| it.session.cloud)
                            value=draft.cloud
                            choices=Signal::stored(cloud_choices)
                        />
                    }
                })}
            <TextField
                label=word(|it| it.session.user_name)
                value=draft.user
                required=true
                name="username"
                autocomplete="username"
                read_only=again
                autofocus=!knows_user
                problem=missing(draft.user, |texts| texts.session.missing_user)
            />
            <TextField
                label=word(|it| it.session.password)
                value=draft.password
                kind=TextKind::Password
                required=true
                name="password"
                autocomplete="current-password"
                autofocus=knows_user
                problem=missing(draft.password, |texts| texts.session.missing_password)
            />
            <TextField
                label=word(|it| it.session.domain)
                value=draft.domain
                required=true
                name="domain"
                read_only=again
                problem=missing(draft.domain, |texts| texts.session.missing_domain)
            />
            {move || failure.get().map(|error| view! { <SignInFailure error=error /> })}
            <div class="row">
                <Button
                    label=Signal::derive(move || {
                        let texts = &t().session;
                        if busy.get() { texts.signing_in } else { texts.sign_in }.to_owned()
                    })
                    kind=Kind::Primary
                    submit=true
                    busy=busy
                />
                {more.map(|more| more.run())}
            </div>
        </form>
    }
}
