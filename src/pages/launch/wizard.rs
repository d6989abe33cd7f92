//! What the wizard holds and where it keeps it: step and choices in the address, so that Back and a reload keep them; what is
//! typed in this tab's storage, by the wizard's number.

use std::rc::Rc;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};
use serde::{Deserialize, Serialize};

use crate::{
    client::storage::{self, Area},
    domain::{
        flavor_fit::{Quota, Wanted},
        launch_draft::{Choices, LaunchDraft, Problems, QuotaEffect, Step, connectable, quota_effects},
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{self, image::Image},
        ids::{FlavorId, ImageId, NetworkId},
        neutron::Network,
        nova::flavor::Flavor,
    },
    pages::launch::offers::Offers,
    routes,
    state::{
        images::{Images, use_images},
        servers::use_servers,
        session::{Session, use_session},
    },
};

/// The wizard's number in the address.
pub const NUMBER: &str = "wizard";
const STEP: &str = "step";
const IMAGE: &str = "image";
const FLAVOR: &str = "flavor";
const NETWORKS: &str = "networks";
const KEY_PAIR: &str = "key";
const ONLY_FITTING: &str = "fitting";
/// The order of the keys in the address.
const KEYS: [&str; 7] = [IMAGE, FLAVOR, NETWORKS, KEY_PAIR, ONLY_FITTING, STEP, NUMBER];

/// What is typed: kept for the tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Typed {
    name: String,
    description: String,
    zone: String,
    count: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self { name: String::new(), description: String::new(), zone: String::new(), count: "1".to_owned() }
    }
}

/// A refusal of the cloud, for as long as the choices are those that it refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The step that it concerns; `Review` when that can't be told.
    pub step: Step,
    /// What the cloud said.
    pub error: ApiError,
    draft: LaunchDraft,
}

type Go = Rc<dyn Fn(&str, NavigateOptions)>;

/// The wizard's state.
#[derive(Clone, Copy)]
pub struct Wizard {
    /// The session service.
    pub session: Session,
    /// The images service.
    pub images: Images,
    /// What there is to choose from.
    pub offers: Offers,
    /// "Instance name".
    pub name: RwSignal<String>,
    /// "Description".
    pub description: RwSignal<String>,
    /// "Availability zone"; empty leaves it to Nova.
    pub zone: RwSignal<String>,
    /// "Count".
    pub count: RwSignal<String>,
    /// "Show only flavors that fit".
    pub only_fitting: RwSignal<bool>,
    /// The current step.
    pub step: Memo<Step>,
    /// The steps there are.
    pub steps: StoredValue<Vec<Step>>,
    /// Everything chosen and typed.
    pub draft: Memo<LaunchDraft>,
    /// The chosen image: `None` while unknown, `Some(None)` when it isn't there.
    pub image: Memo<Option<Option<Image>>>,
    /// Why the chosen image could not be read.
    pub image_error: RwSignal<Option<ApiError>>,
    /// The networks that an instance can be plugged into.
    pub networks: Memo<Option<Vec<Network>>>,
    /// What doesn't hold yet.
    pub problems: Memo<Problems>,
    /// A launch was tried: problems are shown everywhere.
    pub was_tried: RwSignal<bool>,
    /// Its launch is under way, whichever step is open.
    pub is_launching: Memo<bool>,
    refusal: RwSignal<Option<Refused>>,
    gone_image: RwSignal<Option<ImageId>>,
    number: StoredValue<String>,
    query: Memo<ParamsMap>,
    go: StoredValue<Go, LocalStorage>,
}

impl Wizard {
    /// Makes the wizard of a number, with what this tab still has of it, and asks the cloud for all that it needs.
    pub fn new(number: String) -> Self {
        let session = use_session();
        let images = use_images();
        let query = use_query_map();
        let typed = storage::read::<Typed>(Area::Tab, &storage_key(&number)).unwrap_or_default();
        let offers = Offers::ask(session);
        images.ensure();

        let name = RwSignal::new(typed.name);
        let description = RwSignal::new(typed.description);
        let zone = RwSignal::new(typed.zone);
        let count = RwSignal::new(typed.count);
        let steps = Step::all(offers.networks.is_some());
        let step = {
            let steps = steps.clone();
            Memo::new(move |_| {
                let step = query.read().get_str(STEP).and_then(Step::from_word).unwrap_or_default();
                if steps.contains(&step) { step } else { Step::default() }
            })
        };
        let networks = Memo::new(move |_| {
            let offered = offers.networks?.value();
            let offered = offered.read();
            let me = images.me();
            let me = me.read();
            let usable = connectable(offered.as_ref()?, &me.as_ref()?.project);
            Some(usable.into_iter().cloned().collect::<Vec<_>>())
        });
        let draft = Memo::new(move |_| {
            let query = query.read();
            let text = |key: &str| query.get_str(key).filter(|text| !text.is_empty()).map(str::to_owned);
            let only_network = || match networks.read().as_deref() {
                Some([only]) => vec![only.id.clone()],
                _ => Vec::new(),
            };
            LaunchDraft {
                name: name.get(),
                description: description.get(),
                zone: Some(zone.get()).filter(|zone| !zone.is_empty()),
                count: count.get(),
                image: text(IMAGE).map(ImageId::from),
                flavor: text(FLAVOR).map(FlavorId::from),
                networks: match query.get_str(NETWORKS) {
                    None => only_network(),
                    Some(ids) => ids.split(',').filter(|id| !id.is_empty()).map(NetworkId::from).collect(),
                },
                key_pair: text(KEY_PAIR),
            }
        });
        let gone_image = RwSignal::new(None);
        let chosen_image = Memo::new(move |_| draft.read().image.clone());
        let image = Memo::new(move |_| {
            let id = chosen_image.get()?;
            let known = {
                let index = images.index();
                let index = index.read();
                index.get(&id).map(|entry| entry.image.clone())
            };
            match known {
                Some(image) => Some(Some(image)),
                None => (gone_image.get() == Some(id)).then_some(None),
            }
        });
        let problems = Memo::new(move |_| {
            let flavors = offers.flavors.value();
            let flavors = flavors.read();
            let keys = offers.key_pairs.value();
            let keys = keys.read();
            let networks = networks.read();
            let image = image.read();
            let me = images.me();
            let me = me.read();
            draft.read().validate(&Choices {
                image: image.as_ref().map(Option::as_ref),
                me: me.as_ref(),
                flavors: flavors.as_deref(),
                quota: quota(offers),
                networks: networks.as_deref(),
                key_pairs: keys.as_deref(),
            })
        });
        let navigate = use_navigate();
        let servers = use_servers();
        let has_only_fitting = Memo::new(move |_| query.read().get_str(ONLY_FITTING).is_some());
        let wizard = Self {
            session,
            images,
            offers,
            name,
            description,
            zone,
            count,
            only_fitting: RwSignal::new(has_only_fitting.get_untracked()),
            step,
            steps: StoredValue::new(steps),
            draft,
            image,
            image_error: RwSignal::new(None),
            networks,
            problems,
            was_tried: RwSignal::new(false),
            is_launching: {
                let number = number.clone();
                Memo::new(move |_| servers.is_launching(&number))
            },
            refusal: RwSignal::new(None),
            gone_image,
            number: StoredValue::new(number),
            query,
            go: StoredValue::new_local(Rc::new(navigate)),
        };
        Effect::new(move |_| {
            chosen_image.track();
            wizard.read_image();
        });
        Effect::new(move |_| wizard.keep());
        Effect::new(move |_| {
            let wanted = wizard.only_fitting.get();
            if wanted != has_only_fitting.get_untracked() {
                wizard.choose(&[(ONLY_FITTING, wanted.then(|| "1".to_owned()))]);
            }
        });
        // Back and Forward change the address alone.
        Effect::new(move |_| {
            let has = has_only_fitting.get();
            if has != wizard.only_fitting.get_untracked() {
                wizard.only_fitting.set(has);
            }
        });
        wizard
    }

    /// The number.
    pub fn number(self) -> String {
        self.number.get_value()
    }

    /// The path of a step, with all choices.
    pub fn path_of(self, step: Step) -> String {
        address(&self.query.read(), &[(STEP, Some(step.word().to_owned()))])
    }

    /// Goes to a step.
    pub fn go_to(self, step: Step) {
        let path = untrack(|| self.path_of(step));
        self.go.with_value(|go| go(&path, NavigateOptions { scroll: false, ..NavigateOptions::default() }));
    }

    /// Leaves the wizard, whose draft has served.
    pub fn leave(self, path: &str) {
        self.go.with_value(|go| go(path, NavigateOptions::default()));
    }

    /// Chooses the image.
    pub fn choose_image(self, id: &ImageId) {
        self.choose(&[(IMAGE, Some(id.to_string()))]);
    }

    /// Chooses the flavor.
    pub fn choose_flavor(self, id: &FlavorId) {
        self.choose(&[(FLAVOR, Some(id.to_string()))]);
    }

    /// Chooses the networks, in this order.
    pub fn choose_networks(self, ids: &[NetworkId]) {
        let ids: Vec<&str> = ids.iter().map(NetworkId::as_str).collect();
        self.choose(&[(NETWORKS, Some(ids.join(",")))]);
    }

    /// Chooses the key pair, or none.
    pub fn choose_key_pair(self, name: Option<String>) {
        self.choose(&[(KEY_PAIR, name)]);
    }

    /// What the flavors are judged by; tracked.
    pub fn wanted(self) -> Wanted {
        let me = self.images.me();
        let me = me.read();
        let image = self.image.read();
        self.draft.read().wanted(&Choices {
            image: image.as_ref().map(Option::as_ref),
            me: me.as_ref(),
            quota: quota(self.offers),
            ..Choices::default()
        })
    }

    /// What the launch does to the quota; tracked.
    pub fn quota_effects(self) -> Vec<QuotaEffect> {
        let limits = self.offers.limits.value();
        let limits = limits.read();
        let flavors = self.offers.flavors.value();
        let flavors = flavors.read();
        let draft = self.draft.read();
        let is_chosen = |flavor: &&Flavor| Some(&flavor.id) == draft.flavor.as_ref();
        let flavor = flavors.iter().flatten().find(is_chosen);
        limits
            .as_ref()
            .map(|limits| quota_effects(limits, flavor, draft.count().unwrap_or(1)))
            .unwrap_or_default()
    }

    /// The cloud's refusal, while the choices are still those; tracked.
    pub fn refusal(self) -> Option<Refused> {
        self.refusal.get().filter(|refusal| refusal.draft == *self.draft.read())
    }

    /// Whether a refusal that concerns one step is shown on another.
    pub fn shows_refusal_of(self, concerned: Step, open: Step) -> bool {
        open == Step::Review || open == concerned
    }

    /// Notes a refusal, or that there is none any more.
    pub fn set_refusal(self, refusal: Option<(Step, ApiError)>) {
        let draft = self.draft.get_untracked();
        self.refusal.set(refusal.map(|(step, error)| Refused { step, error, draft }));
    }

    /// Reads the chosen image once more: what stands in the index may be minutes old.
    pub fn read_image(self) {
        let Some(id) = self.draft.read_untracked().image.clone() else { return };
        self.image_error.set(None);
        spawn_local(async move {
            match self.session.send(glance::get_image(&id)).await {
                Ok(image) => self.images.upsert(image),
                Err(ApiError::Aborted) => {}
                Err(error) if error.kind() == Some(FaultKind::NotFound) => {
                    self.images.remove(&id);
                    self.gone_image.try_set(Some(id));
                }
                Err(error) => {
                    self.image_error.try_set(Some(error));
                }
            }
        });
    }

    fn choose(self, changes: &[(&str, Option<String>)]) {
        let path = untrack(|| address(&self.query.read(), changes));
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        self.go.with_value(|go| go(&path, options));
    }

    fn keep(self) {
        let typed = Typed {
            name: self.name.get(),
            description: self.description.get(),
            zone: self.zone.get(),
            count: self.count.get(),
        };
        storage::write(Area::Tab, &storage_key(&self.number.get_value()), &typed);
    }
}

/// Forgets what was typed in the wizard of a number.
pub fn forget(number: &str) {
    storage::remove(Area::Tab, &storage_key(number));
}

/// The wizard's address with something changed; used also to give a new wizard its number.
pub fn address(query: &ParamsMap, changes: &[(&str, Option<String>)]) -> String {
    let mut new = ParamsMap::new();
    for key in KEYS {
        let changed = changes.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone());
        if let Some(value) = changed.unwrap_or_else(|| query.get(key)) {
            new.insert(key, value);
        }
    }
    format!("{}{}", routes::LAUNCH, new.to_query_string())
}

fn quota(offers: Offers) -> Quota {
    offers.limits.value().read().as_ref().map(Quota::of).unwrap_or_default()
}

fn storage_key(number: &str) -> String {
    format!("sextant.launch.{number}")
}
