//! Sharing an image with single projects: the owner's side (`members`, `add_project`), and the side of those that it is offered to
//! (`offer`).

pub mod add_project;
pub mod members;
pub mod offer;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    openstack::{
        error::ApiError,
        glance::{
            image::{Image, Visibility},
            member::{self, Member},
        },
        ids::{ImageId, ProjectId},
    },
    state::{
        images::{Images, use_images},
        session::{Session, use_session},
    },
};

/// The members of a page's image, as far as they are known: all for the owner, itself for a project that it was offered to. Glance tells
/// them of shared images only.
#[derive(Clone, Copy)]
pub struct Members {
    session: Session,
    images: Images,
    list: RwSignal<Option<Vec<Member>>>,
    error: RwSignal<Option<ApiError>>,
    asked: Memo<Option<ImageId>>,
}

impl Members {
    /// Reads them as soon as the image is known to be shared, and again when it becomes so.
    pub fn follow(image: Memo<Option<Image>>) -> Self {
        let asked = Memo::new(move |_| {
            let image = image.read();
            let shared = image.as_ref().filter(|image| image.visibility == Visibility::Shared);
            shared.map(|image| image.id.clone())
        });
        let members = Self {
            session: use_session(),
            images: use_images(),
            list: RwSignal::new(None),
            error: RwSignal::new(None),
            asked,
        };
        Effect::new(move |_| {
            asked.track();
            members.list.set(None);
            members.load();
        });
        members
    }

    /// The members; tracked. `None` while they are not known.
    pub fn list(self) -> RwSignal<Option<Vec<Member>>> {
        self.list
    }

    /// Why they could not be read.
    pub fn error(self) -> RwSignal<Option<ApiError>> {
        self.error
    }

    /// Reads them again.
    pub fn load(self) {
        let Some(image) = self.asked.get_untracked() else { return };
        self.error.set(None);
        spawn_local(async move {
            let answer = self.session.send(member::list_members(&image)).await;
            // The address may name another image by now, or none.
            if self.asked.try_get_untracked().flatten().as_ref() != Some(&image) {
                return;
            }
            match answer {
                Ok(list) => {
                    self.note_own(&image, &list);
                    self.list.set(Some(list));
                }
                Err(ApiError::Aborted) => {}
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// The list of images learns what this project has said: a page opened by its address is the first to know.
    fn note_own(self, image: &ImageId, list: &[Member]) {
        let project = self.images.me().read_untracked().as_ref().map(|me| me.project.clone());
        if let Some(own) = list.iter().find(|member| Some(&member.member_id) == project.as_ref()) {
            self.images.set_membership(image, &own.status);
        }
    }
}

/// The name of a project where it is known, else its id; tracked.
pub fn project_words(session: Session, project: &ProjectId) -> String {
    session.project_name(project).unwrap_or_else(|| project.as_str().to_owned())
}
