//! The buttons beside the heading.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::{
    components::{
        activation::use_activation,
        create_volume::{no_volume_of, use_create_volume},
        delete_image::use_delete_image,
        image_words::refusal,
        protect_image::ProtectButton,
    },
    domain::access::{
        Person, Verdict, can_deactivate, can_delete, can_download, can_edit, can_launch, can_reactivate,
    },
    i18n::word,
    openstack::{
        glance::image::{Image, ImageStatus},
        ids::ImageId,
    },
    pages::image::link::CopyLink,
    routes,
    state::{downloads::use_downloads, images::use_images, session::use_session},
    ui::button::{Button, Kind},
};

/// One button: its words, who may press it, what it does.
type Row = (Signal<String>, Kind, fn(&Image, &Person) -> Verdict, Callback<Image>);

/// The buttons, as soon as there is an image.
#[component]
pub fn Actions(
    /// The image.
    image: Memo<Option<Image>>,
) -> impl IntoView {
    let images = use_images();
    let (delete, activation, downloads) = (use_delete_image(), use_activation(), use_downloads());
    let download = Callback::new(move |image| downloads.ask(image));
    let (session, volume) = (use_session(), use_create_volume());
    let no_volume = Signal::derive(move || {
        let me = images.me();
        let (me, image) = (me.read(), image.read());
        no_volume_of(image.as_ref()?, me.as_ref()?, session)
    });
    let navigate = use_navigate();
    let go = move |path: fn(&ImageId) -> String| {
        let navigate = navigate.clone();
        Callback::new(move |image: Image| navigate(&path(&image.id), Default::default()))
    };
    let is_deactivated = Memo::new(move |_| {
        image.read().as_ref().is_some_and(|image| image.status == ImageStatus::Deactivated)
    });
    let button = move |(label, kind, allowed, press): Row| {
        let reason = move || {
            let me = images.me();
            let (me, image) = (me.read(), image.read());
            refusal(allowed(image.as_ref()?, me.as_ref()?))
        };
        let press = move |()| {
            if let Some(image) = image.get_untracked() {
                press.run(image);
            }
        };
        view! { <Button label=label kind=kind disabled_reason=Signal::derive(reason) on_press=press /> }
    };
    let first: [Row; 4] = [
        (word(|it| it.images.launch), Kind::Primary, can_launch, go(routes::launch)),
        (word(|it| it.verified.verify), Kind::Normal, can_launch, go(routes::verify_image)),
        (word(|it| it.images.edit), Kind::Normal, can_edit, go(routes::edit_image)),
        (word(|it| it.metadata.update), Kind::Normal, can_edit, go(routes::image_metadata)),
    ];
    let is_there = Memo::new(move |_| image.read().is_some());
    move || {
        is_there.get().then(|| {
            let activity: Row = match is_deactivated.get() {
                true => (
                    word(|it| it.lifecycle.reactivate),
                    Kind::Normal,
                    can_reactivate,
                    Callback::new(move |image| activation.run((image, true))),
                ),
                false => (
                    word(|it| it.lifecycle.deactivate),
                    Kind::Normal,
                    can_deactivate,
                    Callback::new(move |image| activation.run((image, false))),
                ),
            };
            let last: Row = (
                word(|it| it.images.delete),
                Kind::Normal,
                can_delete,
                Callback::new(move |image| delete.ask(image)),
            );
            let file: Row = (word(|it| it.downloads.download), Kind::Normal, can_download, download);
            view! {
                {first.map(button).collect_view()}
                <Button
                    label=word(|it| it.volumes.create)
                    disabled_reason=no_volume
                    on_press=move |()| {
                        if let Some(image) = image.get_untracked() {
                            volume.ask(image);
                        }
                    }
                />
                {button(file)}
                {button(activity)}
                <ProtectButton image=image />
                <CopyLink />
                {button(last)}
            }
        })
    }
}
