//! What a refusal of an upload means, read from its status and from Glance's words for it
//! ([`image_data.py`][glance]); what to do about it goes with it.
//!
//! [glance]: https://opendev.org/openstack/glance/src/branch/stable/2026.1/glance/api/v2/image_data.py

use crate::{
    domain::units::mib_bytes,
    openstack::{
        error::{ApiError, FaultKind},
        glance::info::ImageUsage,
    },
};

/// What was in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Diagnosis {
    /// 415: the content is not what the format says, or not safe.
    WrongFormat,
    /// 400: the record has no format.
    NoFormat,
    /// 413: the project's quota.
    OverQuota,
    /// 413: no image of this cloud may be so large.
    TooLarge,
    /// 413: the store itself is full.
    StoreFull,
    /// 413, and nothing else is said.
    SomeLimit,
    /// 409: the image is not queued any more.
    NotQueued,
    /// 409: staged data of an import is in the way.
    Staged,
    /// 410: somebody deleted the image meanwhile.
    Deleted,
    /// 401: the token was not accepted.
    TokenEnded,
    /// 401 after the bytes: the token ended meanwhile, and Glance deleted the image.
    TokenEndedMidway,
    /// 403: not allowed.
    NotAllowed,
    /// 503: the store lets nothing be written.
    StoreClosed,
    /// 502 to 504: too busy, or something before it is.
    Busy,
    /// 500.
    Broken,
}

/// What a refusal of the bytes means; `None` for what only its own words explain.
pub fn diagnose(error: &ApiError) -> Option<Diagnosis> {
    let fault = error.fault()?;
    let words = fault.message.to_ascii_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    Some(match fault.kind {
        FaultKind::UnsupportedMedia => Diagnosis::WrongFormat,
        FaultKind::BadRequest if says(&["must be set prior to saving"]) => Diagnosis::NoFormat,
        FaultKind::TooLarge if says(&["media is full", "no space", "storage is full"]) => {
            Diagnosis::StoreFull
        }
        FaultKind::TooLarge if says(&["image is too large", "image_size_cap", "incoming image"]) => {
            Diagnosis::TooLarge
        }
        FaultKind::TooLarge if says(&["quota", "over limit", "limit of", "exceeds project"]) => {
            Diagnosis::OverQuota
        }
        FaultKind::TooLarge => Diagnosis::SomeLimit,
        FaultKind::Conflict if says(&["on staging"]) => Diagnosis::Staged,
        FaultKind::Conflict if says(&["transition"]) => Diagnosis::NotQueued,
        FaultKind::NotFound => Diagnosis::Deleted,
        FaultKind::Unauthorized if says(&["during"]) => Diagnosis::TokenEndedMidway,
        FaultKind::Unauthorized => Diagnosis::TokenEnded,
        FaultKind::Forbidden => Diagnosis::NotAllowed,
        FaultKind::Unavailable if says(&["permission", "storage media"]) => Diagnosis::StoreClosed,
        FaultKind::Unavailable => Diagnosis::Busy,
        FaultKind::Server => Diagnosis::Broken,
        _ => return None,
    })
}

/// Whether the record may be there although its making failed: the answer was lost, or came from a proxy in the cloud's place, or from a
/// service that broke over it; or an earlier try has made it (409).
pub fn may_exist(error: &ApiError) -> bool {
    matches!(error, ApiError::Offline | ApiError::Decode { .. })
        || matches!(error.kind(), Some(FaultKind::Unavailable | FaultKind::Conflict | FaultKind::Server))
}

/// Whether Glance has deleted the record with this refusal.
pub fn loses_the_record(error: &ApiError) -> bool {
    diagnose(error) == Some(Diagnosis::TokenEndedMidway)
}

/// Whether the project has no room for a file of this size: a likely reason why the line was cut.
pub fn has_no_room(usage: &ImageUsage, size: u64) -> bool {
    let left = |limit: Option<crate::openstack::glance::info::Usage>| limit.and_then(|limit| limit.left());
    left(usage.image_size_total).is_some_and(|mib| mib_bytes(mib) < size)
        || left(usage.image_count_total) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::{error::Fault, glance::info::Usage, request::Service};

    #[test]
    fn each_refusal_is_told_by_its_status_and_words() {
        use Diagnosis as D;
        let table = [
            (415, "The request media type application/octet-stream is not supported", Some(D::WrongFormat)),
            (400, "Property disk_format must be set prior to saving data.", Some(D::NoFormat)),
            (400, "Invalid something", None),
            (
                413,
                "Image exceeds the storage quota: The size of the data 9 will exceed the limit.",
                Some(D::OverQuota),
            ),
            (
                413,
                "Request exceeds project limit: Resource image_size_total is over limit of 2",
                Some(D::OverQuota),
            ),
            (413, "The incoming image is too large: over 1000 bytes", Some(D::TooLarge)),
            (413, "Image storage media is full: There is not enough disk space", Some(D::StoreFull)),
            (413, "", Some(D::SomeLimit)),
            (409, "Image status transition from saving to saving is not allowed", Some(D::NotQueued)),
            (409, "The image 7 has data on staging", Some(D::Staged)),
            (410, "The image may have been deleted during the upload", Some(D::Deleted)),
            (
                401,
                "Authentication failed. The request you have made requires authentication.",
                Some(D::TokenEnded),
            ),
            (
                401,
                "Unable to save the image; the token may have expired during file upload.",
                Some(D::TokenEndedMidway),
            ),
            (403, "You are not authorized", Some(D::NotAllowed)),
            (503, "Insufficient permissions on image storage media: denied", Some(D::StoreClosed)),
            (504, "Gateway Time-out", Some(D::Busy)),
            (500, "", Some(D::Broken)),
            (418, "", None),
        ];
        for (status, message, want) in table {
            let fault = Fault {
                service: Service::Image,
                status,
                kind: status.into(),
                message: message.to_owned(),
                request_id: None,
                retry_after: None,
            };
            assert_eq!(diagnose(&ApiError::Fault(fault)), want, "{status} {message}");
        }
        assert_eq!(diagnose(&ApiError::Offline), None);
    }

    #[test]
    fn room_is_counted_in_mebibytes_and_images() {
        let usage = |size: Option<(i64, i64)>, count: Option<(i64, i64)>| ImageUsage {
            image_size_total: size.map(|(usage, limit)| Usage { usage, limit }),
            image_count_total: count.map(|(usage, limit)| Usage { usage, limit }),
            ..ImageUsage::default()
        };
        let mib = 1 << 20;
        assert!(!has_no_room(&usage(None, None), u64::MAX));
        assert!(!has_no_room(&usage(Some((1, 2)), None), mib));
        assert!(has_no_room(&usage(Some((1, 2)), None), mib + 1));
        assert!(!has_no_room(&usage(Some((1, -1)), Some((9, -1))), u64::MAX));
        assert!(has_no_room(&usage(None, Some((2, 2))), 1));
    }
}
