//! Sharing: which projects an image was offered to, and what they said.

use crate::openstack::{
    glance::image_path,
    ids::{ImageId, ProjectId},
    lenient::list,
    request::{Request, Service, decode_json, segment},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

crate::open_enum! {
    /// What a project said to an offer.
    MemberStatus {
        /// Nothing yet.
        Pending = "pending",
        /// Yes: the image is in its list.
        Accepted = "accepted",
        /// No.
        Rejected = "rejected",
    }
}

/// A project that an image was offered to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The project.
    pub member_id: ProjectId,
    /// The image.
    pub image_id: ImageId,
    /// What it said.
    pub status: MemberStatus,
    /// When it was offered.
    #[serde(default)]
    pub created_at: String,
    /// When it last changed.
    #[serde(default)]
    pub updated_at: String,
}

/// The projects that an image was offered to. A member sees only itself.
pub fn list_members(image: &ImageId) -> Request<Vec<Member>> {
    Request::<Value>::get(Service::Image, format!("{}/members", image_path(image)))
        .decoded_by(|answer| decode_json::<Members>(answer).map(|body| body.members))
}

/// What one project said to an offer; 404 where it has none.
pub fn get_member(image: &ImageId, project: &ProjectId) -> Request<Member> {
    Request::get(Service::Image, member_path(image, project))
}

/// Offers an image to a project.
pub fn create_member(image: &ImageId, project: &ProjectId) -> Request<Member> {
    Request::post(Service::Image, format!("{}/members", image_path(image)))
        .json(&json!({ "member": project }))
}

/// Accepts, rejects or puts back an offer; only the project that it was made to may.
pub fn update_member(image: &ImageId, project: &ProjectId, status: &MemberStatus) -> Request<Member> {
    Request::put(Service::Image, member_path(image, project)).json(&json!({ "status": status }))
}

/// Takes an offer back.
pub fn delete_member(image: &ImageId, project: &ProjectId) -> Request<()> {
    Request::delete(Service::Image, member_path(image, project))
}

fn member_path(image: &ImageId, project: &ProjectId) -> String {
    format!("{}/members/{}", image_path(image), segment(project))
}

#[derive(Deserialize)]
struct Members {
    #[serde(deserialize_with = "list")]
    members: Vec<Member>,
}
