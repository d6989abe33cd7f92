//! What the wizard knows of the cloud by now, as the rules of `domain::launch_draft` want it.

use leptos::prelude::*;

use crate::{
    domain::{flavor_fit::Quota, launch_draft::Choices},
    openstack::{glance::image::Image, neutron::Network},
    pages::launch::offers::Offers,
    state::images::Images,
};

/// What is known by now.
#[derive(Clone, Copy)]
pub struct Known {
    /// The images service, which knows who launches.
    pub images: Images,
    /// What there is to choose from.
    pub offers: Offers,
    /// The chosen image: `None` while unknown, `Some(None)` when it isn't there.
    pub image: Memo<Option<Option<Image>>>,
    /// The networks that an instance can be plugged into.
    pub networks: Memo<Option<Vec<Network>>>,
}

impl Known {
    /// Hands over what is known; tracked. Behind a pointer, or the reading would come once for each caller.
    pub fn with(self, call: &mut dyn FnMut(&Choices)) {
        let offers = self.offers;
        let image = self.image.read();
        let me = self.images.me();
        let me = me.read();
        let flavors = offers.flavors.value().read();
        let limits = offers.limits.value().read();
        let keys = offers.key_pairs.value().read();
        let networks = self.networks.read();
        let server_groups = offers.server_groups.value().read();
        let subnets = offers.plugs.map(|plugs| plugs.subnets.value());
        let subnets = subnets.as_ref().map(Read::read);
        let ports = offers.plugs.map(|plugs| plugs.ports.value());
        let ports = ports.as_ref().map(Read::read);
        let groups = offers.plugs.map(|plugs| plugs.groups.value());
        let groups = groups.as_ref().map(Read::read);
        let volumes = offers.volumes.map(|volumes| volumes.volumes.value());
        let volumes = volumes.as_ref().map(Read::read);
        let snapshots = offers.volumes.map(|volumes| volumes.snapshots.value());
        let snapshots = snapshots.as_ref().map(Read::read);
        let volume_limits = offers.volumes.map(|volumes| volumes.limits.value());
        let volume_limits = volume_limits.as_ref().map(Read::read);
        call(&Choices {
            image: image.as_ref().map(Option::as_ref),
            has_volumes: offers.volumes.is_some(),
            volumes: volumes.as_ref().and_then(|rows| rows.as_deref()),
            volume_snapshots: snapshots.as_ref().and_then(|rows| rows.as_deref()),
            volume_limits: volume_limits.as_ref().and_then(|limits| limits.as_ref()),
            me: me.as_ref(),
            flavors: flavors.as_deref(),
            quota: limits.as_ref().map(Quota::of).unwrap_or_default(),
            networks: networks.as_deref(),
            subnets: subnets.as_ref().and_then(|rows| rows.as_deref()),
            ports: ports.as_ref().and_then(|rows| rows.as_deref()),
            security_groups: groups.as_ref().and_then(|rows| rows.as_deref()),
            server_groups: server_groups.as_deref(),
            most_metadata: limits.as_ref().and_then(|limits| u64::try_from(limits.max_metadata?).ok()),
            key_pairs: keys.as_deref(),
        });
    }
}
