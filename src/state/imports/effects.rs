//! What the machine asks for, done: requests, and the journal.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use crate::{
    client::browser::until_visible,
    domain::{
        image_format::container_with,
        import::{Effect, Event, Import, Look, Phase},
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{
            self, TASKS_AND_USAGE,
            import::{Source, import_image},
            patch::Patch,
            task::list_tasks,
        },
        ids::ImageId,
        request::Service,
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
            Effect::SetFormat => spawn_local(self.set_format(id, origin)),
            Effect::Look(after_ms) => spawn_local(self.look(id, origin, after_ms)),
            Effect::Probe => spawn_local(async move {
                // Clouds without limits, or that don't tell them: the other causes remain.
                if let Some(usage) = origin.usage().await {
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

    async fn set_format(self, id: ImportId, origin: Rc<Origin>) {
        let Some(Import { image, seen, wanted_format: Some(format), .. }) = self.get_untracked(id) else {
            return;
        };
        let mut patch = Patch::default();
        patch.replace("disk_format", format.as_str());
        let before = seen.as_ref().and_then(|it| it.disk_format.as_ref());
        let container = seen.as_ref().and_then(|it| it.container_format.as_ref());
        patch.replace("container_format", container_with(&format, before, container).as_str());
        let answer = origin.ask(&glance::update_image(&image, &patch)).await;
        if let Ok(image) = &answer {
            self.show(&origin, image);
        }
        self.apply(id, Event::FormatSet(Box::new(answer)));
    }

    async fn look(self, id: ImportId, origin: Rc<Origin>, after_ms: u32) {
        if after_ms > 0 {
            TimeoutFuture::new(after_ms).await;
            until_visible().await;
        }
        let Some(import) = self.get_untracked(id).filter(|import| import.phase == Phase::Following) else {
            return;
        };
        let asked = self.images.moment();
        let answer = look_at(&origin, &import.image).await;
        match &answer {
            Ok((image, _)) => self.hear(&origin, image, asked),
            Err(error) if error.kind() == Some(FaultKind::NotFound) => self.hide(&origin, &import.image),
            Err(_) => {}
        }
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

/// What an import's machine looks at: the image, and its tasks.
///
/// # Errors
/// As Glance says of the image.
pub(in crate::state) async fn look_at(origin: &Origin, image: &ImageId) -> Result<Look, ApiError> {
    let seen = origin.ask(&glance::get_image(image)).await?;
    // A cloud that does not tell its tasks (before API 2.12, or by its policy) still tells the image's status.
    let has_tasks = origin.versions(Service::Image).await.reaches(TASKS_AND_USAGE);
    let tasks = if has_tasks { origin.ask(&list_tasks(image)).await.ok() } else { None };
    Ok((seen, tasks))
}
