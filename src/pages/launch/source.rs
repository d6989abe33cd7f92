//! Step "Source": what is booted from, and whether a new volume is made of it.

mod candidates;
mod new_volume;

use leptos::prelude::*;

use crate::{
    components::error_panel::ErrorPanel,
    domain::{
        flavor_fit::source::SourceKind,
        launch_draft::{Problem, Step, source::SourceProblem},
    },
    i18n::{intl, t, word},
    openstack::error::ApiError,
    pages::launch::{
        source::{
            candidates::{Candidate, Found, ROWS, find},
            new_volume::VolumeFields,
        },
        wizard::Wizard,
        words::problem_words,
    },
    ui::{
        button::{Button, Kind},
        field::{Choice, SelectField, TextField, TextKind},
        id::unique_id,
        notice::{Notice, Tone},
    },
};

/// The step.
#[component]
pub fn SourceStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let kind = Memo::new(move |_| wizard.draft.read().source.kind);
    let problem = Memo::new(move |_| {
        let problems = wizard.problems.read();
        // What is wrong with the new volume is said at its fields.
        let is_here = |problem: &&Problem| {
            use SourceProblem::{OverQuota, SizeNotANumber, SizeTooSmall};
            !matches!(problem, Problem::Source(SizeNotANumber | SizeTooSmall { .. } | OverQuota))
        };
        let found = problems.get(&Step::Source)?.iter().find(is_here)?;
        let is_shown = !matches!(found, Problem::Source(SourceProblem::Missing(_))) || wizard.was_tried.get();
        is_shown.then(|| problem_words(wizard, found))
    });
    view! {
        {move || problem.get().map(|words| view! { <Notice tone=Tone::Bad><p>{words}</p></Notice> })}
        <FailedToLoad tried=word(|it| it.launch.load_image) error=wizard.image_error on_retry=move |()| wizard.read_image() />
        <div class="fields">
            <BootSource wizard=wizard kind=kind />
        </div>
        <SourceList wizard=wizard kind=kind />
        <VolumeFields wizard=wizard kind=kind />
    }
}

/// Which kind of things is listed. What is chosen of each kind stays.
#[component]
fn BootSource(wizard: Wizard, kind: Memo<SourceKind>) -> impl IntoView {
    let shown = RwSignal::new(kind.get_untracked().word().to_owned());
    // The address is changed by Back and by links, the field by the person.
    Effect::new(move |_| shown.set(kind.get().word().to_owned()));
    Effect::new(move |_| {
        let wanted = SourceKind::from_word(&shown.read());
        if let Some(wanted) = wanted.filter(|wanted| *wanted != kind.get_untracked()) {
            wizard.choose_source_kind(wanted);
        }
    });
    let has_volumes = wizard.offers.volumes.is_some();
    let choices = Signal::derive(move || {
        let offered = SourceKind::ALL.into_iter().filter(|kind| kind.is_image() || has_volumes);
        offered.map(|kind| Choice::new(kind.word(), (t().source.kind)(kind.word()))).collect::<Vec<_>>()
    });
    view! { <SelectField label=word(|it| it.source.boot_source) value=shown choices=choices name="source" /> }
}

/// The things of the chosen kind that match the search.
#[component]
fn SourceList(wizard: Wizard, kind: Memo<SourceKind>) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let limit = RwSignal::new(ROWS);
    // The chosen one leads the list as it stands when its kind is shown; a later choice moves nothing.
    let leading = Memo::new(move |_| {
        kind.track();
        wizard.draft.read_untracked().source.chosen()
    });
    let found = Memo::new(move |_| {
        let needle = search.read().trim().to_lowercase();
        find(wizard, kind.get(), &needle, leading.read().as_deref(), limit.get())
    });
    let chosen = Memo::new(move |_| wizard.draft.read().source.chosen());
    let is_chosen = StoredValue::new(Selector::new(move || chosen.get()));
    let load = wizard.images.load();
    let volumes = wizard.offers.volumes;
    let error = Signal::derive(move || match (kind.get(), volumes) {
        (SourceKind::Volume, Some(volumes)) => volumes.volumes.error(),
        (SourceKind::VolumeSnapshot, Some(volumes)) => volumes.snapshots.error(),
        _ => load.read().error.clone(),
    });
    let is_loading = Memo::new(move |_| match (kind.get(), volumes) {
        (SourceKind::Volume, Some(volumes)) => volumes.volumes.is_waiting(),
        (SourceKind::VolumeSnapshot, Some(volumes)) => volumes.snapshots.is_waiting(),
        _ => load.read().is_running && !load.read().has_rows,
    });
    let tried = Signal::derive(move || {
        match kind.get() {
            SourceKind::Volume => t().source.load_volumes,
            SourceKind::VolumeSnapshot => t().source.load_snapshots,
            SourceKind::Image | SourceKind::Snapshot => t().launch.load_images,
        }
        .to_owned()
    });
    let again = move |()| match (kind.get_untracked(), volumes) {
        (SourceKind::Volume, Some(volumes)) => volumes.volumes.again(),
        (SourceKind::VolumeSnapshot, Some(volumes)) => volumes.snapshots.again(),
        _ => wizard.images.refresh(),
    };
    let group = unique_id("source");
    let heads = move || {
        let heads = candidates::heads(kind.get());
        let cell = |(at, head): (usize, &'static str)| {
            view! { <th scope="col" class:number=candidates::is_number(kind.get_untracked(), at)>{head}</th> }
        };
        heads.into_iter().enumerate().map(cell).collect_view()
    };
    view! {
        <FailedToLoad tried=tried error=error on_retry=again />
        <search>
            <TextField label=word(|it| it.launch.search_images) value=search kind=TextKind::Search />
        </search>
        <div class="table-frame">
            <table class="table source-table" aria-label=word(|it| it.launch.source)>
                <thead>
                    <tr>
                        <th scope="col">{word(|it| it.image.name)}</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>
                    <For
                        each=move || found.get().rows
                        key=|candidate| candidate.clone()
                        children={move |candidate: Candidate| {
                            view! {
                                <SourceRow
                                    wizard=wizard
                                    kind=kind
                                    candidate=candidate
                                    group=group.clone()
                                    is_chosen=is_chosen
                                />
                            }
                        }}
                    />
                </tbody>
            </table>
            <p class="muted table-note" role="status">
                {move || note(&found.read(), is_loading.get(), error.read().is_some(), search, kind.get())}
            </p>
        </div>
        {move || {
            let more = found.read().more.min(ROWS) as u64;
            (more > 0)
                .then(|| {
                    view! {
                        <div class="row">
                            <Button
                                label=Signal::derive(move || (t().images.show_more)(&intl::integer(more)))
                                kind=Kind::Normal
                                on_press=move |()| limit.update(|limit| *limit += ROWS)
                            />
                        </div>
                    }
                })
        }}
    }
}

/// What stands under the rows: why there are none, or how many are not drawn.
fn note(
    found: &Found,
    is_loading: bool,
    has_failed: bool,
    search: RwSignal<String>,
    kind: SourceKind,
) -> String {
    let words = &t().source;
    match found.rows.is_empty() {
        false if found.more > 0 => (words.more)(&intl::integer(found.more as u64)),
        true if is_loading => t().common.loading.to_owned(),
        true if !has_failed && found.is_any && !search.read().trim().is_empty() => words.no_match.to_owned(),
        true if !has_failed => (words.empty)(kind.word()).to_owned(),
        _ => String::new(),
    }
}

#[component]
fn SourceRow(
    wizard: Wizard,
    kind: Memo<SourceKind>,
    candidate: Candidate,
    group: String,
    is_chosen: StoredValue<Selector<Option<String>>>,
) -> impl IntoView {
    let id = unique_id("source");
    let reason_id = format!("{id}-reason");
    let Candidate { id: key, name, cells, refused } = candidate;
    let is_refused = refused.is_some();
    let described_by = is_refused.then(|| reason_id.clone());
    let selected = Some(key.clone());
    let checked = move || is_chosen.with_value(|chosen| chosen.selected(&selected));
    let choose = move |event: leptos::ev::MouseEvent| {
        if is_refused {
            // The browser takes back what the click (or an arrow key) has chosen.
            event.prevent_default();
        } else {
            wizard.choose_source(kind.get_untracked(), key.clone());
        }
    };
    let cell = move |(at, words): (usize, String)| {
        let label = move || candidates::heads(kind.get()).get(at).copied().unwrap_or_default();
        view! { <td class:number=candidates::is_number(kind.get_untracked(), at) data-label=label>{words}</td> }
    };
    view! {
        <tr data-verdict=is_refused.then_some("refused")>
            <th scope="row">
                <span class="flavor-name">
                    <input
                        type="radio"
                        id=id.clone()
                        name=group
                        prop:checked=checked
                        aria-disabled=is_refused.then_some("true")
                        aria-describedby=described_by
                        on:click=choose
                    />
                    <label for=id><bdi>{name}</bdi></label>
                </span>
                {refused.map(|words| view! { <small class="muted refusal" id=reason_id>{words}</small> })}
            </th>
            {cells.into_iter().enumerate().map(cell).collect_view()}
        </tr>
    }
}

/// Why something of this step could not be had.
#[component]
fn FailedToLoad(
    #[prop(into)] tried: Signal<String>,
    #[prop(into)] error: Signal<Option<ApiError>>,
    #[prop(into)] on_retry: Callback<()>,
) -> impl IntoView {
    move || error.get().map(|error| view! { <ErrorPanel tried=tried error=error on_retry=on_retry /> })
}
