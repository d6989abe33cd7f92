//! wip
use crate::state::session::Session;
/// wip
#[derive(Clone, Copy)]
pub struct Images {
    session: Session,
}
impl Images {
    /// wip
    pub fn provide(session: Session) -> Self {
        let images = Self { session };
        leptos::prelude::provide_context(images);
        images
    }
}
