//! wip
use leptos::prelude::*;
/// wip
#[component]
pub fn ImagesPage() -> impl IntoView {}
