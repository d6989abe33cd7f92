//! What the wizard holds and where it keeps it: step and choices in the address, so that Back and a reload keep them; what is
//! typed in this tab's storage, by the wizard's number.

use std::rc::Rc;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};

use crate::{
    client::storage::{self, Area},
    domain::{
        flavor_fit::{Wanted, source::SourceKind},
        launch_draft::{
            LaunchDraft, Metered, Problems, QuotaEffect, Step,
            networks::{Plug, connectable},
            quota_effects, storage_key, volume_effects,
        },
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{self, image::Image},
        ids::{FlavorId, ImageId},
        neutron::Network,
        nova::{SERVER_VOLUME_TYPE, flavor::Flavor, server::CreateServer},
    },
    pages::launch::{known::Known, offers::Offers},
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
const SOURCE: &str = "source";
const IMAGE: &str = "image";
const SNAPSHOT: &str = "snapshot";
const VOLUME: &str = "volume";
const VOLUME_SNAPSHOT: &str = "volume-snapshot";
const FLAVOR: &str = "flavor";
const NETWORKS: &str = "networks";
const KEY_PAIR: &str = "key";
const ONLY_FITTING: &str = "fitting";
/// The order of the keys in the address.
const KEYS: [&str; 11] = [
    SOURCE,
    IMAGE,
    SNAPSHOT,
    VOLUME,
    VOLUME_SNAPSHOT,
    FLAVOR,
    NETWORKS,
    KEY_PAIR,
    ONLY_FITTING,
    STEP,
    NUMBER,
];

/// A refusal of the cloud, for as long as the choices are those that it refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The step that it concerns; `Review` when that can't be told.
    pub step: Step,
    /// What the cloud said.
    pub error: ApiError,
    draft: LaunchDraft,
}

/// The meters of a launch.
pub const METERS: [Metered; 3] = [Metered::Instances, Metered::Cores, Metered::Ram];
/// The meters of new volumes.
pub const VOLUME_METERS: [Metered; 2] = [Metered::Volumes, Metered::Gigabytes];

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
    /// What is known of all that by now.
    pub known: Known,
    /// What is typed, kept for the tab. What stands in the address is not looked up here, but in `draft`.
    pub kept: RwSignal<LaunchDraft>,
    /// "Show only flavors that fit".
    pub only_fitting: RwSignal<bool>,
    /// The current step.
    pub step: Memo<Step>,
    /// The steps there are.
    pub steps: Memo<Vec<Step>>,
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
        let kept = storage::read::<LaunchDraft>(Area::Tab, &storage_key(&number)).unwrap_or_default();
        let kept = RwSignal::new(kept);
        let offers = Offers::ask(session);
        images.ensure();

        let steps =
            Memo::new(move |_| Step::ALL.into_iter().filter(|step| offers.has(*step)).collect::<Vec<_>>());
        let step = Memo::new(move |_| {
            let step = query.read().get_str(STEP).and_then(Step::from_word).unwrap_or_default();
            if steps.read().contains(&step) { step } else { Step::default() }
        });
        let networks = Memo::new(move |_| {
            let offered = offers.networks?.value();
            let offered = offered.read();
            let me = images.me();
            let me = me.read();
            let usable = connectable(offered.as_ref()?, &me.as_ref()?.project);
            Some(usable.into_iter().cloned().collect::<Vec<_>>())
        });
        // A link names an image without saying that it is a snapshot.
        let is_snapshot = Memo::new(move |_| {
            let id = text(&query.read(), IMAGE).map(ImageId::from);
            let index = images.index();
            let index = index.read();
            id.and_then(|id| index.get(&id).map(|entry| entry.image.is_snapshot())).unwrap_or(false)
        });
        let draft = Memo::new(move |_| {
            let query = query.read();
            let mut draft = kept.get();
            let source = &mut draft.source;
            source.image = text(&query, IMAGE).map(ImageId::from);
            source.snapshot = text(&query, SNAPSHOT).map(ImageId::from);
            source.volume = text(&query, VOLUME).map(Into::into);
            source.volume_snapshot = text(&query, VOLUME_SNAPSHOT).map(Into::into);
            source.kind = source_kind(&query);
            if source.kind == SourceKind::Image && query.get_str(SOURCE).is_none() && is_snapshot.get() {
                source.kind = SourceKind::Snapshot;
                source.snapshot = source.image.take();
            }
            draft.flavor = text(&query, FLAVOR).map(FlavorId::from);
            draft.networks.networks = match query.get_str(NETWORKS) {
                None => {
                    let networks = networks.read();
                    only(networks.as_deref()).map(|it| Plug::Network(it.id.clone())).into_iter().collect()
                }
                Some(plugs) => plugs.split(',').filter(|plug| !plug.is_empty()).map(Plug::from).collect(),
            };
            draft.key_pair.name = match query.get_str(KEY_PAIR) {
                // An instance without a key lets nobody in: to want that is said, not left to chance.
                None => only(offers.key_pairs.value().read().as_deref()).map(|it| it.name.clone()),
                Some(_) => text(&query, KEY_PAIR),
            };
            draft
        });
        let gone_image = RwSignal::new(None);
        let chosen_image = Memo::new(move |_| draft.read().source.image().cloned());
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
        let known = Known { images, offers, image, networks };
        let problems = Memo::new(move |_| {
            let mut problems = Problems::new();
            known.with(&mut |choices| problems = draft.read().validate(choices));
            problems
        });
        let navigate = use_navigate();
        let servers = use_servers();
        let has_only_fitting = Memo::new(move |_| query.read().get_str(ONLY_FITTING).is_some());
        let wizard = Self {
            session,
            images,
            offers,
            known,
            kept,
            only_fitting: RwSignal::new(has_only_fitting.get_untracked()),
            step,
            steps,
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
        // Of a volume's type that came from another launch or an older tab, too; the step "Source" says why.
        Effect::new(move |_| {
            if offers.nova_lacks(SERVER_VOLUME_TYPE)
                && kept.with(|draft| !draft.source.volume_type.is_empty())
            {
                kept.update(|draft| draft.source.volume_type.clear());
            }
        });
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

    /// Shows another kind of boot sources. What was chosen of each kind stays.
    pub fn choose_source_kind(self, kind: SourceKind) {
        let mut changes = self.named_sources();
        changes.push((SOURCE, Some(kind.word().to_owned())));
        self.choose(&changes);
    }

    /// The image and the instance snapshot under their own keys: a link may have named the snapshot as an image.
    fn named_sources(self) -> Vec<(&'static str, Option<String>)> {
        let draft = self.draft.read_untracked();
        let text = |id: &Option<ImageId>| id.as_ref().map(ToString::to_string);
        vec![(IMAGE, text(&draft.source.image)), (SNAPSHOT, text(&draft.source.snapshot))]
    }

    /// Chooses what is booted from.
    pub fn choose_source(self, kind: SourceKind, id: String) {
        let key = source_key(kind);
        let mut changes = self.named_sources();
        changes.retain(|(name, _)| *name != key);
        changes.extend([(SOURCE, Some(kind.word().to_owned())), (key, Some(id))]);
        self.choose(&changes);
    }

    /// Chooses the flavor.
    pub fn choose_flavor(self, id: &FlavorId) {
        self.choose(&[(FLAVOR, Some(id.to_string()))]);
    }

    /// Chooses the networks and ports, in this order.
    pub fn choose_networks(self, plugs: &[Plug]) {
        let words: Vec<String> = plugs.iter().map(Plug::to_string).collect();
        self.choose(&[(NETWORKS, Some(words.join(",")))]);
    }

    /// Chooses the key pair, or none.
    pub fn choose_key_pair(self, name: Option<String>) {
        self.choose(&[(KEY_PAIR, Some(name.unwrap_or_default()))]);
    }

    /// Whether the wizard may still choose an only key pair: the cloud has not said which there are; tracked.
    pub fn awaits_key_pairs(self) -> bool {
        self.query.read().get_str(KEY_PAIR).is_none() && self.offers.key_pairs.is_waiting()
    }

    /// A text of the draft, to be typed into a field.
    pub fn text(self, field: fn(&mut LaunchDraft) -> &mut String) -> RwSignal<String> {
        let kept = self.kept;
        // The field is found by a function that could also change it; reading needs a copy.
        let read = move || field(&mut kept.get()).clone();
        let typed = RwSignal::new(untrack(read));
        Effect::new(move |_| {
            let now = typed.get();
            if untrack(read) != now {
                kept.update(|draft| *field(draft) = now);
            }
        });
        // Something else may change it too.
        Effect::new(move |_| {
            let now = read();
            if *typed.read_untracked() != now {
                typed.set(now);
            }
        });
        typed
    }

    /// A switch of the draft, for a checkbox.
    pub fn switch(self, field: fn(&mut LaunchDraft) -> &mut bool) -> RwSignal<bool> {
        let kept = self.kept;
        let read = move || *field(&mut kept.get());
        let switched = RwSignal::new(untrack(read));
        Effect::new(move |_| {
            let now = switched.get();
            if untrack(read) != now {
                kept.update(|draft| *field(draft) = now);
            }
        });
        Effect::new(move |_| {
            let now = read();
            if switched.get_untracked() != now {
                switched.set(now);
            }
        });
        switched
    }

    /// What the flavors are judged by; tracked.
    pub fn wanted(self) -> Wanted {
        let mut wanted = Wanted::default();
        self.known.with(&mut |choices| wanted = self.draft.read().wanted(choices));
        wanted
    }

    /// The request that comes of it; `None` while there is nothing to boot from or no flavor. Tracked.
    pub fn body(self) -> Option<CreateServer> {
        let mut body = None;
        self.known.with(&mut |choices| body = self.draft.read().to_create(choices));
        body
    }

    /// What the launch does to the quotas; tracked.
    pub fn quota_effects(self) -> Vec<QuotaEffect> {
        let mut effects = Vec::new();
        let limits = self.offers.limits.value();
        self.known.with(&mut |choices| {
            let draft = self.draft.read();
            let is_chosen = |flavor: &&Flavor| Some(&flavor.id) == draft.flavor.as_ref();
            let flavor = choices.flavors.and_then(|flavors| flavors.iter().find(is_chosen));
            effects
                .extend(limits.read().iter().flat_map(|limits| quota_effects(limits, flavor, draft.count())));
            if let (Some(size), Some(limits)) = (draft.source.adds_volume(choices), choices.volume_limits) {
                effects.extend(volume_effects(limits, size, draft.count()));
            }
        });
        effects
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
        self.image_error.set(None);
        let Some(id) = self.draft.read_untracked().source.image().cloned() else { return };
        spawn_local(async move {
            let asked = self.images.moment();
            match self.session.send(glance::get_image(&id)).await {
                Ok(image) => self.images.heard(image, asked),
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
        storage::write(Area::Tab, &storage_key(&self.number.get_value()), &*self.kept.read());
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
    format!("{}{}{}", routes::base(), routes::LAUNCH, new.to_query_string())
}

/// What there is no choice about: the one of a list that has no other.
fn only<T>(list: Option<&[T]>) -> Option<&T> {
    match list {
        Some([only]) => Some(only),
        _ => None,
    }
}

/// What the address says under a key.
fn text(query: &ParamsMap, key: &str) -> Option<String> {
    query.get_str(key).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The kind of source that counts: as the address says, or that of which something is chosen.
fn source_kind(query: &ParamsMap) -> SourceKind {
    let said = query.get_str(SOURCE).and_then(SourceKind::from_word);
    let is_chosen = |kind: &SourceKind| text(query, source_key(*kind)).is_some();
    said.or_else(|| SourceKind::ALL.into_iter().find(is_chosen)).unwrap_or_default()
}

const fn source_key(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Image => IMAGE,
        SourceKind::Snapshot => SNAPSHOT,
        SourceKind::Volume => VOLUME,
        SourceKind::VolumeSnapshot => VOLUME_SNAPSHOT,
    }
}
