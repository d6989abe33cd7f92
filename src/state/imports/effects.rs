//! What the machine asks for, done: requests, and the journal.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use crate::{
    client::browser::until_visible,
    domain::import::{Effect, Event, Phase},
    openstack::{
        error::FaultKind,
        glance::{
            self,
            import::{Source, import_image},
            info::get_usage,
            task::list_tasks,
        },
    },
    state::{
        imports::{ImportId, Imports},
        uploads::{effects::delete_record, origin::Origin},
    },
};

impl Imports {
    /// Does one thing that the machine asked for; the answer comes back to it as an event.
    pub(super) fn perform(self, id: ImportId, effect: Effect) {
        let Some(origin) = self.origin(id) else { return };
        match effect {
            Effect::Start => spawn_local(self.start(id, origin)),
            Effect::Look(after_ms) => spawn_local(self.look(id, origin, after_ms)),
            Effect::Probe => spawn_local(async move {
                // Clouds without limits, or that don't tell them: the other causes remain.
                if let Ok(usage) = origin.ask(&get_usage()).await {
                    self.apply(id, Event::Probed(usage));
                }
            }),
            Effect::Delete => spawn_local(self.delete(id, origin)),
            Effect::Forget => self.forget(id),
        }
    }

    async fn start(self, id: ImportId, origin: Rc<Origin>) {
        let Some(import) = self.get_untracked(id) else { return };
        let request = import_image(&import.image, &import.source, import.store.as_deref());
        let answer = origin.ask(&request).await;
        self.apply(id, Event::Started(answer));
    }

    async fn look(self, id: ImportId, origin: Rc<Origin>, after_ms: u32) {
        if after_ms > 0 {
            TimeoutFuture::new(after_ms).await;
            until_visible().await;
        }
        let Some(import) = self.get_untracked(id).filter(|import| import.phase == Phase::Following) else {
            return;
        };
        let answer = match origin.ask(&glance::get_image(&import.image)).await {
            Ok(image) => {
                self.show(&origin, &image);
                // A cloud that does not tell its tasks (before API 2.12, or by its policy) still tells the image's status.
                let tasks = origin.ask(&list_tasks(&import.image)).await.ok();
                Ok((image, tasks))
            }
            Err(error) => {
                if error.kind() == Some(FaultKind::NotFound) {
                    self.hide(&origin, &import.image);
                }
                Err(error)
            }
        };
        self.apply(id, Event::Looked(Box::new(answer)));
    }

    async fn delete(self, id: ImportId, origin: Rc<Origin>) {
        let Some(import) = self.get_untracked(id).filter(|import| import.source != Source::Copy) else {
            return;
        };
        let answer = delete_record(&origin, &import.image, import.is_protected).await;
        if answer.is_ok() {
            self.hide(&origin, &import.image);
        }
        self.apply(id, Event::Deleted(answer));
    }
}
