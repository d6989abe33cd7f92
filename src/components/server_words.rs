//! The words for a server's values, and its status in a pill. What Sextant does not know is shown as Nova wrote it.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    domain::{
        server_access::{NotNow, is_being_deleted},
        units::{gib_bytes, mib_bytes},
    },
    i18n::{intl, t},
    openstack::{
        ids::ImageId,
        nova::server::{Server, ServerFlavor, ServerStatus},
    },
    routes,
    state::servers::{ImageName, Servers},
    ui::notice::{Badge, Tone},
};

/// Memory in MiB as people read it: "512 MB", "2 GB".
pub fn ram_words(mib: u64) -> String {
    if mib == 0 { (t().images.mb)(0) } else { plain_spaces(&intl::bytes(mib_bytes(mib))) }
}

/// A disk in GiB as people read it.
pub fn disk_words(gib: u64) -> String {
    let bytes = u64::try_from(gib_bytes(gib)).unwrap_or(u64::MAX);
    if gib == 0 { (t().images.gb)(0) } else { bytes_words(bytes) }
}

/// A size in bytes inside a sentence.
pub fn bytes_words(bytes: u64) -> String {
    plain_spaces(&intl::bytes(bytes))
}

/// In a sentence a line may break between figure and unit, and a search for "2 GB" finds it.
fn plain_spaces(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

/// A server's status in words.
pub fn server_status_words(server: &Server) -> String {
    let word = if is_being_deleted(server) { "DELETING" } else { server.status.as_str() };
    (t().instances.status_name)(word).map_or_else(|| word.to_owned(), str::to_owned)
}

/// What Nova is doing with it just now, in words.
pub fn task_words(task: &str) -> String {
    (t().instances.task_name)(task).map_or_else(|| task.to_owned(), str::to_owned)
}

/// Why something can't be done with a server, in words.
pub fn not_now_words(why: &NotNow) -> String {
    let words = &t().instances;
    match why {
        NotNow::ReadOnly => t().image.reader_only.to_owned(),
        NotNow::Deleting => words.is_deleting.to_owned(),
        NotNow::Locked => words.is_locked.to_owned(),
        NotNow::Busy(task) => (words.is_busy)(&task_words(task)),
        NotNow::Status(status) => {
            let status = (words.status_name)(status.as_str()).unwrap_or(status.as_str());
            (words.wrong_status)(status)
        }
    }
}

/// The colour of a server's status.
pub fn server_tone(server: &Server) -> Tone {
    use ServerStatus as S;
    match &server.status {
        _ if is_being_deleted(server) => Tone::Busy,
        S::Active => Tone::Good,
        S::Error => Tone::Bad,
        S::Build | S::Reboot | S::HardReboot | S::Resize | S::RevertResize | S::Rebuild | S::Migrating => {
            Tone::Busy
        }
        S::VerifyResize | S::Rescue => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// The name of a server, or its id where it has none.
pub fn server_name(server: &Server) -> String {
    if server.name.trim().is_empty() { server.id.to_string() } else { server.name.clone() }
}

/// The flavor's name, or its id from an old cloud.
pub fn server_flavor_words(flavor: &ServerFlavor) -> String {
    let name = flavor.name.clone().or_else(|| flavor.id.as_ref().map(ToString::to_string));
    name.unwrap_or_else(|| t().common.unknown.to_owned())
}

/// A server's status in a pill.
#[component]
pub fn ServerStatusBadge(
    /// The server.
    #[prop(into)]
    server: Signal<Server>,
) -> impl IntoView {
    view! {
        <Badge
            label=Signal::derive(move || server_status_words(&server.read()))
            tone=Signal::derive(move || server_tone(&server.read()))
        />
    }
}

/// A link to the image that a server was made from, by its name where that can be had.
#[component]
pub fn ServerImage(
    /// The image's id; none when the server boots from a volume.
    #[prop(into)]
    image: Signal<Option<ImageId>>,
    /// The servers service.
    servers: Servers,
) -> impl IntoView {
    move || match image.get() {
        None => view! { <span class="muted">{t().instances.from_volume}</span> }.into_any(),
        Some(id) => match servers.image_name(&id) {
            ImageName::Gone => {
                let short: String = id.as_str().chars().take(8).collect();
                view! { <span class="muted">{(t().instances.image_gone)(&short)}</span> }.into_any()
            }
            ImageName::Named(name) if !name.trim().is_empty() => {
                view! { <A href=routes::image(&id)><bdi>{name}</bdi></A> }.into_any()
            }
            _ => {
                view! { <A href=routes::image(&id)><span class="mono">{id.to_string()}</span></A> }.into_any()
            }
        },
    }
}
