//! A view whose code is a file of its own, fetched when the view is first shown.

use std::{future::Future, pin::Pin};

use leptos::{prelude::*, reactive::computed::ScopedFuture};
use wasm_bindgen_futures::spawn_local;

use crate::{
    i18n::word,
    ui::{
        button::Button,
        notice::{Notice, Tone},
    },
};

/// The code could not be fetched. The browser's console has the reason, which no page is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLoaded;

/// A view on its way.
pub type Loading = Pin<Box<dyn Future<Output = Result<AnyView, NotLoaded>>>>;

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    OnItsWay,
    Here,
    Failed,
}

/// Shows the view as soon as its code is there, and says so when it can't be fetched: the line may be down, or the
/// operator has put a newer version in its place.
pub fn lazy(load: fn() -> Loading) -> AnyView {
    let phase = RwSignal::new(Phase::OnItsWay);
    let arrived = StoredValue::new_local(None::<AnyView>);
    // The view belongs to the page that waits for it, whatever runs in between.
    let owner = Owner::current();
    let fetch = Callback::new(move |()| {
        phase.set(Phase::OnItsWay);
        let owner = owner.clone();
        spawn_local(async move {
            let loading = match owner {
                Some(owner) => owner.with(|| ScopedFuture::new(load())),
                None => ScopedFuture::new(load()),
            };
            let (view, reached) = match loading.await {
                Ok(view) => (Some(view), Phase::Here),
                Err(NotLoaded) => (None, Phase::Failed),
            };
            // Whoever has left the page meanwhile wants it no more.
            if arrived.try_set_value(view).is_none() {
                phase.try_set(reached);
            }
        });
    });
    fetch.run(());
    (move || match phase.get() {
        Phase::Here => arrived.try_update_value(Option::take).flatten().into_any(),
        Phase::OnItsWay => {
            view! { <p class="page muted lazy" role="status">{word(|it| it.common.loading)}</p> }.into_any()
        }
        Phase::Failed => view! {
            <div class="page">
                <Notice tone=Tone::Bad title=word(|it| it.common.part_not_loaded)>
                    <p>{word(|it| it.common.part_not_loaded_hint)}</p>
                    <Button label=word(|it| it.common.retry) on_press=fetch />
                </Notice>
            </div>
        }
        .into_any(),
    })
    .into_any()
}
