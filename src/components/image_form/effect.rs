//! What saving the form will mean for others: which flavors fit no more, and which projects lose sight of the image.

use leptos::prelude::*;

use crate::{
    components::{image_form::ImageForm, sharing::project_words},
    domain::{
        access::Person,
        image_draft::effect::{SightLost, flavor_effect, listing_members, losing_members, sight_lost},
    },
    i18n::{intl, isolated, t},
    openstack::{
        error::ApiError,
        glance::{
            image::Image,
            member::{self, Member},
        },
        ids::ProjectId,
    },
    state::{
        images::use_images,
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
    let me = use_images().me();
    let flavors = Offer::new(move || ask_flavors(session));
    let words = Memo::new(move |_| {
        let words = &t().effect;
        if flavors.error().is_some() {
            return vec![words.no_flavors.to_owned()];
        }
        let is_admin = me.read().as_ref().is_some_and(Person::is_admin);
        let effect = flavors.value().read().as_ref().and_then(|flavors| {
            base.with_value(|base| flavor_effect(flavors, base, &form.draft(), is_admin))
        });
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
        let is_needed = matches!(lost.get(), Some(SightLost::Members | SightLost::MembersLists));
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
        let said = match lost {
            SightLost::Others => Some(words.others.to_owned()),
            SightLost::OthersButMembers => Some(words.others_but_members.to_owned()),
            SightLost::DefaultLists => Some(words.default_lists.to_owned()),
            SightLost::Members => Some(members_words(session, members.get().flatten())),
            SightLost::MembersLists => lists_words(session, members.get().flatten()),
        };
        said.into_iter().collect()
    });
    view! { <Words words=words /> }
}

fn members_words(session: Session, answer: Option<Result<Vec<Member>, ApiError>>) -> String {
    let words = &t().effect;
    match answer {
        None => words.members_loading.to_owned(),
        Some(Err(_)) => words.members_unknown.to_owned(),
        Some(Ok(members)) => {
            let names = project_names(session, &losing_members(&members));
            if names.is_empty() { words.no_members.to_owned() } else { (words.members)(&list(&names)) }
        }
    }
}

/// Nothing where no project has it in its list.
fn lists_words(session: Session, answer: Option<Result<Vec<Member>, ApiError>>) -> Option<String> {
    let words = &t().effect;
    match answer {
        None => Some(words.members_loading.to_owned()),
        Some(Err(_)) => Some(words.members_lists_unknown.to_owned()),
        Some(Ok(members)) => {
            let names = project_names(session, &listing_members(&members));
            (!names.is_empty()).then(|| (words.members_lists)(&list(&names)))
        }
    }
}

/// The names of projects where they are known, else their ids; tracked.
pub fn project_names(session: Session, projects: &[ProjectId]) -> Vec<String> {
    projects.iter().map(|project| project_words(session, project)).collect()
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

/// Names as part of a sentence: some, and how many more.
pub fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(NAMES_SHOWN).map(|name| isolated(name)).collect();
    let shown = (t().common.list)(&shown);
    match names.len().saturating_sub(NAMES_SHOWN) {
        0 => shown,
        more => (t().effect.and_more)(&shown, more),
    }
}
