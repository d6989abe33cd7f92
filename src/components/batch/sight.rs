//! Who loses sight of images by another visibility. The members of the shared ones are asked for, some at a time.

use std::collections::{BTreeMap, BTreeSet};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::image_form::effect::{list, project_names},
    domain::{
        batch::{Change, Plan},
        image_draft::effect::{SightLost, listing_members, losing_members, sight_lost},
    },
    i18n::t,
    openstack::{
        glance::{
            image::Visibility,
            member::{Member, list_members},
        },
        ids::{ImageId, ProjectId},
    },
    state::session::{Session, use_session},
};

/// The members of more images are not asked for: that many names would say nothing.
const ASKED_AT_MOST: usize = 24;
/// So many answers are waited for at once.
const AT_ONCE: usize = 4;

/// What was answered, by image; `None` where the members could not be read.
type Known = RwSignal<BTreeMap<ImageId, Option<Vec<Member>>>>;

/// In sentences; nothing where nobody loses anything.
#[component]
pub fn SightEffect(
    /// Who is changed.
    planned: Memo<Plan>,
    /// How.
    change: RwSignal<Option<Change>>,
) -> impl IntoView {
    let session = use_session();
    let known: Known = RwSignal::new(BTreeMap::new());
    // What each image takes from whom.
    let losses = Memo::new(move |_| {
        let Some(Change::Visibility(wanted)) = &*change.read() else { return Vec::new() };
        let planned = planned.read();
        let loss = planned
            .changes
            .iter()
            .filter_map(|image| sight_lost(&image.visibility, wanted).map(|lost| (image.id.clone(), lost)));
        loss.collect::<Vec<_>>()
    });
    let shared = Memo::new(move |_| {
        let is_shared = |lost: &SightLost| matches!(lost, SightLost::Members | SightLost::MembersLists);
        let losses = losses.read();
        let shared = losses.iter().filter(|(_, lost)| is_shared(lost)).take(ASKED_AT_MOST);
        shared.map(|(id, _)| id.clone()).collect::<BTreeSet<_>>()
    });
    Effect::new(move |asked: Option<BTreeSet<ImageId>>| {
        let mut asked = asked.unwrap_or_default();
        let new: Vec<ImageId> = shared.read().difference(&asked).cloned().collect();
        ask(session, known, &new);
        asked.extend(new);
        asked
    });
    let words = Memo::new(move |_| {
        let losses = losses.read();
        let (planned, change) = (planned.read(), change.read());
        match (&*change, planned.changes.len() as u64) {
            (Some(Change::Visibility(Visibility::Public)), count) if count > 0 => {
                vec![(t().batch.publishes)(count)]
            }
            _ => said(session, &losses, &shared.read(), &known.read()),
        }
    });
    move || {
        (!words.read().is_empty()).then(|| {
            let rows = words.get().into_iter().map(|words| view! { <p class="warn-hint">{words}</p> });
            view! { <div role="status" class="stack-s">{rows.collect_view()}</div> }
        })
    }
}

fn ask(session: Session, known: Known, images: &[ImageId]) {
    if images.is_empty() {
        return;
    }
    // Where the names aren't known in time, the ids are shown.
    session.learn_project_names();
    for lane in 0..AT_ONCE {
        let images: Vec<ImageId> = images.iter().skip(lane).step_by(AT_ONCE).cloned().collect();
        spawn_local(async move {
            for image in images {
                let answer = session.send(list_members(&image)).await;
                // The dialog may be closed by now.
                if known.try_update(|known| drop(known.insert(image, answer.ok()))).is_none() {
                    return;
                }
            }
        });
    }
}

fn said(
    session: Session,
    losses: &[(ImageId, SightLost)],
    asked: &BTreeSet<ImageId>,
    known: &BTreeMap<ImageId, Option<Vec<Member>>>,
) -> Vec<String> {
    let words = &t().batch;
    let count = |wanted: &[SightLost]| losses.iter().filter(|(_, lost)| wanted.contains(lost)).count() as u64;
    let mut said = Vec::new();
    let others = count(&[SightLost::Others, SightLost::OthersButMembers]);
    said.extend((others > 0).then(|| (words.loses_sight)(others)));
    let lists = count(&[SightLost::DefaultLists]);
    said.extend((lists > 0).then(|| (words.leaves_lists)(lists)));
    if asked.iter().any(|image| !known.contains_key(image)) {
        said.push(t().effect.members_loading.to_owned());
        return said;
    }
    let mut unknown = 0;
    for (wanted, of, tell) in [
        (SightLost::Members, losing_members as fn(&[Member]) -> Vec<ProjectId>, words.members_lose),
        (SightLost::MembersLists, listing_members, words.members_lists),
    ] {
        let mut projects = BTreeSet::new();
        let before = unknown;
        for (image, _) in losses.iter().filter(|(_, lost)| *lost == wanted) {
            match known.get(image).and_then(Option::as_deref) {
                Some(members) => projects.extend(of(members)),
                None => unknown += 1,
            }
        }
        let projects: Vec<ProjectId> = projects.into_iter().collect();
        if !projects.is_empty() {
            said.push(tell(&list(&project_names(session, &projects))));
        } else if wanted == SightLost::Members && unknown == before && count(&[wanted]) > 0 {
            said.push(words.no_members.to_owned());
        }
    }
    said.extend((unknown > 0).then(|| (words.members_unknown)(unknown)));
    said
}
