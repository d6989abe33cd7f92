//! How far a change to many images has come: some at a time, it can be stopped, and what failed can be tried again.

use crate::openstack::{error::ApiError, glance::image::Image};

/// How many images are changed at once: quick, and no burden for the cloud.
pub const AT_ONCE: usize = 4;

/// Where one image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Its turn is to come.
    Waiting,
    /// Its requests are under way.
    Running,
    /// Changed.
    Done,
    /// The service refused, or gave no answer.
    Failed(ApiError),
    /// It was stopped before its turn.
    Stopped,
}

/// A change under way, or ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    items: Vec<(Image, State)>,
}

impl Run {
    /// Nothing is under way yet: `start` says what to begin with.
    pub fn new(images: Vec<Image>) -> Self {
        Self { items: images.into_iter().map(|image| (image, State::Waiting)).collect() }
    }

    /// What is to be begun now, as far as there is room: the places of the images.
    pub fn start(&mut self) -> Vec<usize> {
        let mut room = AT_ONCE.saturating_sub(self.count(|state| *state == State::Running));
        let mut begun = Vec::new();
        for (at, (_, state)) in self.items.iter_mut().enumerate() {
            if room > 0 && *state == State::Waiting {
                *state = State::Running;
                begun.push(at);
                room -= 1;
            }
        }
        begun
    }

    /// Notes how one image ended.
    pub fn finish(&mut self, at: usize, outcome: Result<(), ApiError>) {
        if let Some((_, state)) = self.items.get_mut(at) {
            *state = outcome.map_or_else(State::Failed, |()| State::Done);
        }
    }

    /// Begins nothing more; what is under way ends by itself.
    pub fn stop(&mut self) {
        self.change(|state| *state == State::Waiting, &State::Stopped);
    }

    /// Puts those that failed or were stopped back into the queue.
    pub fn retry(&mut self) {
        self.change(|state| matches!(state, State::Failed(_) | State::Stopped), &State::Waiting);
    }

    /// One image.
    pub fn image(&self, at: usize) -> Option<&Image> {
        self.items.get(at).map(|(image, _)| image)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many have ended, well or not.
    pub fn ended(&self) -> usize {
        self.count(|state| matches!(state, State::Done | State::Failed(_)))
    }

    /// Those that were changed.
    pub fn done(&self) -> Vec<&Image> {
        let done = self.items.iter().filter(|(_, state)| *state == State::Done);
        done.map(|(image, _)| image).collect()
    }

    /// How many were never begun.
    pub fn stopped(&self) -> usize {
        self.count(|state| *state == State::Stopped)
    }

    /// Whether anything is under way or still to come.
    pub fn is_running(&self) -> bool {
        self.count(|state| matches!(state, State::Waiting | State::Running)) > 0
    }

    /// Those that failed, with the reason.
    pub fn failed(&self) -> Vec<(&Image, &ApiError)> {
        let failed = self.items.iter().filter_map(|(image, state)| match state {
            State::Failed(error) => Some((image, error)),
            _ => None,
        });
        failed.collect()
    }

    fn count(&self, is_wanted: impl Fn(&State) -> bool) -> usize {
        self.items.iter().filter(|(_, state)| is_wanted(state)).count()
    }

    fn change(&mut self, is_wanted: impl Fn(&State) -> bool, to: &State) {
        for (_, state) in &mut self.items {
            if is_wanted(state) {
                *state = to.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn images(count: usize) -> Vec<Image> {
        (0..count).map(|at| serde_json::from_value(json!({"id": format!("i{at}")})).unwrap()).collect()
    }

    #[test]
    fn a_few_run_at_a_time_until_all_have_ended() {
        let mut run = Run::new(images(6));
        assert_eq!(run.start(), [0, 1, 2, 3]);
        assert_eq!(run.start(), [] as [usize; 0]);
        run.finish(1, Ok(()));
        assert_eq!(run.start(), [4]);
        run.finish(0, Err(ApiError::Offline));
        assert_eq!(run.start(), [5]);
        assert_eq!((run.ended(), run.done().len(), run.is_running()), (2, 1, true));
        for at in 2..6 {
            run.finish(at, Ok(()));
        }
        assert_eq!((run.ended(), run.done().len(), run.is_running()), (6, 5, false));
        assert_eq!(run.failed().len(), 1);
    }

    #[test]
    fn stopping_lets_end_what_runs_and_begins_nothing_more() {
        let mut run = Run::new(images(6));
        run.start();
        run.stop();
        assert!(run.is_running());
        for at in 0..4 {
            run.finish(at, Ok(()));
            assert_eq!(run.start(), [] as [usize; 0]);
        }
        assert_eq!((run.done().len(), run.stopped(), run.is_running()), (4, 2, false));
    }

    #[test]
    fn only_what_failed_or_was_stopped_is_tried_again() {
        let mut run = Run::new(images(5));
        run.start();
        run.stop();
        run.finish(0, Err(ApiError::Offline));
        for at in 1..4 {
            run.finish(at, Ok(()));
        }
        run.retry();
        assert_eq!(run.start(), [0, 4]);
        assert_eq!(run.done().len(), 3);
    }
}
