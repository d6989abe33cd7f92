//! The side of a project that an image was offered to: accept, reject, leave.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        command_line::CommandLine,
        image_words::{name_of, refusal},
    },
    domain::{access::can_answer_offer, command},
    i18n::{Words, isolated, t, word},
    openstack::{
        error::ApiError,
        glance::{
            image::Image,
            member::{MemberStatus, update_member},
        },
        ids::ImageId,
    },
    state::{
        confirm::{Question, use_confirm, work},
        images::{Images, use_images},
        session::{Session, use_session},
        toasts::use_toasts,
    },
    ui::button::{Button, Kind},
};

/// What can be said to an offer, given what was said so far: the answer, and the words of its button.
pub fn answers(membership: Option<&MemberStatus>) -> &'static [(MemberStatus, Words)] {
    const ACCEPT: (MemberStatus, Words) = (MemberStatus::Accepted, |it| it.sharing.accept);
    const REJECT: (MemberStatus, Words) = (MemberStatus::Rejected, |it| it.sharing.reject);
    const LEAVE: (MemberStatus, Words) = (MemberStatus::Rejected, |it| it.sharing.leave);
    match membership {
        None => &[],
        Some(MemberStatus::Accepted) => &[LEAVE],
        Some(MemberStatus::Rejected) => &[ACCEPT],
        Some(_) => &[ACCEPT, REJECT],
    }
}

/// Sends an answer, after a question where an accepted image would go from the list. Call it at the top of a component.
pub fn use_answer() -> Callback<(Image, MemberStatus)> {
    let (session, images, toasts, confirm) = (use_session(), use_images(), use_toasts(), use_confirm());
    let running = StoredValue::new(BTreeSet::new());
    Callback::new(move |(image, answer): (Image, MemberStatus)| {
        let membership =
            images.index().read_untracked().get(&image.id).and_then(|row| row.membership.clone());
        let name = name_of(&image);
        if membership == Some(MemberStatus::Accepted) && answer == MemberStatus::Rejected {
            let words = &t().sharing;
            let leaving = image.clone();
            confirm.ask(Question {
                heading: words.leave_title.to_owned(),
                subject: name.clone(),
                text: vec![words.leave_text.to_owned()],
                names: Vec::new(),
                verb: words.leave.to_owned(),
                is_danger: true,
                tried: (words.answer_failed)(&isolated(&name)),
                command: Some(command::answer_offer(&image.id, &answer)),
                work: work(move || {
                    let (image, answer) = (leaving.clone(), answer.clone());
                    async move {
                        send(session, images, &image, &answer).await?;
                        toasts.good((t().sharing.left)(&isolated(&name_of(&image))));
                        Ok(())
                    }
                }),
            });
            return;
        }
        // A second press of the same does nothing.
        if !running.try_update_value(|running| running.insert(image.id.clone())).unwrap_or(false) {
            return;
        }
        spawn_local(async move {
            match send(session, images, &image, &answer).await {
                Ok(()) if answer == MemberStatus::Accepted => {
                    toasts.good((t().sharing.accepted)(&isolated(&name)))
                }
                Ok(()) => toasts.good((t().sharing.rejected)(&isolated(&name))),
                Err(ApiError::Aborted) => {}
                Err(error) => toasts.bad((t().sharing.answer_failed)(&isolated(&name)), error),
            }
            running.try_update_value(|running| running.remove(&image.id));
        });
    })
}

async fn send(
    session: Session,
    images: Images,
    image: &Image,
    answer: &MemberStatus,
) -> Result<(), ApiError> {
    let Some(me) = images.me().get_untracked() else { return Err(ApiError::Aborted) };
    let member = session.send(update_member(&image.id, &me.project, answer)).await?;
    images.set_membership(&image.id, &member.status);
    images.acted();
    Ok(())
}

/// The commands that say these answers, each under its name.
pub fn answer_commands(
    image: impl Fn() -> ImageId + Copy + Send + Sync + 'static,
    answers: &'static [(MemberStatus, Words)],
) -> impl IntoView {
    let line = move |(status, what): &'static (MemberStatus, Words)| {
        let command = Signal::derive(move || Some(command::answer_offer(&image(), status)));
        view! { <CommandLine command=command what=*what /> }
    };
    answers.iter().map(line).collect_view()
}

/// What can be said to the offer now, as buttons; nothing for an image that is not offered to this project.
#[component]
pub fn OfferButtons(
    /// The image.
    #[prop(into)]
    image: Signal<Image>,
    /// Smaller ones named after the image, for table rows.
    #[prop(optional)]
    in_row: bool,
) -> impl IntoView {
    let images = use_images();
    let answer = use_answer();
    let membership = Memo::new(move |_| {
        images.index().read().get(&image.read().id).and_then(|row| row.membership.clone())
    });
    let button = move |(status, words): &'static (MemberStatus, Words)| {
        let reason = move || {
            let me = images.me();
            refusal(can_answer_offer(&image.read(), membership.read().as_ref(), status, me.read().as_ref()?))
        };
        let kind = match (in_row, status) {
            (_, MemberStatus::Accepted) => Kind::Primary,
            _ => Kind::Normal,
        };
        let name = move || {
            let label = words(t());
            if in_row { (t().sharing.named)(label, &name_of(&image.read())) } else { label.to_owned() }
        };
        view! {
            <Button
                label=word(*words)
                name=Signal::derive(name)
                kind=kind
                small=in_row
                disabled_reason=Signal::derive(reason)
                on_press=move |()| answer.run((image.get_untracked(), status.clone()))
            />
        }
    };
    move || answers(membership.read().as_ref()).iter().map(button).collect_view()
}
