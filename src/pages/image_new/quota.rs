//! What the project uses of its image quota, and what the chosen files add, before anything is sent. Clouds without limits, and
//! older ones that don't tell, show nothing.

use leptos::prelude::*;

use crate::{
    client::storage::{self, Area},
    domain::units::{MIB, mib_bytes},
    i18n::{intl, t, word},
    openstack::{
        glance::{
            TASKS_AND_USAGE,
            info::{self, Usage},
        },
        request::Service,
    },
    pages::image_new::files::Files,
    state::{session::Session, versions::versions_of},
};

/// Where the browser keeps whether the cloud had a quota the last time.
const HAD_QUOTA: &str = "sextant.had-image-quota";

/// The quota.
#[component]
pub fn Quota(
    /// For the question.
    session: Session,
    /// What is about to be added.
    files: Files,
) -> impl IntoView {
    // A cloud that does not tell (404, 403) refuses by itself later, with its reason.
    let asked = LocalResource::new(move || async move {
        let is_told = versions_of(session, Service::Image).await.reaches(TASKS_AND_USAGE);
        if is_told { session.send(info::get_usage()).await.ok() } else { None }
    });
    let usage = Memo::new(move |_| asked.get());
    let had_quota = storage::read(Area::Browser, HAD_QUOTA) == Some(true);
    let limited = |usage: Option<Usage>| usage.filter(|usage| usage.limit >= 0);
    move || {
        let Some(usage) = usage.get() else { return had_quota.then(|| view! { <Room /> }.into_any()) };
        let usage = usage.unwrap_or_default();
        let (size, count) = (limited(usage.image_size_total), limited(usage.image_count_total));
        let has_quota = size.is_some() || count.is_some();
        storage::write(Area::Browser, HAD_QUOTA, &has_quota);
        has_quota.then(|| {
            view! {
                <div class="quota stack-s">
                    <p class="label">{word(|it| it.create.quota)}</p>
                    {size.map(|size| view! { <SizeQuota size=size files=files /> })}
                    {count.map(|count| view! { <CountQuota count=count files=files /> })}
                </div>
            }
            .into_any()
        })
    }
}

/// What a quota takes, while the cloud is asked: the fields below stay where they are.
#[component]
fn Room() -> impl IntoView {
    view! {
        <div class="quota stack-s" aria-hidden="true">
            <p class="label">{word(|it| it.create.quota)}</p>
            <div class="meter">
                <div class="meter-bar"></div>
                <p class="hint">"\u{a0}"</p>
            </div>
            <p class="hint">"\u{a0}"</p>
        </div>
    }
}

#[component]
fn SizeQuota(size: Usage, files: Files) -> impl IntoView {
    let used = mib_bytes(whole(size.usage));
    let limit = mib_bytes(whole(size.limit));
    let words = move || {
        let (used, limit) = (intl::bytes(used), intl::bytes(limit));
        match files.total() {
            0 => (t().create.quota_used)(&used, &limit),
            added => (t().create.quota_adds)(&used, &limit, &intl::bytes(added)),
        }
    };
    let warning = move || match files.total() {
        // Glance looks at what is used already: one upload may go over, the next is refused.
        _ if used >= limit => Some(t().create.quota_full),
        added if used.saturating_add(added) > limit => Some(t().create.quota_over),
        _ => None,
    };
    let share = move |bytes: u64| {
        #[allow(clippy::cast_precision_loss, reason = "drawn, not counted")]
        let share = bytes as f64 / limit.max(MIB) as f64 * 100.0;
        format!("{:.1}%", share.min(100.0))
    };
    view! {
        <div class="meter">
            <div class="meter-bar" aria-hidden="true">
                <span style:width=share(used)></span>
                <span class="added" class:over=move || warning().is_some() style:width=move || share(files.total())></span>
            </div>
            <p class="hint">{words}</p>
            {move || warning().map(|warning| view! { <p class="hint warn-hint" role="status">{warning}</p> })}
        </div>
    }
}

#[component]
fn CountQuota(count: Usage, files: Files) -> impl IntoView {
    let is_over = move || count.left().is_some_and(|left| files.list().len() as u64 > left);
    view! {
        <p class="hint">
            {move || (t().create.quota_images)(&intl::integer(whole(count.usage)), &intl::integer(whole(count.limit)))}
        </p>
        {move || is_over().then(|| view! { <p class="hint warn-hint" role="status">{t().create.quota_images_over}</p> })}
    }
}

fn whole(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
