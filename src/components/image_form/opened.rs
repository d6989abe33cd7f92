//! What the pages about one image's form begin with: the image that the address names, read anew, and whether it may be
//! edited by the one who is looking.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{components::A, hooks::use_params_map};

use crate::{
    components::{error_panel::ErrorPanel, image_words::reason_words, shell::Page},
    domain::access::{Person, can_edit},
    i18n::{Words, word},
    openstack::{error::ApiError, glance::image::Image, ids::ImageId},
    routes,
    state::images::use_images,
    ui::notice::{Notice, Tone},
};

/// The page: `form` for an image that may be edited, else the reason why not and what `otherwise` offers.
#[component]
pub fn OpenedImage(
    /// The page's heading.
    title: Words,
    /// The form.
    form: fn(Person, Image) -> AnyView,
    /// What may be done all the same.
    otherwise: fn(Person, Image) -> AnyView,
    /// As wide as the window.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let images = use_images();
    // For kernels, ramdisks and the names that are taken.
    images.ensure();
    let params = use_params_map();
    let id = Memo::new(move |_| ImageId::from(params.read().get("id").unwrap_or_default()));
    let base = RwSignal::new(None::<Result<Image, ApiError>>);
    let load = move || {
        let asked = id.get_untracked();
        spawn_local(async move {
            let image = images.fetch(&asked).await;
            if image != Err(ApiError::Aborted) && id.try_get_untracked() == Some(asked) {
                base.try_set(Some(image));
            }
        });
    };
    Effect::new(move |_| {
        id.track();
        base.set(None);
        load();
    });
    let body = move || match base.get() {
        None => view! { <p role="status" class="muted">{word(|it| it.common.loading)}</p> }.into_any(),
        Some(Err(error)) => view! {
            <ErrorPanel
                tried=word(|it| it.detail.could_not_load)
                error=error
                on_retry=move |()| load()
            />
        }
        .into_any(),
        Some(Ok(image)) => {
            let me = images.me().get_untracked().unwrap_or_default();
            match can_edit(&image, &me) {
                Ok(()) => form(me, image),
                Err(why) => {
                    let id = image.id.clone();
                    view! {
                        <div class="stack">
                            <Notice tone=Tone::Warn>
                                <p>{move || reason_words(&why)}</p>
                                <p>
                                    <A href=routes::image(&id)>{word(|it| it.edit.back_to_image)}</A>
                                </p>
                            </Notice>
                            {otherwise(me, image)}
                        </div>
                    }
                    .into_any()
                }
            }
        }
    };
    view! {
        <Page title=word(title) narrow=!wide>
            {body}
        </Page>
    }
}
