//! Regions: which one the person works in, where `config.json` leaves it to them and the catalog has several.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::{
    client::storage::{self, Area},
    domain::{config::Cloud, session::Grant},
    state::session::Session,
};

/// By the cloud's name, in the browser's storage.
const REGIONS_KEY: &str = "sextant.regions";

type Chosen = BTreeMap<String, String>;

impl Session {
    /// The regions to choose from, where there are several; tracked.
    pub fn regions(self) -> Vec<String> {
        let state = self.state.read();
        let grant = state.grant();
        let cloud = grant.and_then(|grant| self.cloud(&grant.cloud));
        grant.zip(cloud).map(|(grant, cloud)| cloud.regions(&grant.token.catalog)).unwrap_or_default()
    }

    /// The region that is worked in, where there are several; tracked.
    pub fn region(self) -> Option<String> {
        self.region.get()
    }

    /// The region of a cloud whose services are used now, also where there is only one: nothing unless one is signed in there;
    /// tracked.
    pub fn region_in_use(self, cloud: &Cloud) -> Option<String> {
        let state = self.state.read();
        let grant = state.grant().filter(|grant| grant.cloud == cloud.name)?;
        self.region.get().or_else(|| cloud.only_region(&grant.token.catalog))
    }

    /// Goes to another region, as to another project: what is shown is loaded anew. Running uploads go on where they began.
    pub fn choose_region(self, region: &str) {
        let cloud = self.state.read_untracked().grant().map(|grant| grant.cloud.clone());
        let Some(cloud) = cloud else { return };
        let mut chosen: Chosen = storage::read(Area::Browser, REGIONS_KEY).unwrap_or_default();
        chosen.insert(cloud, region.to_owned());
        storage::write(Area::Browser, REGIONS_KEY, &chosen);
        self.region.set(Some(region.to_owned()));
        self.begin_anew();
    }

    /// Which region a new token is used in. A session that goes on stays in its own, whatever another tab has chosen since.
    pub(super) fn find_region(self, grant: &Grant) {
        let chosen: Chosen = storage::read(Area::Browser, REGIONS_KEY).unwrap_or_default();
        let remembered = chosen.get(&grant.cloud).map(String::as_str);
        let region = self.cloud(&grant.cloud).and_then(|cloud| {
            let own = self.region.get_untracked();
            let known = cloud.regions(&grant.token.catalog);
            let own = own.filter(|own| known.contains(own));
            cloud.region_for(&grant.token.catalog, own.as_deref().or(remembered))
        });
        if self.region.get_untracked() != region {
            self.region.set(region);
        }
    }
}
