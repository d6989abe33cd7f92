//! The record of a new image: made, or found where its answer was lost or an earlier try has made it, and then set right.

use crate::{
    domain::upload::{correction::correction, diagnosis::may_exist},
    openstack::{
        error::{ApiError, FaultKind},
        glance::{self, CreateImage, image::Image},
    },
    state::uploads::origin::Origin,
};

/// Why nothing came of a press of "Create image".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotCreated {
    /// What was in the way.
    pub error: ApiError,
    /// What there is of it.
    pub left: Left,
}

/// What there is of an image that was not created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// No record.
    Nothing,
    /// A record, perhaps: the journal remembers it, and the next try with the same id finds it.
    Perhaps,
    /// Nothing that this id can be used for again: Glance remembers those of deleted images.
    SpentId,
}

impl NotCreated {
    /// Whether a record may be left, which the journal has to remember.
    pub fn may_be_left(&self) -> bool {
        self.left == Left::Perhaps
    }

    /// Whether the next try needs another id.
    pub fn is_id_spent(&self) -> bool {
        self.left == Left::SpentId
    }
}

/// Where no more is known, a record may be left.
impl From<ApiError> for NotCreated {
    fn from(error: ApiError) -> Self {
        Self { error, left: Left::Perhaps }
    }
}

/// Makes the record that the body describes. One that is there already, by an id that nobody else knows, is made what the body says.
///
/// # Errors
/// As Glance says, with what there is of the record.
pub(in crate::state) async fn make_record(origin: &Origin, body: &CreateImage) -> Result<Image, NotCreated> {
    let error = match origin.send(&glance::create_image(body)).await {
        Ok(record) => return Ok(record),
        Err(error) if may_exist(&error) => error,
        Err(error) => return Err(NotCreated { error, left: Left::Nothing }),
    };
    let is_taken = error.kind() == Some(FaultKind::Conflict);
    let image = body.id.clone().unwrap_or_default();
    let record = match origin.send(&glance::get_image(&image)).await {
        Ok(record) => record,
        Err(missing) if missing.kind() == Some(FaultKind::NotFound) => {
            return Err(NotCreated { error, left: if is_taken { Left::SpentId } else { Left::Nothing } });
        }
        // That the id is taken says nothing to anybody: it is ours.
        Err(unknown) => return Err(if is_taken { unknown } else { error }.into()),
    };
    let patch = correction(body, &record);
    if patch.is_empty() {
        return Ok(record);
    }
    Ok(origin.send(&glance::update_image(&image, &patch)).await?)
}
