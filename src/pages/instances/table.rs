//! The table of the instances: what search and order leave, a hundred rows at first and more towards its end.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_location, use_navigate},
};

use crate::{
    client::browser::Listener,
    components::{
        server_actions::{Asked, ServerActions},
        server_words::{
            ServerImage, ServerStatusBadge, server_flavor_words, server_name, server_status_words, task_words,
        },
    },
    domain::server_list::{Column, ServerQuery, compare, matches},
    i18n::{Words, intl, t, word},
    openstack::{
        ids::ServerId,
        nova::server::{Server, ServerStatus},
    },
    routes,
    state::servers::{ImageName, Servers},
    ui::{
        icon::Icon,
        menu::{Menu, MenuItem},
        notice::{Empty, SkeletonRows},
        table::SortHead,
    },
};

/// Rows drawn at first, and added as the person comes near the last of them.
const ROWS: usize = 100;
/// So near, in pixels.
const NEAR: f64 = 1500.0;
/// How long the typing must rest before the address follows.
const ADDRESS_AFTER: Duration = Duration::from_millis(300);

/// What the table shows.
#[derive(Clone, Copy)]
pub struct List {
    servers: Servers,
    dialogs: ServerActions,
    query: Memo<ServerQuery>,
    go: Callback<ServerQuery>,
    /// What stands in the search box; the address follows.
    pub typed: RwSignal<String>,
    /// What is left of all, in order.
    pub found: Memo<Vec<ServerId>>,
}

impl List {
    /// The list of this page.
    pub fn new(servers: Servers, dialogs: ServerActions) -> Self {
        let search = use_location().search;
        let query = Memo::new(move |_| ServerQuery::parse(&search.read()));
        let navigate = use_navigate();
        let go = Callback::new(move |query: ServerQuery| {
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&format!("{}{}{}", routes::base(), routes::INSTANCES, query.print()), options);
        });
        let typed = RwSignal::new(query.read_untracked().search.clone());
        let all = servers.list();
        let found = Memo::new(move |_| arrange(servers, &all.read().ids, &query.read(), typed.read().trim()));
        Self { servers, dialogs, query, go, typed, found }
    }

    /// What takes the typed text into the address once the typing rests.
    pub fn follow_typing(self) -> impl FnMut(String) {
        leptos::leptos_dom::helpers::debounce(ADDRESS_AFTER, move |search: String| {
            // The page may have been left meanwhile.
            if let Some(query) = self.query.try_get_untracked() {
                self.go.try_run(ServerQuery { search, ..query });
            }
        })
    }
}

/// The servers that have what is searched for, in order; equal ones as Nova has them.
fn arrange(servers: Servers, ids: &[ServerId], query: &ServerQuery, search: &str) -> Vec<ServerId> {
    let image = |server: &Server| match server.image.as_ref().map(|id| servers.image_name(id)) {
        None => t().instances.from_volume.to_owned(),
        Some(ImageName::Named(name)) => name,
        Some(_) => String::new(),
    };
    let has_all = |id: &&ServerId| {
        let row = servers.row(id);
        let row = row.read();
        row.server
            .as_ref()
            .is_some_and(|server| matches(server, &[&image(server), &server_status_words(server)], search))
    };
    let found: Vec<ServerId> = match search.is_empty() {
        true => ids.to_vec(),
        false => ids.iter().filter(has_all).cloned().collect(),
    };
    let key = |id: &ServerId| {
        let row = servers.row(id);
        let row = row.read();
        row.server.as_ref().map_or_else(String::new, |server| match query.column {
            Column::Name => server_name(server),
            Column::Image => image(server),
            Column::Flavor => server_flavor_words(&server.flavor),
            Column::Status => server_status_words(server),
            Column::Created => server.created.clone(),
        })
    };
    let mut keyed: Vec<(String, ServerId)> = found.into_iter().map(|id| (key(&id), id)).collect();
    keyed.sort_by(|a, b| compare(query, &a.0, &b.0));
    keyed.into_iter().map(|(_, id)| id).collect()
}

/// The table.
#[component]
pub fn InstanceTable(
    /// What it shows.
    list: List,
    /// The first answer is there.
    is_loaded: Memo<bool>,
) -> impl IntoView {
    let drawn = RwSignal::new(ROWS);
    let look = move |_| {
        let root = document().document_element();
        let below = root.map_or(0.0, |root| {
            f64::from(root.scroll_height())
                - f64::from(root.client_height())
                - window().scroll_y().unwrap_or(0.0)
        });
        if below < NEAR && drawn.get_untracked() < list.found.read_untracked().len() {
            drawn.update(|drawn| *drawn += ROWS);
        }
    };
    let listener = StoredValue::new_local(Some(Listener::new(&window(), "scroll", look)));
    on_cleanup(move || _ = listener.try_set_value(None));
    let head = move |(column, words): (Column, Words)| {
        let ascending = move || {
            let query = list.query.read();
            (query.column == column).then_some(query.is_ascending)
        };
        let sort = move |()| {
            let query = ServerQuery { search: list.typed.get_untracked(), ..list.query.get_untracked() };
            list.go.run(query.clicked(column));
        };
        view! { <SortHead label=word(words) ascending=Signal::derive(ascending) on_sort=sort /> }
    };
    let before: [(Column, Words); 4] = [
        (Column::Name, |it| it.image.name),
        (Column::Image, |it| it.instances.image),
        (Column::Flavor, |it| it.instances.flavor),
        (Column::Status, |it| it.image.status),
    ];
    let shown = move || list.found.read().iter().take(drawn.get()).cloned().collect::<Vec<ServerId>>();
    let nothing = move || {
        (is_loaded.get() && list.found.read().is_empty()).then(|| {
            let clear = move |()| {
                list.typed.set(String::new());
                list.go.run(ServerQuery { search: String::new(), ..list.query.get_untracked() });
            };
            view! {
                <Empty title=word(|it| it.instances.nothing_matches)>
                    <crate::ui::button::Button label=word(|it| it.images.clear_search) on_press=clear />
                </Empty>
            }
        })
    };
    view! {
        <div class="table-frame">
            <table
                class="table instance-table"
                aria-label=word(|it| it.instances.title)
                aria-rowcount=move || list.found.read().len() + 1
            >
                <thead>
                    <tr>
                        {before.map(head).collect_view()}
                        <th scope="col">{word(|it| it.instances.addresses)}</th>
                        {head((Column::Created, |it| it.image.created))}
                        <th scope="col"><span class="visually-hidden">{word(|it| it.images.actions)}</span></th>
                    </tr>
                </thead>
                <tbody aria-busy=move || if is_loaded.get() { "false" } else { "true" }>
                    {move || (!is_loaded.get()).then(|| view! { <SkeletonRows rows=5 cells=7 /> })}
                    <For
                        each=shown
                        key=|id| id.clone()
                        children={move |id: ServerId| view! { <InstanceRow list=list id=id /> }}
                    />
                </tbody>
            </table>
            {nothing}
        </div>
    }
}

#[component]
fn InstanceRow(list: List, id: ServerId) -> impl IntoView {
    let servers = list.servers;
    let row = servers.row(&id);
    let href = StoredValue::new(routes::instance(&id));
    // The list names only what it has read; a server that goes keeps its row until the list is read again.
    let Some(first) = row.get_untracked().server else { return ().into_any() };
    let server = Memo::new(move |_| {
        let row = row.read();
        let mut server = row.server.clone().unwrap_or_else(|| first.clone());
        if row.is_gone {
            (server.status, server.task_state) = (ServerStatus::Deleted, None);
        }
        server
    });
    let name = Memo::new(move |_| server_name(&server.read()));
    let task = move || {
        let server = server.read();
        let task = server.task_state.as_deref().filter(|task| !task.is_empty() && *task != "deleting")?;
        Some(view! { <small class="muted">{task_words(task)}</small> })
    };
    let navigate = use_navigate();
    let ask = move |what: Asked| move |()| list.dialogs.ask(what, server.get_untracked());
    view! {
        <tr>
            <th scope="row">
                <A href=href.get_value()><bdi>{name}</bdi></A>
            </th>
            <td data-label=move || t().instances.image>
                <ServerImage image=Signal::derive(move || server.read().image.clone()) servers=servers />
            </td>
            <td data-label=move || t().instances.flavor>
                <bdi>{move || server_flavor_words(&server.read().flavor)}</bdi>
            </td>
            <td data-label=move || t().image.status>
                <span class="row"><ServerStatusBadge server=server /> {task}</span>
            </td>
            <td class="mono" data-label=move || t().instances.addresses>
                {move || addresses(&server.read())}
            </td>
            <td data-label=move || t().image.created>{move || intl::date_time(&server.read().created)}</td>
            <td class="col-actions" data-reason-side="end">
                <Menu label=Signal::derive(move || (t().images.actions_for)(&name.read())) icon=Icon::More small=true>
                    <MenuItem
                        label=word(|it| it.instances.open)
                        on_press={
                            let navigate = navigate.clone();
                            move |()| navigate(&href.get_value(), Default::default())
                        }
                    />
                    <MenuItem
                        label=word(|it| it.instances.snapshot)
                        disabled_reason=list.dialogs.reason(Asked::Snapshot, server.into())
                        on_press=ask(Asked::Snapshot)
                    />
                    <div class="menu-separator" role="separator"></div>
                    <MenuItem
                        label=word(|it| it.instances.delete)
                        danger=true
                        disabled_reason=list.dialogs.reason(Asked::Delete, server.into())
                        on_press=ask(Asked::Delete)
                    />
                </Menu>
            </td>
        </tr>
    }
    .into_any()
}

fn addresses(server: &Server) -> String {
    let all: Vec<String> = server.addresses.values().flatten().map(|address| address.addr.clone()).collect();
    if all.is_empty() { t().common.not_available.to_owned() } else { (t().common.list)(&all) }
}
