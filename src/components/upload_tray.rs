//! The upload tray: on every page, above the router, so that it survives navigation and an expired session.

pub mod drop;
mod entry;
mod leftover;
mod words;

use leptos::prelude::*;

use crate::{
    components::{
        delete_image::{DeleteImageDialog, provide_delete_image},
        import_tray::{ImportAnnouncer, ImportEntries},
        upload_tray::{entry::UploadEntry, leftover::LeftoverEntry},
    },
    domain::upload::{Phase, verification::Verification},
    i18n::{t, word},
    state::{
        imports::{Imports, use_imports},
        uploads::{Uploads, use_uploads},
    },
};

/// The tray; nothing while there is nothing in it.
#[component]
pub fn UploadTray() -> impl IntoView {
    let (uploads, imports) = (use_uploads(), use_imports());
    uploads.wake();
    imports.wake();
    // Of its own: the page's is about the page's images, and not every page has one.
    provide_delete_image();
    let leftovers = uploads.leftovers();
    let is_shown = Memo::new(move |_| {
        !uploads.ids().is_empty() || !imports.ids().is_empty() || !leftovers.read().is_empty()
    });
    view! {
        <Announcer uploads=uploads />
        <ImportAnnouncer imports=imports />
        <DeleteImageDialog on_deleted=move |image| uploads.let_go(&image) />
        {move || {
            is_shown
                .get()
                .then(|| {
                    view! {
                        <section class="upload-tray" aria-label=word(|it| it.uploads.title)>
                            <details open=true>
                                <summary>
                                    <span>{word(|it| it.uploads.title)}</span>
                                    <span class="muted">{move || summary(uploads, imports)}</span>
                                </summary>
                                <ul class="upload-list">
                                    <For each=move || uploads.ids() key=|id| *id children={move |id| {
                                        view! { <UploadEntry id=id uploads=uploads /> }
                                    }} />
                                    <ImportEntries imports=imports />
                                    <For
                                        each=move || leftovers.get()
                                        key=|leftover| leftover.entry.image.clone()
                                        children={move |leftover| {
                                            view! { <LeftoverEntry leftover=leftover uploads=uploads /> }
                                        }}
                                    />
                                </ul>
                            </details>
                        </section>
                    }
                })
        }}
    }
}

/// How many are under way, beside the title.
fn summary(uploads: Uploads, imports: Imports) -> String {
    match uploads.running() + imports.running() {
        0 => String::new(),
        running => (t().uploads.running)(running),
    }
}

/// Says results and failures once, for those who don't look at the tray.
#[component]
fn Announcer(uploads: Uploads) -> impl IntoView {
    // What has ended, in words: results first, failures second.
    let ended = Memo::new(move |_| {
        let name = |body: &crate::openstack::glance::CreateImage| body.name.clone().unwrap_or_default();
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        for upload in uploads.ids().into_iter().filter_map(|id| uploads.get(id)) {
            match upload.phase {
                Phase::Active => {
                    done.push((t().uploads.done)(&name(&upload.body)));
                    if upload.doubt().is_some() {
                        failed.push((t().uploads.doubtful_image)(&name(&upload.body)));
                    } else if upload.verification() == Some(Verification::Verified) {
                        done.push(t().uploads.verified.to_owned());
                    }
                }
                Phase::Failed(_) => failed.push((t().uploads.announce_failed)(&name(&upload.body))),
                _ => {}
            }
        }
        (done, failed)
    });
    view! {
        <div class="visually-hidden" role="status">
            {move || ended.read().0.iter().map(|words| view! { <p>{words.clone()}</p> }).collect_view()}
        </div>
        <div class="visually-hidden" role="alert">
            {move || ended.read().1.iter().map(|words| view! { <p>{words.clone()}</p> }).collect_view()}
        </div>
    }
}
