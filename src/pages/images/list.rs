//! What the parts of the list share: the query in the address, the rows that it leaves, and what is loaded for them.

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use crate::{
    domain::image_list::{
        Beside, ListQuery, Needle, arrange, filter::FilterKind, index::Row, sort::SortColumn,
    },
    openstack::{glance::image::Image, ids::ImageId},
    pages::images::{columns::Columns, flavors::Flavors},
    routes,
    state::{
        images::{Images, use_images},
        selection::Selection,
        session::{Session, use_session},
    },
    ui::menu::Anchor,
};

/// Rows that are kept together, so that asking whether they are still the same costs nothing.
pub type Rows = Arc<Vec<Row>>;

/// What the search box has left of the arranged rows.
#[derive(Clone, PartialEq)]
struct Found {
    of: Rows,
    needle: Needle,
    rows: Rows,
}

/// The list's state.
#[derive(Clone, Copy)]
pub struct List {
    /// The images service.
    pub images: Images,
    /// The session.
    pub session: Session,
    /// The ticked images.
    pub selection: Selection,
    /// The flavors, for "fits".
    pub flavors: Flavors,
    /// The columns.
    pub columns: Columns,
    /// The rows whose details are open.
    pub opened: RwSignal<BTreeSet<ImageId>>,
    /// The address.
    pub query: Memo<ListQuery>,
    /// What stands in the search box; the address follows when the typing rests.
    pub typed: RwSignal<String>,
    /// The same, as it is searched for.
    pub needle: Memo<Needle>,
    /// The image whose row's menu was opened last.
    pub menu_of: RwSignal<Option<Image>>,
    /// The button that the rows' menu is open under.
    pub menu_anchor: Anchor,
    go: Callback<(String, NavigateOptions)>,
    found: Memo<Found>,
}

impl List {
    /// The list of this page.
    pub fn new() -> Self {
        let (images, session) = (use_images(), use_session());
        let flavors = Flavors::new(session);
        let search = use_location().search;
        let query = Memo::new(move |_| ListQuery::parse(&search.read()));
        let navigate = use_navigate();
        let go = Callback::new(move |(path, options): (String, NavigateOptions)| navigate(&path, options));

        // What is typed counts at once; the address follows when the typing rests (browsers limit how often it may change).
        let typed = RwSignal::new(query.read_untracked().search.clone());
        Effect::new(move |before: Option<String>| {
            let search = query.read().search.clone();
            if before.is_some_and(|before| before != search) {
                typed.set(search.clone());
            }
            search
        });
        Effect::new(move |_| {
            if query.read().filters.of(FilterKind::Flavor).next().is_some() {
                flavors.ensure();
            }
        });
        // A keystroke neither filters nor sorts again: it only looks through what is arranged.
        let unsearched = Memo::new(move |_| ListQuery { search: String::new(), ..query.get() });
        let names = session.project_names();
        let arranged = Memo::new(move |_| {
            let (me, index, flavors) = (images.me().read(), images.index(), flavors.all().read());
            Arc::new(match &*me {
                Some(me) => {
                    let query = unsearched.read();
                    // Not followed where they matter to nothing: they come while one reads.
                    let names = (query.sort.column == SortColumn::Owner).then(|| names.read());
                    let beside = Beside { me, flavors: flavors.as_deref(), names: names.as_deref() };
                    arrange(&index.read(), &query, beside)
                }
                None => Vec::new(),
            })
        });
        let needle = Memo::new(move |_| Needle::new(&typed.read(), names.read().iter()));
        let found = Memo::new(move |before: Option<&Found>| {
            let (of, needle) = (arranged.get(), needle.get());
            let narrowed =
                before.filter(|before| Arc::ptr_eq(&before.of, &of) && needle.narrows(&before.needle));
            let rows = narrowed.map_or(&of, |before| &before.rows);
            let rows = Arc::new(rows.iter().filter(|row| needle.is_in(row)).cloned().collect());
            Found { of, needle, rows }
        });
        Self {
            images,
            session,
            selection: images.selection(),
            flavors,
            columns: Columns::new(),
            opened: RwSignal::new(BTreeSet::new()),
            query,
            typed,
            needle,
            menu_of: RwSignal::new(None),
            menu_anchor: RwSignal::new_local(None),
            go,
            found,
        }
    }

    /// The rows that are shown; tracked.
    pub fn rows(self) -> Rows {
        self.found.read().rows.clone()
    }

    /// How many rows are shown; tracked.
    pub fn count(self) -> usize {
        self.found.read().rows.len()
    }

    /// The query as it stands, with what is typed.
    pub fn current(self) -> ListQuery {
        ListQuery { search: self.typed.get_untracked(), ..self.query.get_untracked() }
    }

    /// Shows something else, a step that Back takes back; with `replace` in the place of the present step.
    pub fn go(self, query: ListQuery, replace: bool) {
        // The page may have been left meanwhile.
        let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
        let _ = self.go.try_run((format!("{}{}{}", routes::base(), routes::IMAGES, query.print()), options));
    }

    /// Goes to another page.
    pub fn open(self, path: String) {
        let _ = self.go.try_run((path, NavigateOptions::default()));
    }

    /// Shows everything of the tab.
    pub fn clear(self) {
        let query = self.query.get_untracked();
        self.typed.set(String::new());
        self.go(ListQuery { tab: query.tab, sort: query.sort, ..ListQuery::default() }, false);
    }
}
