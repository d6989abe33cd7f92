//! The stores of a cloud that has several: which one a new image goes to, and where the copies of an image are.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        command_line::CommandLine,
        error_panel::ErrorPanel,
        image_words::{name_of, refusal},
    },
    domain::{
        access::{Person, Verdict, can_copy_to_store},
        command,
    },
    i18n::{isolated, t, word},
    openstack::{
        error::ApiError,
        glance::{
            STORES,
            image::Image,
            import::{COPY_IMAGE, FAILED, IMPORTING},
            info::get_import_methods,
            store::{Store, delete_copy, list_stores},
        },
        request::Service,
    },
    state::{
        confirm::{Question, use_confirm, work},
        images::use_images,
        imports::use_imports,
        offer::Offer,
        session::{Session, use_session},
        toasts::use_toasts,
        versions::versions_of,
    },
    ui::{
        button::Button,
        field::{Choice, SelectField},
    },
};

/// The cloud's stores; none where it has a single one (it then names no version for them, and answers 404), or does not tell.
pub fn use_stores(session: Session) -> Signal<Vec<Store>> {
    let asked = Offer::new(move || async move {
        match versions_of(session, Service::Image).await.lists(STORES) {
            true => session.send(list_stores()).await,
            false => Ok(Vec::new()),
        }
    });
    Signal::derive(move || asked.value().get().filter(|stores| stores.len() > 1).unwrap_or_default())
}

/// "Store", where there is a choice.
#[component]
pub fn StoreField(
    /// The chosen store; empty is the cloud's default.
    store: RwSignal<String>,
    /// All of them.
    stores: Signal<Vec<Store>>,
    /// Why none can be chosen; shown in place of the hint.
    reason: Signal<Option<String>>,
) -> impl IntoView {
    let choices = Signal::derive(move || {
        let stores = stores.read();
        let default = stores.iter().find(|store| store.is_default).map(|store| store.id.as_str());
        let first = Choice::new("", (t().imports.store_default)(default.unwrap_or(t().common.unknown)));
        let others = stores.iter().filter(|store| !store.is_default).map(|store| Choice {
            disabled_reason: store.is_read_only.then(|| t().imports.read_only.to_owned()),
            ..Choice::new(&*store.id, named(store))
        });
        [first].into_iter().chain(others).collect::<Vec<_>>()
    });
    let is_shown = Memo::new(move |_| !stores.read().is_empty());
    move || {
        is_shown.get().then(|| {
            view! {
                <SelectField
                    label=word(|it| it.imports.store)
                    value=store
                    choices=choices
                    hint=Signal::derive(move || reason.get().or_else(|| Some(t().imports.store_hint.to_owned())))
                    disabled=Signal::derive(move || reason.read().is_some())
                />
            }
        })
    }
}

/// Where the copies of an image are, how to make another, and how to remove one. Nothing where the cloud has a single store.
#[component]
pub fn ImageStores(
    /// The image.
    image: Memo<Image>,
) -> impl IntoView {
    let session = use_session();
    let stores = use_stores(session);
    let methods = Offer::new(move || session.send(get_import_methods()));
    let can_copy_here = Signal::derive(move || {
        // Not told is not refused: the cloud then says it itself.
        methods.value().read().as_ref().is_none_or(|methods| methods.iter().any(|name| name == COPY_IMAGE))
    });
    let failure = RwSignal::new(None::<(String, ApiError)>);
    let is_shown = Memo::new(move |_| !stores.read().is_empty());
    move || {
        is_shown.get().then(|| {
            view! {
                <section class="card stack-s" aria-label=word(|it| it.imports.copies)>
                    <h2>{word(|it| it.imports.copies)}</h2>
                    <ul class="stores">
                        <For each=move || stores.get() key=|store| store.id.clone() children={move |store| {
                            view! { <StoreRow store=store image=image can_copy_here=can_copy_here failure=failure /> }
                        }} />
                    </ul>
                    {move || failure.get().map(|(tried, error)| view! { <ErrorPanel tried=Signal::stored(tried) error=error /> })}
                </section>
            }
        })
    }
}

/// What an image has to do with a store.
#[derive(Clone, Copy, PartialEq)]
enum Copy {
    Here,
    Arriving,
    Failed,
    None,
}

fn copy_in(image: &Image, store: &str) -> Copy {
    let lists = |key: &str| {
        image.property(key).is_some_and(|stores| stores.split(',').any(|other| other.trim() == store))
    };
    if lists(IMPORTING) {
        Copy::Arriving
    } else if image.stores.iter().any(|other| other == store) {
        Copy::Here
    } else if lists(FAILED) {
        Copy::Failed
    } else {
        Copy::None
    }
}

#[component]
fn StoreRow(
    store: Store,
    image: Memo<Image>,
    can_copy_here: Signal<bool>,
    failure: RwSignal<Option<(String, ApiError)>>,
) -> impl IntoView {
    let (session, images, imports) = (use_session(), use_images(), use_imports());
    let (confirm, toasts) = (use_confirm(), use_toasts());
    let is_read_only = store.is_read_only;
    let is_default = store.is_default;
    let plain = named(&store);
    let words = move || match is_default {
        true => t().common.with_reason(&plain, t().imports.is_default),
        false => plain.clone(),
    };
    let id = StoredValue::new(store.id);
    let busy = RwSignal::new(false);
    let copy = Memo::new(move |_| {
        let id = id.read_value();
        match imports.is_copying(&image.read().id, &id) {
            true => Copy::Arriving,
            false => copy_in(&image.read(), &id),
        }
    });
    let state = move || {
        let words = &t().imports;
        match copy.get() {
            Copy::Here => words.has_copy,
            Copy::Arriving => words.arriving,
            Copy::Failed => words.copy_failed_before,
            Copy::None => words.no_copy,
        }
    };
    let judged = move |judge: fn(&Image, &Person) -> Verdict| {
        images.me().get().and_then(|me| refusal(judge(&image.read(), &me)))
    };
    let why_no_copy = Signal::derive(move || {
        let ours = match (is_read_only, can_copy_here.get()) {
            (true, _) => Some(t().imports.read_only),
            (_, false) => Some(t().imports.copy_not_offered),
            _ => None,
        };
        ours.map(str::to_owned).or_else(|| judged(can_copy_to_store))
    });
    let why_no_removal = Signal::derive(move || {
        let is_last = (image.read().stores.len() < 2).then(|| t().imports.last_copy.to_owned());
        is_last.or_else(|| judged(can_copy_to_store))
    });
    let make = move |()| {
        busy.set(true);
        failure.set(None);
        let (image, store) = (image.get_untracked(), id.get_value());
        spawn_local(async move {
            let answer = imports.copy(&image, &store).await;
            busy.try_set(false);
            if let Err(error) = answer {
                failure.try_set(Some(((t().imports.copy_failed)(&store), error)));
            }
        });
    };
    let remove = move |()| {
        let (image, store) = (image.get_untracked(), id.get_value());
        let subject = name_of(&image);
        let question = Question {
            heading: t().imports.remove_question.to_owned(),
            subject,
            text: vec![(t().imports.remove_text)(&store)],
            names: Vec::new(),
            verb: t().imports.remove.to_owned(),
            is_danger: true,
            tried: (t().imports.remove_failed)(&isolated(&store)),
            command: Some(command::delete_copy(&store, &image.id)),
            work: work(move || {
                let (image, store) = (image.id.clone(), store.clone());
                async move {
                    session.send(delete_copy(&store, &image)).await?;
                    toasts.good((t().imports.removed)(&isolated(&store)));
                    // The copy is gone even if the image can't be asked just now: the next look shows it.
                    let _ = images.fetch(&image).await;
                    Ok(())
                }
            }),
        };
        confirm.ask(question);
    };
    let command = Signal::derive(move || {
        let is_wanted = matches!(copy.get(), Copy::None | Copy::Failed) && why_no_copy.read().is_none();
        is_wanted.then(|| id.with_value(|id| command::copy_image(id, &image.read().id)))
    });
    let is_here = Memo::new(move |_| copy.get() == Copy::Here);
    let is_arriving = Memo::new(move |_| copy.get() == Copy::Arriving);
    view! {
        <li class="store" data-reason-side="end">
            <div class="store-name">
                <bdi>{words}</bdi>
                <p class="hint" role="status">{state}</p>
                <CommandLine command=command />
            </div>
            {move || match (is_here.get(), is_arriving.get()) {
                (true, _) => view! {
                    <Button
                        label=Signal::derive(move || (t().imports.remove_named)(&id.read_value()))
                        small=true
                        disabled_reason=why_no_removal
                        on_press=remove
                    />
                }.into_any(),
                (false, true) => view! {
                    <progress
                        class="progress"
                        max="1"
                        aria-label=move || (t().imports.copy_named)(&id.read_value())
                    ></progress>
                }.into_any(),
                (false, false) => view! {
                    <Button
                        label=Signal::derive(move || (t().imports.copy_named)(&id.read_value()))
                        small=true
                        busy=busy
                        disabled_reason=why_no_copy
                        on_press=make
                    />
                }.into_any(),
            }}
        </li>
    }
}

/// "archive (Archive disk)".
fn named(store: &Store) -> String {
    match store.description.trim() {
        "" => store.id.clone(),
        description => t().common.with_reason(&store.id, description),
    }
}
