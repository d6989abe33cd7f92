//! The commands about instances, and about the volumes that are made of images.

use crate::{
    domain::command::{Line, line},
    openstack::{cinder::CreateVolume, ids::ServerId},
};

/// Makes an image of a server.
pub fn create_snapshot(server: &ServerId, name: &str) -> String {
    let mut line = Line::new("openstack server image create");
    line.option("--name", name);
    line.last(server.as_str());
    line.0
}

/// Deletes a server.
pub fn delete_server(server: &ServerId) -> String {
    line("openstack server delete", [server.as_str()])
}

/// Makes a volume.
pub fn create_volume(body: &CreateVolume) -> String {
    let mut line = Line::new("openstack volume create");
    line.option_of("--image", body.image.as_ref().map(|image| image.as_str()));
    line.option("--size", &body.size.to_string());
    line.option_of("--type", body.volume_type.as_deref());
    line.option_of("--availability-zone", body.availability_zone.as_deref());
    line.option_of("--description", body.description.as_deref());
    line.last(&body.name);
    line.0
}
