//! An image's page: everything that Glance says about it, and what can be done with it.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_navigate, use_params_map};

use crate::{
    components::{
        delete_image::{DeleteImageDialog, provide_delete_image, use_delete_image},
        error_panel::ErrorPanel,
        image_words::{format_words, name_of, refusal, size_cell, visibility_words},
        protect_image::ProtectButton,
        shell::Page,
        status_badge::StatusBadge,
    },
    domain::access::{Person, Verdict, can_delete, can_edit, can_launch},
    i18n::{intl, language, t, word},
    openstack::{error::ApiError, glance::image::Image, ids::ImageId},
    routes,
    state::images::{Images, use_images},
    ui::{
        button::{Button, Kind},
        copy::CopyButton,
    },
};

/// The page of the image that the address names.
#[component]
pub fn ImagePage() -> impl IntoView {
    let images = use_images();
    let params = use_params_map();
    let id = Memo::new(move |_| ImageId::from(params.read().get("id").unwrap_or_default()));
    let failure = RwSignal::new(None::<ApiError>);
    // What is known from the list shows at once; the answer replaces it. After a failure the old one stays.
    let image = Memo::new(move |before: Option<&Option<Image>>| {
        let known = images.index().read().get(&id.read()).map(|row| row.image.clone());
        known.or_else(|| before.cloned().flatten().filter(|image| image.id == *id.read()))
    });
    let load = move || {
        let asked = id.get_untracked();
        spawn_local(async move {
            let outcome = images.fetch(&asked).await;
            // The address may name another image by now.
            if id.try_get_untracked() == Some(asked) {
                failure.try_set(outcome.err().filter(|error| *error != ApiError::Aborted));
            }
        });
    };
    Effect::new(move |_| {
        id.track();
        failure.set(None);
        load();
    });
    provide_delete_image();
    let navigate = use_navigate();
    let leave = Callback::new(move |_: ImageId| navigate(routes::IMAGES, Default::default()));
    let title = move || match &*image.read() {
        Some(image) => name_of(image),
        None => t().detail.title.to_owned(),
    };
    view! {
        <Page title=Signal::derive(title) actions=move || view! { <Actions images=images image=image /> }>
            <div class="stack">
                {move || {
                    failure
                        .get()
                        .map(|error| {
                            view! {
                                <ErrorPanel
                                    tried=word(|it| it.detail.could_not_load)
                                    error=error
                                    on_retry=move |()| load()
                                />
                            }
                        })
                }}
                {move || {
                    // The page is drawn anew in another language: the facts are plain text.
                    language();
                    image
                        .get()
                        .map(|image| view! { <Overview images=images image=image /> }.into_any())
                        .or_else(|| {
                            failure
                                .read()
                                .is_none()
                                .then(|| view! { <p role="status" class="muted">{t().common.loading}</p> }.into_any())
                        })
                }}
            </div>
            <DeleteImageDialog on_deleted=leave />
        </Page>
    }
}

#[component]
fn Actions(images: Images, image: Memo<Option<Image>>) -> impl IntoView {
    let delete = use_delete_image();
    let navigate = use_navigate();
    let go = Callback::new(move |path: String| navigate(&path, Default::default()));
    let reason = move |allowed: fn(&Image, &Person) -> Verdict| {
        Signal::derive(move || {
            let me = images.me();
            let (me, image) = (me.read(), image.read());
            refusal(allowed(image.as_ref()?, me.as_ref()?))
        })
    };
    let with_id = move |path: fn(&ImageId) -> String| {
        move |()| {
            if let Some(image) = &*image.read_untracked() {
                go.run(path(&image.id));
            }
        }
    };
    let is_there = Memo::new(move |_| image.read().is_some());
    move || {
        is_there.get().then(|| {
            view! {
                <Button
                    label=word(|it| it.images.launch)
                    kind=Kind::Primary
                    disabled_reason=reason(can_launch)
                    on_press=with_id(routes::launch)
                />
                <Button
                    label=word(|it| it.images.edit)
                    disabled_reason=reason(can_edit)
                    on_press=with_id(routes::edit_image)
                />
                <ProtectButton image=image />
                <Button
                    label=word(|it| it.images.delete)
                    disabled_reason=reason(can_delete)
                    on_press=move |()| {
                        if let Some(image) = image.get_untracked() {
                            delete.ask(image);
                        }
                    }
                />
            }
        })
    }
}

/// One fact: what it is called, what it is, and whether one may want to copy it.
struct Fact {
    words: &'static str,
    value: String,
    is_copied: bool,
}

/// A group of facts; what the image does not have is left out.
fn facts(entries: impl IntoIterator<Item = (&'static str, Option<String>, bool)>) -> Vec<Fact> {
    entries
        .into_iter()
        .filter_map(|(words, value, is_copied)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some(Fact { words, value, is_copied })
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

fn access(image: &Image, me: Option<&Person>) -> Vec<Fact> {
    let yes_no = |value: bool| Some(if value { t().common.yes } else { t().common.no }.to_owned());
    let is_mine = me.is_some_and(|me| me.owns(image));
    let owner = image.owner.as_ref().map(|owner| match is_mine {
        true => (t().detail.your_project)(owner.as_str()),
        false => owner.as_str().to_owned(),
    });
    facts([
        (t().image.visibility, Some(visibility_words(&image.visibility)), PLAIN),
        (t().image.owner, owner, PLAIN),
        (t().image.protected, yes_no(image.protected), PLAIN),
        (t().image.hidden, yes_no(image.os_hidden), PLAIN),
    ])
}

fn contents(image: &Image) -> Vec<Fact> {
    let hash = image.os_hash_value.as_ref().map(|value| match &image.os_hash_algo {
        Some(algorithm) => format!("{algorithm}:{value}"),
        None => value.clone(),
    });
    facts([
        (t().image.format, image.disk_format.as_ref().map(format_words), PLAIN),
        (t().image.container_format, image.container_format.as_ref().map(|it| it.as_str().to_owned()), PLAIN),
        (t().image.size, Some(size_cell(image.size)), PLAIN),
        (t().image.virtual_size, image.virtual_size.map(intl::bytes), PLAIN),
        (t().detail.checksum, image.checksum.clone(), COPIED),
        (t().detail.hash, hash, COPIED),
        (t().detail.stores, Some((t().common.list)(&image.stores)), PLAIN),
    ])
}

fn requirements(image: &Image) -> Vec<Fact> {
    let minimum = |value: u64, words: fn(u64) -> String| {
        Some(if value == 0 { t().detail.no_minimum.to_owned() } else { words(value) })
    };
    facts([
        (t().image.min_disk, minimum(image.min_disk, |it| (t().images.gb)(it)), PLAIN),
        (t().image.min_ram, minimum(image.min_ram, |it| (t().images.mb)(it)), PLAIN),
        (t().image.architecture, image.architecture().map(str::to_owned), PLAIN),
    ])
}

#[component]
fn Group(
    /// Its heading.
    words: &'static str,
    /// What it says.
    facts: Vec<Fact>,
) -> impl IntoView {
    let fact = |Fact { words, value, is_copied }: Fact| {
        let copy = is_copied.then(|| {
            let label = Signal::stored((t().detail.copy)(words));
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
    view! {
        <section class="card stack-s">
            <h2>{words}</h2>
            <dl class="facts">{facts.into_iter().map(fact).collect_view()}</dl>
        </section>
    }
}

#[component]
fn Overview(images: Images, image: Image) -> impl IntoView {
    let me = images.me().get_untracked();
    let raw = serde_json::to_string_pretty(&image).unwrap_or_default();
    let known = image.extra.iter().filter(|(key, _)| key.as_str() != "description");
    let properties: Vec<(String, String)> = known.map(|(key, value)| (key.clone(), value.clone())).collect();
    view! {
        <p><StatusBadge status=Signal::stored(image.status.clone()) /></p>
        <div class="detail">
            <Group words=t().detail.identity facts=identity(&image) />
            <Group words=t().detail.contents facts=contents(&image) />
            <Group words=t().detail.access facts=access(&image, me.as_ref()) />
            <Group words=t().detail.requirements facts=requirements(&image) />
            {(!properties.is_empty()).then(|| view! { <Properties properties=properties /> })}
            <details class="card raw">
                <summary>{t().detail.raw}</summary>
                <pre class="command" tabindex="0">{raw}</pre>
            </details>
        </div>
    }
}

#[component]
fn Properties(properties: Vec<(String, String)>) -> impl IntoView {
    let property = |(key, value): (String, String)| {
        view! {
            <dt class="mono"><bdi>{key}</bdi></dt>
            <dd><bdi>{value}</bdi></dd>
        }
    };
    view! {
        <section class="card stack-s">
            <h2>{t().detail.properties}</h2>
            <dl class="facts">{properties.into_iter().map(property).collect_view()}</dl>
        </section>
    }
}
