//! Tab "Sharing": the owner's side, or the side of the project that the image was offered to.

use leptos::prelude::*;

use crate::{
    components::{
        error_panel::ErrorPanel,
        sharing::{
            Members,
            members::OwnerSide,
            offer::{OfferButtons, answer_commands, answers},
            project_words,
        },
    },
    i18n::{t, word},
    openstack::glance::{
        image::{Image, Visibility},
        member::MemberStatus,
    },
    state::{images::use_images, session::use_session},
    ui::notice::{Notice, Tone},
};

/// The tab.
#[component]
pub fn Sharing(
    /// The image.
    image: Memo<Image>,
    /// Its members.
    members: Members,
) -> impl IntoView {
    let images = use_images();
    let is_owner = Memo::new(move |_| {
        images.me().read().as_ref().is_some_and(|me| me.owns(&image.read()) || me.is_admin())
    });
    let membership = membership_of(image);
    let is_offered = Memo::new(move |_| membership.read().is_some());
    let commands =
        move || answer_commands(move || image.read().id.clone(), answers(membership.read().as_ref()));
    view! {
        <div class="stack">
            {move || {
                is_offered
                    .get()
                    .then(|| {
                        view! {
                            <section class="card stack">
                                <OfferText image=image />
                                <div class="row"><OfferButtons image=image /></div>
                                {commands}
                            </section>
                        }
                    })
            }}
            {move || match (is_owner.get(), is_offered.get()) {
                (true, _) => view! { <OwnerSide image=image members=members /> }.into_any(),
                (false, true) => ().into_any(),
                (false, false) => {
                    view! {
                        <section class="card stack">
                            <p>{move || not_owner_words(&image.read().visibility)}</p>
                            {move || {
                                let error = members.error().get()?;
                                let tried = word(|it| it.sharing.could_not_list);
                                let again = move |()| members.load();
                                Some(view! { <ErrorPanel tried=tried error=error on_retry=again /> })
                            }}
                        </section>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// On every tab: an offer that waits for an answer.
#[component]
pub fn PendingOffer(
    /// The image.
    image: Memo<Image>,
) -> impl IntoView {
    let membership = membership_of(image);
    let is_pending = Memo::new(move |_| *membership.read() == Some(MemberStatus::Pending));
    move || {
        is_pending.get().then(|| {
            view! {
                <Notice tone=Tone::Plain>
                    <OfferText image=image />
                    <div class="row"><OfferButtons image=image /></div>
                </Notice>
            }
        })
    }
}

#[component]
fn OfferText(image: Memo<Image>) -> impl IntoView {
    let session = use_session();
    let membership = membership_of(image);
    let words = move || {
        let owner = image.read().owner.as_ref().map(|owner| project_words(session, owner));
        let owner = owner.unwrap_or_else(|| t().sharing.somebody.to_owned());
        let words = match &*membership.read() {
            Some(MemberStatus::Accepted) => t().sharing.offer_accepted,
            Some(MemberStatus::Rejected) => t().sharing.offer_rejected,
            _ => t().sharing.offer_pending,
        };
        words(&owner)
    };
    view! { <p>{words}</p> }
}

/// What this project said to the offer of the image, if it was offered to it; one's own image never is.
fn membership_of(image: Memo<Image>) -> Memo<Option<MemberStatus>> {
    let images = use_images();
    Memo::new(move |_| {
        let image = image.read();
        let is_mine = images.me().read().as_ref().is_some_and(|me| me.owns(&image));
        if is_mine || image.visibility != Visibility::Shared {
            return None;
        }
        images.index().read().get(&image.id).and_then(|row| row.membership.clone())
    })
}

fn not_owner_words(visibility: &Visibility) -> &'static str {
    let words = &t().sharing;
    match visibility {
        Visibility::Public => words.is_public,
        Visibility::Community => words.is_community,
        _ => words.not_yours,
    }
}
