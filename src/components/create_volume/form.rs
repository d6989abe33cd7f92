//! The form of a new volume, and after the request how far the volume has come.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use crate::{
    components::{
        command_line::CommandLine,
        create_volume::{
            CreateVolume,
            progress::{VolumeProgress, follow},
        },
        error_panel::ErrorPanel,
        held::HeldFields,
        image_words::name_of,
        quota_meter::QuotaMeters,
    },
    domain::{
        command::servers::create_volume as command,
        flavor_fit::source::Source,
        launch_draft::{LONGEST_TEXT, Metered, volume_effects},
        volume_draft::{Field, Problem, VolumeDraft},
    },
    i18n::{t, word},
    openstack::{
        cinder::{self, Volume},
        error::ApiError,
        glance::image::Image,
    },
    state::{offer::Offer, session::use_session, toasts::use_toasts},
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
        field::{Choice, SelectField, TextField, TextKind, focus_first_problem},
    },
};

/// The dialog.
#[component]
pub fn VolumeDialog(
    /// The page's place for it.
    create: CreateVolume,
    /// What the volume is made of.
    image: Image,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let made = RwSignal::new(None::<Volume>);
    let is_gone = RwSignal::new(false);
    let has_volume = Memo::new(move |_| made.read().is_some());
    let close = move |()| create.close();
    let subject = name_of(&image);
    view! {
        <Dialog heading=word(|it| it.volumes.create) on_close=close locked=busy wide=true>
            <p><strong><bdi>{subject}</bdi></strong></p>
            {move || match has_volume.get() {
                false => view! { <Form create=create image=image.clone() busy=busy made=made is_gone=is_gone /> }.into_any(),
                true => view! { <VolumeProgress made=made is_gone=is_gone on_close=close /> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn Form(
    create: CreateVolume,
    image: Image,
    busy: RwSignal<bool>,
    made: RwSignal<Option<Volume>>,
    is_gone: RwSignal<bool>,
) -> impl IntoView {
    let (session, toasts) = (use_session(), use_toasts());
    let form = NodeRef::<html::Form>::new();
    let smallest = Source::of_image(&image).smallest_volume();
    let id = StoredValue::new(image.id.clone());
    let named: String = image.name.clone().unwrap_or_default().chars().take(LONGEST_TEXT).collect();
    let [name, description, size, volume_type, zone] =
        [named, String::new(), smallest.to_string(), String::new(), String::new()].map(RwSignal::new);
    let limits = Offer::new(move || session.send(cinder::get_volume_limits()));
    let types = Offer::new(move || session.send(cinder::list_volume_types()));
    let zones = Offer::new(move || session.send(cinder::list_volume_zones()));
    let failure = RwSignal::new(None::<ApiError>);
    // Name, description and size show what is wrong with them once they were left; all do after a try.
    let left = [Field::Name, Field::Description, Field::Size].map(|field| (field, RwSignal::new(false)));

    let draft = Memo::new(move |_| VolumeDraft {
        name: name.get(),
        description: description.get(),
        size: size.get(),
        volume_type: volume_type.get(),
        zone: zone.get(),
    });
    let problems = Memo::new(move |_| draft.read().problems(smallest, limits.value().read().as_ref()));
    let body = Memo::new(move |_| {
        let is_fine = problems.read().is_empty();
        is_fine.then(|| id.with_value(|id| draft.read().to_create(id))).flatten()
    });
    let effects = Signal::derive(move || {
        let size = draft.read().size().unwrap_or(0);
        limits.value().read().as_ref().map(|limits| volume_effects(limits, size, 1)).unwrap_or_default()
    });
    let has_left = move |field: Field| {
        left.into_iter().find(|(of, _)| *of == field).map_or_else(|| RwSignal::new(false), |(_, left)| left)
    };
    let problem = move |field: Field| {
        let has_left = has_left(field);
        Signal::derive(move || {
            let problems = problems.read();
            let (_, problem) = problems.iter().find(|(of, _)| *of == field)?;
            // What no change of the form mends is told at once.
            (has_left.get() || *problem == Problem::NoneLeft).then(|| problem_words(*problem, smallest))
        })
    };
    let choices = move |first: fn() -> &'static str, rest: Vec<String>| {
        let first = Choice::new("", first());
        std::iter::once(first)
            .chain(rest.into_iter().map(|it| Choice::new(it.clone(), it)))
            .collect::<Vec<_>>()
    };
    let type_choices = Signal::derive(move || {
        let types = types.value().get().unwrap_or_default().into_iter().map(|it| it.name).collect();
        choices(|| t().volumes.default_type, types)
    });
    let zone_choices =
        Signal::derive(move || choices(|| t().volumes.any_zone, zones.value().get().unwrap_or_default()));
    let type_hint = Signal::derive(move || {
        let (chosen, types) = (volume_type.read(), types.value());
        let types = types.read();
        let known = types.as_ref()?.iter().find(|it| it.name == *chosen)?;
        Some(known.description.clone()).filter(|it| !it.is_empty())
    });
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        left.iter().for_each(|(_, left)| left.set(true));
        let Some(body) = body.get_untracked() else {
            if let Some(form) = form.get_untracked() {
                focus_first_problem(&form);
            }
            return;
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let answer = session.send(cinder::create_volume(&body)).await;
            busy.try_set(false);
            match answer {
                Ok(volume) => {
                    made.try_set(Some(volume.clone()));
                    follow(session, toasts, volume, made, is_gone).await;
                }
                Err(error) => {
                    if let Some(Some(error)) = failure.try_set(Some(error)) {
                        toasts.bad(t().volumes.create_failed, error);
                    }
                }
            }
        });
    };
    view! {
        <form class="stack" node_ref=form on:submit=send novalidate aria-busy=move || busy.get().then_some("true")>
            <HeldFields busy=busy>
                <div class="fields">
                    <TextField
                        label=word(|it| it.volumes.name)
                        value=name
                        required=true
                        autofocus=true
                        problem=problem(Field::Name)
                        on_leave=move |()| has_left(Field::Name).set(true)
                    />
                    <TextField
                        label=word(|it| it.volumes.size)
                        value=size
                        kind=TextKind::Number
                        required=true
                        hint=Signal::derive(move || Some((t().volumes.size_hint)(smallest)))
                        problem=problem(Field::Size)
                        on_leave=move |()| has_left(Field::Size).set(true)
                    />
                    <TextField
                        label=word(|it| it.volumes.description)
                        value=description
                        wide=true
                        problem=problem(Field::Description)
                        on_leave=move |()| has_left(Field::Description).set(true)
                    />
                    <SelectField label=word(|it| it.volumes.volume_type) value=volume_type choices=type_choices hint=type_hint />
                    <SelectField label=word(|it| it.volumes.zone) value=zone choices=zone_choices />
                </div>
            </HeldFields>
            {move || {
                let has_failed = types.error().is_some() || zones.error().is_some();
                has_failed.then(|| view! { <p class="muted" role="status">{word(|it| it.volumes.not_told)}</p> })
            }}
            <div role="group" aria-label=word(|it| it.volumes.quota)>
                <QuotaMeters of=&[Metered::Volumes, Metered::Gigabytes] effects=effects />
            </div>
            <CommandLine command=Signal::derive(move || body.read().as_ref().map(command)) />
            {move || {
                let tried = word(|it| it.volumes.create_failed);
                failure.get().map(|error| view! { <ErrorPanel tried=tried error=error /> })
            }}
            <div class="dialog-foot">
                <Button label=word(|it| it.common.cancel) on_press=move |()| create.close() />
                <Button label=word(|it| it.volumes.create) kind=Kind::Primary submit=true busy=busy />
            </div>
        </form>
    }
}

fn problem_words(problem: Problem, smallest: u64) -> String {
    let words = &t().volumes;
    match problem {
        Problem::Missing => words.name_missing.to_owned(),
        Problem::TooLong => (words.too_long)(LONGEST_TEXT),
        Problem::NotANumber => words.size_not_a_number.to_owned(),
        Problem::TooSmall => (words.size_too_small)(smallest),
        Problem::OverQuota(left) => (words.size_over_quota)(&(t().images.gb)(left)),
        Problem::NoneLeft => words.none_left.to_owned(),
    }
}
