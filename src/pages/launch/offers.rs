//! What the cloud offers to choose from: everything is asked for at once, each answer on its own.

use leptos::prelude::*;

use crate::{
    openstack::{
        neutron::{self, Network},
        nova::{self, KeyPair, flavor::Flavor, limits::Limits},
        request::Service,
    },
    state::{
        offer::{Offer, ask_flavors},
        session::Session,
    },
};

/// Everything that the wizard asks for, the images aside.
#[derive(Clone, Copy)]
pub struct Offers {
    /// The flavors.
    pub flavors: Offer<Vec<Flavor>>,
    /// What the project may have and has.
    pub limits: Offer<Limits>,
    /// The networks; none where the cloud has no such service.
    pub networks: Option<Offer<Vec<Network>>>,
    /// The person's key pairs.
    pub key_pairs: Offer<Vec<KeyPair>>,
    /// The zones that are up.
    pub zones: Offer<Vec<String>>,
}

impl Offers {
    /// Asks for everything, all at once.
    pub fn ask(session: Session) -> Self {
        let has_networks = untrack(|| session.has_service(Service::Network));
        Self {
            flavors: Offer::new(move || ask_flavors(session)),
            limits: Offer::new(move || session.send(nova::get_limits())),
            networks: has_networks.then(|| Offer::new(move || session.send(neutron::list_networks()))),
            key_pairs: Offer::new(move || session.send(nova::list_keypairs())),
            zones: Offer::new(move || session.send(nova::list_availability_zones())),
        }
    }
}
