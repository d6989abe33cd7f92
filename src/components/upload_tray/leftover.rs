//! An upload that a closed tab cut off: its record is empty, and waits for a decision.

use leptos::{html, prelude::*, task::spawn_local};

use crate::{
    components::{error_panel::ErrorDetails, image_words::name_of},
    i18n::{intl, isolated, t, word},
    openstack::error::ApiError,
    state::{
        toasts::use_toasts,
        uploads::{Leftover, Uploads},
    },
    ui::{
        button::{Button, Kind},
        id::unique_id,
    },
};

/// What it was, and the three ways to go on.
#[component]
pub fn LeftoverEntry(
    /// What was cut off.
    leftover: Leftover,
    /// The service.
    uploads: Uploads,
) -> impl IntoView {
    let toasts = use_toasts();
    let leftover = StoredValue::new(leftover);
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<ApiError>);
    let is_other_file = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let input_id = unique_id("again");

    let delete = move |()| {
        busy.set(true);
        refused.set(None);
        let leftover = leftover.get_value();
        spawn_local(async move {
            let answer = uploads.delete_leftover(&leftover).await;
            // On success this entry is gone.
            busy.try_set(false);
            match answer {
                Ok(()) => toasts.good((t().uploads.leftover_deleted)(&isolated(&name_of(&leftover.image)))),
                Err(error) => {
                    refused.try_set(Some(error));
                }
            }
        });
    };
    let chosen = move |_| {
        let file = input.get_untracked().and_then(|input| {
            let file = input.files()?.get(0);
            input.set_value("");
            file
        });
        if let Some(file) = file {
            let leftover = leftover.get_value();
            let is_taken = uploads.resume_leftover(&leftover, file);
            is_other_file.try_set(!is_taken);
        }
    };
    let words = move || {
        leftover.with_value(|leftover| {
            let entry = &leftover.entry;
            (t().uploads.leftover)(
                &entry.file_name,
                &intl::bytes(entry.size),
                &intl::date_time(&leftover.image.created_at),
            )
        })
    };
    view! {
        <li class="upload-entry">
            <p class="upload-name"><bdi>{leftover.with_value(|leftover| name_of(&leftover.image))}</bdi></p>
            <p>{words}</p>
            {move || {
                is_other_file
                    .get()
                    .then(|| {
                        let words = leftover
                            .with_value(|it| {
                                (t().uploads.leftover_wrong_file)(&it.entry.file_name, &intl::bytes(it.entry.size))
                            });
                        view! { <p role="alert" class="problem">{words}</p> }
                    })
            }}
            {move || refused.get().map(|error| view! { <div role="alert"><ErrorDetails error=error /></div> })}
            <div class="row">
                <span class="file-button">
                    <input class="visually-hidden" type="file" id=input_id.clone() node_ref=input on:change=chosen />
                    <label class="button" data-size="small" for=input_id>{word(|it| it.uploads.leftover_resume)}</label>
                </span>
                <Button
                    label=word(|it| it.uploads.leftover_delete)
                    small=true
                    busy=busy
                    on_press=delete
                />
                <Button
                    label=word(|it| it.uploads.leftover_keep)
                    kind=Kind::Quiet
                    small=true
                    on_press=move |()| uploads.keep_leftover(&leftover.get_value().entry.image)
                />
            </div>
        </li>
    }
}
