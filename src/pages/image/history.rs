//! Tab "History": the image's imports, with the message and the reason of each failure. It follows one that is under way.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    components::{error_panel::ErrorPanel, import_tray::words::cause_words},
    domain::{
        import::{
            Import,
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
            image::{Image, ImageStatus},
            import::Source,
            task::{Task, TaskStatus, list_tasks},
        },
        ids::ImageId,
        request::Service,
    },
    state::{
        offer::Offer,
        session::{Session, use_session},
        versions::versions_of,
    },
    ui::{
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
    // A new status is news of an import.
    Effect::new(move |before: Option<ImageStatus>| {
        let now = status.get();
        if before.is_some_and(|before| before != now) {
            tasks.again();
        }
        now
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
                    let rows = tasks
                        .into_iter()
                        .flatten()
                        .map(|task| view! { <li class="card stack-s"><Entry task=task image=image /></li> });
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
    let stores =
        task.input.pointer("/import_req/stores").and_then(|stores| stores.as_array()).map(|stores| {
            let names: Vec<String> = stores.iter().filter_map(|it| it.as_str()).map(str::to_owned).collect();
            (t().common.list)(&names)
        });
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
    let likely = causes_of(&task, &image.read_untracked());
    let status = task.status.clone();
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
        {(!likely.is_empty())
            .then(|| {
                let rows = likely.into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
                view! { <ul class="bullets">{rows}</ul> }
            })}
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
