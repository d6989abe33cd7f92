//! Create images: where the bytes come from, the fields, and the records. Sending files is the upload manager's matter, and
//! following what the cloud fetches that of the imports service.

mod duplicate;
mod file_list;
mod files;
mod finding_words;
mod findings;
mod gallery;
mod picker;
mod prefill;
mod quota;
mod source;
mod url;

use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{components::A, hooks::use_navigate};
use web_sys::File;

use crate::{
    components::{
        command_line::CommandLine,
        error_panel::ErrorPanel,
        held::HeldFields,
        image_form::{ImageForm, fields::ImageFields, formats::use_formats},
        image_words::refusal,
        leave::LeaveGuard,
        shell::Page,
        stores::{StoreField, use_stores},
    },
    domain::{
        access::{can_choose_visibility, can_create},
        command::{Bytes, Command, create_image},
        image_draft::{Field, ImageDraft},
        import::is_about_the_address,
    },
    i18n::{isolated, t, word},
    openstack::{
        error::ApiError,
        glance::{CreateImage, image::Visibility},
    },
    pages::image_new::{
        duplicate::Duplicate,
        file_list::FileList,
        files::{Files, Picked},
        gallery::Gallery,
        picker::FilePicker,
        prefill::Prefill,
        quota::Quota,
        source::{Source, SourceField, use_imports_offered},
        url::{UrlField, UrlSource},
    },
    routes,
    state::{
        images::{Images, use_images},
        imports::{WebImport, use_imports},
        session::{Session, use_session},
        toasts::use_toasts,
        uploads::{NotCreated, use_uploads},
    },
    ui::{
        button::{Button, Kind},
        field::focus_first_problem,
        icon::Icon,
    },
};

/// What became of a press of the button, when it was not good.
#[derive(Clone)]
struct Failed {
    /// Which image.
    name: String,
    /// Those before it, which are being uploaded.
    created: Vec<String>,
    error: ApiError,
}

/// The page.
#[component]
pub fn ImageNewPage() -> impl IntoView {
    let (session, images, uploads, toasts) = (use_session(), use_images(), use_uploads(), use_toasts());
    let imports = use_imports();
    // For the names that are taken, and for kernels and ramdisks.
    images.ensure();
    let navigate = use_navigate();

    let source = RwSignal::new(Source::File);
    let files = Files::new(source, session.config().checks);
    let is_several = Signal::derive(move || source.get() == Source::File && files.is_several().get());
    let first = ImageDraft { visibility: first_visibility(session, images), ..ImageDraft::default() };
    let form = ImageForm::new(&first, move |draft| {
        let mut problems = draft.validate();
        if is_several.get() {
            // Each file has its own.
            problems.retain(|field, _| {
                !matches!(field, Field::Name | Field::DiskFormat | Field::ContainerFormat)
            });
        }
        problems
    });
    let prefill = Prefill::new(form);
    files.fill_into(prefill);
    let url = UrlSource::new(source, prefill);
    // What another source brought goes with it.
    Effect::new(move |before: Option<Source>| {
        let source = source.get();
        match source {
            _ if before.is_none_or(|before| before == source) => {}
            Source::File => files.fill(),
            Source::Url | Source::ReadyMade => url.fill(),
        }
        source
    });
    // Dropped on the page, whatever the source was.
    Effect::new(move |before: Option<usize>| {
        let count = files.list().len();
        if before.is_some_and(|before| count > before) {
            source.set(Source::File);
        }
        count
    });
    let is_dirty = Signal::derive(move || {
        !files.list().is_empty()
            || !url.url.read().is_empty()
            || form.draft() != first
            || form.metadata.has_new_key()
    });

    let (formats, formats_hint) = use_formats(session);
    let offered = use_imports_offered(session);
    let stores = use_stores(session);
    let why_no_store = Signal::derive(move || match source.get() {
        Source::File => offered.why_no_staging.get(),
        _ => None,
    });
    // Empty is the cloud's default: bytes that go there need no detour.
    let store = Signal::derive(move || {
        let is_free = why_no_store.read().is_none();
        Some(url.store.get()).filter(|store| is_free && !store.is_empty())
    });
    let why_not = Signal::derive(move || images.me().get().and_then(|me| refusal(can_create(&me))));
    // Bytes that the cloud will refuse are not sent, unless the person insists: no API tells whether a cloud checks them.
    let refused = Memo::new(move |_| match source.get() {
        Source::File => files.refused(),
        _ => Vec::new(),
    });
    let why_blocked = Signal::derive(move || {
        let refused = refused.read();
        why_not.get().or_else(|| match source.get() {
            Source::File if files.is_checking() => Some(t().findings.checking.to_owned()),
            Source::ReadyMade if url.chosen.read().is_none() => Some(t().imports.gallery_choose.to_owned()),
            _ => (!refused.is_empty()).then(|| (t().findings.blocked)(&(t().common.list)(&refused))),
        })
    });
    let is_forced = StoredValue::new(false);
    let visibility_reason = Callback::new(move |visibility: Visibility| {
        images.me().get().and_then(|me| refusal(can_choose_visibility(&visibility, &me)))
    });

    let form_element = NodeRef::<html::Form>::new();
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<Failed>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let is_forced = is_forced.try_update_value(std::mem::take).unwrap_or_default();
        let why = if is_forced { why_not } else { why_blocked };
        if busy.get_untracked() || why.read_untracked().is_some() {
            return;
        }
        form.show_all_problems();
        files.show_all_problems();
        url.show_all_problems();
        failed.set(None);
        let Some(work) = untrack(|| all_work(source.get(), files, store, url, form)) else {
            if let Some(form) = form_element.get_untracked() {
                focus_first_problem(&form);
            }
            return;
        };
        busy.set(true);
        let navigate = navigate.clone();
        let person = untrack(|| uploads.person());
        spawn_local(async move {
            let mut created = Vec::new();
            let mut failure = None;
            for work in work {
                let name = work.name();
                let done = match work {
                    Work::Upload(picked, file, body, store) => {
                        let done = uploads.create(body, file, picked.report(), store).await;
                        if done.as_ref().is_err_and(NotCreated::is_id_spent) {
                            picked.renew_id();
                        }
                        done.map(|()| created.push((picked, name.clone())))
                    }
                    Work::Import(body, web) => {
                        let done = imports.create(body, web).await;
                        if done.as_ref().is_err_and(NotCreated::is_id_spent) {
                            url.renew_id();
                        }
                        done
                    }
                };
                if let Err(not) = done {
                    failure = Some((name, not.error));
                    break;
                }
            }
            // The page may be gone by now; the uploads go on all the same.
            if busy.try_set(false).is_some() {
                if let Some((name, error)) = failure.filter(|_| untrack(|| uploads.person()) == person) {
                    toasts.bad((t().create.failed)(&isolated(&name)), error);
                }
                return;
            }
            match failure {
                None => navigate(&routes::to(routes::IMAGES), leptos_router::NavigateOptions::default()),
                Some((_, error))
                    if is_about_the_address(&error) && source.get_untracked() != Source::File =>
                {
                    url.refuse(&error);
                    if let Some(form) = form_element.get_untracked() {
                        focus_first_problem(&form);
                    }
                }
                Some((name, error)) => {
                    created.iter().for_each(|(picked, _)| files.remove(*picked));
                    let created = created.into_iter().map(|(_, name)| name).collect();
                    failed.set(Some(Failed { name, created, error }));
                }
            }
        });
    };

    let has_url = Memo::new(move |_| match source.get() {
        Source::File => false,
        Source::Url => true,
        Source::ReadyMade => url.chosen.read().is_some(),
    });
    let was_ready_made = Memo::new(move |before| before == Some(&true) || source.get() == Source::ReadyMade);
    let has_tray = move || !uploads.ids().is_empty() || !imports.ids().is_empty();
    let line = Memo::new(move |_| {
        all_work(source.get(), files, store, url, form)?.iter().map(Work::command).reduce(Command::and)
    });
    view! {
        <Page title=word(|it| it.create.title) narrow=true>
            <form class="stack image-new" data-tray=move || has_tray().then_some("true") node_ref=form_element on:submit=submit novalidate=true aria-busy=move || busy.get().then_some("true")>
                <HeldFields busy=busy>
                    <section class="card stack">
                        <SourceField source=source imports=offered />
                        <div class="stack" hidden=move || source.get() != Source::File>
                            <FilePicker files=files />
                            <FileList files=files formats=formats images=images />
                            <Quota session=session files=files />
                        </div>
                        {move || {
                            was_ready_made
                                .get()
                                .then(|| view! { <div class="stack" hidden=move || source.get() != Source::ReadyMade><Gallery url=url /></div> })
                        }}
                        {move || has_url.get().then(|| view! { <UrlField url=url /> })}
                    </section>
                    <section class="card stack">
                        <ImageFields
                            form=form
                            formats=formats
                            formats_hint=Signal::derive(move || {
                                formats_hint.get().or_else(|| match source.get() {
                                    Source::File => files.format_hint(),
                                    Source::Url | Source::ReadyMade => url.format_hint(),
                                })
                            })
                            several=is_several
                            visibility_reason=visibility_reason
                            under_name=move || view! { <Duplicate name=form.name images=images /> }
                            in_advanced=move || view! { <StoreField store=url.store stores=stores reason=why_no_store /> }
                        />
                    </section>
                </HeldFields>
                <CommandLine
                    command=Signal::derive(move || line.get().map(|command| command.line))
                    leaves_out=Signal::derive(move || line.get().unwrap_or_default().leaves_out)
                />
                {move || failed.get().map(|failed| view! { <Refused failed=failed /> })}
                <div class="row form-foot">
                    <Button
                        label=Signal::derive(move || {
                            if busy.get() { t().create.submitting } else { t().create.submit }.to_owned()
                        })
                        kind=Kind::Primary
                        icon=Icon::Upload
                        submit=true
                        busy=busy
                        disabled_reason=why_blocked
                    />
                    {move || {
                        (!refused.read().is_empty() && why_not.read().is_none())
                            .then(|| {
                                view! {
                                    <Button
                                        label=word(|it| it.findings.send_anyway)
                                        busy=busy
                                        on_press=move |()| {
                                            is_forced.set_value(true);
                                            if let Some(form) = form_element.get_untracked() {
                                                // Fails only for a form that is not in the page.
                                                let _ = form.request_submit();
                                            }
                                        }
                                    />
                                }
                            })
                    }}
                    <A href=routes::to(routes::IMAGES) attr:class="button">{word(|it| it.common.cancel)}</A>
                </div>
            </form>
            <LeaveGuard is_dirty=is_dirty />
        </Page>
    }
}

/// One image to make.
enum Work {
    /// From a file of this computer, into a store if one is named.
    Upload(Picked, File, CreateImage, Option<String>),
    /// From an address that the cloud fetches.
    Import(CreateImage, WebImport),
}

impl Work {
    fn name(&self) -> String {
        let (Work::Upload(_, _, body, _) | Work::Import(body, _)) = self;
        body.name.clone().unwrap_or_default()
    }

    fn command(&self) -> Command {
        match self {
            Work::Upload(_, file, body, store) => {
                create_image(body, &Bytes::File(&file.name(), store.as_deref()))
            }
            Work::Import(body, web) => create_image(body, &Bytes::Address(&web.uri, web.store.as_deref())),
        }
    }
}

/// Everything that a press of the button would do; `None` while something is wrong. Tracked.
fn all_work(
    source: Source,
    files: Files,
    store: Signal<Option<String>>,
    url: UrlSource,
    form: ImageForm,
) -> Option<Vec<Work>> {
    // An address that was typed for another source is not the choice that is missing here.
    let is_unchosen = source == Source::ReadyMade && url.chosen.read().is_none();
    if is_unchosen || !form.metadata.is_sound() {
        return None;
    }
    let draft = &form.draft();
    if source == Source::File {
        let bodies = files.bodies(draft)?;
        let store = store.get();
        let work = |(picked, file, body)| Work::Upload(picked, file, body, store.clone());
        return Some(bodies.into_iter().map(work).collect());
    }
    let (body, web) = url.body(draft)?;
    Some(vec![Work::Import(body, web)])
}

#[component]
fn Refused(failed: Failed) -> impl IntoView {
    let Failed { name, created, error } = failed;
    view! {
        <ErrorPanel tried=Signal::derive(move || (t().create.failed)(&name)) error=error />
        {(!created.is_empty())
            .then(|| view! { <p role="status">{move || (t().create.some_failed)(&(t().common.list)(&created))}</p> })}
    }
}

/// The operator's default, as far as the person may choose it.
fn first_visibility(session: Session, images: Images) -> Visibility {
    let wanted = session.config().default_visibility;
    match images.me().get_untracked() {
        Some(me) if can_choose_visibility(&wanted, &me).is_ok() => wanted,
        _ => Visibility::Private,
    }
}
