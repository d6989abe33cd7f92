//! An upload that a closed tab cut off: its record is empty, and waits for a decision.

use leptos::{html, prelude::*, task::spawn_local};
use web_sys::File;

use crate::{
    components::{error_panel::ErrorDetails, image_words::name_of},
    i18n::{intl, isolated, t, word},
    openstack::error::ApiError,
    state::{
        toasts::use_toasts,
        uploads::{Leftover, Settled, Uploads},
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

    // None: the record is deleted. Else the file goes to it again.
    let settle = move |file: Option<File>| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refused.set(None);
        is_other_file.set(false);
        let leftover = leftover.get_value();
        spawn_local(async move {
            let is_deletion = file.is_none();
            let answer = match file {
                None => uploads.delete_leftover(&leftover).await,
                Some(file) => uploads.resume_leftover(&leftover, file).await,
            };
            // Once it is settled, this entry is gone.
            busy.try_set(false);
            let name = isolated(&name_of(&leftover.image));
            match answer {
                Ok(Settled::Done) if is_deletion => toasts.good((t().uploads.leftover_deleted)(&name)),
                Ok(Settled::Done) | Err(ApiError::Aborted) => {}
                Ok(Settled::OtherFile) => {
                    is_other_file.try_set(true);
                }
                Ok(Settled::Over) => toasts.bad_words((t().uploads.leftover_over)(&name)),
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
        if file.is_some() {
            settle(file);
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
                    on_press=move |()| settle(None)
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
