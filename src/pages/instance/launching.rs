//! How far a launch has come.

use leptos::prelude::*;

use crate::{
    components::server_words::task_words,
    i18n::{t, word},
    openstack::nova::server::Server,
};

/// The stages of a launch as Nova goes through them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Accepted,
    Scheduled,
    Spawning,
    Active,
}

impl Stage {
    const ALL: [Stage; 4] = [Stage::Accepted, Stage::Scheduled, Stage::Spawning, Stage::Active];

    /// The stage that a building server has reached.
    fn reached(server: &Server) -> Self {
        match server.task_state.as_deref() {
            Some("spawning") => Stage::Spawning,
            Some("networking" | "block_device_mapping") => Stage::Scheduled,
            _ => Stage::Accepted,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Stage::Accepted => t().instances.stage_accepted,
            Stage::Scheduled => t().instances.stage_scheduled,
            Stage::Spawning => t().instances.stage_spawned,
            Stage::Active => t().instances.stage_active,
        }
    }
}

/// The progress of a server that is being built.
#[component]
pub fn Launching(
    /// The server.
    server: Signal<Server>,
) -> impl IntoView {
    let reached = Memo::new(move |_| Stage::reached(&server.read()));
    // Most drivers tell no percentage, or 0 until the end.
    let percent = Memo::new(move |_| server.read().progress.filter(|percent| *percent > 0));
    let task = Memo::new(move |_| server.read().task_state.clone());
    let value =
        move || percent.get().map_or(f64::from(reached.get() as u8 + 1) * 20.0, f64::from).to_string();
    view! {
        <section class="card stack-s launching" aria-label=word(|it| it.instances.progress)>
            <ol class="stages">
                {Stage::ALL
                    .map(|stage| {
                        let state = move || match reached.get() {
                            reached if stage < reached => "done",
                            reached if stage == reached => "current",
                            _ => "open",
                        };
                        view! {
                            <li data-state=state aria-current=move || (stage == reached.get()).then_some("step")>
                                {move || stage.words()}
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
            <progress class="progress" max="100" value=value aria-label=word(|it| it.instances.progress)></progress>
            <p class="muted">{move || task.get().map(|task| task_words(&task))}</p>
        </section>
    }
}
