//! How every failure is shown: what was tried, what the service said verbatim, what to do next, the request id.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    i18n::{Texts, t, word},
    openstack::{
        error::{ApiError, Fault, FaultKind},
        request::Service,
    },
    routes,
    ui::{
        button::{Button, Kind},
        copy::CopyButton,
        notice::{Notice, Tone},
    },
};

/// The name of a service as its users say it.
pub const fn service_name(service: Service) -> &'static str {
    match service {
        Service::Identity => "Keystone",
        Service::Image => "Glance",
        Service::Compute => "Nova",
        Service::Network => "Neutron",
        Service::BlockStorage => "Cinder",
    }
}

/// What to do about a failure.
pub fn advice(error: &ApiError, texts: &Texts) -> Option<&'static str> {
    let errors = &texts.errors;
    match error {
        ApiError::Offline => Some(errors.offline_advice),
        ApiError::Aborted | ApiError::NoService(_) => None,
        ApiError::Decode { .. } => Some(errors.decode_advice),
        ApiError::Fault(fault) => match fault.kind {
            FaultKind::Unauthorized => Some(errors.unauthorized_advice),
            FaultKind::Forbidden => Some(errors.forbidden_advice),
            FaultKind::NotFound => Some(errors.not_found_advice),
            FaultKind::Conflict => Some(errors.conflict_advice),
            FaultKind::TooLarge => Some(errors.too_large_advice),
            FaultKind::UnsupportedMedia => Some(errors.media_advice),
            FaultKind::BadRequest => Some(errors.bad_request_advice),
            FaultKind::RateLimited => Some(errors.rate_advice),
            FaultKind::Unavailable | FaultKind::Server => Some(errors.server_advice),
            FaultKind::Other => None,
        },
    }
}

/// The first line of a failure: who says what.
pub fn headline(error: &ApiError, texts: &Texts) -> String {
    match error {
        ApiError::Offline => texts.errors.offline.to_owned(),
        ApiError::Aborted => texts.errors.aborted.to_owned(),
        ApiError::NoService(service) => (texts.errors.no_service)(service_name(*service)),
        ApiError::Decode { what } => (texts.errors.decode)(what),
        ApiError::Fault(fault) => (texts.errors.service_said)(service_name(fault.service), fault.status),
    }
}

/// A failure in full.
#[component]
pub fn ErrorPanel(
    /// What was tried, as a sentence.
    #[prop(into)]
    tried: Signal<String>,
    /// What came of it.
    error: ApiError,
    /// Tries again, where that is safe.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <Notice tone=Tone::Bad title=tried>
            <ErrorDetails error=error />
            {on_retry
                .map(|on_retry| {
                    view! {
                        <div class="row">
                            <Button label=word(|it| it.common.retry) kind=Kind::Normal small=true on_press=on_retry />
                        </div>
                    }
                })}
        </Notice>
    }
}

/// The same without a box: for dialogs, toasts and fields.
#[component]
pub fn ErrorDetails(
    /// What came of it.
    error: ApiError,
) -> impl IntoView {
    let head = {
        let error = error.clone();
        move || headline(&error, t())
    };
    let todo = {
        let error = error.clone();
        move || advice(&error, t())
    };
    let fault = error.fault().cloned();
    let is_silent = error == ApiError::Offline;
    view! {
        <div class="error-details stack-s">
            <p>{head} {fault.clone().map(|fault| view! { " " <ServiceWords fault=fault /> })}</p>
            {move || todo().map(|advice| view! { <p>{advice}</p> })}
            {is_silent.then(doctor_link)}
            {fault
                .and_then(|fault| fault.request_id)
                .map(|id| {
                    let copied = id.clone();
                    view! {
                        <p class="muted row">
                            <small>{word(|it| it.errors.request_id)} " " <span class="mono">{id}</span></small>
                            <CopyButton
                                label=word(|it| it.errors.copy_request_id)
                                text=Signal::derive(move || copied.clone())
                            />
                        </p>
                    }
                })}
        </div>
    }
}

/// The way to the connection doctor, in a tab of its own: what is typed here stays.
pub fn doctor_link() -> AnyView {
    view! {
        <p>
            <A href=routes::to(routes::DOCTOR) target="_blank">
                {word(|it| it.errors.find_out_why)}
            </A>
        </p>
    }
    .into_any()
}

#[component]
fn ServiceWords(
    /// The refusal whose message is shown, as text and verbatim.
    fault: Fault,
) -> impl IntoView {
    let message = fault.message;
    if message.is_empty() {
        view! { <span>{word(|it| it.errors.no_words)}</span> }.into_any()
    } else {
        view! { <q class="service-words"><bdi>{message}</bdi></q> }.into_any()
    }
}
