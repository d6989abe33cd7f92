//! Taking an image out of use, and putting it back.

use leptos::prelude::*;

use crate::{
    components::image_words::name_of,
    domain::command,
    i18n::{isolated, t},
    openstack::glance::{self, image::Image},
    state::{
        confirm::{Question, use_confirm, work},
        images::use_images,
        session::use_session,
        toasts::use_toasts,
    },
};

/// Asks, saying the effect, and sends: `true` reactivates, `false` deactivates. Call it at the top of a component.
pub fn use_activation() -> Callback<(Image, bool)> {
    let (session, images, toasts, confirm) = (use_session(), use_images(), use_toasts(), use_confirm());
    Callback::new(move |(image, is_active): (Image, bool)| {
        let words = &t().lifecycle;
        let name = name_of(&image);
        let (heading, effect, tried) = match is_active {
            true => (words.reactivate_title, words.reactivate_effect, words.reactivate_failed),
            false => (words.deactivate_title, words.deactivate_effect, words.deactivate_failed),
        };
        let id = image.id;
        confirm.ask(Question {
            heading: heading.to_owned(),
            subject: name.clone(),
            text: vec![effect.to_owned()],
            names: Vec::new(),
            verb: heading.to_owned(),
            is_danger: !is_active,
            tried: tried.to_owned(),
            command: Some(command::set_active(&id, is_active)),
            work: work(move || {
                let (id, name) = (id.clone(), name.clone());
                async move {
                    let request = match is_active {
                        true => glance::reactivate_image(&id),
                        false => glance::deactivate_image(&id),
                    };
                    session.send(request).await?;
                    let words = &t().lifecycle;
                    toasts.good((if is_active { words.reactivated } else { words.deactivated })(&isolated(
                        &name,
                    )));
                    // Should reading it fail, the list's own polling brings the new status.
                    let _ = images.fetch(&id).await;
                    Ok(())
                }
            }),
        });
    })
}
