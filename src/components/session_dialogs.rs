//! What the session asks of the person while a page is open: signing in again, and whether to sign out while uploads run.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        leave::use_leaving,
        sign_in_form::{SignInDraft, SignInForm},
    },
    domain::session::SessionState,
    i18n::{t, word},
    state::{
        downloads::use_downloads,
        session::{Session, sign_in::LastSignIn, use_session},
        toasts::{Toasts, use_toasts},
        uploads::use_uploads,
        verifications::use_verifications,
    },
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
        lazy::{lazy, part},
        notice::{Notice, Tone},
    },
};

/// Signing out does not wait longer than this for cancelled uploads to be deleted.
const CLEAN_UP_PATIENCE_MS: u32 = 5_000;

#[derive(Clone, Copy)]
struct SignOutQuestion(RwSignal<bool>);

/// A callback that signs out, after a question where something typed would be lost or work under way be cut off.
pub fn use_sign_out() -> Callback<()> {
    let session = use_session();
    let toasts = use_toasts();
    let (uploads, downloads, verifications) = (use_uploads(), use_downloads(), use_verifications());
    let question = expect_context::<SignOutQuestion>();
    let leaving = use_leaving();
    let go = move || match untrack(|| uploads.running() + downloads.running() + verifications.running()) {
        0 => sign_out(session, toasts),
        _ => question.0.set(true),
    };
    Callback::new(move |()| leaving.unless_kept(go))
}

/// Makes the place for the question; called once by the app.
pub fn provide_sign_out_question() {
    provide_context(SignOutQuestion(RwSignal::new(false)));
}

fn sign_out(session: Session, toasts: Toasts) {
    spawn_local(async move {
        match session.sign_out().await {
            Ok(()) => toasts.good(t().session.signed_out),
            Err(error) => toasts.bad(t().session.revoke_failed, error),
        }
    });
}

/// The dialogs.
#[component]
pub fn SessionDialogs() -> impl IntoView {
    let session = use_session();
    let question = expect_context::<SignOutQuestion>().0;
    let dismissed = RwSignal::new(false);
    let is_expired = Memo::new(move |_| matches!(*session.state().read(), SessionState::Expired(_)));
    view! {
        {move || {
            let minutes = session.minutes_left().get().filter(|_| !dismissed.get());
            minutes.map(|minutes| view! { <ExpiryNotice minutes=minutes dismissed=dismissed /> })
        }}
        {move || is_expired.get().then(|| view! { <ExpiredDialog session=session /> })}
        {move || question.get().then(|| lazy(sign_out_dialog))}
    }
}

// With what it cancels.
part!(later: fn sign_out_dialog() -> view! { <SignOutDialog /> });

#[component]
fn ExpiryNotice(minutes: u64, dismissed: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="expiry">
            <Notice tone=Tone::Warn>
                <p>{move || (t().session.expires_soon)(minutes)}</p>
                <div class="row">
                    <Button label=word(|it| it.common.dismiss) small=true on_press=move |()| dismissed.set(true) />
                </div>
            </Notice>
        </div>
    }
}

#[component]
fn ExpiredDialog(session: Session) -> impl IntoView {
    let toasts = use_toasts();
    let last = session.grant().map(|grant| LastSignIn {
        cloud: grant.cloud,
        user: grant.token.user.name,
        domain: grant.token.user.domain.name,
        project: None,
        credential: grant.token.credential.map(|credential| credential.id),
    });
    let draft = SignInDraft::new(&last.unwrap_or_default(), &session.config().clouds);
    let leave = move || {
        view! {
            <Button
                label=word(|it| it.session.sign_out_instead)
                kind=Kind::Quiet
                on_press=move |()| sign_out(session, toasts)
            />
        }
    };
    view! {
        <Dialog
            heading=word(|it| it.session.expired_title)
            locked=true
            on_close=|()| ()
        >
            <p>{word(|it| it.session.expired_text)}</p>
            <SignInForm session=session draft=draft again=true more=leave />
        </Dialog>
    }
}

#[component]
fn SignOutDialog() -> impl IntoView {
    let (session, toasts) = (use_session(), use_toasts());
    let (uploads, downloads, verifications) = (use_uploads(), use_downloads(), use_verifications());
    let question = expect_context::<SignOutQuestion>().0;
    let close = move |()| question.set(false);
    let leave = move |()| {
        question.set(false);
        uploads.cancel_all();
        verifications.cancel_all();
        spawn_local(async move {
            // Deleting the records needs the token that signing out revokes.
            uploads.until_idle(CLEAN_UP_PATIENCE_MS).await;
            verifications.until_idle(CLEAN_UP_PATIENCE_MS).await;
            sign_out(session, toasts);
        });
    };
    view! {
        <Dialog heading=word(|it| it.shell.sign_out) on_close=close>
            {move || (uploads.running() > 0).then(|| view! { <p>{(t().session.sign_out_running)(uploads.running())}</p> })}
            {move || {
                (downloads.running() > 0).then(|| view! { <p>{(t().downloads.sign_out_running)(downloads.running())}</p> })
            }}
            {move || (verifications.running() > 0).then(|| view! { <p>{t().verify.sign_out_running}</p> })}
            <div class="dialog-foot">
                <Button label=word(|it| it.common.cancel) on_press=close autofocus=true />
                <Button label=word(|it| it.session.sign_out_anyway) kind=Kind::Danger on_press=leave />
            </div>
        </Dialog>
    }
}
