//! Questions before an action with an effect on others, or one that can't simply be taken back: one dialog asks them all.

use std::{future::Future, pin::Pin, rc::Rc};

use leptos::prelude::*;

use crate::{openstack::error::ApiError, state::session::Session};

/// What is done after "yes". It can be tried again after a failure.
pub type Work = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), ApiError>>>>>;

/// A question, worded when it is asked: nothing behind the dialog can be changed meanwhile.
#[derive(Clone)]
pub struct Question {
    /// The heading, which names the dialog.
    pub heading: String,
    /// What it is about: a name from the cloud.
    pub subject: String,
    /// What it does to whom, in paragraphs.
    pub text: Vec<String>,
    /// Whom it concerns, by name.
    pub names: Vec<String>,
    /// The button that says yes.
    pub verb: String,
    /// Whether it takes something away.
    pub is_danger: bool,
    /// What to say when it fails.
    pub tried: String,
    /// The command that does the same.
    pub command: Option<String>,
    /// What is done then.
    pub work: Work,
}

/// The service that asks.
#[derive(Clone, Copy)]
pub struct Confirm {
    asked: RwSignal<Option<Question>, LocalStorage>,
}

impl Confirm {
    /// Makes the service.
    pub fn provide(session: Session) -> Self {
        let confirm = Self { asked: RwSignal::new_local(None) };
        provide_context(confirm);
        // What was asked of one person, or in one project, is no question for the next.
        Effect::new(move |_| {
            session.generation();
            confirm.close();
        });
        confirm
    }

    /// Asks.
    pub fn ask(self, question: Question) {
        self.asked.set(Some(question));
    }

    /// Takes the question away.
    pub fn close(self) {
        self.asked.set(None);
    }

    /// What is asked now; tracked.
    pub fn asked(self) -> Option<Question> {
        self.asked.get()
    }
}

/// Makes work of a closure that gives a future.
pub fn work<F: Future<Output = Result<(), ApiError>> + 'static>(make: impl Fn() -> F + 'static) -> Work {
    Rc::new(move || Box::pin(make()))
}

/// The service that asks.
pub fn use_confirm() -> Confirm {
    expect_context()
}
