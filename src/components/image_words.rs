//! The words for an image's values. What Sextant does not know is shown as the cloud wrote it.

use crate::{
    domain::{
        access::{NotAllowed, Verdict},
        upload::verification::Doubt,
    },
    i18n::{intl, t},
    openstack::glance::{
        image::{DiskFormat, Image, ImageStatus, Visibility},
        member::MemberStatus,
    },
};

/// A status in words.
pub fn status_words(status: &ImageStatus) -> String {
    (t().image.status_name)(status.as_str()).map_or_else(|| status.as_str().to_owned(), str::to_owned)
}

/// A visibility in words.
pub fn visibility_words(visibility: &Visibility) -> String {
    (t().image.visibility_name)(visibility.as_str())
        .map_or_else(|| visibility.as_str().to_owned(), str::to_owned)
}

/// A format in words for a list of choices: "QCOW2 (QEMU)".
pub fn format_words(format: &DiskFormat) -> String {
    (t().image.format_name)(format.as_str()).map_or_else(|| format.as_str().to_owned(), str::to_owned)
}

/// The short format of a table cell: "qcow2"; a dash where there is none yet.
pub fn format_cell(image: &Image) -> String {
    image
        .disk_format
        .as_ref()
        .map_or_else(|| t().common.not_available.to_owned(), |format| format.as_str().to_owned())
}

/// Why an uploaded image may not be the file, and what to do.
pub fn doubt_words(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::OtherBytes => t().uploads.mismatch,
        Doubt::FileChanged => t().uploads.may_have_changed,
    }
}

/// A size, or a dash while there is none.
pub fn size_cell(size: Option<u64>) -> String {
    size.map_or_else(|| t().common.not_available.to_owned(), intl::bytes)
}

/// The image's name, or words for an image without one.
pub fn name_of(image: &Image) -> String {
    match image.name.as_deref() {
        Some(name) if !name.trim().is_empty() => name.to_owned(),
        _ => t().image.unnamed.to_owned(),
    }
}

/// Why an action is not allowed, in words.
pub fn reason_words(why: &NotAllowed) -> String {
    let words = &t().image;
    let fixed = match why {
        NotAllowed::Status(status) => return (words.wrong_status)(&status_words(status)),
        NotAllowed::NotShareable(visibility) => return (words.not_shareable)(&visibility_words(visibility)),
        NotAllowed::ReadOnly => words.reader_only,
        NotAllowed::AdminOnly => words.admin_only,
        NotAllowed::EditAdminOnly => words.edit_admin_only,
        NotAllowed::NotOwner => words.not_owner,
        NotAllowed::NotOffered => words.not_offered,
        NotAllowed::AlreadyAnswered(MemberStatus::Rejected) => words.already_rejected,
        NotAllowed::AlreadyAnswered(_) => words.already_accepted,
        NotAllowed::Protected => words.is_protected,
        NotAllowed::NotBootable => words.not_bootable,
        NotAllowed::HasBytes => words.has_bytes,
        NotAllowed::NoBlockStorage => words.no_block_storage,
    };
    fixed.to_owned()
}

/// The reason of a verdict, as a disabled control takes it.
pub fn refusal(verdict: Verdict) -> Option<String> {
    verdict.err().as_ref().map(reason_words)
}
