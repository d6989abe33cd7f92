//! What saving the form will mean for others: which flavors fit no more, and which projects lose sight of the image.

use leptos::prelude::*;

use crate::{
    components::image_form::ImageForm,
    domain::image_draft::effect::{SightLost, flavor_effect, losing_members, sight_lost},
    i18n::{intl, t},
    openstack::{
        error::ApiError,
        glance::{
            image::Image,
            member::{self, Member},
        },
    },
    state::{
        offer::{Offer, ask_flavors},
        session::{Session, use_session},
    },
};

/// More names than these are only counted.
const NAMES_SHOWN: usize = 8;

/// How many flavors fit now, and after saving, by name. They are read in the background.
#[component]
pub fn MinimumsEffect(
    /// What is typed.
    form: ImageForm,
    /// The image as it is.
    base: StoredValue<Image>,
) -> impl IntoView {
    let session = use_session();
    let flavors = Offer::new(move || ask_flavors(session));
    let words = Memo::new(move |_| {
        let words = &t().effect;
        if flavors.error().is_some() {
            return vec![words.no_flavors.to_owned()];
        }
        let effect = flavors
            .value()
            .read()
            .as_ref()
            .and_then(|flavors| base.with_value(|base| flavor_effect(flavors, base, &form.draft())));
        let Some(effect) = effect else { return Vec::new() };
        let number = |count: usize| intl::integer(count as u64);
        if effect.lost.is_empty() && effect.gained.is_empty() {
            return vec![(words.flavors)(&number(effect.now), &number(effect.total))];
        }
        let change =
            (words.flavors_change)(&number(effect.now), &number(effect.after), &number(effect.total));
        let lost = (!effect.lost.is_empty()).then(|| (words.lost)(&list(&effect.lost)));
        let gained = (!effect.gained.is_empty()).then(|| (words.gained)(&list(&effect.gained)));
        [Some(change), lost, gained].into_iter().flatten().collect()
    });
    view! { <Words words=words /> }
}

/// Who loses sight of the image by the chosen visibility. The members are asked for when it comes to them.
#[component]
pub fn VisibilityEffect(
    /// What is typed.
    form: ImageForm,
    /// The image as it is.
    base: StoredValue<Image>,
) -> impl IntoView {
    let session = use_session();
    let lost =
        Memo::new(move |_| base.with_value(|base| sight_lost(&base.visibility, &form.visibility.read())));
    let members = LocalResource::new(move || {
        let is_needed = lost.get() == Some(SightLost::Members);
        let id = base.with_value(|base| base.id.clone());
        if is_needed {
            // Where the names aren't known in time, the ids are shown.
            session.learn_project_names();
        }
        async move { if is_needed { Some(session.send(member::list_members(&id)).await) } else { None } }
    });
    let words = Memo::new(move |_| {
        let words = &t().effect;
        let Some(lost) = lost.get() else { return Vec::new() };
        vec![match lost {
            SightLost::Others => words.others.to_owned(),
            SightLost::OthersButMembers => words.others_but_members.to_owned(),
            SightLost::DefaultLists => words.default_lists.to_owned(),
            SightLost::Members => members_words(session, members.get().flatten()),
        }]
    });
    view! { <Words words=words /> }
}

fn members_words(session: Session, answer: Option<Result<Vec<Member>, ApiError>>) -> String {
    let words = &t().effect;
    match answer {
        None => words.members_loading.to_owned(),
        Some(Err(_)) => words.members_unknown.to_owned(),
        Some(Ok(members)) => {
            let losing = losing_members(&members).into_iter();
            let names = losing.map(|id| session.project_name(&id).unwrap_or_else(|| id.to_string()));
            let names: Vec<String> = names.collect();
            if names.is_empty() { words.no_members.to_owned() } else { (words.members)(&list(&names)) }
        }
    }
}

/// Sentences that come and go; read out when they change.
#[component]
fn Words(words: Memo<Vec<String>>) -> impl IntoView {
    view! {
        <div role="status" class="effect">
            {move || words.get().into_iter().map(|words| view! { <p class="hint">{words}</p> }).collect_view()}
        </div>
    }
}

fn list(names: &[String]) -> String {
    let shown = (t().common.list)(&names[..names.len().min(NAMES_SHOWN)]);
    match names.len().saturating_sub(NAMES_SHOWN) {
        0 => shown,
        more => (t().effect.and_more)(&shown, more),
    }
}
