//! Short messages about work that has no place of its own on the screen any more.

use std::time::Duration;

use leptos::prelude::*;

use crate::openstack::error::ApiError;

/// How long a good message stays. Bad ones stay until they are dismissed.
const GOOD_FOR: Duration = Duration::from_secs(8);
/// More than these would cover the page: the oldest good ones go first.
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

    /// Takes all messages away: they were for somebody else.
    pub fn clear(self) {
        self.shown.set(Vec::new());
    }

    fn push(self, toast: Toast) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        if !toast.is_bad {
            set_timeout(move || self.dismiss(id), GOOD_FOR);
        }
        self.shown.update(|shown| {
            shown.push(Toast { id, ..toast });
            make_room(shown);
        });
    }
}

/// Takes away what is too much: a failure that nobody has read yet only for a newer failure.
fn make_room(shown: &mut Vec<Toast>) {
    while shown.len() > AT_MOST {
        let Some((newest, before)) = shown.split_last() else { return };
        match before.iter().position(|toast| !toast.is_bad) {
            Some(good) => drop(shown.remove(good)),
            // One too many for a moment: it goes by itself.
            None if !newest.is_bad => return,
            None => drop(shown.remove(0)),
        }
    }
}

/// The message service.
pub fn use_toasts() -> Toasts {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_of(pushed: &str) -> String {
        let mut shown = Vec::new();
        for (id, kind) in (0..).zip(pushed.chars()) {
            shown.push(Toast { id, is_bad: kind == 'b', ..Toast::default() });
            make_room(&mut shown);
        }
        shown.iter().map(|toast| toast.id.to_string()).collect()
    }

    #[test]
    fn good_messages_make_room_for_bad_ones() {
        assert_eq!(left_of("ggggg"), "01234");
        assert_eq!(left_of("gggggg"), "12345");
        assert_eq!(left_of("bggggg"), "02345", "the failure stays");
        assert_eq!(left_of("bbbbbg"), "012345", "the newest is seen all the same");
        assert_eq!(left_of("bbbbbgg"), "012346");
        assert_eq!(left_of("bbbbbgb"), "12346");
        assert_eq!(left_of("bbbbbb"), "12345");
    }
}
