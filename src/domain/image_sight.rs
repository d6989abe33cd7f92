//! Who sees an image: in the default list, and by its id. Glance's rules (glance/db/sqlalchemy/api.py, `is_image_visible` and
//! `_make_conditions_from_filters`).

use crate::openstack::{
    glance::{
        image::{Image, Visibility},
        member::MemberStatus,
    },
    ids::ProjectId,
};

/// Who looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// The project.
    pub project: ProjectId,
    /// Administrators see everything.
    pub is_admin: bool,
    /// What the project has answered to the offer, if it was made one.
    pub membership: Option<MemberStatus>,
}

/// What is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// It stands in the list.
    pub in_list: bool,
    /// It answers when asked for by its id.
    pub by_id: bool,
}

/// Why it should be seen so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The viewer is an administrator.
    Admin,
    /// It is the viewer's own.
    Owner,
    /// Public.
    Public,
    /// Community.
    Community,
    /// Private.
    Private,
    /// Shared with them, and accepted.
    Accepted,
    /// Shared with them, and not answered yet.
    Pending,
    /// Shared with them, and rejected.
    Rejected,
    /// Shared with others.
    NotMember,
    /// Left out of lists.
    Hidden,
}

impl Reason {
    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Owner => "owner",
            Self::Public => "public",
            Self::Community => "community",
            Self::Private => "private",
            Self::Accepted => "accepted",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
            Self::NotMember => "not_member",
            Self::Hidden => "hidden",
        }
    }
}

/// What a viewer should see; nothing for a visibility that we don't know.
pub fn expected(image: &Image, viewer: &Viewer) -> Option<(Sight, Reason)> {
    let owns = image.owner.as_ref() == Some(&viewer.project);
    let (in_list, by_id, reason) = match &image.visibility {
        _ if viewer.is_admin => (true, true, Reason::Admin),
        _ if owns => (true, true, Reason::Owner),
        Visibility::Public => (true, true, Reason::Public),
        Visibility::Community => (false, true, Reason::Community),
        Visibility::Private => (false, false, Reason::Private),
        Visibility::Shared => match &viewer.membership {
            Some(MemberStatus::Accepted) => (true, true, Reason::Accepted),
            Some(MemberStatus::Rejected) => (false, true, Reason::Rejected),
            Some(_) => (false, true, Reason::Pending),
            None => (false, false, Reason::NotMember),
        },
        Visibility::Other(_) => return None,
    };
    let is_left_out = image.os_hidden && in_list;
    let reason = if is_left_out { Reason::Hidden } else { reason };
    Some((Sight { in_list: in_list && !image.os_hidden, by_id }, reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_visibility_is_seen_by_those_whom_it_is_for() {
        let image = |visibility: &str, is_hidden: bool| -> Image {
            serde_json::from_value(
                json!({"id": "i", "visibility": visibility, "owner": "us", "os_hidden": is_hidden}),
            )
            .unwrap()
        };
        let viewer = |project: &str, is_admin: bool, membership: Option<&str>| Viewer {
            project: project.into(),
            is_admin,
            membership: membership.map(Into::into),
        };
        let table = [
            ("public", false, viewer("them", false, None), (true, true, Reason::Public)),
            ("public", true, viewer("them", false, None), (false, true, Reason::Hidden)),
            ("community", false, viewer("them", false, None), (false, true, Reason::Community)),
            ("private", false, viewer("them", false, None), (false, false, Reason::Private)),
            ("private", false, viewer("us", false, None), (true, true, Reason::Owner)),
            ("private", false, viewer("them", true, None), (true, true, Reason::Admin)),
            ("shared", false, viewer("them", false, None), (false, false, Reason::NotMember)),
            ("shared", false, viewer("them", false, Some("pending")), (false, true, Reason::Pending)),
            ("shared", false, viewer("them", false, Some("accepted")), (true, true, Reason::Accepted)),
            ("shared", false, viewer("them", false, Some("rejected")), (false, true, Reason::Rejected)),
        ];
        for (visibility, is_hidden, viewer, (in_list, by_id, reason)) in table {
            let found = expected(&image(visibility, is_hidden), &viewer);
            assert_eq!(found, Some((Sight { in_list, by_id }, reason)), "{visibility} {viewer:?}");
        }
        assert_eq!(expected(&image("sideways", false), &viewer("them", false, None)), None);
    }
}
