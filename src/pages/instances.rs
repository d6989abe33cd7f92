//! The project's instances.

mod table;

use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::{
        error_panel::ErrorPanel,
        server_actions::{ServerActions, ServerDialogs},
        shell::Page,
    },
    i18n::{intl, t, word},
    pages::instances::table::{InstanceTable, List},
    routes,
    state::servers::use_servers,
    ui::{
        button::{Button, Kind},
        icon::Icon,
        notice::Empty,
    },
};

/// The list.
#[component]
pub fn InstancesPage() -> impl IntoView {
    let servers = use_servers();
    servers.follow_list();
    let dialogs = ServerActions::place();
    let all = servers.list();
    let is_loaded = Memo::new(move |_| all.read().is_loaded);
    let is_empty = Memo::new(move |_| all.read().ids.is_empty());
    let error = Memo::new(move |_| all.read().error.clone());
    let is_running = Memo::new(move |_| all.read().is_running);
    let list = List::new(servers, dialogs);
    let actions = move || {
        view! {
            <Button
                label=word(|it| it.instances.refresh)
                icon=Icon::Refresh
                kind=Kind::Quiet
                busy=is_running
                on_press=move |()| servers.refresh()
            />
        }
    };
    let count = move || {
        let (shown, count) = (list.found.read().len() as u64, all.read().ids.len() as u64);
        let words = &t().instances;
        match (is_loaded.get() && count > 0, shown == count) {
            (false, _) => String::new(),
            (true, true) => (words.count)(&intl::integer(count), count),
            (true, false) => (words.count_of)(&intl::integer(shown), &intl::integer(count)),
        }
    };
    view! {
        <Page title=word(|it| it.instances.title) actions=actions>
            <div class="stack">
                {move || {
                    let error = error.get()?;
                    let tried = word(|it| it.instances.could_not_list);
                    Some(view! { <ErrorPanel tried=tried error=error on_retry=move |()| servers.retry_list() /> })
                }}
                {move || match (is_loaded.get(), is_empty.get(), error.read().is_some()) {
                    (false, _, true) => ().into_any(),
                    (true, true, _) => view! { <NoInstances /> }.into_any(),
                    _ => {
                        view! {
                            <div class="list-bar">
                                <SearchBox list=list />
                                <small class="muted counts" role="status">{count}</small>
                            </div>
                            <InstanceTable list=list is_loaded=is_loaded />
                        }
                            .into_any()
                    }
                }}
            </div>
            <ServerDialogs actions=dialogs />
        </Page>
    }
}

#[component]
fn SearchBox(list: List) -> impl IntoView {
    let follow = StoredValue::new(list.follow_typing());
    view! {
        <input
            class="input search"
            type="search"
            aria-label=word(|it| it.instances.search)
            placeholder=word(|it| it.instances.search_placeholder)
            spellcheck="false"
            autocomplete="off"
            prop:value=list.typed
            on:input:target=move |event| {
                let typed = event.target().value();
                list.typed.set(typed.clone());
                follow.update_value(|follow| follow(typed));
            }
        />
    }
}

#[component]
fn NoInstances() -> impl IntoView {
    view! {
        <div class="table-frame">
            <Empty title=word(|it| it.instances.empty_title)>
                <p>{word(|it| it.instances.empty_text)}</p>
                <A href=routes::to(routes::IMAGES) attr:class="button" attr:data-kind="primary">
                    {word(|it| it.instances.empty_link)}
                </A>
            </Empty>
        </div>
    }
}
