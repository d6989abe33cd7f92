//! "Check who can see it": what another project sees of the image, by a second sign-in that nothing is kept of.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{error_panel::ErrorPanel, held::HeldFields, sign_in_form::SignInFailure},
    domain::image_sight::expected,
    i18n::{t, word},
    openstack::{glance::image::Image, keystone::Credentials, secret::Secret},
    state::{
        images::use_images,
        session::{
            guest::{Glimpse, GlimpseError},
            use_session,
        },
    },
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
        field::{TextField, TextKind},
        notice::{Notice, Tone},
    },
};

/// The section with the button.
#[component]
pub fn Sight(
    /// The image.
    image: Memo<Image>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    view! {
        <section class="card stack-s" aria-label=word(|it| it.verify.sight_title)>
            <h2>{word(|it| it.verify.sight_title)}</h2>
            <p>{word(|it| it.verify.sight_text)}</p>
            <div class="row">
                <Button label=word(|it| it.verify.sight_button) on_press=move |()| is_open.set(true) />
            </div>
        </section>
        {move || is_open.get().then(|| view! { <SightDialog image=image is_open=is_open /> })}
    }
}

#[component]
fn SightDialog(image: Memo<Image>, is_open: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    let text = |text: &str| RwSignal::new(text.to_owned());
    let (user, password, project) = (text(""), text(""), text(""));
    let domain =
        untrack(|| session.grant()).map_or("Default".to_owned(), |grant| grant.token.user.domain.name);
    let domain = text(&domain);
    let busy = RwSignal::new(false);
    let was_tried = RwSignal::new(false);
    let outcome = RwSignal::new(None::<Result<Glimpse, GlimpseError>>);
    let missing = move |value: RwSignal<String>| {
        Signal::derive(move || {
            (was_tried.get() && value.read().trim().is_empty()).then(|| t().verify.missing.to_owned())
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        was_tried.set(true);
        let has_all = [user, password, domain].iter().all(|value| !value.read_untracked().trim().is_empty());
        if busy.get_untracked() || !has_all {
            return;
        }
        let credentials = Credentials {
            user: user.get_untracked().trim().to_owned(),
            password: Secret::new(password.get_untracked()),
            domain: domain.get_untracked().trim().to_owned(),
        };
        busy.set(true);
        outcome.set(None);
        let id = image.read_untracked().id.clone();
        spawn_local(async move {
            let project = project.get_untracked();
            let seen = session.look_as(&credentials, project.trim(), &id).await;
            // The dialog may be closed by now.
            busy.try_set(false);
            outcome.try_set(Some(seen));
        });
    };
    let close = move |()| is_open.set(false);
    view! {
        <Dialog heading=word(|it| it.verify.sight_dialog) on_close=close locked=busy>
            <p>{word(|it| it.verify.sight_note)}</p>
            <form class="stack" on:submit=submit novalidate=true autocomplete="off" aria-busy=move || busy.get().then_some("true")>
                <HeldFields busy=busy>
                    <TextField label=word(|it| it.session.user_name) value=user required=true autofocus=true problem=missing(user) />
                    <TextField
                        label=word(|it| it.session.password)
                        value=password
                        kind=TextKind::Password
                        required=true
                        problem=missing(password)
                    />
                    <TextField label=word(|it| it.session.domain) value=domain required=true problem=missing(domain) />
                    <TextField
                        label=word(|it| it.verify.sight_project)
                        value=project
                        hint=Signal::derive(move || Some(t().verify.sight_project_hint.to_owned()))
                    />
                </HeldFields>
                {move || outcome.get().map(|outcome| view! { <Seen image=image outcome=outcome /> })}
                <div class="dialog-foot">
                    <Button label=word(|it| it.common.close) on_press=close />
                    <Button label=word(|it| it.verify.sight_check) kind=Kind::Primary submit=true busy=busy />
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn Seen(image: Memo<Image>, outcome: Result<Glimpse, GlimpseError>) -> impl IntoView {
    let glimpse = match outcome {
        Ok(glimpse) => glimpse,
        Err(GlimpseError::SignIn(error)) => return view! { <SignInFailure error=error /> }.into_any(),
        Err(GlimpseError::Failed(error)) => {
            return view! { <ErrorPanel tried=word(|it| it.verify.sight_failed) error=error /> }.into_any();
        }
        Err(GlimpseError::WhichProject(names)) => {
            return view! {
                <Notice tone=Tone::Warn>
                    <p>{word(|it| it.verify.sight_choose)} <bdi>{move || (t().common.list)(&names)}</bdi></p>
                </Notice>
            }
            .into_any();
        }
    };
    let me = use_images().me();
    let is_own = me.with_untracked(|me| me.as_ref().is_some_and(|me| me.project == glimpse.project.id));
    let should = image.with_untracked(|image| expected(image, &glimpse.viewer));
    let is_right = should.is_none_or(|(sight, _)| sight == glimpse.sight);
    let title = word(match is_right {
        true => |it| it.verify.sight_as_expected,
        false => |it| it.verify.sight_not_as_expected,
    });
    let seen = |is_seen: bool| if is_seen { t().verify.sight_seen } else { t().verify.sight_not_seen };
    let (user, project) = (glimpse.user, glimpse.project.name);
    let rows = [
        (glimpse.sight.in_list, should.map(|(should, _)| should.in_list)),
        (glimpse.sight.by_id, should.map(|(should, _)| should.by_id)),
    ];
    let row = move |(at, (is_seen, should)): (usize, (bool, Option<bool>))| {
        let label = move || if at == 0 { t().verify.sight_list } else { t().verify.sight_by_id };
        let words = move || match should.filter(|should| *should != is_seen) {
            Some(should) => format!("{} ({} {})", seen(is_seen), t().verify.sight_expected, seen(should)),
            None => seen(is_seen).to_owned(),
        };
        view! {
            <dt>{label}</dt>
            <dd>{words}</dd>
        }
    };
    let why = should.map_or("", |(_, reason)| reason.word());
    view! {
        <Notice tone=if is_right { Tone::Good } else { Tone::Bad } title=title>
            <p><bdi>{move || (t().verify.sight_as)(&user, &project)}</bdi></p>
            <dl class="facts">{rows.into_iter().enumerate().map(row).collect_view()}</dl>
            <p>{move || (t().verify.sight_reason)(why)}</p>
            {is_own.then(|| view! { <p>{word(|it| it.verify.sight_same_project)}</p> })}
        </Notice>
    }
    .into_any()
}
