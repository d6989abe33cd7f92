//! What saving a draft will mean for others, told before it is saved: which flavors fit no more, and who loses sight of the
//! image.

use crate::{
    domain::{
        flavor_fit::{Wanted, judge, source::Source},
        image_draft::{ImageDraft, fields::whole_number},
    },
    openstack::{
        glance::{
            image::{Image, Visibility},
            member::{Member, MemberStatus},
        },
        ids::ProjectId,
        nova::flavor::Flavor,
    },
};

/// What other minimums do to the flavors that can launch the image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlavorEffect {
    /// All flavors.
    pub total: usize,
    /// How many fit now.
    pub now: usize,
    /// How many will fit.
    pub after: usize,
    /// Those that will not fit any more, by name.
    pub lost: Vec<String>,
    /// Those that will fit as well, by name.
    pub gained: Vec<String>,
}

/// The effect of the draft's minimums; `None` while they are no numbers. What Nova refuses counts, without anybody's quota.
pub fn flavor_effect(
    flavors: &[Flavor],
    image: &Image,
    draft: &ImageDraft,
    is_admin: bool,
) -> Option<FlavorEffect> {
    let wanted = |source: Source| Wanted::alone(source, is_admin);
    let now = Source::of_image(image);
    let after = Source {
        min_disk: whole_number(&draft.min_disk).ok()?,
        min_ram: whole_number(&draft.min_ram).ok()?,
        ..now.clone()
    };
    let (now, after) = (wanted(now), wanted(after));
    let mut effect = FlavorEffect { total: flavors.len(), ..FlavorEffect::default() };
    for flavor in flavors {
        let fits = (judge(flavor, &now).can_be_chosen(), judge(flavor, &after).can_be_chosen());
        effect.now += usize::from(fits.0);
        effect.after += usize::from(fits.1);
        match fits {
            (true, false) => effect.lost.push(flavor.name.clone()),
            (false, true) => effect.gained.push(flavor.name.clone()),
            _ => {}
        }
    }
    Some(effect)
}

/// Who loses sight of an image by a change of its visibility.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SightLost {
    /// Every other project.
    Others,
    /// Every other project, but those that it was offered to.
    OthersButMembers,
    /// Nobody, but it leaves the other projects' default lists.
    DefaultLists,
    /// The projects that it was offered to.
    Members,
    /// Nobody, but it leaves the default lists of the projects that have accepted it.
    MembersLists,
}

/// What a change from one visibility to another takes away; `None` when nothing, or when nobody can know.
pub fn sight_lost(from: &Visibility, to: &Visibility) -> Option<SightLost> {
    use Visibility as V;
    match (from, to) {
        (V::Public | V::Community, V::Private) => Some(SightLost::Others),
        (V::Public | V::Community, V::Shared) => Some(SightLost::OthersButMembers),
        (V::Public, V::Community) => Some(SightLost::DefaultLists),
        (V::Shared, V::Private) => Some(SightLost::Members),
        // Membership counts for shared images alone (glance/db/sqlalchemy/api.py, `_select_images_query`).
        (V::Shared, V::Community) => Some(SightLost::MembersLists),
        _ => None,
    }
}

/// The projects that can use a shared image now: who refused the offer has nothing to lose.
pub fn losing_members(members: &[Member]) -> Vec<ProjectId> {
    let using = members.iter().filter(|member| member.status != MemberStatus::Rejected);
    using.map(|member| member.member_id.clone()).collect()
}

/// The projects that have it in their default list: those that said yes.
pub fn listing_members(members: &[Member]) -> Vec<ProjectId> {
    let listing = members.iter().filter(|member| member.status == MemberStatus::Accepted);
    listing.map(|member| member.member_id.clone()).collect()
}
