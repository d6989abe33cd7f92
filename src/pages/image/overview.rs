//! Tab "Overview": everything that Glance says about the image, in groups, and the answer itself.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        error_panel::ErrorPanel,
        image_words::{format_words, size_cell, visibility_words},
        server_words::disk_words,
        stores::ImageStores,
    },
    domain::{access::Person, flavor_fit::source::Source},
    i18n::{intl, language, t, word},
    openstack::{
        error::ApiError,
        glance::{self, image::Image},
    },
    state::{images::use_images, session::use_session},
    ui::copy::CopyButton,
};

/// The properties that stand under "Operating system".
const SYSTEM: [&str; 4] = ["os_type", "os_distro", "os_version", "os_admin_user"];
/// What Glance notes about an import, for those who see the image.
const IMPORTING_TO: &str = "os_glance_importing_to_stores";
const FAILED_IMPORT: &str = "os_glance_failed_import";

/// Whether a property stands in the overview already.
pub fn is_in_overview(key: &str) -> bool {
    key == "description" || key == IMPORTING_TO || key == FAILED_IMPORT
}

/// One fact: what it is called, what it is, and whether one may want to copy it.
struct Fact {
    words: String,
    value: String,
    is_copied: bool,
}

/// A group of facts; what the image does not have is left out.
fn facts(entries: impl IntoIterator<Item = (impl Into<String>, Option<String>, bool)>) -> Vec<Fact> {
    entries
        .into_iter()
        .filter_map(|(words, value, is_copied)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some(Fact { words: words.into(), value, is_copied })
        })
        .collect()
}

const COPIED: bool = true;
const PLAIN: bool = false;

fn identity(image: &Image) -> Vec<Fact> {
    let kind = if image.is_snapshot() { t().image.kind_snapshot } else { t().image.kind_image };
    facts([
        (t().image.id, Some(image.id.as_str().to_owned()), COPIED),
        (t().image.description, image.description().map(str::to_owned), PLAIN),
        (t().image.kind, Some(kind.to_owned()), PLAIN),
        (t().image.created, Some(intl::date_time(&image.created_at)), PLAIN),
        (t().image.updated, Some(intl::date_time(&image.updated_at)), PLAIN),
        (t().image.tags, Some((t().common.list)(&image.tags)), PLAIN),
    ])
}

fn access(image: &Image, me: Option<&Person>, owner: Option<String>) -> Vec<Fact> {
    let yes_no = |value: bool| Some(if value { t().common.yes } else { t().common.no }.to_owned());
    let is_mine = me.is_some_and(|me| me.owns(image));
    let id = image.owner.as_ref().map(|owner| owner.as_str());
    let owner = id.map(|id| match (is_mine, owner) {
        (true, _) => (t().detail.your_project)(id),
        (false, Some(name)) => format!("{name} ({id})"),
        (false, None) => id.to_owned(),
    });
    facts([
        (t().image.visibility, Some(visibility_words(&image.visibility)), PLAIN),
        (t().image.owner, owner, PLAIN),
        (t().image.protected, yes_no(image.protected), PLAIN),
        (t().image.hidden, yes_no(image.os_hidden), PLAIN),
    ])
}

fn contents(image: &Image) -> Vec<Fact> {
    facts([
        (t().image.format, image.disk_format.as_ref().map(format_words), PLAIN),
        (t().image.container_format, image.container_format.as_ref().map(|it| it.as_str().to_owned()), PLAIN),
        (t().image.size, Some(size_cell(image.size)), PLAIN),
        (t().image.virtual_size, image.virtual_size.map(intl::bytes), PLAIN),
    ])
}

fn requirements(image: &Image) -> Vec<Fact> {
    let minimum = |value: u64, words: fn(u64) -> String| {
        Some(if value == 0 { t().detail.no_minimum.to_owned() } else { words(value) })
    };
    let has_bytes = image.size.is_some_and(|size| size > 0);
    let smallest = has_bytes.then(|| disk_words(Source::of_image(image).smallest_volume()));
    facts([
        (t().image.min_disk, minimum(image.min_disk, |it| (t().images.gb)(it)), PLAIN),
        (t().image.min_ram, minimum(image.min_ram, |it| (t().images.mb)(it)), PLAIN),
        (t().detail.smallest_disk, smallest, PLAIN),
        (t().image.architecture, image.architecture().map(str::to_owned), PLAIN),
    ])
}

fn system(image: &Image) -> Vec<Fact> {
    let words = &t().detail;
    let named = [words.os_type, words.os_distro, words.os_version, words.os_admin_user];
    facts(
        SYSTEM
            .into_iter()
            .zip(named)
            .map(|(key, words)| (words, image.property(key).map(str::to_owned), PLAIN)),
    )
}

fn integrity(image: &Image) -> Vec<Fact> {
    let hash = match &image.os_hash_algo {
        Some(algorithm) => (t().detail.hash_named)(algorithm),
        None => t().detail.hash.to_owned(),
    };
    facts([
        (hash, image.os_hash_value.clone(), COPIED),
        (t().detail.checksum.to_owned(), image.checksum.clone(), COPIED),
    ])
}

fn places(image: &Image) -> Vec<Fact> {
    facts([
        (t().detail.stores, Some((t().common.list)(&image.stores)), PLAIN),
        (t().detail.importing_to, image.property(IMPORTING_TO).map(str::to_owned), PLAIN),
        (t().detail.failed_import, image.property(FAILED_IMPORT).map(str::to_owned), PLAIN),
        (t().detail.location, image.direct_url.clone(), COPIED),
    ])
}

fn group(words: &'static str, facts: Vec<Fact>) -> Option<impl IntoView> {
    let fact = |Fact { words, value, is_copied }: Fact| {
        let copy = is_copied.then(|| {
            let label = Signal::stored((t().detail.copy)(&words));
            view! { <CopyButton label=label text=Signal::stored(value.clone()) /> }
        });
        view! {
            <dt>{words}</dt>
            <dd class:mono=is_copied>
                <bdi>{value}</bdi>
                " "
                {copy}
            </dd>
        }
    };
    (!facts.is_empty()).then(|| {
        view! {
            <section class="card stack-s">
                <h2>{words}</h2>
                <dl class="facts">{facts.into_iter().map(fact).collect_view()}</dl>
            </section>
        }
    })
}

/// The tab.
#[component]
pub fn Overview(
    /// The image.
    image: Memo<Image>,
) -> impl IntoView {
    let (session, me) = (use_session(), use_images().me());
    let groups = move || {
        // Drawn anew in another language: the facts are plain text.
        language();
        let image = image.read();
        let owner = image.owner.as_ref().and_then(|owner| session.project_name(owner));
        let words = &t().detail;
        [
            (words.identity, identity(&image)),
            (words.formats, contents(&image)),
            (words.access, access(&image, me.read().as_ref(), owner)),
            (words.requirements, requirements(&image)),
            (words.system, system(&image)),
            (words.integrity, integrity(&image)),
            (words.stores, places(&image)),
        ]
        .map(|(words, facts)| group(words, facts))
        .collect_view()
    };
    view! {
        <div class="detail">{groups}</div>
        <ImageStores image=image />
        <Raw image=image />
    }
}

/// Glance's own answer, asked for when it is opened.
#[component]
fn Raw(image: Memo<Image>) -> impl IntoView {
    let session = use_session();
    let text = RwSignal::new(None::<Result<String, ApiError>>);
    let load = move || {
        let id = image.read_untracked().id.clone();
        spawn_local(async move {
            let answer = session.send(glance::get_image_as_written(&id)).await;
            let written = answer.map(|json| serde_json::to_string_pretty(&json).unwrap_or_default());
            text.try_set(Some(written));
        });
    };
    let is_open = RwSignal::new(false);
    // Once open it follows the image.
    Effect::new(move |_| {
        image.track();
        if is_open.get() {
            load();
        }
    });
    view! {
        <details class="card raw" on:toggle:target=move |event| is_open.set(event.target().open())>
            <summary>{word(|it| it.detail.raw)}</summary>
            {move || match text.get() {
                None if !is_open.get() => ().into_any(),
                None => view! { <p role="status" class="muted">{t().common.loading}</p> }.into_any(),
                Some(Ok(text)) => {
                    view! {
                        <pre class="command" tabindex="0">{text.clone()}</pre>
                        <CopyButton
                            label=Signal::stored((t().detail.copy)("JSON"))
                            text=Signal::stored(text)
                        />
                    }
                        .into_any()
                }
                Some(Err(error)) => {
                    view! {
                        <ErrorPanel tried=word(|it| it.detail.raw_failed) error=error on_retry=move |()| load() />
                    }
                        .into_any()
                }
            }}
        </details>
    }
}
