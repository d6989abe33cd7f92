//! One upload in the tray.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::{
        delete_image::use_delete_image,
        error_panel::{ErrorDetails, doctor_link},
        image_words::refusal,
        other_format::OtherFormat,
        upload_tray::words::{failure_words, phase_words, progress_words, verification_words},
    },
    domain::{
        access::can_delete,
        upload::{Failure, Phase, Upload, queue::UploadId, verification::Verification},
    },
    i18n::{t, word},
    openstack::{error::FaultKind, ids::ImageId},
    routes,
    state::{images::use_images, uploads::Uploads},
    ui::button::{Button, Kind},
};

/// Name, phase, progress, and what can be done.
#[component]
pub fn UploadEntry(
    /// Which.
    id: UploadId,
    /// The service.
    uploads: Uploads,
) -> impl IntoView {
    let upload = Memo::new(move |_| uploads.get(id));
    let images = use_images();
    // What the tray shows of it; a cancelled one is gone from it by itself.
    Effect::new(move |_| {
        if upload.read().as_ref().is_some_and(|upload| upload.phase == Phase::Cancelled) {
            uploads.dismiss(id);
        }
    });
    let has = move |of: fn(&Upload) -> bool| Memo::new(move |_| upload.read().as_ref().is_some_and(of));
    let can_cancel = has(Upload::can_cancel);
    let can_retry = has(Upload::can_retry);
    let can_dismiss = has(Upload::can_dismiss);
    let is_active = has(|upload| upload.phase == Phase::Active);
    let is_over = has(Upload::can_dismiss);
    let delete = use_delete_image();
    let is_doubtful = has(|upload| upload.doubt().is_some());
    // Another project's is not in the index, and can't be deleted from here.
    let doubted = Memo::new(move |_| {
        let image = upload.read().as_ref().filter(|_| is_doubtful.get())?.image.clone();
        images.index().read().get(&image).map(|row| row.image.clone())
    });
    let title = Memo::new(move |_| {
        upload
            .read()
            .as_ref()
            .map(|it| (it.image.clone(), it.body.name.clone().unwrap_or_default()))
            .unwrap_or_default()
    });
    let file_name =
        Memo::new(move |_| upload.read().as_ref().map(|it| it.file_name.clone()).unwrap_or_default());
    let failure = Memo::new(move |_| match upload.read().as_ref().map(|upload| &upload.phase) {
        Some(Phase::Failed(failure)) => Some(failure.clone()),
        _ => None,
    });
    let checked = Memo::new(move |_| {
        let upload = upload.read();
        let upload = upload.as_ref()?;
        let tone = match upload.verification()? {
            _ if upload.doubt().is_some() => "bad",
            Verification::Verified => "good",
            Verification::Working(_) => "busy",
            Verification::NotVerified(_) | Verification::Mismatch => "warn",
        };
        Some((verification_words(upload)?, tone))
    });
    let not_offered = Memo::new(move |_| {
        let upload = upload.read();
        let projects = upload.as_ref().map(|it| it.not_offered.as_slice()).unwrap_or_default();
        let projects: Vec<&str> = projects.iter().map(|project| project.as_str()).collect();
        (!projects.is_empty()).then(|| (t().uploads.not_offered_again)(&projects.join(", ")))
    });
    let twins = Memo::new(move |_| upload.read().as_ref().map(|it| it.twins.clone()).unwrap_or_default());
    let other_project = Memo::new(move |_| uploads.other_project(id).map(|project| project.name));
    view! {
        <li class="upload-entry" data-failed=move || (failure.read().is_some() || is_doubtful.get()).then_some("true")>
            <div class="upload-head">
                <p class="upload-name">
                    {move || {
                        let (image, name) = title.get();
                        // Another project's image can't be opened from here.
                        match is_active.get() && other_project.read().is_none() {
                            true => view! { <A href=routes::image(&image)><bdi>{name}</bdi></A> }.into_any(),
                            false => view! { <bdi>{name}</bdi> }.into_any(),
                        }
                    }}
                </p>
                <p class="upload-file muted">
                    <bdi>{file_name}</bdi>
                    {move || other_project.get().map(|project| view! { " · " {(t().uploads.other_project)(&project)} })}
                </p>
            </div>
            {move || (!is_over.get()).then(|| view! { <Bar upload=upload title=title file_name=file_name /> })}
            <p class="upload-state">
                <strong>{move || upload.read().as_ref().map(phase_words)}</strong>
                {move || {
                    let parts = upload.read().as_ref().map(progress_words).unwrap_or_default();
                    parts.into_iter().map(|part| view! { <span class="upload-figure">{part}</span> }).collect_view()
                }}
            </p>
            {move || checked.get().map(|(words, tone)| view! { <p class="upload-check" data-tone=tone>{words}</p> })}
            {move || {
                let twins = twins.get();
                let is_elsewhere = other_project.read().is_some();
                (!twins.is_empty()).then(|| view! { <Twins twins=twins is_active=is_active.get() is_elsewhere=is_elsewhere /> })
            }}
            {move || not_offered.get().map(|words| view! { <p class="upload-check" data-tone="warn">{words}</p> })}
            {move || failure.get().map(|failure| view! { <FailureNote id=id uploads=uploads failure=failure /> })}
            <div class="row">
                <When shown=can_retry>
                    <Button
                        label=word(|it| it.uploads.retry)
                        small=true
                        on_press=move |()| uploads.retry(id)
                    />
                </When>
                <When shown=can_cancel>
                    <Button
                        label=Signal::derive(move || {
                            let was_given_up = matches!(*failure.read(), Some(Failure::NotDeleted(_)));
                            match was_given_up {
                                true => t().uploads.delete_again,
                                false if !twins.read().is_empty() => t().uploads.cancel_this,
                                false => t().common.cancel,
                            }
                            .to_owned()
                        })
                        small=true
                        on_press=move |()| uploads.cancel(id)
                    />
                </When>
                {move || {
                    doubted.get().map(|image| {
                        let why = images.me().read().as_ref().and_then(|me| refusal(can_delete(&image, me)));
                        view! {
                            <Button
                                label=word(|it| it.images.delete_title)
                                small=true
                                disabled_reason=why
                                on_press=move |()| delete.ask(image.clone())
                            />
                        }
                    })
                }}
                <When shown=is_doubtful>
                    <A href=routes::to(routes::NEW_IMAGE) attr:class="button" attr:data-size="small">{word(|it| it.uploads.upload_again)}</A>
                </When>
                <When shown=can_dismiss>
                    <Button
                        label=word(|it| it.common.dismiss)
                        kind=Kind::Quiet
                        small=true
                        on_press=move |()| uploads.dismiss(id)
                    />
                </When>
            </div>
        </li>
    }
}

#[component]
fn When(shown: Memo<bool>, children: ChildrenFn) -> impl IntoView {
    move || shown.get().then(|| children())
}

#[component]
fn Bar(
    upload: Memo<Option<Upload>>,
    title: Memo<(ImageId, String)>,
    file_name: Memo<String>,
) -> impl IntoView {
    // Without a value the bar says "busy": while nothing is sent yet, and while the cloud stores.
    let value = Memo::new(move |_| {
        let upload = upload.read();
        let upload = upload.as_ref()?;
        (upload.phase == Phase::Sending).then(|| (upload.meter.share(upload.size) * 1000.0).round() / 1000.0)
    });
    view! {
        <progress
            class="progress"
            max="1"
            value=move || value.get().map(|value| value.to_string())
            aria-label=move || (t().uploads.bar)(&title.read().1, &file_name.read())
        ></progress>
    }
}

/// Why it failed, and what mends it.
#[component]
fn FailureNote(id: UploadId, uploads: Uploads, failure: Failure) -> impl IntoView {
    let is_wrong_format = match &failure {
        Failure::Send(error) => error.kind() == Some(FaultKind::UnsupportedMedia),
        // The cloud gives no reason; the file itself may.
        Failure::Import => untrack(|| uploads.get(id)).is_some_and(|upload| upload.better_format().is_some()),
        _ => false,
    };
    let is_refused_token = matches!(
        &failure,
        Failure::Send(error) | Failure::Unknown(error) | Failure::Record(error) if error.kind() == Some(FaultKind::Unauthorized)
    );
    let words = move || {
        let upload = uploads.get(id)?;
        let (ours, error) = failure_words(&upload, &failure);
        // What lies between here and the cloud is looked into there; a file that can't be read is no matter of the line.
        let is_the_line = matches!(failure, Failure::Cut { .. }) && !upload.is_unreadable;
        // Signing in again helps only in the same project.
        let elsewhere = uploads.other_project(id).filter(|_| is_refused_token);
        let ours = elsewhere.map_or(ours, |project| vec![(t().uploads.other_session)(&project.name)]);
        Some(view! {
            {ours.into_iter().map(|ours| view! { <p>{ours}</p> }).collect_view()}
            {is_the_line.then(doctor_link)}
            {error.map(|error| view! { <ErrorDetails error=error /> })}
        })
    };
    view! {
        <div class="upload-failure stack-s">
            {words}
            {is_wrong_format
                .then(|| {
                    let upload = untrack(|| uploads.get(id));
                    let better = upload.as_ref().and_then(Upload::better_format);
                    let declared = upload.and_then(|upload| upload.body.disk_format);
                    let set = Callback::new(move |format| uploads.set_format_and_retry(id, &format));
                    view! { <OtherFormat declared=declared better=better on_set=set /> }
                })}
        </div>
    }
}

/// Images that have these bytes already: this one may be superfluous. Another project's can't be opened from here.
#[component]
fn Twins(twins: Vec<(ImageId, String)>, is_active: bool, is_elsewhere: bool) -> impl IntoView {
    let names = twins.into_iter().map(|(id, name)| {
        let words = if name.is_empty() { id.to_string() } else { name };
        match is_elsewhere {
            true => view! { " " <bdi>{words}</bdi> }.into_any(),
            false => view! { " " <A href=routes::image(&id)><bdi>{words}</bdi></A> }.into_any(),
        }
    });
    let told = move || if is_active { t().uploads.twin_after } else { t().uploads.twin };
    view! { <p class="upload-check" data-tone="warn">{told} {names.collect_view()}</p> }
}
