//! All uploads: two at a time, the others wait for their turn.

use crate::domain::upload::{Effect, Event, Phase, Upload};

/// How many run at once.
pub const AT_ONCE: usize = 2;

/// Which upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UploadId(pub u32);

/// All uploads, in the order of their adding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    uploads: Vec<(UploadId, Upload)>,
    next: u32,
}

/// What is to be done, and for which upload.
pub type Steps = Vec<(UploadId, Effect)>;

impl Queue {
    /// Adds an upload; it starts at once if there is a place.
    pub fn add(&mut self, upload: Upload) -> (UploadId, Steps) {
        let id = UploadId(self.next);
        self.next += 1;
        let mut steps = Vec::new();
        if upload.has_record {
            steps.push((id, Effect::Remember(upload.image.clone())));
        }
        self.uploads.push((id, upload));
        steps.extend(self.fill());
        (id, steps)
    }

    /// Takes in an event of one upload, and starts others where a place has become free.
    pub fn apply(&mut self, id: UploadId, event: Event) -> Steps {
        let Some((_, upload)) = self.uploads.iter_mut().find(|(known, _)| *known == id) else {
            return Vec::new();
        };
        let mut steps: Steps = upload.apply(event).into_iter().map(|effect| (id, effect)).collect();
        steps.extend(self.fill());
        steps
    }

    /// Takes a finished upload off the list. A failed one with a record stays in the journal, to be offered again.
    pub fn dismiss(&mut self, id: UploadId) -> Option<Upload> {
        let at = self.uploads.iter().position(|(known, upload)| *known == id && upload.can_dismiss())?;
        Some(self.uploads.remove(at).1)
    }

    /// Takes all off the list. Their ids are not used again, so that what still comes in for them meets nobody.
    pub fn clear(&mut self) {
        self.uploads.clear();
    }

    /// All uploads.
    pub fn iter(&self) -> impl Iterator<Item = (UploadId, &Upload)> {
        self.uploads.iter().map(|(id, upload)| (*id, upload))
    }

    /// One upload.
    pub fn get(&self, id: UploadId) -> Option<&Upload> {
        self.uploads.iter().find(|(known, _)| *known == id).map(|(_, upload)| upload)
    }

    /// One upload, to change what its next try sends.
    pub fn get_mut(&mut self, id: UploadId) -> Option<&mut Upload> {
        self.uploads.iter_mut().find(|(known, _)| *known == id).map(|(_, upload)| upload)
    }

    /// How many would be cut off by leaving the page.
    pub fn running(&self) -> usize {
        self.uploads.iter().filter(|(_, upload)| upload.is_running()).count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.uploads.is_empty()
    }

    fn fill(&mut self) -> Steps {
        let mut places =
            AT_ONCE.saturating_sub(self.uploads.iter().filter(|(_, it)| it.takes_a_place()).count());
        let mut steps = Vec::new();
        for (id, upload) in self.uploads.iter_mut().filter(|(_, upload)| upload.phase == Phase::Waiting) {
            if places == 0 {
                break;
            }
            steps.extend(upload.apply(Event::Start).into_iter().map(|effect| (*id, effect)));
            places -= 1;
        }
        steps
    }
}
