//! The fields about the volume that the instance boots from.

use leptos::prelude::*;

use crate::{
    components::{error_panel::ErrorPanel, quota_meter::QuotaMeters},
    domain::{
        flavor_fit::source::SourceKind,
        launch_draft::{Problem, Step, source::SourceProblem},
    },
    i18n::{intl, t, word},
    openstack::{glance::image::Image, nova::SERVER_VOLUME_TYPE},
    pages::launch::{
        offers::VolumeOffers,
        wizard::{VOLUME_METERS, Wizard},
        words::problem_words,
    },
    ui::{
        field::{CheckField, Choice, SelectField, TextField, TextKind},
        notice::{Notice, Tone},
    },
};

/// The fields, where the cloud has volumes.
#[component]
pub fn VolumeFields(
    /// The wizard.
    wizard: Wizard,
    /// What kind of thing is booted from.
    kind: Memo<SourceKind>,
) -> impl IntoView {
    let Some(offers) = wizard.offers.volumes else { return ().into_any() };
    let new_volume = wizard.switch(|draft| &mut draft.source.new_volume);
    let deletes = wizard.switch(|draft| &mut draft.source.deletes_volume);
    let is_volume_backed = Memo::new(move |_| {
        let image = wizard.image.read();
        kind.get().is_image() && image.as_ref().and_then(Option::as_ref).is_some_and(Image::is_volume_backed)
    });
    // A list of snapshots brings its own volumes: there is nothing to choose.
    let can_make = Memo::new(move |_| kind.get().is_image() && !is_volume_backed.get());
    let makes = Memo::new(move |_| can_make.get() && new_volume.get());
    let takes_volume = Memo::new(move |_| makes.get() || !kind.get().is_image());
    let adds = Memo::new(move |_| makes.get() || kind.get() == SourceKind::VolumeSnapshot);
    view! {
        <div class="stack">
            {move || is_volume_backed.get().then(|| view! { <p class="muted">{t().source.brings_disks}</p> })}
            {move || {
                can_make
                    .get()
                    .then(|| {
                        view! {
                            <CheckField
                                label=word(|it| it.source.new_volume)
                                value=new_volume
                                hint=Signal::derive(|| Some(t().source.new_volume_hint.to_owned()))
                            />
                        }
                    })
            }}
            {move || makes.get().then(|| view! { <SizeAndType wizard=wizard offers=offers /> })}
            {move || {
                takes_volume
                    .get()
                    .then(|| {
                        view! {
                            <CheckField
                                label=word(|it| it.source.deletes_volume)
                                value=deletes
                                hint=Signal::derive(|| Some(t().source.keeps_volume.to_owned()))
                            />
                        }
                    })
            }}
            {move || adds.get().then(|| view! { <VolumeQuota wizard=wizard offers=offers /> })}
        </div>
    }
    .into_any()
}

#[component]
fn SizeAndType(wizard: Wizard, offers: VolumeOffers) -> impl IntoView {
    let size = wizard.text(|draft| &mut draft.source.size);
    let volume_type = wizard.text(|draft| &mut draft.source.volume_type);
    let smallest = Memo::new(move |_| wizard.wanted().source.map(|source| source.smallest_volume()));
    // The field follows the image as long as nobody has typed another size.
    Effect::new(move |before: Option<Option<u64>>| {
        let now = smallest.get();
        let typed = size.get_untracked();
        let is_ours =
            typed.trim().is_empty() || before.flatten().is_some_and(|before| typed == before.to_string());
        if let Some(now) = now.filter(|_| is_ours) {
            size.set(now.to_string());
        }
        now
    });
    let hint = Signal::derive(move || {
        smallest.get().map(|smallest| (t().source.size_hint)(&intl::integer(smallest)))
    });
    let problem = Signal::derive(move || {
        let problems = wizard.problems.read();
        let is_size = |problem: &&Problem| {
            matches!(
                problem,
                Problem::Source(SourceProblem::SizeNotANumber | SourceProblem::SizeTooSmall { .. })
            )
        };
        let found = problems.get(&Step::Source)?.iter().find(is_size)?;
        Some(problem_words(wizard, found))
    });
    let types = Signal::derive(move || {
        let mut choices = vec![Choice::new("", t().source.default_type)];
        let offered = offers.types.value().read();
        choices.extend(offered.iter().flatten().map(|one| Choice::new(&one.name, &one.name)));
        // What was chosen before a reload stays chosen while the types are read.
        let chosen = volume_type.get_untracked();
        if !chosen.is_empty() && !choices.iter().any(|choice| choice.value == chosen) {
            choices.push(Choice::new(&chosen, &chosen));
        }
        choices
    });
    let too_old = Signal::derive(move || {
        let newest = wizard.offers.nova.value().read().as_ref()?.micro?.1.to_string();
        wizard.offers.nova_lacks(SERVER_VOLUME_TYPE).then(|| (t().old.volume_type)(&newest))
    });
    view! {
        <div class="fields">
            <TextField
                label=word(|it| it.source.size)
                value=size
                kind=TextKind::Number
                required=true
                name="volume-size"
                hint=hint
                problem=problem
            />
            <SelectField
                label=word(|it| it.source.volume_type)
                value=volume_type
                choices=types
                name="volume-type"
                hint=too_old
                disabled=Signal::derive(move || too_old.read().is_some())
            />
        </div>
        {move || {
            offers
                .types
                .error()
                .map(|error| {
                    view! {
                        <ErrorPanel
                            tried=word(|it| it.source.load_types)
                            error=error
                            on_retry=move |()| offers.types.again()
                        />
                    }
                })
        }}
    }
}

/// What the new volumes do to their quota.
#[component]
fn VolumeQuota(wizard: Wizard, offers: VolumeOffers) -> impl IntoView {
    let effects = Memo::new(move |_| wizard.quota_effects());
    let is_over = Memo::new(move |_| {
        let problems = wizard.problems.read();
        problems
            .get(&Step::Source)
            .is_some_and(|found| found.contains(&Problem::Source(SourceProblem::OverQuota)))
    });
    view! {
        {move || is_over.get().then(|| view! { <Notice tone=Tone::Bad><p>{t().source.over_quota}</p></Notice> })}
        {move || match offers.limits.error() {
            Some(error) => {
                view! {
                    <ErrorPanel
                        tried=word(|it| it.source.load_limits)
                        error=error
                        on_retry=move |()| offers.limits.again()
                    />
                }
                    .into_any()
            }
            None => view! { <QuotaMeters of=&VOLUME_METERS effects=effects /> }.into_any(),
        }}
    }
}
