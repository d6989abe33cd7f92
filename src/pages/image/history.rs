//! Tab "History": the image's imports, with the message and the reason of each failure. It follows one that is under way, and tries the last
//! again after it has failed.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    components::{
        error_panel::ErrorPanel,
        image_words::{name_of, refusal},
        import_tray::words::cause_words,
        other_format::OtherFormat,
    },
    domain::{
        access::can_set_format,
        import::{
            Import,
            again::failed_import,
            causes::{Cause, Likelihood, causes},
            copied_bytes,
        },
        polling::{FIRST_DELAY_MS, is_transitional},
    },
    i18n::{intl, t, word},
    openstack::{
        error::{ApiError, FaultKind},
        glance::{
            TASKS_AND_USAGE,
            image::{DiskFormat, Image, ImageStatus},
            import::Source,
            task::{Task, TaskStatus, list_tasks},
        },
        ids::ImageId,
        request::Service,
    },
    state::{
        images::use_images,
        imports::use_imports,
        offer::Offer,
        session::{Session, use_session},
        versions::versions_of,
    },
    ui::{
        button::Button,
        copy::CopyButton,
        notice::{Badge, Tone},
    },
};

/// The tab.
#[component]
pub fn History(
    /// The image.
    image: Memo<Image>,
) -> impl IntoView {
    let session = use_session();
    let id = image.read_untracked().id.clone();
    let tasks = Offer::new(move || ask(session, id.clone()));
    let status = Memo::new(move |_| image.read().status.clone());
    let imports = use_imports();
    let is_busy = Memo::new(move |_| imports.is_busy_with(&image.read().id));
    // A new status is news of an import, and so is its end.
    Effect::new(move |before: Option<(ImageStatus, bool)>| {
        let now = (status.get(), is_busy.get());
        if before.is_some_and(|before| before != now) {
            tasks.again();
        }
        now
    });
    let failed = Memo::new(move |_| {
        let (tasks, image) = (tasks.value().read(), image.read());
        let tasks = tasks.as_ref()?.as_ref().filter(|_| !is_busy.get())?;
        failed_import(&image, &name_of(&image), tasks)
    });
    let goes_on = move || {
        let known = tasks.value().read_untracked();
        let has_running = known.iter().flatten().flatten().any(|task| !task.status.is_over());
        // A queued image without a running task waits for somebody, not for the cloud.
        let is_moving =
            is_transitional(&status.get_untracked()) && status.get_untracked() != ImageStatus::Queued;
        // A cloud that keeps none is not asked again.
        *known != Some(None) && (is_moving || has_running)
    };
    let clock = set_interval_with_handle(
        move || {
            if !document().hidden() && goes_on() {
                tasks.again();
            }
        },
        Duration::from_millis(u64::from(FIRST_DELAY_MS)),
    );
    on_cleanup(move || {
        if let Ok(clock) = clock {
            clock.clear();
        }
    });
    let shown = Memo::new(move |_| tasks.value().get());
    view! {
        <div class="stack">
            {move || {
                let error = tasks.error()?;
                let tried = word(|it| it.detail.could_not_list_tasks);
                Some(view! { <ErrorPanel tried=tried error=error on_retry=move |()| tasks.again() /> })
            }}
            {move || match shown.get() {
                None if tasks.is_waiting() => {
                    view! { <p class="muted" role="status">{t().common.loading}</p> }.into_any()
                }
                None => ().into_any(),
                Some(tasks) if tasks.as_ref().is_none_or(Vec::is_empty) => {
                    let words = if tasks.is_none() { t().old.no_tasks } else { t().detail.no_tasks };
                    view! { <p role="status">{words}</p> }.into_any()
                }
                Some(tasks) => {
                    let rows = tasks.into_iter().flatten().enumerate().map(|(at, task)| {
                        let again = (at == 0).then(|| view! { <Again image=image failed=failed /> });
                        view! { <li class="card stack-s"><Entry task=task image=image /> {again}</li> }
                    });
                    view! { <ol class="stack" aria-label=word(|it| it.detail.tasks)>{rows.collect_view()}</ol> }.into_any()
                }
            }}
        </div>
    }
}

/// The tasks; `None` from a cloud that is too old to keep them.
async fn ask(session: Session, id: ImageId) -> Result<Option<Vec<Task>>, ApiError> {
    if !versions_of(session, Service::Image).await.reaches(TASKS_AND_USAGE) {
        return Ok(None);
    }
    match session.send(list_tasks(&id)).await {
        Err(error) if error.kind() == Some(FaultKind::NotFound) => Ok(None),
        tasks => tasks.map(Some),
    }
}

#[component]
fn Entry(task: Task, image: Memo<Image>) -> impl IntoView {
    let tone = match task.status {
        TaskStatus::Pending | TaskStatus::Processing => Tone::Busy,
        TaskStatus::Success => Tone::Good,
        TaskStatus::Failure => Tone::Bad,
        TaskStatus::Other(_) => Tone::Plain,
    };
    let stores: Vec<String> = task.stores().into_iter().map(str::to_owned).collect();
    let stores = (!stores.is_empty()).then(|| (t().common.list)(&stores));
    let words = &t().detail;
    let facts = [
        (words.task_method, task.method().map(str::to_owned)),
        (words.task_source, task.uri().map(str::to_owned)),
        (words.task_stores, stores),
        (words.task_message, Some(task.message.clone())),
        (words.task_began, Some(intl::date_time(&task.created_at))),
        (words.task_changed, Some(intl::date_time(&task.updated_at))),
    ];
    let fact = |(words, value): (&'static str, Option<String>)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some(view! { <dt>{words}</dt> <dd><bdi>{value}</bdi></dd> })
    };
    let request = task.request_id.clone().map(|id| {
        view! {
            <dt>{t().errors.request_id}</dt>
            <dd class="mono">
                <bdi>{id.clone()}</bdi>
                " "
                <CopyButton label=word(|it| it.errors.copy_request_id) text=Signal::stored(id) />
            </dd>
        }
    });
    let status = task.status.clone();
    // The image changes by itself, and with it what may have been the cause.
    let likely = Memo::new(move |_| causes_of(&task, &image.read()));
    let label = move || {
        (t().detail.task_status_name)(status.as_str())
            .map_or_else(|| status.as_str().to_owned(), str::to_owned)
    };
    view! {
        <p><Badge label=Signal::derive(label) tone=Signal::stored(tone) /></p>
        <dl class="facts">
            {facts.map(fact).collect_view()}
            {request}
        </dl>
        {move || {
            (!likely.read().is_empty())
                .then(|| {
                    let rows = likely.get().into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
                    view! { <ul class="bullets">{rows}</ul> }
                })
        }}
    }
}

/// "Retry", and another format where that may be the cause. From then on the tray follows it.
#[component]
fn Again(image: Memo<Image>, failed: Memo<Option<Import>>) -> impl IntoView {
    let (images, imports) = (use_images(), use_imports());
    // It is the owner's to bring bytes into the record, as it is to say of which format they are.
    let reason = Memo::new(move |_| {
        let me = images.me();
        let (me, image) = (me.read(), image.read());
        refusal(can_set_format(&image, me.as_ref()?))
    });
    let adopt = move |format: Option<DiskFormat>| {
        if let Some(import) = failed.get_untracked() {
            imports.adopt(import, format);
        }
    };
    let is_shown = Memo::new(move |_| failed.read().is_some());
    let format = Memo::new(move |_| {
        failed.read().as_ref().filter(|_| reason.read().is_none()).and_then(Import::format_in_question)
    });
    let set_format = Callback::new(move |format| adopt(Some(format)));
    view! {
        {move || {
            format.get().map(|(declared, named)| view! { <OtherFormat declared=declared better=named on_set=set_format /> })
        }}
        {move || {
            is_shown
                .get()
                .then(|| {
                    view! {
                        <div class="row">
                            <Button
                                label=word(|it| it.uploads.retry)
                                small=true
                                disabled_reason=Signal::derive(move || reason.get())
                                on_press=move |()| adopt(None)
                            />
                        </div>
                    }
                })
        }}
    }
}

/// Clouds rarely say why: what may have been the cause, as long as the image is still as it was then.
fn causes_of(task: &Task, image: &Image) -> Vec<String> {
    let (TaskStatus::Failure, ImageStatus::Queued, Some(uri)) = (&task.status, &image.status, task.uri())
    else {
        return Vec::new();
    };
    let mut import = Import::new(image.id.clone(), "", Source::Web(uri.to_owned()), None);
    import.seen = Some(image.clone());
    import.copied = copied_bytes(&task.message);
    let words = &t().imports;
    let say = |(likelihood, cause): &(Likelihood, Cause)| match likelihood {
        Likelihood::Likely => (words.likely)(&cause_words(cause)),
        Likelihood::Possible => (words.possible)(&cause_words(cause)),
    };
    causes(&import).iter().map(say).collect()
}
