//! Every path of the app once: patterns for the route table in `app.rs`, builders for links.
//!
//! A link, an address to navigate to and the location's path are all whole: they begin with the path that the app is served
//! under. The router is told nothing of it but [`Base`], since it would put it before some of them and not before others.

use std::sync::OnceLock;

use leptos_router::{PartialPathMatch, PathSegment, PossibleRouteMatch};

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
/// The connection doctor.
pub const DOCTOR: &str = "/doctor";
/// Sign in.
pub const SIGN_IN: &str = "/sign-in";

static BASE: OnceLock<String> = OnceLock::new();

/// Where the app is served: `/`, or a path such as `/console/`. Said once, before anything is shown.
pub fn set_base(base: &str) {
    BASE.get_or_init(|| base.trim_end_matches('/').to_owned());
}

/// The path that the app is served under, without a slash at its end.
pub fn base() -> &'static str {
    BASE.get().map_or("", String::as_str)
}

/// The whole path of one of the paths above, as links need it.
pub fn to(path: &str) -> String {
    format!("{}{path}", base())
}

/// What begins every route.
#[derive(Clone, Copy, Debug)]
pub struct Base;

impl PossibleRouteMatch for Base {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let rest = below(path, base())?;
        Some(PartialPathMatch::new(rest, Vec::new(), base()))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.push(PathSegment::Static(base().into()));
    }
}

fn below<'a>(path: &'a str, base: &str) -> Option<&'a str> {
    path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The sign-in page that goes on to `next` (a whole path and query). What stands in its own address is the path within the app.
pub fn sign_in(next: &str) -> String {
    match below(next, base()).and_then(safe_redirect) {
        Some(next) if next != "/" => format!("{}{SIGN_IN}?next={}", base(), percent_encode(next)),
        _ => to(SIGN_IN),
    }
}

/// An image's page.
pub fn image(id: &ImageId) -> String {
    format!("{}{IMAGES}/{}", base(), segment(id))
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
    format!("{}{LAUNCH}?image={}", base(), segment(id))
}

/// The launch wizard with a volume chosen.
pub fn launch_volume(id: &VolumeId) -> String {
    format!("{}{LAUNCH}?source=volume&volume={}", base(), segment(id))
}

/// The launch wizard of a number, with what a draft has chosen of that which stands in the address.
pub fn launch_with(draft: &LaunchDraft, number: &str) -> String {
    let networks: Vec<String> =
        draft.networks.networks.iter().map(|plug| percent_encode(&plug.to_string())).collect();
    let chosen = [
        ("image", draft.source.image.as_ref().map(segment)),
        ("flavor", draft.flavor.as_ref().map(segment)),
        ("networks", (!networks.is_empty()).then(|| networks.join(","))),
        // Without it the wizard would choose an only one.
        ("key", Some(draft.key_pair.name.as_deref().map(percent_encode).unwrap_or_default())),
        ("wizard", Some(percent_encode(number))),
    ];
    let pairs: Vec<String> =
        chosen.into_iter().filter_map(|(key, value)| Some(format!("{key}={}", value?))).collect();
    format!("{}{LAUNCH}?{}", base(), pairs.join("&"))
}

/// An instance's page.
pub fn instance(id: &ServerId) -> String {
    format!("{}{INSTANCES}/{}", base(), segment(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_lie_below_the_path_that_the_app_is_served_under() {
        for (path, base, rest) in [
            ("/images", "", Some("/images")),
            ("/console/images", "/console", Some("/images")),
            ("/console", "/console", Some("")),
            ("/consoles/images", "/console", None),
            ("/images", "/console", None),
        ] {
            assert_eq!(below(path, base), rest, "{path} below {base}");
        }
    }

    #[test]
    fn links_escape_what_the_cloud_may_put_into_an_id() {
        let odd = ImageId::from("a/b?c#d");
        assert_eq!(image(&odd), "/images/a%2Fb%3Fc%23d");
        assert_eq!(launch(&odd), "/launch?image=a%2Fb%3Fc%23d");
    }
}
