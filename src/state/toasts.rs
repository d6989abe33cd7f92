//! Short messages about work that has no place of its own on the screen any more.

use std::time::Duration;

use leptos::prelude::*;

use crate::openstack::error::ApiError;

/// How long a good message stays. Bad ones stay until they are dismissed.
const GOOD_FOR: Duration = Duration::from_secs(8);
/// More than these would cover the page: the oldest go.
const AT_MOST: usize = 5;

/// One message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Toast {
    /// Unique while the app runs.
    pub id: u64,
    /// The sentence.
    pub text: String,
    /// A failure: announced at once, and it stays.
    pub is_bad: bool,
    /// What the service said, for a failure.
    pub error: Option<ApiError>,
    /// A link to go on with: path and words.
    pub link: Option<(String, String)>,
}

/// The message service.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
}

impl Toasts {
    /// Makes the service.
    pub fn provide() -> Self {
        let toasts = Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
        provide_context(toasts);
        toasts
    }

    /// What is shown now.
    pub fn shown(self) -> Signal<Vec<Toast>> {
        self.shown.into()
    }

    /// Says that something worked.
    pub fn good(self, text: impl Into<String>) {
        self.push(Toast { text: text.into(), ..Toast::default() });
    }

    /// Says that something worked, with a link to its result.
    pub fn good_with_link(self, text: impl Into<String>, path: impl Into<String>, words: impl Into<String>) {
        self.push(Toast { text: text.into(), link: Some((path.into(), words.into())), ..Toast::default() });
    }

    /// Says that something failed, and what the service said.
    pub fn bad(self, text: impl Into<String>, error: ApiError) {
        self.push(Toast { text: text.into(), is_bad: true, error: Some(error), ..Toast::default() });
    }

    /// Says that something failed, in a sentence that explains itself.
    pub fn bad_words(self, text: impl Into<String>) {
        self.push(Toast { text: text.into(), is_bad: true, ..Toast::default() });
    }

    /// Takes a message away.
    pub fn dismiss(self, id: u64) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }

    fn push(self, toast: Toast) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        if !toast.is_bad {
            set_timeout(move || self.dismiss(id), GOOD_FOR);
        }
        self.shown.update(|shown| {
            shown.push(Toast { id, ..toast });
            let surplus = shown.len().saturating_sub(AT_MOST);
            shown.drain(..surplus);
        });
    }
}

/// The message service.
pub fn use_toasts() -> Toasts {
    expect_context()
}
