//! The formats to choose from.

use leptos::prelude::*;

use crate::{
    components::image_words::format_words,
    domain::image_format::container_with,
    i18n::t,
    openstack::glance::{
        image::{ContainerFormat, DiskFormat},
        info::{self, Formats},
    },
    state::session::Session,
    ui::field::Choice,
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

/// Keeps the container format to the format, unless it came with the file or was chosen.
pub fn follow_format(format: RwSignal<String>, container: RwSignal<String>) {
    Effect::new(move |before: Option<Option<DiskFormat>>| {
        let now = some(&format.read()).map(DiskFormat::from);
        if let (Some(before), Some(now)) = (before, &now)
            && before.as_ref() != Some(now)
        {
            let chosen = some(&container.read_untracked()).map(ContainerFormat::from);
            container.set(container_with(now, before.as_ref(), chosen.as_ref()).as_str().to_owned());
        }
        now
    });
}

/// What a field says, if it says anything.
pub fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The choices of a container format: those of the cloud, and `current` where the cloud does not name it.
pub fn container_choices(formats: &Formats, current: &str) -> Vec<Choice> {
    let choose = current.is_empty().then(|| Choice::new("", t().form.format_choose));
    let is_listed = formats.container.iter().any(|format| format.as_str() == current);
    let unknown = (!current.is_empty() && !is_listed).then(|| Choice::new(current, current));
    let known = formats.container.iter().map(|format| Choice::new(format.as_str(), format.as_str()));
    choose.into_iter().chain(unknown).chain(known).collect()
}

/// The choices of a format list: those of the cloud, and `current` where the cloud does not name it.
pub fn format_choices(formats: &Formats, current: &str) -> Vec<Choice> {
    let choose = current.is_empty().then(|| Choice::new("", t().form.format_choose));
    let unknown = (!current.is_empty() && !formats.disk.iter().any(|format| format.as_str() == current))
        .then(|| {
            let words = format_words(&DiskFormat::from(current));
            Choice::new(current, t().common.with_reason(&words, t().form.format_unknown_here))
        });
    let known = formats.disk.iter().map(|format| Choice::new(format.as_str(), format_words(format)));
    choose.into_iter().chain(unknown).chain(known).collect()
}
