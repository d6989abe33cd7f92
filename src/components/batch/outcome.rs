//! A batch under way, and what became of it.

use leptos::prelude::*;

use crate::{
    components::{error_panel::ErrorDetails, image_words::name_of},
    domain::batch::Change,
    i18n::{intl, t, word},
    state::batches::{Job, use_batches},
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
    },
};

/// The dialog from the first request on, until the outcome was read.
#[component]
pub fn Outcome(
    /// Called when it is closed.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let batches = use_batches();
    let job = batches.job();
    let heading = match job.read_untracked().as_ref().map(|job| &job.change) {
        Some(Change::Deactivate) => word(|it| it.batch.deactivate),
        Some(Change::Reactivate) => word(|it| it.batch.reactivate),
        Some(Change::AddTags(_)) => word(|it| it.batch.add_tags),
        Some(Change::RemoveTags(_)) => word(|it| it.batch.remove_tags),
        Some(Change::Visibility(_)) => word(|it| it.batch.visibility),
        Some(Change::Minimum { .. }) => word(|it| it.batch.minimum),
        _ => word(|it| it.batch.delete),
    };
    let of = move |figure: fn(&Job) -> usize| {
        Memo::new(move |_| job.read().as_ref().map(figure).unwrap_or_default() as u64)
    };
    let (all, ended) = (of(|job| job.run.len()), of(|job| job.run.ended()));
    let (done, stopped) = (of(|job| job.run.done().len()), of(|job| job.run.stopped()));
    let failed = of(|job| job.run.failed().len());
    let is_running = Memo::new(move |_| job.read().as_ref().is_some_and(|job| job.run.is_running()));
    let is_stopping = Memo::new(move |_| job.read().as_ref().is_some_and(|job| job.is_stopping));
    let close = Callback::new(move |()| {
        batches.close();
        on_close.run(());
    });
    let progress = move || (t().batch.progress)(&intl::integer(ended.get()), &intl::integer(all.get()));
    let sums = move || {
        let words = &t().batch;
        let is_deletion = matches!(job.read().as_ref().map(|job| &job.change), Some(Change::Delete));
        let done = if is_deletion { (words.all_deleted)(done.get()) } else { (words.all_done)(done.get()) };
        match stopped.get() {
            0 => done,
            stopped => format!("{done} {}", (words.stopped)(stopped)),
        }
    };
    let changed = move || {
        let job = job.read();
        let names = job.as_ref().map(|job| job.run.done().into_iter().map(name_of)).into_iter().flatten();
        let rows = names.map(|name| view! { <li><bdi>{name}</bdi></li> }).collect_view();
        (done.get() > 0).then(|| view! { <ul class="bullets names">{rows}</ul> })
    };
    let failures = move || {
        let job = job.read();
        let failed = job.as_ref().map(|job| job.run.failed()).unwrap_or_default();
        let rows = failed.into_iter().map(|(image, error)| {
            view! {
                <li class="stack-s">
                    <strong><bdi>{name_of(image)}</bdi></strong>
                    <ErrorDetails error=error.clone() />
                </li>
            }
        });
        rows.collect_view()
    };
    view! {
        <Dialog heading=heading on_close=close locked=is_running wide=true>
            {move || match is_running.get() {
                true => {
                    view! {
                        <p role="status">
                            {progress}
                            {move || is_stopping.get().then(|| view! { " · " {t().batch.stopping} })}
                        </p>
                        <progress
                            class="progress"
                            aria-label=heading
                            max=move || all.get().to_string()
                            value=move || ended.get().to_string()
                        ></progress>
                    }
                        .into_any()
                }
                false => {
                    view! {
                        <p role="status">{sums}</p>
                        {changed}
                    }
                        .into_any()
                }
            }}
            {move || {
                (failed.get() > 0 && !is_running.get())
                    .then(|| {
                        view! {
                            <div class="notice" data-tone="bad" role="alert">
                                <p class="notice-title">{move || (t().batch.failed)(failed.get())}</p>
                                <ul class="bullets names">{failures}</ul>
                            </div>
                        }
                    })
            }}
            <div class="dialog-foot">
                {move || match is_running.get() {
                    true => {
                        let reason = move || is_stopping.get().then(|| t().batch.stopping.to_owned());
                        view! {
                            <Button
                                label=word(|it| it.batch.stop)
                                disabled_reason=Signal::derive(reason)
                                on_press=move |()| batches.stop()
                            />
                        }
                            .into_any()
                    }
                    false => {
                        view! {
                            {(failed.get() + stopped.get() > 0)
                                .then(|| {
                                    view! {
                                        <Button label=word(|it| it.batch.retry) on_press=move |()| batches.retry() />
                                    }
                                })}
                            <Button
                                label=word(|it| it.common.close)
                                kind=Kind::Primary
                                autofocus=true
                                on_press=close
                            />
                        }
                            .into_any()
                    }
                }}
            </div>
        </Dialog>
    }
}
