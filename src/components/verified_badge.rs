//! "Verified on … with …": what the last verification has left on an image, as words and colour.

use leptos::prelude::*;

use crate::{
    domain::verification::{progress::Verdict, record::Record},
    i18n::{intl, t},
    openstack::glance::image::Image,
};

/// The badge; nothing for an image that was never verified.
pub fn verified_badge(image: &Image) -> Option<AnyView> {
    let record = Record::of(image)?;
    let words = &t().verified;
    let (tone, words) = match record.verdict {
        Some(Verdict::Passed) => ("good", words.passed),
        Some(Verdict::Failed) => ("bad", words.failed),
        _ => ("plain", words.inconclusive),
    };
    let text = words(&intl::date_time(&record.at), &record.flavor);
    Some(
        view! { <span class="badge verified" data-tone=tone data-plain="true"><bdi>{text}</bdi></span> }
            .into_any(),
    )
}
