//! The owner's side: which projects the image was offered to, what they said, and taking the offers back.

use leptos::prelude::*;

use crate::{
    components::{
        error_panel::ErrorPanel,
        image_words::{name_of, refusal},
        sharing::{
            Members,
            add_project::AddProject,
            offer::{answer_commands, answers},
            project_words,
        },
    },
    domain::{
        access::{can_set_visibility, can_share},
        command,
        image_draft::effect::losing_members,
    },
    i18n::{intl, isolated, t, word},
    openstack::glance::{
        self,
        image::{Image, Visibility},
        member::{Member, MemberStatus, delete_member},
        patch::Patch,
    },
    state::{
        confirm::{Question, use_confirm, work},
        images::use_images,
        session::use_session,
        toasts::use_toasts,
    },
    ui::{
        button::{Button, Kind},
        notice::{Badge, Tone},
    },
};

/// What a project said, in words.
pub fn member_words(status: &MemberStatus) -> String {
    (t().sharing.status_name)(status.as_str()).map_or_else(|| status.as_str().to_owned(), str::to_owned)
}

/// The colour of what it said.
pub fn member_tone(status: &MemberStatus) -> Tone {
    match status {
        MemberStatus::Accepted => Tone::Good,
        MemberStatus::Rejected => Tone::Warn,
        MemberStatus::Pending | MemberStatus::Other(_) => Tone::Plain,
    }
}

/// The whole of the owner's side.
#[component]
pub fn OwnerSide(
    /// The image.
    #[prop(into)]
    image: Signal<Image>,
    /// Its members.
    members: Members,
) -> impl IntoView {
    let (session, images) = (use_session(), use_images());
    session.learn_project_names();
    let is_shared = Memo::new(move |_| image.read().visibility == Visibility::Shared);
    let state = move || {
        let words = &t().sharing;
        match image.read().visibility {
            Visibility::Shared => words.is_shared,
            Visibility::Private => words.is_private,
            Visibility::Public => words.is_public,
            Visibility::Community => words.is_community,
            Visibility::Other(_) => words.is_other,
        }
    };
    let reason = Signal::derive(move || {
        let me = images.me();
        refusal(can_share(&image.read(), me.read().as_ref()?))
    });
    let rows = Signal::derive(move || members.list().get().unwrap_or_default());
    let is_known = Memo::new(move |_| members.list().read().is_some());
    view! {
        <section class="card stack">
            <h2>{word(|it| it.sharing.projects)}</h2>
            <p>{state}</p>
            <AddProject image=image members=members disabled_reason=reason />
            {move || {
                let error = members.error().get()?;
                let again = move |()| members.load();
                Some(view! { <ErrorPanel tried=word(|it| it.sharing.could_not_list) error=error on_retry=again /> })
            }}
            {move || {
                (is_shared.get() && is_known.get() && rows.read().is_empty())
                    .then(|| view! { <p class="muted">{t().sharing.nobody}</p> })
            }}
            <MemberTable image=image members=members rows=rows disabled_reason=reason />
            {move || {
                is_shared
                    .get()
                    .then(|| {
                        view! {
                            <p class="hint">{t().sharing.other_side}</p>
                            {answer_commands(move || image.read().id.clone(), answers(Some(&MemberStatus::Pending)))}
                            <StopSharing image=image members=members />
                        }
                    })
            }}
        </section>
    }
}

#[component]
fn MemberTable(
    image: Signal<Image>,
    members: Members,
    rows: Signal<Vec<Member>>,
    disabled_reason: Signal<Option<String>>,
) -> impl IntoView {
    let (session, confirm, toasts) = (use_session(), use_confirm(), use_toasts());
    let remove = move |member: Member| {
        let words = &t().sharing;
        let project = project_words(session, &member.member_id);
        let id = image.read_untracked().id.clone();
        confirm.ask(Question {
            heading: words.remove_title.to_owned(),
            subject: project.clone(),
            text: vec![words.remove_text.to_owned()],
            names: Vec::new(),
            verb: words.remove.to_owned(),
            is_danger: true,
            tried: (words.remove_failed)(&isolated(&project)),
            command: Some(command::remove_project(&id, member.member_id.as_str())),
            work: work(move || {
                let (id, member, project) = (id.clone(), member.member_id.clone(), project.clone());
                async move {
                    session.send(delete_member(&id, &member)).await?;
                    members.load();
                    toasts.good((t().sharing.removed)(&isolated(&project)));
                    Ok(())
                }
            }),
        });
    };
    let row = move |member: Member| {
        let id = member.member_id.clone();
        let name = Signal::derive(move || project_words(session, &id));
        let status = member.status.clone();
        let at = member.updated_at.clone();
        let removed = member.clone();
        let shown = member.member_id.as_str().to_owned();
        view! {
            <tr>
                <th scope="row">
                    <bdi>{name}</bdi>
                    {move || {
                        // Where the name is not known the id stands there already.
                        let has_name = *name.read() != shown;
                        has_name.then(|| view! { <small class="muted mono member-id"><bdi>{shown.clone()}</bdi></small> })
                    }}
                </th>
                <td data-label=move || t().image.status>
                    <Badge
                        label=Signal::derive(move || member_words(&status))
                        tone=Signal::stored(member_tone(&member.status))
                    />
                </td>
                <td class="muted" data-label=move || t().image.updated>{move || intl::date_time(&at)}</td>
                <td class="col-actions" data-reason-side="end">
                    <Button
                        label=word(|it| it.sharing.remove)
                        name=Signal::derive(move || (t().sharing.named)(t().sharing.remove, &name.read()))
                        small=true
                        disabled_reason=disabled_reason
                        on_press=move |()| remove(removed.clone())
                    />
                </td>
            </tr>
        }
    };
    let has_rows = Memo::new(move |_| !rows.read().is_empty());
    move || {
        has_rows.get().then(|| {
            view! {
                <div class="table-frame">
                    <table class="table instance-table member-table" aria-label=word(|it| it.sharing.projects)>
                        <thead>
                            <tr>
                                <th scope="col">{word(|it| it.sharing.project)}</th>
                                <th scope="col">{word(|it| it.image.status)}</th>
                                <th scope="col">{word(|it| it.image.updated)}</th>
                                <th scope="col">
                                    <span class="visually-hidden">{word(|it| it.images.actions)}</span>
                                </th>
                            </tr>
                        </thead>
                        <tbody>
                            <For
                                each=move || rows.get()
                                key=|member| (member.member_id.clone(), member.status.clone())
                                children=row
                            />
                        </tbody>
                    </table>
                </div>
            }
        })
    }
}

/// Makes a shared image private again, after saying who loses sight of it.
#[component]
fn StopSharing(image: Signal<Image>, members: Members) -> impl IntoView {
    let (session, images, confirm, toasts) = (use_session(), use_images(), use_confirm(), use_toasts());
    let reason = move || {
        let me = images.me();
        refusal(can_set_visibility(&image.read(), &Visibility::Private, me.read().as_ref()?))
    };
    let ask = move |()| {
        let words = &t().sharing;
        let shown = image.get_untracked();
        // A list that has not come, or that could not be read again, says nothing of who loses.
        let known = members.list().get_untracked().filter(|_| members.error().read_untracked().is_none());
        let losing = losing_members(known.as_deref().unwrap_or_default());
        let names: Vec<String> = losing.iter().map(|project| project_words(session, project)).collect();
        let mut patch = Patch::default();
        patch.replace("visibility", Visibility::Private.as_str());
        let effect = match names.is_empty() {
            _ if known.is_none() => words.members_unknown,
            true => words.nobody,
            false => words.members_lose,
        };
        confirm.ask(Question {
            heading: words.stop.to_owned(),
            subject: name_of(&shown),
            text: vec![effect.to_owned()],
            names,
            verb: words.stop.to_owned(),
            is_danger: true,
            tried: words.stop_failed.to_owned(),
            command: Some(command::update_image(&shown, &patch).line),
            work: work(move || {
                let (id, patch) = (shown.id.clone(), patch.clone());
                async move {
                    let changed = session.send(glance::update_image(&id, &patch)).await?;
                    toasts.good((t().sharing.stopped)(&isolated(&name_of(&changed))));
                    images.upsert(changed);
                    Ok(())
                }
            }),
        });
    };
    view! {
        <div class="row">
            <Button
                label=word(|it| it.sharing.stop)
                kind=Kind::Normal
                disabled_reason=Signal::derive(reason)
                on_press=ask
            />
        </div>
    }
}
