//! All flavors with whether they fit and every reason why not; the person chooses one.

use std::collections::HashMap;

use leptos::{html, prelude::*};

use crate::{
    components::{
        flavor_words::{refusal_words, warning_words, way_out_words},
        server_words::{disk_words, ram_words},
    },
    domain::flavor_fit::{
        Fit, Fitting, Refusal, Row, Skipped, Verdict,
        nearest::{Nearest, WayOut},
        order::{Column, Order},
    },
    i18n::{intl, t, word},
    openstack::{ids::FlavorId, nova::flavor::Flavor},
    ui::{
        button::{Button, Kind},
        field::{CheckField, TextField, TextKind},
        id::unique_id,
        notice::{Badge, Notice, Tone},
        table::SortHead,
    },
};

/// Rows drawn at first, and by which "Show more" adds.
const ROWS: usize = 100;

/// Which flavors match what is searched for.
#[derive(PartialEq)]
struct Matching {
    /// Those that are drawn.
    drawn: Vec<Flavor>,
    /// How many match.
    count: usize,
}

/// The flavors: fitting ones first, refused ones disabled with all their reasons.
#[component]
pub fn FlavorTable(
    /// The answers.
    #[prop(into)]
    fitting: Signal<Fitting>,
    /// The chosen flavor.
    #[prop(optional, into)]
    chosen: Signal<Option<FlavorId>>,
    /// Called with a flavor that can be chosen; without it the table only tells.
    #[prop(optional, into)]
    on_choose: Option<Callback<FlavorId>>,
    /// Whether the cloud makes volumes: where it doesn't, none is advised.
    has_volumes: bool,
    /// Called when a new volume is wanted, with the flavor that it is wanted for if there is one; without it none is offered.
    #[prop(default = None)]
    on_new_volume: Option<Callback<Option<FlavorId>>>,
    /// Called with how many instances would be few enough; without it the number is only told.
    #[prop(optional, into)]
    on_fewer: Option<Callback<u32>>,
    /// Leaves out those that don't fit.
    only_fitting: RwSignal<bool>,
) -> impl IntoView {
    let group = unique_id("flavor");
    let fits = Memo::new(move |_| {
        let rows = |row: &Row| (row.flavor.id.clone(), row.fit.clone());
        fitting.read().rows.iter().map(rows).collect::<HashMap<_, _>>()
    });
    let search = RwSignal::new(String::new());
    let order = RwSignal::new(Order::default());
    let limit = RwSignal::new(ROWS);
    let matching = Memo::new(move |_| {
        let only = only_fitting.get();
        let chosen = chosen.get();
        let fitting = fitting.read();
        let rows = order.read().apply(&fitting.rows, &search.read());
        let is_shown = |row: &&Row| {
            !only || row.fit.verdict() == Verdict::Fits || Some(&row.flavor.id) == chosen.as_ref()
        };
        let rows: Vec<_> = rows.into_iter().filter(is_shown).collect();
        let drawn: Vec<_> = rows.iter().take(limit.get()).map(|row| row.flavor.clone()).collect();
        Matching { drawn, count: rows.len() }
    });
    let shown = move || matching.read().drawn.clone();
    let more = Memo::new(move |_| {
        let matching = matching.read();
        (matching.count - matching.drawn.len()) as u64
    });
    // One flavor's row hears of a choice only when it is its own.
    let is_chosen = StoredValue::new(Selector::new(move || chosen.get()));
    let count = move || {
        let fitting = fitting.read();
        let fits = fitting.rows.iter().filter(|row| row.fit.verdict() == Verdict::Fits).count() as u64;
        (t().flavors.fitting_count)(&intl::integer(fits), &intl::integer(fitting.rows.len() as u64))
    };
    let heads = [
        (Column::Name, word(|it| it.flavors.flavor)),
        (Column::Vcpus, word(|it| it.flavors.vcpus)),
        (Column::Ram, word(|it| it.flavors.ram)),
        (Column::Disk, word(|it| it.flavors.disk)),
    ]
    .map(|(column, label)| {
        let ascending = Signal::derive(move || order.read().of(column));
        let on_sort = move |()| order.update(|order| order.turn(column));
        view! { <SortHead label=label ascending=ascending on_sort=on_sort number=column != Column::Name /> }
    })
    .collect_view();
    view! {
        <div class="stack-s">
            <SkippedRules fitting=fitting />
            <NoneFits fitting=fitting on_new_volume=on_new_volume on_fewer=on_fewer />
            <search>
                <TextField label=word(|it| it.flavors.search) value=search kind=TextKind::Search />
            </search>
            <div class="row flavor-bar">
                <CheckField label=word(|it| it.flavors.only_fitting) value=only_fitting />
                <span class="muted" role="status">{count}</span>
            </div>
            <div class="table-frame">
                <table class="table flavor-table" aria-label=word(|it| it.flavors.flavor)>
                    <thead>
                        <tr>
                            {heads}
                            <th scope="col">{word(|it| it.flavors.verdict)}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For
                            each=shown
                            key=|flavor| flavor.id.clone()
                            children={move |flavor: Flavor| {
                                let id = flavor.id.clone();
                                let fit = Memo::new(move |_| fits.read().get(&id).cloned().unwrap_or_default());
                                view! {
                                    <FlavorRow
                                        flavor=flavor
                                        fit=fit
                                        group=group.clone()
                                        is_chosen=is_chosen
                                        on_choose=on_choose
                                        has_volumes=has_volumes
                                        on_new_volume=on_new_volume
                                    />
                                }
                            }}
                        />
                    </tbody>
                </table>
                {move || {
                    let is_none = matching.read().count == 0 && !fitting.read().rows.is_empty();
                    is_none.then(|| view! { <p class="muted table-note" role="status">{t().flavors.no_match}</p> })
                }}
            </div>
            {move || {
                let more = more.get();
                (more > 0)
                    .then(|| {
                        let next = more.min(ROWS as u64);
                        view! {
                            <div class="row">
                                <Button
                                    label=Signal::derive(move || (t().images.show_more)(&intl::integer(next)))
                                    kind=Kind::Normal
                                    on_press=move |()| limit.update(|limit| *limit += ROWS)
                                />
                                <span class="muted">
                                    {move || (t().flavors.more)(&intl::integer(more))}
                                </span>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn FlavorRow(
    flavor: Flavor,
    fit: Memo<Fit>,
    group: String,
    is_chosen: StoredValue<Selector<Option<FlavorId>>>,
    on_choose: Option<Callback<FlavorId>>,
    has_volumes: bool,
    on_new_volume: Option<Callback<Option<FlavorId>>>,
) -> impl IntoView {
    let radio = NodeRef::<html::Input>::new();
    let id = unique_id("flavor");
    let reasons_id = format!("{id}-reasons");
    let has_reasons = move || fit.read().verdict() != Verdict::Fits;
    let described_by = {
        let reasons_id = reasons_id.clone();
        move || has_reasons().then(|| reasons_id.clone())
    };
    let key = Some(flavor.id.clone());
    let checked = move || is_chosen.with_value(|chosen| chosen.selected(&key));
    let choose = {
        let id = flavor.id.clone();
        move |event: leptos::ev::MouseEvent| {
            if let (true, Some(on_choose)) = (fit.read_untracked().can_be_chosen(), on_choose) {
                on_choose.run(id.clone());
            } else {
                // The browser takes back what the click (or an arrow key) has chosen.
                event.prevent_default();
            }
        }
    };
    let badge = Signal::derive(move || match fit.read().verdict() {
        Verdict::Fits => (t().flavors.fits.to_owned(), Tone::Good),
        Verdict::LikelyToFail => (t().flavors.likely_to_fail.to_owned(), Tone::Warn),
        Verdict::Refused => (t().flavors.refused.to_owned(), Tone::Plain),
    });
    // A new volume would lift every reason.
    let wants_volume = Memo::new(move |_| {
        let fit = fit.read();
        on_new_volume.is_some() && !fit.can_be_chosen() && fit.refusals.iter().all(Refusal::is_about_disk)
    });
    let volume_name = flavor.name.clone();
    let volume_id = flavor.id.clone();
    let use_volume = move |()| {
        if let Some(on_new_volume) = on_new_volume {
            on_new_volume.run(Some(volume_id.clone()));
        }
        // The button goes; the focus stays in its row.
        // It moves up among those that fit first, by which it would lose the focus.
        if let Some(radio) = radio.get_untracked() {
            // A radio button takes the focus; if not, the flavor is chosen all the same.
            request_animation_frame(move || _ = radio.focus());
        }
    };
    let use_volume = Callback::new(use_volume);
    let (vcpus, ram, disk) = (flavor.vcpus, flavor.ram, flavor.disk);
    view! {
        <tr data-verdict=move || verdict_name(fit.read().verdict())>
            <th scope="row">
                <span class="flavor-name">
                    {on_choose
                        .is_some()
                        .then(|| {
                            view! {
                                <input
                                    type="radio"
                                    id=id.clone()
                                    name=group
                                    node_ref=radio
                                    prop:checked=checked
                                    aria-disabled=move || (!fit.read().can_be_chosen()).then_some("true")
                                    aria-describedby=described_by
                                    on:click=choose
                                />
                            }
                        })}
                    // Without a radio button a label is only text.
                    <label for=on_choose.map(|_| id)><bdi>{flavor.name}</bdi></label>
                    {(!flavor.is_public).then(|| view! { <small class="muted">{word(|it| it.flavors.private)}</small> })}
                </span>
            </th>
            <td class="number" data-label=move || t().flavors.vcpus>{move || intl::integer(vcpus)}</td>
            <td class="number" data-label=move || t().flavors.ram>{move || ram_words(ram)}</td>
            <td class="number" data-label=move || t().flavors.disk>{move || disk_words(disk)}</td>
            <td class="flavor-verdict">
                <Badge
                    label=Signal::derive(move || badge.get().0)
                    tone=Signal::derive(move || badge.get().1)
                />
                {move || {
                    let fit = fit.get();
                    let refusals = fit.refusals.iter().map(|refusal| match refusal {
                        Refusal::MinDisk { .. } if has_volumes => {
                            (t().flavors.volume_would_do)(&refusal_words(refusal))
                        }
                        _ => refusal_words(refusal),
                    });
                    let reasons: Vec<String> = refusals.chain(fit.warnings.iter().map(warning_words)).collect();
                    (!reasons.is_empty())
                        .then(|| {
                            let rows = reasons.into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view();
                            view! { <ul class="reasons" id=reasons_id.clone()>{rows}</ul> }
                        })
                }}
                {move || {
                    let name = volume_name.clone();
                    wants_volume
                        .get()
                        .then(|| {
                            view! {
                                <Button
                                    label=word(|it| it.flavors.use_volume)
                                    name=Signal::derive(move || (t().flavors.use_volume_for)(&name))
                                    kind=Kind::Normal
                                    on_press=use_volume
                                />
                            }
                        })
                }}
            </td>
        </tr>
    }
}

const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fits => "fits",
        Verdict::LikelyToFail => "likely-to-fail",
        Verdict::Refused => "refused",
    }
}

/// Rules that could not be applied: said, so that nobody takes silence for consent.
#[component]
fn SkippedRules(fitting: Signal<Fitting>) -> impl IntoView {
    let skipped = Memo::new(move |_| fitting.read().skipped.clone());
    move || {
        let rows: Vec<_> = skipped
            .get()
            .into_iter()
            .map(|rule| {
                let words = match rule {
                    Skipped::Limits => t().flavors.skipped_limits,
                    Skipped::ExtraSpecs => t().flavors.skipped_specs,
                };
                view! { <p>{words}</p> }
            })
            .collect();
        (!rows.is_empty()).then(|| view! { <Notice tone=Tone::Warn>{rows}</Notice> })
    }
}

/// When none can be chosen: the nearest, what it lacks, and what can be changed.
#[component]
pub fn NoneFits(
    /// The answers for all flavors.
    fitting: Signal<Fitting>,
    /// Called when a new volume is wanted.
    #[prop(default = None)]
    on_new_volume: Option<Callback<Option<FlavorId>>>,
    /// Called with how many instances would be few enough.
    #[prop(default = None)]
    on_fewer: Option<Callback<u32>>,
) -> impl IntoView {
    let state = Memo::new(move |_| {
        let fitting = fitting.read();
        (fitting.rows.is_empty(), fitting.nearest.clone())
    });
    move || match state.get() {
        (true, _) => Some(
            view! {
                <Notice tone=Tone::Bad title=word(|it| it.flavors.none_fits)>
                    <p>{word(|it| it.flavors.none_at_all)}</p>
                </Notice>
            }
            .into_any(),
        ),
        (false, None) => None,
        (false, Some(nearest)) => Some(
            view! { <NearestFlavor nearest=nearest on_new_volume=on_new_volume on_fewer=on_fewer /> }
                .into_any(),
        ),
    }
}

#[component]
fn NearestFlavor(
    nearest: Nearest,
    on_new_volume: Option<Callback<Option<FlavorId>>>,
    on_fewer: Option<Callback<u32>>,
) -> impl IntoView {
    let name = nearest.flavor.name.clone();
    let lacks = nearest.lacks;
    let ways = nearest.ways_out;
    // What can be done here has a button.
    let doing = move |way: &WayOut| match *way {
        WayOut::NewVolume { .. } => on_new_volume.map(|call| {
            let label = word(|it| it.flavors.use_volume);
            view! { <Button label=label kind=Kind::Normal on_press=move |()| call.run(None) /> }
        }),
        WayOut::FewerInstances { at_most } => on_fewer.map(|call| {
            let label = Signal::derive(move || (t().flavors.launch_fewer)(&intl::integer(at_most.into())));
            view! { <Button label=label kind=Kind::Normal on_press=move |()| call.run(at_most) /> }
        }),
        _ => None,
    };
    view! {
        <Notice tone=Tone::Bad title=word(|it| it.flavors.none_fits)>
            <p>{move || (t().flavors.nearest)(&name)}</p>
            <ul class="bullets">
                {move || lacks.iter().map(|lack| view! { <li>{refusal_words(lack)}</li> }).collect_view()}
            </ul>
            <p>{word(|it| it.flavors.ways_out)}</p>
            <ul class="bullets">
                {move || ways.iter().map(|way| view! { <li>{way_out_words(way)} " " {doing(way)}</li> }).collect_view()}
            </ul>
        </Notice>
    }
}
