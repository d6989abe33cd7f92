//! "Launch another like this": what the wizard begins with, as far as the cloud tells what an instance was launched with. User
//! data, scheduler hints and the server group are not told.

use crate::{
    domain::{
        flavor_fit::source::SourceKind,
        launch_draft::{LONGEST_TEXT, LaunchDraft, networks::Plug},
    },
    openstack::{
        cinder::Volume,
        ids::{FlavorId, ImageId, NetworkId},
        neutron::security_group::SecurityGroup,
        nova::{flavor::Flavor, server::Server},
    },
};

/// What else is known of the server; what isn't known is left to the person.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The flavors that there are now.
    pub flavors: Vec<Flavor>,
    /// The networks that it is plugged into, in order.
    pub networks: Vec<NetworkId>,
    /// The security groups that there are.
    pub groups: Vec<SecurityGroup>,
    /// The volume that it boots from, and whether that goes with it.
    pub root: Option<(Volume, bool)>,
}

/// The draft.
pub fn launch_like(server: &Server, beside: &Beside) -> LaunchDraft {
    let mut draft = LaunchDraft::default();
    draft.details.name = next_name(&server.name);
    draft.details.description = server.description.clone().unwrap_or_default();
    draft.source.kind = SourceKind::Image;
    match (&server.image, &beside.root) {
        (Some(image), _) => draft.source.image = Some(image.clone()),
        // The volume itself is taken: one like it is made of the same image.
        (None, Some((volume, goes))) => {
            let image = volume.image.get("image_id").filter(|id| !id.is_empty());
            draft.source.image = image.map(|id| ImageId::from(id.as_str()));
            draft.source.new_volume = image.is_some();
            draft.source.size = volume.size.to_string();
            draft.source.volume_type = volume.volume_type.clone().unwrap_or_default();
            draft.source.deletes_volume = *goes;
        }
        (None, None) => {}
    }
    draft.flavor = flavor(server, &beside.flavors);
    draft.networks.networks = beside.networks.iter().cloned().map(Plug::Network).collect();
    let has = |group: &&SecurityGroup| server.security_groups.iter().any(|own| own.name == group.name);
    let groups: Vec<_> = beside.groups.iter().filter(has).map(|group| group.id.clone()).collect();
    draft.networks.groups = (!groups.is_empty()).then_some(groups);
    draft.key_pair.name = server.key_name.clone().filter(|name| !name.is_empty());
    draft
}

/// The same flavor: by its id where Nova tells it, else by its name, as long as its figures are still the same.
fn flavor(server: &Server, flavors: &[Flavor]) -> Option<FlavorId> {
    let has = &server.flavor;
    let is_same = |flavor: &&Flavor| {
        has.id.as_ref() == Some(&flavor.id)
            || has.name.as_ref() == Some(&flavor.name)
                && has.ram.is_none_or(|ram| ram == flavor.ram)
                && has.vcpus.is_none_or(|vcpus| vcpus == flavor.vcpus)
    };
    flavors.iter().find(is_same).map(|flavor| flavor.id.clone())
}

/// `web` → `web-2`, `web-2` → `web-3`.
fn next_name(name: &str) -> String {
    let (stem, number) = match name.rsplit_once('-') {
        Some((stem, digits)) if !stem.is_empty() && digits.len() < 5 => match digits.parse::<u32>() {
            Ok(number) => (stem, number + 1),
            Err(_) => (name, 2),
        },
        _ => (name, 2),
    };
    let end = format!("-{number}");
    let stem: String = stem.chars().take(LONGEST_TEXT - end.len()).collect();
    format!("{stem}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn server(body: serde_json::Value) -> Server {
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn an_image_backed_one_begins_with_the_same_choices() {
        let server = server(json!({"id": "s", "name": "web", "status": "ACTIVE", "image": {"id": "i"},
            "flavor": {"original_name": "m1.tiny", "ram": 512, "vcpus": 1}, "key_name": "mine",
            "security_groups": [{"name": "default"}, {"name": "web"}, {"name": "default"}]}));
        let flavor = |id: &str, name: &str, ram: u64| -> Flavor {
            serde_json::from_value(json!({"id": id, "name": name, "ram": ram, "disk": 1, "vcpus": 1}))
                .unwrap()
        };
        let flavors = vec![flavor("1", "m1.small", 512), flavor("2", "m1.tiny", 512)];
        let group = |id: &str, name: &str| SecurityGroup {
            id: id.into(),
            name: name.into(),
            ..SecurityGroup::default()
        };
        let groups = vec![group("g1", "default"), group("g2", "other"), group("g3", "web")];
        let beside = Beside { flavors, networks: vec!["n".into()], groups, root: None };
        let draft = launch_like(&server, &beside);
        assert_eq!(draft.details.name, "web-2");
        assert_eq!(draft.source.image, Some("i".into()));
        assert_eq!(draft.flavor, Some("2".into()));
        assert_eq!(draft.networks.networks, [Plug::Network("n".into())]);
        assert_eq!(draft.networks.groups, Some(vec!["g1".into(), "g3".into()]));
        assert_eq!(draft.key_pair.name.as_deref(), Some("mine"));
        // A flavor that was made anew with other figures is not the same.
        let changed = Beside { flavors: vec![flavor("3", "m1.tiny", 1024)], ..Beside::default() };
        assert_eq!(launch_like(&server, &changed).flavor, None);
    }

    #[test]
    fn a_volume_backed_one_gets_a_volume_of_the_same_image() {
        let server = server(json!({"id": "s", "name": "db-9", "status": "ACTIVE", "image": ""}));
        let volume: Volume = serde_json::from_value(json!({"id": "v", "status": "in-use", "size": 20,
            "volume_type": "ssd", "volume_image_metadata": {"image_id": "i"}}))
        .unwrap();
        let draft = launch_like(&server, &Beside { root: Some((volume, true)), ..Beside::default() });
        assert_eq!((draft.source.image, draft.source.new_volume), (Some("i".into()), true));
        assert_eq!((draft.source.size.as_str(), draft.source.volume_type.as_str()), ("20", "ssd"));
        assert!(draft.source.deletes_volume);
        assert_eq!(launch_like(&server, &Beside::default()).source.image, None);
    }

    #[test]
    fn names_are_counted_on() {
        let table = [("", "-2"), ("web", "web-2"), ("web-2", "web-3"), ("web-x", "web-x-2"), ("-7", "-7-2")];
        for (name, next) in table {
            assert_eq!(next_name(name), next, "{name}");
        }
        assert_eq!(next_name("db-20261123"), "db-20261123-2");
        assert_eq!(next_name(&"n".repeat(255)).chars().count(), 255);
    }
}
