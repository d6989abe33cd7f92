//! The form for signing in, by password or application credential: on the sign-in page, and in the dialog over a page whose session has expired.

use leptos::{html, prelude::*, task::spawn_local};

use crate::{
    components::error_panel::{ErrorDetails, doctor_link},
    domain::config::Cloud,
    i18n::{Texts, Words, t, word},
    openstack::{
        keystone::{AppCredential, CredentialName, Credentials},
        secret::Secret,
    },
    state::session::{
        Session,
        sign_in::{LastSignIn, SignInError},
    },
    ui::{
        button::{Button, Kind},
        field::{Choice, SelectField, TextField, TextKind, focus_first_problem},
        id::unique_id,
        notice::{Notice, Tone},
    },
};

/// A failed sign-in in words, and the service's own where they help.
pub fn sign_in_error_words(error: &SignInError, texts: &Texts) -> Option<String> {
    match error {
        SignInError::WrongCredentials => Some(texts.session.wrong_credentials.to_owned()),
        SignInError::WrongSecret => Some(texts.session.wrong_secret.to_owned()),
        SignInError::NoCredential => Some(texts.session.no_credential.to_owned()),
        SignInError::OneProject => Some(texts.session.one_project.to_owned()),
        SignInError::Misfit { key, found, known } => {
            Some((texts.session.misfit)(key, found, &(texts.common.list)(known)))
        }
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
                    let is_silent = matches!(error, SignInError::Unreachable { .. });
                    view! {
                        <p>{move || sign_in_error_words(&error, t()).unwrap_or_default()}</p>
                        {is_silent.then(doctor_link)}
                    }
                        .into_any()
                }
            }}
        </Notice>
    }
}

/// How a person signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By user name and password.
    Password,
    /// By application credential.
    Credential,
}

/// What is typed into the form; a demo account fills it.
#[derive(Clone, Copy)]
pub struct SignInDraft {
    /// The cloud's name.
    pub cloud: RwSignal<String>,
    /// How.
    pub way: RwSignal<Way>,
    /// The user's name.
    pub user: RwSignal<String>,
    /// The password; emptied after signing in.
    pub password: RwSignal<String>,
    /// The domain's name.
    pub domain: RwSignal<String>,
    /// The application credential's id or name.
    credential: RwSignal<String>,
    /// Its secret; emptied after signing in.
    secret: RwSignal<String>,
    /// Whether it was to be sent already: what is missing is told from then on.
    submitted: RwSignal<bool>,
}

impl SignInDraft {
    /// Prefilled with what was used last on this browser.
    pub fn new(last: &LastSignIn, clouds: &[Cloud]) -> Self {
        let known = clouds.iter().find(|cloud| cloud.name == last.cloud).or(clouds.first());
        let domain = if last.domain.is_empty() { "Default".to_owned() } else { last.domain.clone() };
        let way = if last.credential.is_some() { Way::Credential } else { Way::Password };
        Self {
            cloud: RwSignal::new(known.map(|cloud| cloud.name.clone()).unwrap_or_default()),
            way: RwSignal::new(way),
            user: RwSignal::new(last.user.clone()),
            password: RwSignal::new(String::new()),
            domain: RwSignal::new(domain),
            credential: RwSignal::new(last.credential.clone().unwrap_or_default()),
            secret: RwSignal::new(String::new()),
            submitted: RwSignal::new(false),
        }
    }

    /// Whether the credential goes by its name, which needs its user: an id is being typed as long as it could be one; tracked.
    fn wants_user(self) -> bool {
        let typed = self.credential.read();
        let typed = typed.trim();
        let may_become_id =
            !self.submitted.get() && typed.len() < 32 && typed.bytes().all(|byte| byte.is_ascii_hexdigit());
        !typed.is_empty() && !may_become_id && !CredentialName::is_id(typed)
    }

    fn needed(self) -> Vec<RwSignal<String>> {
        match self.way.get_untracked() {
            Way::Password => vec![self.user, self.password, self.domain],
            Way::Credential if untrack(|| self.wants_user()) => {
                vec![self.credential, self.secret, self.user, self.domain]
            }
            Way::Credential => vec![self.credential, self.secret],
        }
    }

    async fn send(self, session: Session, cloud: &Cloud) -> Result<(), SignInError> {
        let typed = |field: RwSignal<String>| field.get_untracked().trim().to_owned();
        let (user, domain) = (typed(self.user), typed(self.domain));
        if self.way.get_untracked() == Way::Password {
            let password = Secret::new(self.password.get_untracked());
            return session.sign_in(cloud, Credentials { user, password, domain }).await;
        }
        let name = typed(self.credential);
        let name = if CredentialName::is_id(&name) {
            CredentialName::Id(name)
        } else {
            CredentialName::OfUser { name, user, domain }
        };
        let secret = Secret::new(typed(self.secret));
        session.sign_in_with(cloud, AppCredential { name, secret }).await
    }

    /// A field's problem: that it is empty.
    fn missing(self, field: RwSignal<String>, words: fn(&Texts) -> &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            (self.submitted.get() && field.read().trim().is_empty()).then(|| words(t()).to_owned())
        })
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
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<SignInError>);
    let clouds = session.config().clouds;

    let submit = {
        let clouds = clouds.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            if busy.get_untracked() {
                return;
            }
            draft.submitted.set(true);
            let is_missing = draft.needed().iter().any(|field| field.read_untracked().trim().is_empty());
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
            busy.set(true);
            failure.set(None);
            spawn_local(async move {
                let outcome = draft.send(session, &cloud).await;
                // The form may be gone by now: the session has moved on.
                busy.try_set(false);
                match outcome {
                    Ok(()) => {
                        draft.password.try_set(String::new());
                        draft.secret.try_set(String::new());
                        draft.submitted.try_set(false);
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
            <WayField way=draft.way />
            {move || match draft.way.get() {
                Way::Password => view! { <PasswordFields draft=draft again=again knows_user=knows_user /> }.into_any(),
                Way::Credential => view! { <CredentialFields draft=draft again=again /> }.into_any(),
            }}
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

/// The choice between the ways.
#[component]
fn WayField(way: RwSignal<Way>) -> impl IntoView {
    let group = unique_id("way");
    let choices: [(Way, Words); 2] =
        [(Way::Password, |it| it.session.with_password), (Way::Credential, |it| it.session.with_credential)];
    let choices = choices
        .map(|(own, words)| {
            let id = unique_id("way");
            view! {
                <span class="check">
                    <input
                        type="radio"
                        id=id.clone()
                        name=group.clone()
                        prop:checked=move || way.get() == own
                        on:change=move |_| way.set(own)
                    />
                    <label for=id>{word(words)}</label>
                </span>
            }
        })
        .collect_view();
    view! {
        <fieldset class="fieldset">
            <legend>{word(|it| it.session.way)}</legend>
            <div class="row">{choices}</div>
        </fieldset>
    }
}

#[component]
fn PasswordFields(draft: SignInDraft, again: bool, knows_user: bool) -> impl IntoView {
    view! {
        <UserField draft=draft again=again autofocus=!knows_user />
        <TextField
            label=word(|it| it.session.password)
            value=draft.password
            kind=TextKind::Password
            required=true
            name="password"
            autocomplete="current-password"
            autofocus=knows_user
            problem=draft.missing(draft.password, |texts| texts.session.missing_password)
        />
        <DomainField draft=draft again=again />
    }
}

#[component]
fn CredentialFields(draft: SignInDraft, again: bool) -> impl IntoView {
    let wants_user = Memo::new(move |_| draft.wants_user());
    let is_known = !draft.credential.read_untracked().is_empty();
    view! {
        <TextField
            label=word(|it| it.session.credential)
            value=draft.credential
            required=true
            name="credential"
            autofocus=!is_known
            hint=Signal::derive(|| Some(t().session.credential_hint.to_owned()))
            problem=draft.missing(draft.credential, |texts| texts.session.missing_credential)
        />
        {move || {
            wants_user
                .get()
                .then(|| {
                    view! {
                        <UserField draft=draft again=again autofocus=false />
                        <DomainField draft=draft again=again />
                    }
                })
        }}
        <TextField
            label=word(|it| it.session.secret)
            value=draft.secret
            kind=TextKind::Password
            required=true
            name="secret"
            autofocus=is_known
            problem=draft.missing(draft.secret, |texts| texts.session.missing_secret)
        />
    }
}

#[component]
fn UserField(draft: SignInDraft, again: bool, autofocus: bool) -> impl IntoView {
    view! {
        <TextField
            label=word(|it| it.session.user_name)
            value=draft.user
            required=true
            name="username"
            autocomplete="username"
            read_only=again
            autofocus=autofocus
            problem=draft.missing(draft.user, |texts| texts.session.missing_user)
        />
    }
}

#[component]
fn DomainField(draft: SignInDraft, again: bool) -> impl IntoView {
    view! {
        <TextField
            label=word(|it| it.session.domain)
            value=draft.domain
            required=true
            name="domain"
            read_only=again
            problem=draft.missing(draft.domain, |texts| texts.session.missing_domain)
        />
    }
}
