//! Making an image of an instance, and following that image until it is active.

use gloo_timers::future::TimeoutFuture;
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use crate::{
    client::browser::{now_seconds, until_visible},
    components::{
        command_line::CommandLine, error_panel::ErrorPanel, held::HeldFields, server_actions::ServerActions,
        server_words::server_name,
    },
    domain::{command::servers as command, launch_draft::LONGEST_TEXT, polling::Backoff},
    i18n::{isolated, t, word},
    openstack::{
        error::{ApiError, FaultKind},
        glance::image::ImageStatus,
        ids::ImageId,
        nova::{
            action,
            server::{Server, ServerStatus},
        },
    },
    routes,
    state::{
        images::{Images, use_images},
        servers::use_servers,
        session::{Session, use_session},
        toasts::{Toasts, use_toasts},
    },
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
        field::{TextField, focus_first_problem},
    },
};

/// The form.
#[component]
pub fn TakeSnapshot(
    /// The page's place for it.
    actions: ServerActions,
    /// What an image is made of.
    server: Server,
) -> impl IntoView {
    let (session, images, servers, toasts) = (use_session(), use_images(), use_servers(), use_toasts());
    let form = NodeRef::<html::Form>::new();
    let name = RwSignal::new(first_name(&server));
    let has_left = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let id = StoredValue::new(server.id.clone());
    let problem = Memo::new(move |_| match name.read().trim().chars().count() {
        0 => Some(t().instances.snapshot_name_missing.to_owned()),
        length if length > LONGEST_TEXT => Some((t().instances.snapshot_name_long)(LONGEST_TEXT)),
        _ => None,
    });
    let command = Signal::derive(move || {
        let is_fine = problem.read().is_none();
        is_fine.then(|| id.with_value(|id| command::create_snapshot(id, name.read().trim())))
    });
    let close = move |()| actions.close();
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        has_left.set(true);
        if let (Some(_), Some(form)) = (problem.get_untracked(), form.get_untracked()) {
            return focus_first_problem(&form);
        }
        if busy.get_untracked() {
            return;
        }
        let (id, name) = (id.get_value(), name.get_untracked().trim().to_owned());
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let answer = session.send(action::create_image(&id, &name)).await;
            busy.try_set(false);
            match answer {
                Ok(image) => {
                    let words = &t().instances;
                    toasts.good_with_link(
                        (words.snapshot_begun)(&isolated(&name)),
                        routes::image(&image),
                        words.snapshot_open,
                    );
                    servers.refresh();
                    actions.close();
                    follow(session, images, toasts, image, name).await;
                }
                Err(error) => {
                    if let Some(Some(error)) = failure.try_set(Some(error)) {
                        toasts.bad(t().instances.snapshot_failed, error);
                    }
                }
            }
        });
    };
    let is_running = server.status == ServerStatus::Active;
    let is_volume_backed = server.image.is_none();
    view! {
        <Dialog heading=word(|it| it.instances.snapshot) on_close=close locked=busy>
            <form class="stack" node_ref=form on:submit=send novalidate aria-busy=move || busy.get().then_some("true")>
                <p><strong><bdi>{server_name(&server)}</bdi></strong></p>
                <p>{move || if is_volume_backed { t().instances.snapshot_of_volumes } else { t().instances.snapshot_of_disk }}</p>
                {is_running.then(|| view! { <p class="muted">{word(|it| it.instances.snapshot_running)}</p> })}
                <HeldFields busy=busy>
                    <TextField
                        label=word(|it| it.instances.snapshot_name)
                        value=name
                        required=true
                        autofocus=true
                        problem=Signal::derive(move || problem.get().filter(|_| has_left.get()))
                        on_leave=move |()| has_left.set(true)
                    />
                </HeldFields>
                <CommandLine command=command />
                {move || {
                    let tried = word(|it| it.instances.snapshot_failed);
                    failure.get().map(|error| view! { <ErrorPanel tried=tried error=error /> })
                }}
                <div class="dialog-foot">
                    <Button label=word(|it| it.common.cancel) on_press=close />
                    <Button label=word(|it| it.instances.snapshot) kind=Kind::Primary submit=true busy=busy />
                </div>
            </form>
        </Dialog>
    }
}

/// A name that the next snapshot won't have: `web-20261123-1955`.
fn first_name(server: &Server) -> String {
    let now = js_sys::Date::new(&(now_seconds() as f64 * 1000.0).into());
    let stamp: String =
        String::from(now.to_iso_string()).chars().filter(char::is_ascii_digit).take(12).collect();
    let (day, time) = stamp.split_at(8.min(stamp.len()));
    let room = LONGEST_TEXT - stamp.len() - 2;
    let name: String = server_name(server).chars().take(room).collect();
    format!("{name}-{day}-{time}")
}

/// Asks for the snapshot until it is active, and says so, wherever the person is by then.
async fn follow(session: Session, images: Images, toasts: Toasts, id: ImageId, name: String) {
    let generation = untrack(move || session.generation());
    let mut backoff = Backoff::default();
    loop {
        let answer = images.fetch(&id).await;
        // Whoever has come since is not told of it.
        if untrack(move || session.generation()) != generation {
            return;
        }
        let words = &t().instances;
        match answer.map(|image| image.status) {
            Ok(ImageStatus::Active) => {
                return toasts.good_with_link(
                    (words.snapshot_done)(&isolated(&name)),
                    routes::image(&id),
                    words.snapshot_open,
                );
            }
            Ok(ImageStatus::Killed | ImageStatus::Deleted | ImageStatus::PendingDelete) => {
                return toasts.bad_words((words.snapshot_lost)(&isolated(&name)));
            }
            Err(error) if error.kind() == Some(FaultKind::NotFound) => {
                return toasts.bad_words((words.snapshot_lost)(&isolated(&name)));
            }
            Err(ApiError::Aborted) => return,
            // On its way, or a poll that failed.
            Ok(_) | Err(_) => {}
        }
        TimeoutFuture::new(backoff.delay_ms()).await;
        until_visible().await;
        backoff = backoff.after(false);
    }
}
