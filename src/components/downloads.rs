//! Downloading an image: where its bytes can go is asked first, and what they come to is shown in a tray on every page.

mod entry;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::download::{Held, Sink, can_write_to_disk, choose_file},
    components::{downloads::entry::Entry, image_words::name_of, server_words::bytes_words},
    domain::{
        command,
        download::{Way, file_name, way},
    },
    i18n::{isolated, t, word},
    openstack::glance::image::Image,
    state::{
        confirm::{Question, use_confirm, work},
        downloads::{DownloadId, use_downloads},
        toasts::use_toasts,
    },
    ui::copy::copy_text,
};

/// Begins a download that was asked for: where to, or why not.
fn beginning() -> Callback<Image> {
    let (downloads, confirm, toasts) = (use_downloads(), use_confirm(), use_toasts());
    Callback::new(move |image: Image| {
        let words = &t().downloads;
        let name = name_of(&image);
        if downloads.has(&image) {
            toasts.good((words.already)(&isolated(&name)));
            return;
        }
        let file = file_name(&image);
        let question = Question {
            heading: words.memory_title.to_owned(),
            subject: name.clone(),
            text: Vec::new(),
            names: Vec::new(),
            verb: words.download.to_owned(),
            is_danger: false,
            tried: words.refused.to_owned(),
            command: Some(command::save_image(&image.id, &file)),
            work: work(|| async { Ok(()) }),
        };
        match way(can_write_to_disk(), image.size) {
            Way::Disk => spawn_local(async move {
                match choose_file(&file).await {
                    Ok(Some(sink)) => downloads.start(image, name, sink),
                    Ok(None) => {}
                    Err(_) => toasts.bad_words(t().downloads.not_written),
                }
            }),
            Way::Memory => confirm.ask(Question {
                text: vec![(words.memory_text)(&bytes_words(image.size.unwrap_or(0)))],
                work: work(move || {
                    downloads.start(image.clone(), name.clone(), Sink::Memory(Held::default()));
                    async { Ok(()) }
                }),
                ..question
            }),
            Way::TooLarge => {
                let line = question.command.clone().unwrap_or_default();
                confirm.ask(Question {
                    heading: words.too_large_title.to_owned(),
                    text: vec![words.too_large_text.to_owned(), line.clone()],
                    verb: words.copy_command.to_owned(),
                    command: None,
                    work: work(move || {
                        let line = line.clone();
                        async move {
                            match copy_text(&line).await {
                                true => toasts.good(t().common.copied),
                                false => toasts.bad_words(t().common.not_copied),
                            }
                            Ok(())
                        }
                    }),
                    ..question
                });
            }
        }
    })
}

/// The tray; nothing while there is nothing in it.
#[component]
pub fn DownloadTray() -> impl IntoView {
    let downloads = use_downloads();
    let begin = beginning();
    Effect::new(move |_| {
        if let Some(image) = downloads.take_asked() {
            begin.run(image);
        }
    });
    let is_shown = Memo::new(move |_| !downloads.all().read().is_empty());
    let ids = Memo::new(move |_| downloads.all().read().keys().copied().collect::<Vec<DownloadId>>());
    move || {
        is_shown.get().then(|| {
            view! {
                <section class="upload-tray download-tray" aria-label=word(|it| it.downloads.title)>
                    <details open=true>
                        <summary>
                            <span>{word(|it| it.downloads.title)}</span>
                        </summary>
                        <ul class="upload-list">
                            <For each=move || ids.get() key=|id| *id children={move |id| view! { <Entry id=id /> }} />
                        </ul>
                    </details>
                </section>
            }
        })
    }
}
