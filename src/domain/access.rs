//! Who may do what with an image, and why not: one function per action. The cloud's own policy has the last word; these are
//! its defaults (glance/policies, "new defaults"), so that a person reads the reason before trying.

use crate::{
    domain::config::EditImages,
    openstack::{
        glance::{
            image::{ContainerFormat, DiskFormat, Image, ImageStatus, Visibility},
            member::MemberStatus,
        },
        ids::{ProjectId, UserId},
        keystone::Token,
    },
};

/// Who is at the console, as far as permissions go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The person.
    pub user: UserId,
    /// The project that they work in.
    pub project: ProjectId,
    /// The names of their roles there.
    pub roles: Vec<String>,
    /// What the operator decided about editing.
    pub edit_images: EditImages,
}

impl Person {
    /// The holder of a token.
    pub fn of(token: &Token, edit_images: EditImages) -> Self {
        Self {
            user: token.user.id.clone(),
            project: token.project.as_ref().map(|project| project.id.clone()).unwrap_or_default(),
            roles: token.roles.clone(),
            edit_images,
        }
    }

    /// Whether they have the `admin` role.
    pub fn is_admin(&self) -> bool {
        self.has_role("admin")
    }

    /// Whether they may change anything at all. A member's token lists `reader` too; a role that we don't know may allow
    /// anything, so then the cloud decides.
    pub fn may_change(&self) -> bool {
        self.roles.iter().any(|role| !role.eq_ignore_ascii_case("reader"))
    }

    /// Whether the image is their project's.
    pub fn owns(&self, image: &Image) -> bool {
        image.owner.as_ref().is_some_and(|owner| *owner == self.project)
    }

    fn has_role(&self, wanted: &str) -> bool {
        self.roles.iter().any(|role| role.eq_ignore_ascii_case(wanted))
    }
}

/// Why an action isn't allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAllowed {
    /// The person's only role is `reader`.
    ReadOnly,
    /// Only an administrator may.
    AdminOnly,
    /// The operator lets only administrators edit (`edit_images`).
    EditAdminOnly,
    /// Only the owning project or an administrator may.
    NotOwner,
    /// Only the project that the image was offered to may.
    NotOffered,
    /// It has been answered in this way already.
    AlreadyAnswered(MemberStatus),
    /// It is protected; lifting the protection comes first.
    Protected,
    /// Not in this status.
    Status(ImageStatus),
    /// It holds no system that could boot (a kernel, a ramdisk).
    NotBootable,
    /// Its bytes can only be named while it has none.
    HasBytes,
    /// A public or community image isn't shared with anybody in particular.
    NotShareable(Visibility),
    /// The cloud has no such service.
    NoBlockStorage,
}

/// Allowed, or the reason why not.
pub type Verdict = Result<(), NotAllowed>;

/// Launch an instance from it.
pub fn can_launch(image: &Image, me: &Person) -> Verdict {
    may_change(me)?;
    in_status(image, &[ImageStatus::Active])?;
    bootable(image)
}

/// Create an image.
pub fn can_create(me: &Person) -> Verdict {
    may_change(me)
}

/// Edit it: name, minimum disk and RAM, metadata, tags, hidden.
pub fn can_edit(image: &Image, me: &Person) -> Verdict {
    may_change(me)?;
    match me.edit_images {
        EditImages::Admin if !me.is_admin() => return Err(NotAllowed::EditAdminOnly),
        _ => own(image, me)?,
    }
    in_status(image, &[ImageStatus::Active, ImageStatus::Queued, ImageStatus::Deactivated])
}

/// Set or lift its protection, whatever `edit_images` says.
pub fn can_protect(image: &Image, me: &Person) -> Verdict {
    owner_acts(image, me)
}

/// Offer it to projects, and take offers back.
pub fn can_share(image: &Image, me: &Person) -> Verdict {
    owner_acts(image, me)?;
    match &image.visibility {
        Visibility::Public | Visibility::Community => Err(NotAllowed::NotShareable(image.visibility.clone())),
        _ => Ok(()),
    }
}

/// Set its format: only while it has no bytes.
pub fn can_set_format(image: &Image, me: &Person) -> Verdict {
    owner_acts(image, me)?;
    if image.status == ImageStatus::Queued { Ok(()) } else { Err(NotAllowed::HasBytes) }
}

/// Give it this visibility. Keeping the one it has is always allowed.
pub fn can_set_visibility(image: &Image, wanted: &Visibility, me: &Person) -> Verdict {
    if image.visibility == *wanted {
        return Ok(());
    }
    owner_acts(image, me)?;
    let is_sharing = |visibility: &Visibility| matches!(visibility, Visibility::Private | Visibility::Shared);
    if is_sharing(&image.visibility) && is_sharing(wanted) {
        return Ok(());
    }
    // Any other change, also back from public, is an edit.
    can_choose_visibility(wanted, me)?;
    can_edit(image, me)
}

/// Choose this visibility for a new image.
pub fn can_choose_visibility(wanted: &Visibility, me: &Person) -> Verdict {
    may_change(me)?;
    if *wanted == Visibility::Public && !me.is_admin() { Err(NotAllowed::AdminOnly) } else { Ok(()) }
}

/// Answer an offer to this project: accept, reject, or leave later (which is rejecting). `membership` is what it said so far.
pub fn can_answer_offer(
    image: &Image,
    membership: Option<&MemberStatus>,
    answer: &MemberStatus,
    me: &Person,
) -> Verdict {
    may_change(me)?;
    match membership {
        None => Err(NotAllowed::NotOffered),
        Some(_) if me.owns(image) => Err(NotAllowed::NotOffered),
        Some(now) if now == answer => Err(NotAllowed::AlreadyAnswered(now.clone())),
        Some(_) => Ok(()),
    }
}

/// Take it out of use.
pub fn can_deactivate(image: &Image, me: &Person) -> Verdict {
    owner_acts(image, me)?;
    in_status(image, &[ImageStatus::Active])
}

/// Copy it to another store, or remove one of several copies. Both are the administrator's by Glance's default.
pub fn can_copy_to_store(image: &Image, me: &Person) -> Verdict {
    may_change(me)?;
    if !me.is_admin() {
        return Err(NotAllowed::AdminOnly);
    }
    in_status(image, &[ImageStatus::Active])
}

/// Put it back into use.
pub fn can_reactivate(image: &Image, me: &Person) -> Verdict {
    owner_acts(image, me)?;
    in_status(image, &[ImageStatus::Deactivated])
}

/// Delete it.
pub fn can_delete(image: &Image, me: &Person) -> Verdict {
    owner_acts(image, me)?;
    if image.protected {
        return Err(NotAllowed::Protected);
    }
    match &image.status {
        status @ (ImageStatus::Deleted | ImageStatus::PendingDelete) => {
            Err(NotAllowed::Status(status.clone()))
        }
        _ => Ok(()),
    }
}

/// Make a volume of it.
pub fn can_create_volume(image: &Image, me: &Person, has_block_storage: bool) -> Verdict {
    may_change(me)?;
    if !has_block_storage {
        return Err(NotAllowed::NoBlockStorage);
    }
    in_status(image, &[ImageStatus::Active])?;
    bootable(image)
}

/// Download its bytes.
pub fn can_download(image: &Image, me: &Person) -> Verdict {
    may_change(me)?;
    if image.status == ImageStatus::Deactivated && me.is_admin() {
        return Ok(());
    }
    in_status(image, &[ImageStatus::Active])
}

/// Whether a server could start from it: a kernel or a ramdisk alone can't.
pub fn bootable(image: &Image) -> Verdict {
    use ContainerFormat as C;
    let is_container_fine = match &image.container_format {
        Some(C::Bare | C::Ovf | C::Ova | C::Ami | C::Docker | C::Compressed) => true,
        // What we don't know, the cloud may.
        Some(C::Other(_)) => true,
        Some(C::Aki | C::Ari) | None => false,
    };
    let is_part = matches!(image.disk_format, Some(DiskFormat::Aki | DiskFormat::Ari));
    if is_container_fine && !is_part { Ok(()) } else { Err(NotAllowed::NotBootable) }
}

fn may_change(me: &Person) -> Verdict {
    if me.may_change() { Ok(()) } else { Err(NotAllowed::ReadOnly) }
}

fn own(image: &Image, me: &Person) -> Verdict {
    if me.owns(image) || me.is_admin() { Ok(()) } else { Err(NotAllowed::NotOwner) }
}

fn owner_acts(image: &Image, me: &Person) -> Verdict {
    may_change(me)?;
    own(image, me)
}

fn in_status(image: &Image, allowed: &[ImageStatus]) -> Verdict {
    if allowed.contains(&image.status) { Ok(()) } else { Err(NotAllowed::Status(image.status.clone())) }
}

#[cfg(test)]
mod tests;
