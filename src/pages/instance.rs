//! One instance: what it is, how far its launch has come, why it failed, what it writes to its console.

mod another;
mod console;
mod launching;
mod timeline;

use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_navigate, use_params_map},
};

use crate::{
    components::{
        attached_volumes::AttachedVolumes,
        error_panel::ErrorPanel,
        server_actions::{Asked, ServerActions, ServerDialogs},
        server_words::{
            ServerImage, ServerStatusBadge, disk_words, ram_words, server_flavor_words, server_name,
            task_words,
        },
        shell::Page,
    },
    i18n::{Words, intl, t, word},
    openstack::{
        ids::ServerId,
        nova::server::{Server, ServerStatus},
        time::unix_seconds,
    },
    pages::instance::{
        another::LaunchAnother, console::ConsoleLog, launching::Launching, timeline::Timeline,
    },
    routes,
    state::servers::{Followed, Servers, use_servers},
    ui::{
        button::Button,
        copy::CopyButton,
        notice::{Notice, Tone},
    },
};

/// The page of the instance that the address names.
#[component]
pub fn InstancePage() -> impl IntoView {
    let servers = use_servers();
    let params = use_params_map();
    let id = Memo::new(move |_| ServerId::from(params.read().get("id").unwrap_or_default()));
    move || view! { <Follow servers=servers id=id.get() /> }
}

#[component]
fn Follow(servers: Servers, id: ServerId) -> impl IntoView {
    servers.follow(id.clone());
    let row = servers.row(&id);
    let id = StoredValue::new(id);
    let followed = Memo::new(move |_| row.get());
    let server = Memo::new(move |_| {
        let followed = followed.read();
        let mut server = followed.server.clone()?;
        if followed.is_gone {
            server.status = ServerStatus::Deleted;
            server.task_state = None;
        }
        Some(server)
    });
    let title = Signal::derive(move || match &*followed.read() {
        Followed { server: Some(server), .. } => server_name(server),
        Followed { error: Some(_), .. } => t().instances.title.to_owned(),
        _ => t().common.loading.to_owned(),
    });
    let has_server = Memo::new(move |_| server.read().is_some());
    let is_gone = Memo::new(move |_| followed.read().is_gone);
    let error = Memo::new(move |_| followed.read().error.clone());
    let dialogs = ServerActions::place();
    let navigate = use_navigate();
    let leave = Callback::new(move |()| navigate(&routes::to(routes::INSTANCES), Default::default()));
    // The page asks for its actions once; what they are may change.
    let actions = move || {
        move || {
            (has_server.get() && !is_gone.get())
                .then(|| view! { <Actions dialogs=dialogs server=known(server) /> })
        }
    };
    view! {
        <Page title=title actions=actions>
            <div class="stack">
                <p>
                    <A href=routes::to(routes::INSTANCES)>{word(|it| it.instances.all_instances)}</A>
                </p>
                {move || {
                    is_gone
                        .get()
                        .then(|| {
                            view! {
                                <Notice tone=Tone::Warn title=word(|it| it.instances.gone_title)>
                                    <p>{word(|it| it.instances.gone_text)}</p>
                                </Notice>
                            }
                        })
                }}
                {move || {
                    error
                        .get()
                        .map(|error| {
                            view! {
                                <ErrorPanel
                                    tried=word(|it| it.instances.could_not_read)
                                    error=error
                                    on_retry=move |()| id.with_value(|id| servers.retry(id))
                                />
                            }
                        })
                }}
                {move || {
                    has_server
                        .get()
                        .then(|| view! { <Body servers=servers server=known(server) is_gone=is_gone /> })
                }}
            </div>
            <ServerDialogs actions=dialogs on_deleted=leave />
        </Page>
    }
}

/// What can be done with it.
#[component]
fn Actions(dialogs: ServerActions, server: Signal<Server>) -> impl IntoView {
    let button = move |(what, label): (Asked, Words)| {
        view! {
            <Button
                label=word(label)
                disabled_reason=dialogs.reason(what, server)
                on_press=move |()| dialogs.ask(what, server.get_untracked())
            />
        }
    };
    let rows: [(Asked, Words); 2] =
        [(Asked::Snapshot, |it| it.instances.snapshot), (Asked::Delete, |it| it.instances.delete)];
    let [snapshot, delete] = rows.map(button);
    view! {
        <div class="row" data-reason-side="end">
            {snapshot}
            <LaunchAnother server=server />
            {delete}
        </div>
    }
}

#[component]
fn Body(servers: Servers, server: Signal<Server>, is_gone: Memo<bool>) -> impl IntoView {
    let is_building = Memo::new(move |_| server.read().status == ServerStatus::Build && !is_gone.get());
    view! {
        {move || is_building.get().then(|| view! { <Launching server=server /> })}
        <Fault server=server />
        <section class="card stack" aria-label=word(|it| it.instances.overview)>
            <h2>{word(|it| it.instances.overview)}</h2>
            <Facts servers=servers server=server />
        </section>
        <Volumes server=server />
        <Timeline server=server is_gone=is_gone />
        <ConsoleLog server=server is_gone=is_gone />
    }
}

/// The volumes that are attached to it, where there are any.
#[component]
fn Volumes(server: Signal<Server>) -> impl IntoView {
    let volumes = Memo::new(move |_| server.read().volumes.clone());
    move || {
        (!volumes.read().is_empty()).then(|| {
            view! {
                <section class="card stack-s" aria-label=word(|it| it.instances.volumes)>
                    <h2>{word(|it| it.instances.volumes)}</h2>
                    <AttachedVolumes volumes=volumes.into() />
                </section>
            }
        })
    }
}

/// Why it failed, in Nova's words.
#[component]
fn Fault(server: Signal<Server>) -> impl IntoView {
    let fault = Memo::new(move |_| server.read().fault.clone());
    move || {
        fault.get().map(|fault| {
            let is_no_host = fault.message.contains("No valid host") || fault.message.contains("No Valid Host");
            let code = fault.code;
            view! {
                <Notice tone=Tone::Bad title=word(|it| it.instances.fault)>
                    <p>
                        {move || (t().instances.fault_said)(code)} " "
                        <q class="service-words"><bdi>{fault.message}</bdi></q>
                    </p>
                    <p>
                        {move || {
                            if is_no_host { t().instances.fault_advice_host } else { t().instances.fault_advice }
                        }}
                    </p>
                    {fault
                        .details
                        .filter(|details| !details.trim().is_empty())
                        .map(|details| {
                            view! {
                                <details>
                                    <summary>{word(|it| it.instances.fault_details)}</summary>
                                    <pre class="command">{details}</pre>
                                </details>
                            }
                        })}
                </Notice>
            }
        })
    }
}

#[component]
fn Facts(servers: Servers, server: Signal<Server>) -> impl IntoView {
    let task = Memo::new(move |_| server.read().task_state.clone().filter(|task| !task.is_empty()));
    let addresses = Memo::new(move |_| server.read().addresses.clone());
    let metadata = Memo::new(move |_| server.read().metadata.clone());
    let zone = move || server.read().availability_zone.clone().filter(|zone| !zone.is_empty());
    view! {
        <dl class="facts">
            <dt>{word(|it| it.image.status)}</dt>
            <dd>
                <span class="row" role="status">
                    <ServerStatusBadge server=server />
                    {move || task.get().map(|task| view! { <span class="muted">{task_words(&task)}</span> })}
                </span>
            </dd>
            <dt>{word(|it| it.instances.image)}</dt>
            <dd>
                <ServerImage image=Signal::derive(move || server.read().image.clone()) servers=servers />
            </dd>
            <dt>{word(|it| it.instances.flavor)}</dt>
            <dd>
                <bdi>{move || server_flavor_words(&server.read().flavor)}</bdi>
                " "
                <span class="muted">{move || figures(&server.read())}</span>
            </dd>
            <dt>{word(|it| it.instances.addresses)}</dt>
            <dd>
                {move || {
                    let addresses = addresses.get();
                    if addresses.values().all(Vec::is_empty) {
                        return t().common.not_available.into_any();
                    }
                    let rows = addresses
                        .into_iter()
                        .map(|(network, addresses)| {
                            let addresses = addresses.into_iter().map(|it| view! { <Address address=it.addr /> });
                            view! {
                                <li class="row">
                                    <bdi class="muted">{network}</bdi>
                                    {addresses.collect_view()}
                                </li>
                            }
                        })
                        .collect_view();
                    view! { <ul>{rows}</ul> }.into_any()
                }}
            </dd>
            <dt>{word(|it| it.instances.key_pair)}</dt>
            <dd>
                <bdi>{move || server.read().key_name.clone().unwrap_or_else(|| t().common.none.to_owned())}</bdi>
            </dd>
            <dt>{word(|it| it.instances.zone)}</dt>
            <dd>
                <bdi>{move || zone().unwrap_or_else(|| t().common.not_available.to_owned())}</bdi>
            </dd>
            <dt>{word(|it| it.image.created)}</dt>
            <dd>{move || intl::date_time(&server.read().created)}</dd>
            {move || {
                server
                    .read()
                    .launched_at
                    .clone()
                    .map(|at| {
                        let took = took(&server.read());
                        view! {
                            <dt>{t().instances.launched}</dt>
                            <dd>{intl::date_time(&at)} " " <span class="muted">{took}</span></dd>
                        }
                    })
            }}
            {move || {
                (!metadata.read().is_empty())
                    .then(|| {
                        let pairs = metadata
                            .get()
                            .into_iter()
                            .map(|(key, value)| view! { <li><bdi>{key}</bdi> " = " <bdi>{value}</bdi></li> })
                            .collect_view();
                        view! {
                            <dt>{t().instances.metadata}</dt>
                            <dd>
                                <ul class="mono">{pairs}</ul>
                            </dd>
                        }
                    })
            }}
            <dt>{word(|it| it.image.id)}</dt>
            <dd class="row">
                <span class="mono">{move || server.read().id.to_string()}</span>
                <CopyButton
                    label=word(|it| it.images.copy_id)
                    text=Signal::derive(move || server.read().id.to_string())
                />
            </dd>
        </dl>
    }
}

#[component]
fn Address(address: String) -> impl IntoView {
    let label = address.clone();
    view! {
        <span class="mono">{address.clone()}</span>
        <CopyButton
            label=Signal::derive(move || (t().instances.copy_address)(&label))
            text=Signal::stored(address)
        />
    }
}

/// The signal of a server that is there; what was last read stays when it goes.
fn known(server: Memo<Option<Server>>) -> Signal<Server> {
    let first = server.get_untracked();
    #[allow(
        clippy::expect_used,
        reason = "only called where the server has been read, and it is never unread"
    )]
    Signal::derive(move || server.get().or_else(|| first.clone()).expect("a server that was read stays"))
}

fn figures(server: &Server) -> String {
    match (server.flavor.vcpus, server.flavor.ram, server.flavor.disk) {
        (Some(vcpus), Some(ram), Some(disk)) => {
            (t().instances.flavor_figures)(&intl::integer(vcpus), &ram_words(ram), &disk_words(disk))
        }
        _ => String::new(),
    }
}

fn took(server: &Server) -> Option<String> {
    let from = unix_seconds(&server.created)?;
    let to = unix_seconds(server.launched_at.as_deref()?)?;
    let seconds = u64::try_from(to - from).ok()?;
    Some((t().instances.took)(&intl::duration(seconds)))
}
