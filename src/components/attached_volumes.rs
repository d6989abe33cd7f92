//! The volumes of an instance: what Nova says of them, and what Cinder adds where there is one.

use leptos::prelude::*;

use crate::{
    components::server_words::disk_words,
    i18n::{t, word},
    openstack::{
        cinder::{self, Volume},
        nova::server::AttachedVolume,
        request::Service,
    },
    state::{offer::Offer, session::use_session},
    ui::copy::CopyButton,
};

/// The list. What Cinder doesn't tell is left out: Nova's ids stand there all the same.
#[component]
pub fn AttachedVolumes(
    /// As Nova names them.
    volumes: Signal<Vec<AttachedVolume>>,
    /// Says of each whether it goes with the instance.
    #[prop(optional)]
    tells_fate: bool,
) -> impl IntoView {
    let session = use_session();
    let has_cinder = untrack(move || session.has_service(Service::BlockStorage));
    let row = move |volume: AttachedVolume| {
        let id = StoredValue::new(volume.id.to_string());
        let known = has_cinder.then(|| {
            let id = volume.id.clone();
            Offer::new(move || session.send(cinder::get_volume(&id))).value()
        });
        let name = move || {
            let known = known?.get()?;
            Some(known.name).filter(|name| !name.trim().is_empty())
        };
        let facts =
            move || known.and_then(|known| known.get()).map(|volume| facts(&volume)).unwrap_or_default();
        let goes = volume.delete_on_termination;
        let fate = move || if goes { t().instances.volume_goes } else { t().instances.volume_stays };
        view! {
            <li class="volume-row">
                <span>
                    <bdi>{move || name().unwrap_or_else(|| id.get_value())}</bdi>
                    " "
                    <span class="muted">{facts}</span>
                </span>
                <span class="muted">{fate}</span>
                {(!tells_fate).then(|| view! {
                    <CopyButton label=word(|it| it.instances.copy_volume) text=Signal::derive(move || id.get_value()) />
                })}
            </li>
        }
    };
    move || view! { <ul class="volumes">{volumes.get().into_iter().map(row).collect_view()}</ul> }
}

/// Size, type, state, and that it is what the instance boots from.
fn facts(volume: &Volume) -> String {
    let words = &t().volumes;
    let mut all = vec![disk_words(volume.size)];
    all.extend(volume.volume_type.clone());
    let status = volume.status.as_str();
    all.push((words.status_name)(status).map_or_else(|| status.to_owned(), str::to_owned));
    if volume.is_bootable {
        all.push(words.bootable.to_owned());
    }
    (t().common.list)(&all)
}
