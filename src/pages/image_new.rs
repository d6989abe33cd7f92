//! Create images: files to choose, the fields, and the records. The bytes are the upload manager's matter.

mod duplicate;
mod file_list;
mod files;
mod picker;
mod quota;
mod source;

use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{components::A, hooks::use_navigate};

use crate::{
    components::{
        command_line::CommandLine,
        error_panel::ErrorPanel,
        image_form::{ImageFields, ImageForm, use_formats},
        image_words::refusal,
        leave::warn_before_unload,
        shell::Page,
    },
    domain::{
        access::{can_choose_visibility, can_create},
        command,
        image_draft::{Field, ImageDraft},
    },
    i18n::{t, word},
    openstack::{
        error::{ApiError, FaultKind},
        glance::image::{DiskFormat, Visibility},
    },
    pages::image_new::{
        duplicate::Duplicate, file_list::FileList, files::Files, picker::FilePicker, quota::Quota,
        source::SourceField,
    },
    routes,
    state::{
        images::{Images, use_images},
        session::{Session, use_session},
        toasts::use_toasts,
        uploads::use_uploads,
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
    // For the names that are taken, and for kernels and ramdisks.
    images.ensure();
    let navigate = use_navigate();

    let files = Files::new();
    let is_several = files.is_several();
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
    files.fill(form);
    warn_before_unload(move || !files.list().is_empty() || form.draft() != first);

    let (formats, formats_hint) = use_formats(session);
    let why_not = Signal::derive(move || images.me().get().and_then(|me| refusal(can_create(&me))));
    let visibility_reason = Callback::new(move |visibility: Visibility| {
        images.me().get().and_then(|me| refusal(can_choose_visibility(&visibility, &me)))
    });

    let form_element = NodeRef::<html::Form>::new();
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<Failed>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() || why_not.read_untracked().is_some() {
            return;
        }
        form.show_all_problems();
        files.show_all_problems();
        failed.set(None);
        let Some(bodies) = untrack(|| files.bodies(&form.draft())) else {
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
            for (picked, file, body) in bodies {
                let name = body.name.clone().unwrap_or_default();
                match uploads.create(body, file).await {
                    Ok(()) => created.push((picked, name)),
                    Err(error) => {
                        if error.kind() == Some(FaultKind::Conflict) {
                            // This id can't be used again.
                            picked.renew_id();
                        }
                        failure = Some((name, error));
                        break;
                    }
                }
            }
            // The page may be gone by now; the uploads go on all the same.
            if busy.try_set(false).is_some() {
                if let Some((name, error)) = failure.filter(|_| untrack(|| uploads.person()) == person) {
                    toasts.bad((t().create.failed)(&name), error);
                }
                return;
            }
            match failure {
                None => navigate(routes::IMAGES, leptos_router::NavigateOptions::default()),
                Some((name, error)) => {
                    created.iter().for_each(|(picked, _)| files.remove(*picked));
                    let created = created.into_iter().map(|(_, name)| name).collect();
                    failed.set(Some(Failed { name, created, error }));
                }
            }
        });
    };

    let kernels = parts(images, DiskFormat::Aki);
    let ramdisks = parts(images, DiskFormat::Ari);
    let line = Signal::derive(move || {
        let bodies = files.bodies(&form.draft());
        let lines =
            bodies?.into_iter().map(|(_, file, body)| command::create_image(&body, Some(&file.name())));
        Some(lines.collect::<Vec<_>>().join("\n"))
    });
    view! {
        <Page title=word(|it| it.create.title) narrow=true>
            <form class="stack image-new" node_ref=form_element on:submit=submit novalidate=true>
                <section class="card stack">
                    <SourceField />
                    <FilePicker files=files />
                    <FileList files=files formats=formats images=images />
                    <Quota session=session files=files />
                </section>
                <section class="card stack">
                    <ImageFields
                        form=form
                        formats=formats
                        formats_hint=Signal::derive(move || formats_hint.get().or_else(|| files.format_hint()))
                        several=is_several
                        visibility_reason=visibility_reason
                        kernels=kernels
                        ramdisks=ramdisks
                        under_name=move || view! { <Duplicate name=form.name images=images /> }
                    />
                </section>
                <CommandLine command=line />
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
                        disabled_reason=why_not
                    />
                    <A href=routes::IMAGES attr:class="button">{word(|it| it.common.cancel)}</A>
                </div>
            </form>
        </Page>
    }
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

/// Images of a format that only serves others: ids and names.
fn parts(images: Images, format: DiskFormat) -> Signal<Vec<(String, String)>> {
    let parts = Memo::new(move |_| {
        let index = images.index();
        let index = index.read();
        let of_format = index.rows().filter(|row| row.image.disk_format.as_ref() == Some(&format));
        of_format
            .map(|row| (row.image.id.to_string(), row.image.name.clone().unwrap_or_default()))
            .collect::<Vec<_>>()
    });
    parts.into()
}
