//! What the cloud offers to choose from: everything is asked for at once, each answer on its own.

use leptos::prelude::*;

use crate::{
    domain::launch_draft::Step,
    openstack::{
        cinder::{self, Volume, VolumeLimits, VolumeSnapshot, VolumeType},
        ids::{VolumeId, VolumeSnapshotId},
        neutron::{
            self, Network, Subnet,
            port::{Port, list_ports},
            security_group::{SecurityGroup, list_security_groups},
        },
        nova::{
            self,
            flavor::Flavor,
            keypair::{KeyPair, list_keypairs},
            limits::Limits,
            server_group::{ServerGroup, list_server_groups},
        },
        request::Service,
        versions::Versions,
    },
    state::{
        offer::{Offer, ask_flavors},
        pages::all_rows,
        session::Session,
        versions::versions_of,
    },
};

/// Everything that the wizard asks for, the images aside.
#[derive(Clone, Copy)]
pub struct Offers {
    /// What Nova speaks.
    pub nova: Offer<Versions>,
    /// The flavors.
    pub flavors: Offer<Vec<Flavor>>,
    /// What the project may have and has.
    pub limits: Offer<Limits>,
    /// The networks; none where the cloud has no such service.
    pub networks: Option<Offer<Vec<Network>>>,
    /// The person's key pairs.
    pub key_pairs: Offer<Vec<KeyPair>>,
    /// What else Neutron has; nothing where the cloud has no such service.
    pub plugs: Option<PlugOffers>,
    /// The server groups.
    pub server_groups: Offer<Vec<ServerGroup>>,
    /// The zones that are up.
    pub zones: Offer<Vec<String>>,
    /// What Cinder has; nothing where the cloud has no such service.
    pub volumes: Option<VolumeOffers>,
}

/// What Neutron has to choose from, the networks aside.
#[derive(Clone, Copy)]
pub struct PlugOffers {
    /// The networks' subnets.
    pub subnets: Offer<Vec<Subnet>>,
    /// The project's ports.
    pub ports: Offer<Vec<Port>>,
    /// The project's security groups.
    pub groups: Offer<Vec<SecurityGroup>>,
}

/// What Cinder has to choose from.
#[derive(Clone, Copy)]
pub struct VolumeOffers {
    /// The volumes.
    pub volumes: Offer<Vec<Volume>>,
    /// The volume snapshots.
    pub snapshots: Offer<Vec<VolumeSnapshot>>,
    /// The kinds of volumes.
    pub types: Offer<Vec<VolumeType>>,
    /// What the project may have of volumes and has.
    pub limits: Offer<VolumeLimits>,
}

impl Offers {
    /// Whether the cloud has the service that a step is about.
    pub fn has(self, step: Step) -> bool {
        match step {
            Step::Networks => self.networks.is_some(),
            _ => true,
        }
    }

    /// Whether Nova is known to be too old for a microversion; tracked.
    pub fn nova_lacks(self, microversion: &str) -> bool {
        self.nova.value().read().as_ref().is_some_and(|nova| nova.lacks(microversion))
    }

    /// Asks for everything, all at once.
    pub fn ask(session: Session) -> Self {
        let has_networks = untrack(|| session.has_service(Service::Network));
        let has_volumes = untrack(|| session.has_service(Service::BlockStorage));
        Self {
            nova: Offer::new(move || async move { Ok(versions_of(session, Service::Compute).await) }),
            flavors: Offer::new(move || ask_flavors(session)),
            limits: Offer::new(move || session.send(nova::get_limits())),
            networks: has_networks.then(|| Offer::new(move || session.send(neutron::list_networks()))),
            plugs: has_networks.then(|| PlugOffers::ask(session)),
            server_groups: Offer::new(move || session.send(list_server_groups())),
            key_pairs: Offer::new(move || session.send(list_keypairs())),
            zones: Offer::new(move || session.send(nova::list_availability_zones())),
            volumes: has_volumes.then(|| VolumeOffers::ask(session)),
        }
    }
}

impl PlugOffers {
    fn ask(session: Session) -> Self {
        // Every project's would come to an administrator.
        let project = untrack(|| session.project()).map(|project| project.id).unwrap_or_default();
        let whose = project.clone();
        Self {
            subnets: Offer::new(move || session.send(neutron::list_subnets())),
            ports: Offer::new(move || session.send(list_ports(&whose))),
            groups: Offer::new(move || session.send(list_security_groups(&project))),
        }
    }
}

impl VolumeOffers {
    fn ask(session: Session) -> Self {
        Self {
            volumes: Offer::new(move || {
                all_rows(
                    |volume: &Volume| &volume.id,
                    async move |last: Option<&VolumeId>| session.send(cinder::list_volumes(last)).await,
                )
            }),
            snapshots: Offer::new(move || {
                all_rows(
                    |snapshot: &VolumeSnapshot| &snapshot.id,
                    async move |last: Option<&VolumeSnapshotId>| {
                        session.send(cinder::list_snapshots(last)).await
                    },
                )
            }),
            types: Offer::new(move || session.send(cinder::list_volume_types())),
            limits: Offer::new(move || session.send(cinder::get_volume_limits())),
        }
    }
}
