//! Tab "Fits": which flavors can run the image, as a picture and as a table with all the reasons.

use leptos::prelude::*;

use crate::{
    components::{error_panel::ErrorPanel, flavor_plot::FlavorPlot, flavor_table::FlavorTable},
    domain::flavor_fit::{Wanted, judge_all, source::Source},
    i18n::{t, word},
    openstack::{glance::image::Image, request::Service},
    state::{
        images::use_images,
        offer::{Offer, ask_flavors},
        session::use_session,
    },
};

/// The tab.
#[component]
pub fn Fits(
    /// The image.
    image: Memo<Image>,
) -> impl IntoView {
    let session = use_session();
    if !untrack(|| session.has_service(Service::Compute)) {
        return view! { <p class="muted">{word(|it| it.detail.no_compute)}</p> }.into_any();
    }
    let has_volumes = untrack(|| session.has_service(Service::BlockStorage));
    let me = use_images().me();
    let flavors = Offer::new(move || ask_flavors(session));
    let fitting = Memo::new(move |_| {
        let is_admin = me.read().as_ref().is_some_and(|me| me.is_admin());
        let wanted = Wanted::alone(Source::of_image(&image.read()), is_admin);
        let flavors = flavors.value();
        let judged = |flavors: &Vec<_>| judge_all(flavors, &wanted).offered(has_volumes);
        flavors.read().as_ref().map(judged).unwrap_or_default()
    });
    let needs = Signal::derive(move || {
        let image = image.read();
        let has_bytes = image.size.is_some_and(|size| size > 0);
        let disk = if has_bytes { Source::of_image(&image).smallest_volume() } else { image.min_disk };
        (image.min_ram, disk)
    });
    let is_known = Memo::new(move |_| flavors.value().read().is_some());
    let only_fitting = RwSignal::new(false);
    view! {
        <div class="stack">
            {move || {
                let error = flavors.error()?;
                let tried = word(|it| it.detail.could_not_list_flavors);
                Some(view! { <ErrorPanel tried=tried error=error on_retry=move |()| flavors.again() /> })
            }}
            {move || {
                if is_known.get() {
                    view! {
                        <p class="muted">{word(|it| it.detail.fits_note)}</p>
                        <FlavorPlot fitting=fitting needs=needs />
                        <FlavorTable fitting=fitting has_volumes=has_volumes only_fitting=only_fitting />
                    }
                        .into_any()
                } else if flavors.is_waiting() {
                    view! { <p class="muted" role="status">{t().common.loading}</p> }.into_any()
                } else {
                    ().into_any()
                }
            }}
        </div>
    }
    .into_any()
}
