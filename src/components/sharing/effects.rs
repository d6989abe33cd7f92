//! What a change of an image's visibility does to others, told before it is made.

use leptos::prelude::*;

use crate::{
    components::sharing::{Members, project_words},
    domain::sharing::{Losing, losing},
    i18n::t,
    openstack::glance::{
        image::{Image, Visibility},
        member::{Member, MemberStatus},
    },
    state::session::use_session,
    ui::notice::{Notice, Tone},
};

/// Who loses sight of an image, as a sentence.
pub fn losing_words(losing: Losing) -> &'static str {
    let words = &t().sharing;
    match losing {
        Losing::Everybody => words.everybody_loses,
        Losing::Lists => words.lists_lose,
        Losing::Members => words.members_lose,
    }
}

/// Those who have something to lose: whoever has not rejected the offer.
pub fn losers(members: &[Member]) -> impl Iterator<Item = &Member> {
    members.iter().filter(|member| member.status != MemberStatus::Rejected)
}

/// A notice for forms: who loses sight of the image by the visibility that is chosen.
#[component]
pub fn VisibilityEffect(
    /// The image as it is.
    image: Memo<Option<Image>>,
    /// What is chosen.
    #[prop(into)]
    wanted: Signal<Option<Visibility>>,
) -> impl IntoView {
    let session = use_session();
    let members = Members::follow(image);
    let who = Memo::new(move |_| losing(&image.read().as_ref()?.visibility, wanted.read().as_ref()?));
    move || {
        let who = who.get()?;
        let list = members.list().read();
        let list = list.as_deref().filter(|_| who == Losing::Members).unwrap_or_default();
        // Nobody has it: nobody loses it.
        if who == Losing::Members && members.list().read().is_some() && losers(list).next().is_none() {
            return None;
        }
        let names: Vec<_> = losers(list)
            .map(|member| view! { <li><bdi>{project_words(session, &member.member_id)}</bdi></li> })
            .collect();
        Some(view! {
            <Notice tone=Tone::Warn>
                <p>{losing_words(who)}</p>
                <ul class="bullets names">{names}</ul>
            </Notice>
        })
    }
}
