//! The formats to choose from.

use leptos::prelude::*;

use crate::{
    i18n::t,
    openstack::glance::{
        image::{ContainerFormat, DiskFormat},
        info::{self, Formats},
    },
    state::session::Session,
};

/// The formats of this cloud, or the usual ones with a word about it.
pub fn use_formats(session: Session) -> (Signal<Formats>, Signal<Option<String>>) {
    let asked = LocalResource::new(move || async move { session.send(info::get_formats()).await });
    let answer =
        Memo::new(move |_| asked.get().map(|answer| answer.ok().filter(|formats| !formats.disk.is_empty())));
    let formats = Signal::derive(move || {
        let known = Formats { disk: DiskFormat::KNOWN.to_vec(), container: ContainerFormat::KNOWN.to_vec() };
        answer.get().flatten().map_or(known.clone(), |formats| Formats {
            container: if formats.container.is_empty() { known.container } else { formats.container },
            disk: formats.disk,
        })
    });
    let hint =
        Signal::derive(move || (answer.get() == Some(None)).then(|| t().form.formats_unknown.to_owned()));
    (formats, hint)
}
