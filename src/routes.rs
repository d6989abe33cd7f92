//! Every path of the app once: patterns for the route table in `app.rs`, builders for links.

use crate::{
    domain::{launch_draft::LaunchDraft, session::safe_redirect},
    openstack::{
        ids::{ImageId, ServerId, VolumeId},
        request::{percent_encode, segment},
    },
};

/// Where one lands.
pub const IMAGES: &str = "/images";
/// Create an image.
pub const NEW_IMAGE: &str = "/images/new";
/// The launch wizard.
pub const LAUNCH: &str = "/launch";
/// The instances.
pub const INSTANCES: &str = "/instances";
/// Sign in.
pub const SIGN_IN: &str = "/sign-in";

/// The sign-in page that goes on to `next` (a path and query of the app).
pub fn sign_in(next: &str) -> String {
    match safe_redirect(next) {
        Some(next) if next != "/" => format!("{SIGN_IN}?next={}", percent_encode(next)),
        _ => SIGN_IN.to_owned(),
    }
}

/// An image's page.
pub fn image(id: &ImageId) -> String {
    format!("{IMAGES}/{}", segment(id))
}

/// A tab of an image's page; the first one has no name.
pub fn image_tab(id: &ImageId, tab: &str) -> String {
    match tab {
        "" => image(id),
        tab => format!("{}?tab={tab}", image(id)),
    }
}

/// Whom an image is shared with.
pub fn share_image(id: &ImageId) -> String {
    format!("{}/sharing", image(id))
}

/// An image's edit form.
pub fn edit_image(id: &ImageId) -> String {
    format!("{}/edit", image(id))
}

/// The editor of an image's properties.
pub fn image_metadata(id: &ImageId) -> String {
    format!("{}/metadata", image(id))
}

/// Checks an image by a test launch.
pub fn verify_image(id: &ImageId) -> String {
    format!("{}/verify", image(id))
}

/// The launch wizard with an image chosen.
pub fn launch(id: &ImageId) -> String {
    format!("{LAUNCH}?image={}", segment(id))
}

/// The launch wizard with a volume chosen.
pub fn launch_volume(id: &VolumeId) -> String {
    format!("{LAUNCH}?source=volume&volume={}", segment(id))
}

/// The launch wizard of a number, with what a draft has chosen of that which stands in the address.
pub fn launch_with(draft: &LaunchDraft, number: &str) -> String {
    let networks: Vec<String> =
        draft.networks.networks.iter().map(|plug| percent_encode(&plug.to_string())).collect();
    let chosen = [
        ("image", draft.source.image.as_ref().map(segment)),
        ("flavor", draft.flavor.as_ref().map(segment)),
        ("networks", (!networks.is_empty()).then(|| networks.join(","))),
        ("key", draft.key_pair.name.as_deref().map(percent_encode)),
        ("wizard", Some(percent_encode(number))),
    ];
    let pairs: Vec<String> =
        chosen.into_iter().filter_map(|(key, value)| Some(format!("{key}={}", value?))).collect();
    format!("{LAUNCH}?{}", pairs.join("&"))
}

/// An instance's page.
pub fn instance(id: &ServerId) -> String {
    format!("{INSTANCES}/{}", segment(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_escape_what_the_cloud_may_put_into_an_id() {
        let odd = ImageId::from("a/b?c#d");
        assert_eq!(image(&odd), "/images/a%2Fb%3Fc%23d");
        assert_eq!(launch(&odd), "/launch?image=a%2Fb%3Fc%23d");
    }
}
