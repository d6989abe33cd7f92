//! "Ready-made": the images of the operator's `gallery.json`, fetched when this source is first chosen.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::config::fetch_beside,
    components::{config_words::problem_words, image_words::format_words},
    domain::{
        config::Problem,
        gallery::{self, Entry},
    },
    i18n::{t, word},
    pages::image_new::url::UrlSource,
    ui::{
        button::{Button, Kind},
        field::{Choice, SelectField, TextField, TextKind},
        notice::{Notice, Tone},
    },
};

type Loaded = Result<(Vec<Entry>, Vec<Problem>), String>;

/// The gallery.
#[component]
pub fn Gallery(
    /// Where the choice goes.
    url: UrlSource,
) -> impl IntoView {
    let file = RwSignal::new(None::<Loaded>);
    spawn_local(async move {
        let read = fetch_beside("gallery.json").await.map(|text| gallery::parse(&text));
        // The page may be gone by now.
        file.try_set(Some(read));
    });
    let state = Memo::new(move |_| file.get());
    move || match state.get() {
        None => view! { <p role="status" class="muted">{word(|it| it.common.loading)}</p> }.into_any(),
        Some(Err(why)) => {
            view! { <Notice tone=Tone::Warn>{move || (t().imports.gallery_missing)(&why)}</Notice> }
                .into_any()
        }
        Some(Ok((entries, problems))) => view! {
            {(!problems.is_empty())
                .then(|| {
                    let problems = problems
                        .iter()
                        .map(|problem| view! { <li><bdi>{problem_words(problem)}</bdi></li> })
                        .collect_view();
                    view! {
                        <Notice tone=Tone::Warn title=word(|it| it.imports.gallery_problems)>
                            <ul class="gallery-problems">{problems}</ul>
                        </Notice>
                    }
                })}
            {(!entries.is_empty()).then(|| view! { <Entries entries=entries url=url /> })}
        }
        .into_any(),
    }
}

#[component]
fn Entries(entries: Vec<Entry>, url: UrlSource) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let architecture = RwSignal::new(String::new());
    let known = gallery::architectures(&entries);
    let choices = Signal::derive(move || {
        let all = Choice::new("", t().imports.gallery_all);
        [all].into_iter().chain(known.iter().map(|name| Choice::new(&**name, &**name))).collect::<Vec<_>>()
    });
    let entries = StoredValue::new(entries);
    let found = Memo::new(move |_| -> Vec<Entry> {
        entries.with_value(|all| {
            gallery::search(all, &words.read(), &architecture.read()).into_iter().cloned().collect()
        })
    });
    view! {
        <div class="fields">
            <TextField label=word(|it| it.imports.gallery_search) value=words kind=TextKind::Search />
            <SelectField label=word(|it| it.imports.gallery_filter) value=architecture choices=choices />
        </div>
        <ul class="gallery" aria-label=word(|it| it.imports.gallery)>
            <For each=move || found.get() key=Entry::title children={move |entry| view! { <Row entry=entry url=url /> }} />
        </ul>
        {move || found.read().is_empty().then(|| view! { <p role="status" class="muted">{t().imports.gallery_none}</p> })}
    }
}

#[component]
fn Row(entry: Entry, url: UrlSource) -> impl IntoView {
    let entry = StoredValue::new(entry);
    let title = Signal::derive(move || entry.with_value(Entry::title));
    let is_chosen = Memo::new(move |_| url.chosen.read().as_ref().map(Entry::title) == Some(title.get()));
    let facts = move || {
        entry.with_value(|entry| {
            let needs = (t().imports.gallery_needs)(entry.min_disk, entry.min_ram);
            format!("{} · {needs}", format_words(&entry.format))
        })
    };
    let more = move || {
        entry.with_value(|entry| {
            let sets: Vec<String> =
                entry.properties.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let checked = match &entry.checksum {
                Some(checksum) => (t().imports.gallery_checked)(checksum.algorithm()),
                None => t().imports.gallery_unchecked.to_owned(),
            };
            let sets = (!sets.is_empty()).then(|| (t().imports.gallery_sets)(&sets.join(", ")));
            [sets, Some(checked)].into_iter().flatten().collect::<Vec<_>>()
        })
    };
    view! {
        <li class="gallery-entry" data-chosen=move || is_chosen.get().then_some("true")>
            <div>
                <p class="gallery-title"><bdi>{title}</bdi></p>
                <p class="hint">{facts}</p>
                {move || {
                    is_chosen
                        .get()
                        .then(|| more().into_iter().map(|words| view! { <p class="hint"><bdi>{words}</bdi></p> }).collect_view())
                }}
            </div>
            <Button
                label=word(|it| it.imports.gallery_use)
                name=Signal::derive(move || (t().imports.gallery_use_named)(&title.read()))
                kind=Kind::Normal
                small=true
                on_press=move |()| url.choose(entry.get_value())
            />
        </li>
    }
}
