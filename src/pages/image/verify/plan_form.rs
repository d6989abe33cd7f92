//! What the verification will do: proposed, and all of it changeable.

use leptos::{html, prelude::*};

use crate::{
    components::{
        error_panel::ErrorPanel,
        flavor_table::NoneFits,
        flavor_words::refusal_words,
        image_words::{reason_words, refusal},
        server_words::{disk_words, ram_words},
    },
    domain::{
        access::{can_edit, can_launch},
        flavor_fit::{Fitting, Quota, Row, judge_all},
        launch_draft::networks::connectable,
        verification::plan::{Field, Offered, Plan, Problem, propose},
    },
    i18n::{intl, t, word},
    openstack::{
        glance::image::Image, neutron, neutron::Network, nova, nova::flavor::Flavor, request::Service,
    },
    pages::image::verify::take_focus,
    state::{
        images::use_images,
        offer::{Offer, ask_flavors},
        session::use_session,
        verifications::{Verifications, use_verifications},
    },
    ui::{
        button::{Button, Kind},
        field::{CheckField, Choice, SelectField, TextField, TextKind, focus_first_problem},
        id::unique_id,
    },
};

/// What is known of the cloud; nothing while it isn't.
#[derive(Clone, PartialEq)]
struct Known {
    flavors: Vec<Flavor>,
    quota: Quota,
    networks: Option<Vec<Network>>,
    has_volumes: bool,
    is_admin: bool,
}

impl Known {
    fn offered<'a>(&'a self, image: &'a Image) -> Offered<'a> {
        Offered {
            image,
            flavors: &self.flavors,
            quota: self.quota,
            networks: self.networks.as_deref(),
            has_volumes: self.has_volumes,
            is_admin: self.is_admin,
        }
    }
}

/// The form.
#[component]
pub fn PlanForm(
    /// The image.
    image: Memo<Image>,
    /// It comes in place of a report, and of the button that was pressed.
    takes_focus: bool,
) -> impl IntoView {
    let (session, verifications) = (use_session(), use_verifications());
    let me = use_images().me();
    let flavors = Offer::new(move || ask_flavors(session));
    let limits = Offer::new(move || session.send(nova::get_limits()));
    let networks = untrack(|| session.has_service(Service::Network))
        .then(|| Offer::new(move || session.send(neutron::list_networks())));
    let has_volumes = untrack(|| session.has_service(Service::BlockStorage));
    let known = Memo::new(move |_| {
        let are_networks_waiting = networks.is_some_and(|networks| networks.is_waiting());
        if limits.is_waiting() || are_networks_waiting {
            return None;
        }
        let me = me.get()?;
        let networks = networks.and_then(|networks| {
            let networks = networks.value().get()?;
            Some(connectable(&networks, &me.project).into_iter().cloned().collect())
        });
        Some(Known {
            flavors: flavors.value().get()?,
            quota: limits.value().read().as_ref().map(Quota::of).unwrap_or_default(),
            networks,
            has_volumes,
            is_admin: me.is_admin(),
        })
    });
    let failed = move || {
        let network_error = networks.and_then(|networks| networks.error());
        flavors.error().or(limits.error()).or(network_error)
    };
    let again = move |()| {
        flavors.again();
        limits.again();
        if let Some(networks) = networks {
            networks.again();
        }
    };
    let is_known = Memo::new(move |_| known.read().is_some());
    view! {
        {move || {
            let error = failed()?;
            Some(view! { <ErrorPanel tried=word(|it| it.verify.could_not_list) error=error on_retry=again /> })
        }}
        {move || {
            if is_known.get() {
                known.get_untracked().map(|first| view! { <Form image=image known=known first=first verifications=verifications takes_focus=takes_focus /> }.into_any())
            } else {
                failed()
                    .is_none()
                    .then(|| view! { <p class="muted" role="status">{t().common.loading}</p> }.into_any())
            }
        }}
    }
}

#[component]
fn Form(
    image: Memo<Image>,
    known: Memo<Option<Known>>,
    first: Known,
    verifications: Verifications,
    takes_focus: bool,
) -> impl IntoView {
    let me = use_images().me();
    let (mark, short) = Verifications::new_mark();
    let plan = image.with_untracked(|image| propose(&first.offered(image), &short));
    let known = Memo::new(move |_| known.get().unwrap_or_else(|| first.clone()));
    let text = |text: String| RwSignal::new(text);
    let (name, flavor, network) = (text(plan.name), text(plan.flavor), text(plan.network));
    let (size, limit) = (text(plan.volume_size), text(plan.limit));
    let has_volume = RwSignal::new(plan.has_volume);
    let was_tried = RwSignal::new(false);
    let form = NodeRef::<html::Form>::new();
    let form_id = unique_id("plan");
    if takes_focus {
        take_focus(&form_id);
    }
    let plan = Memo::new(move |_| Plan {
        name: name.get(),
        flavor: flavor.get(),
        network: network.get(),
        has_volume: has_volume.get(),
        volume_size: size.get(),
        limit: limit.get(),
    });
    let problems = Memo::new(move |_| plan.read().problems(&known.read().offered(&image.read())));
    let fitting = Memo::new(move |_| {
        let known = known.read();
        let wanted = known.offered(&image.read()).wanted(has_volume.get());
        judge_all(&known.flavors, &wanted).offered(known.has_volumes)
    });
    // Quota and fit are told at once, what is missing after a try.
    let problem = move |field: Field| {
        Signal::derive(move || {
            let problems = problems.read();
            let problem = problems.get(&field)?;
            let is_shown = was_tried.get() || matches!(problem, Problem::Refused(_));
            is_shown.then(|| problem_words(problem))
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        was_tried.set(true);
        let may_launch = {
            let me = me.read_untracked();
            me.as_ref().is_some_and(|me| can_launch(&image.read_untracked(), me).is_ok())
        };
        if !may_launch {
            return;
        }
        if !problems.read_untracked().is_empty() {
            if let Some(form) = form.get_untracked() {
                focus_first_problem(&form);
            }
            return;
        }
        let plan = plan.get_untracked();
        let known = known.read_untracked();
        let chosen = known.flavors.iter().find(|it| it.id.as_str() == plan.flavor);
        let flavor_name = chosen.map(|flavor| flavor.name.clone()).unwrap_or_default();
        verifications.start(image.get_untracked(), &plan, flavor_name, mark.clone());
    };
    let reason = Signal::derive(move || {
        let me = me.read();
        refusal(can_launch(&image.read(), me.as_ref()?))
    });
    let keeps = move || {
        let me = me.read();
        match me.as_ref().map(|me| can_edit(&image.read(), me)) {
            Some(Err(why)) => (t().verify.keeps_not)(&reason_words(&why)),
            _ => t().verify.keeps_note.to_owned(),
        }
    };
    let network_choices = move || {
        let known = known.read();
        let networks = known.networks.as_deref()?;
        let leave = (networks.len() < 2).then(|| Choice::new("", t().verify.network_none));
        let named = networks.iter().map(|network| {
            let label = if network.name.is_empty() { network.id.as_str() } else { &network.name };
            Choice::new(network.id.as_str(), label)
        });
        Some(leave.into_iter().chain(named).collect::<Vec<_>>())
    };
    let may_have_volume = move || known.read().has_volumes;
    view! {
        <form class="card stack" id=form_id tabindex="-1" aria-label=word(|it| it.verify.plan) node_ref=form on:submit=submit novalidate=true>
            <h2>{word(|it| it.verify.plan)}</h2>
            <NoneFits fitting=fitting.into() />
            <TextField
                label=word(|it| it.verify.name)
                value=name
                required=true
                problem=problem(Field::Name)
            />
            <SelectField
                label=word(|it| it.verify.flavor)
                value=flavor
                choices=Signal::derive(move || flavor_choices(&fitting.read()))
                problem=problem(Field::Flavor)
            />
            {network_choices()
                .map(|_| {
                    view! {
                        <SelectField
                            label=word(|it| it.verify.network)
                            value=network
                            choices=Signal::derive(move || network_choices().unwrap_or_default())
                            problem=problem(Field::Network)
                        />
                    }
                })}
            {move || {
                may_have_volume()
                    .then(|| {
                        view! {
                            <CheckField
                                label=word(|it| it.verify.has_volume)
                                value=has_volume
                                hint=Signal::derive(move || Some(t().verify.volume_hint.to_owned()))
                            />
                        }
                    })
            }}
            {move || {
                has_volume
                    .get()
                    .then(|| {
                        view! {
                            <TextField
                                label=word(|it| it.verify.volume_size)
                                value=size
                                kind=TextKind::Number
                                required=true
                                problem=problem(Field::VolumeSize)
                            />
                        }
                    })
            }}
            <TextField
                label=word(|it| it.verify.limit)
                value=limit
                kind=TextKind::Number
                required=true
                hint=Signal::derive(move || Some(t().verify.limit_hint.to_owned()))
                problem=problem(Field::Limit)
            />
            <p class="muted">{word(|it| it.verify.clean_up_note)}</p>
            <p class="muted">{keeps}</p>
            <div class="row">
                <Button
                    label=word(|it| it.verify.start)
                    kind=Kind::Primary
                    submit=true
                    disabled_reason=reason
                />
            </div>
        </form>
    }
}

fn flavor_choices(fitting: &Fitting) -> Vec<Choice> {
    let choice = |row: &Row| {
        let flavor = &row.flavor;
        let figures = (t().instances.flavor_figures)(
            &intl::integer(flavor.vcpus),
            &ram_words(flavor.ram),
            &disk_words(flavor.disk),
        );
        Choice {
            value: flavor.id.to_string(),
            label: (t().verify.flavor_choice)(&flavor.name, &figures),
            disabled_reason: row.fit.refusals.first().map(refusal_words),
        }
    };
    fitting.rows.iter().map(choice).collect()
}

fn problem_words(problem: &Problem) -> String {
    let words = &t().verify;
    let number = |value: u64| intl::integer(value);
    match problem {
        Problem::Missing => words.missing.to_owned(),
        Problem::TooLong { max } => (words.too_long)(&number(*max as u64)),
        Problem::OutOfRange { min, max } if *max >= u64::from(u32::MAX) => (words.at_least)(&number(*min)),
        Problem::OutOfRange { min, max } => (words.out_of_range)(&number(*min), &number(*max)),
        Problem::Refused(refusals) => {
            (t().common.list)(&refusals.iter().map(refusal_words).collect::<Vec<_>>())
        }
    }
}
