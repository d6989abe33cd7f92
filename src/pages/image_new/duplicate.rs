//! A name that the project uses already, or that two files are to have: Glance would allow it, people mix the two up.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    i18n::{t, word},
    openstack::ids::ImageId,
    routes,
    state::images::Images,
};

/// A link to the image that has the name, if there is one; and the other file that is to have it.
#[component]
pub fn Duplicate(
    /// The name as typed.
    name: RwSignal<String>,
    /// All images.
    images: Images,
    /// Another file whose image is to have the name.
    #[prop(optional, into)]
    namesake: Signal<Option<String>>,
) -> impl IntoView {
    let twin = Memo::new(move |_| -> Option<(ImageId, String)> {
        let name = name.read();
        let name = Some(name.trim()).filter(|name| !name.is_empty())?;
        let me = images.me().get()?;
        let index = images.index();
        let index = index.read();
        let mut own = index.rows().filter(|row| me.owns(&row.image));
        let found = own.find(|row| row.image.name.as_deref() == Some(name))?;
        Some((found.image.id.clone(), name.to_owned()))
    });
    view! {
        <div aria-live="polite">
            {move || {
                twin.get()
                    .map(|(id, name)| {
                        view! {
                            <p class="hint warn-hint">
                                {word(|it| it.create.duplicate)} " "
                                <A href=routes::image(&id)>
                                    <bdi>{name}</bdi>
                                </A>
                            </p>
                        }
                    })
            }}
            {move || {
                namesake.get().map(|file| view! { <p class="hint warn-hint">{(t().create.duplicate_file)(&file)}</p> })
            }}
        </div>
    }
}
