//! A volume that is to be made of an image: what is typed, what doesn't hold, the request.

use crate::{
    domain::launch_draft::LONGEST_TEXT,
    openstack::{
        cinder::{CreateVolume, VolumeLimits},
        ids::ImageId,
    },
};

/// What the form holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VolumeDraft {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The size in GiB, as typed.
    pub size: String,
    /// The type; empty is Cinder's default.
    pub volume_type: String,
    /// The zone; empty is Cinder's default.
    pub zone: String,
}

/// A field that something is wrong with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The name.
    Name,
    /// The description.
    Description,
    /// The size.
    Size,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is nothing.
    Missing,
    /// More than `LONGEST_TEXT` characters.
    TooLong,
    /// It isn't a whole number from 1 on.
    NotANumber,
    /// The image doesn't fit.
    TooSmall,
    /// More than the quota leaves, in GiB.
    OverQuota(u64),
    /// The quota leaves no further volume.
    NoneLeft,
}

impl VolumeDraft {
    /// The size, if it is one.
    pub fn size(&self) -> Option<u64> {
        let text = self.size.trim();
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|size| is_number && *size > 0)
    }

    /// What doesn't hold, one problem a field. The quota counts as far as the cloud tells it.
    pub fn problems(&self, smallest: u64, limits: Option<&VolumeLimits>) -> Vec<(Field, Problem)> {
        let is_long = |text: &str| text.trim().chars().count() > LONGEST_TEXT;
        let limits = limits.copied().unwrap_or_default();
        let mut problems = Vec::new();
        if self.name.trim().is_empty() {
            problems.push((Field::Name, Problem::Missing));
        } else if is_long(&self.name) {
            problems.push((Field::Name, Problem::TooLong));
        }
        if is_long(&self.description) {
            problems.push((Field::Description, Problem::TooLong));
        }
        let left = left(limits.max_gigabytes, limits.used_gigabytes);
        let size = match (self.size(), left) {
            _ if self::left(limits.max_volumes, limits.used_volumes) == Some(0) => Some(Problem::NoneLeft),
            (None, _) => Some(Problem::NotANumber),
            (Some(size), _) if size < smallest => Some(Problem::TooSmall),
            (Some(size), Some(left)) if size > left => Some(Problem::OverQuota(left)),
            _ => None,
        };
        problems.extend(size.map(|problem| (Field::Size, problem)));
        problems
    }

    /// The request's body; none while the size is none.
    pub fn to_create(&self, image: &ImageId) -> Option<CreateVolume> {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Some(CreateVolume {
            name: self.name.trim().to_owned(),
            size: self.size()?,
            image: Some(image.clone()),
            volume_type: filled(&self.volume_type),
            description: filled(&self.description),
            availability_zone: filled(&self.zone),
        })
    }
}

/// What a limit leaves; −1 is none, and what isn't told is not known.
fn left(max: Option<i64>, used: Option<i64>) -> Option<u64> {
    let max = u64::try_from(max?).ok()?;
    Some(max.saturating_sub(u64::try_from(used?).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, size: &str, limits: Option<VolumeLimits>) -> Vec<(Field, Problem)> {
        let draft = VolumeDraft { name: name.into(), size: size.into(), ..VolumeDraft::default() };
        draft.problems(4, limits.as_ref())
    }

    fn limits(max_volumes: i64, max_gigabytes: i64) -> Option<VolumeLimits> {
        Some(VolumeLimits {
            max_volumes: Some(max_volumes),
            max_gigabytes: Some(max_gigabytes),
            used_volumes: Some(1),
            used_gigabytes: Some(90),
        })
    }

    #[test]
    fn the_image_has_to_fit_and_the_quota_to_leave_room() {
        assert_eq!(problems("v", "4", None), []);
        assert_eq!(problems("v", "4", limits(-1, -1)), []);
        assert_eq!(problems("v", "10", limits(2, 100)), []);
        let wrong = [
            ("3", limits(2, 100), Problem::TooSmall),
            ("11", limits(2, 100), Problem::OverQuota(10)),
            ("4", limits(1, 100), Problem::NoneLeft),
            ("", None, Problem::NotANumber),
            ("+5", None, Problem::NotANumber),
            ("4.5", None, Problem::NotANumber),
            ("99999999999999999999", None, Problem::NotANumber),
        ];
        for (size, limits, problem) in wrong {
            assert_eq!(problems("v", size, limits), [(Field::Size, problem)], "{size}");
        }
        assert_eq!(problems(" ", "4", None), [(Field::Name, Problem::Missing)]);
        assert_eq!(problems(&"n".repeat(256), "4", None), [(Field::Name, Problem::TooLong)]);
    }

    #[test]
    fn what_is_left_empty_is_left_to_the_cloud() {
        let draft = VolumeDraft { name: " v ".into(), size: " 5 ".into(), ..VolumeDraft::default() };
        let body = draft.to_create(&"i".into()).unwrap();
        assert_eq!((body.name.as_str(), body.size, body.volume_type, body.description), ("v", 5, None, None));
    }
}
