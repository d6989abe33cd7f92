//! Views whose code is fetched when they are first shown.
//!
//! In a release (`cargo xtask dist`, feature `split`) each part of the app is a wasm file of its own, and what several parts
//! use, and the first sight of the images does not, is a file that they share. Elsewhere all is one file, and every part is
//! there at once.

use std::{future::Future, pin::Pin, sync::Arc};

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

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for NotLoaded {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        NotLoaded
    }
}

/// A view on its way.
pub type Loading = Pin<Box<dyn Future<Output = Result<AnyView, NotLoaded>>>>;

/// `part!(later: pub fn filters(list: List) -> view)` makes a function whose view, and all that only this view needs, is in
/// the part `later`; [`lazy`] shows it. Functions of the same part come in one file.
macro_rules! part {
    ($part:ident: $vis:vis fn $name:ident($($argument:ident: $type:ty),*) -> $view:expr) => {
        #[allow(unsafe_code, reason = "the macro declares a function that the linker finds elsewhere")]
        $vis fn $name($($argument: $type),*) -> $crate::ui::lazy::Loading {
            #[cfg(feature = "split")]
            #[wasm_split_helpers::wasm_split($part, fallible)]
            fn part($($argument: $type),*) -> Result<leptos::prelude::AnyView, $crate::ui::lazy::NotLoaded> {
                Ok(leptos::prelude::IntoAny::into_any($view))
            }
            #[cfg(not(feature = "split"))]
            async fn part($($argument: $type),*) -> Result<leptos::prelude::AnyView, $crate::ui::lazy::NotLoaded> {
                Ok(leptos::prelude::IntoAny::into_any($view))
            }
            Box::pin(part($($argument),*))
        }
    };
}
pub(crate) use part;

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    OnItsWay,
    Here,
    Failed,
}

/// Shows the view as soon as its code is there, and says so when it can't be fetched: the line may be down, or the
/// operator has put a newer version in its place.
pub fn lazy(load: impl Fn() -> Loading + Send + Sync + 'static) -> AnyView {
    lazy_erased(Arc::new(load))
}

fn lazy_erased(load: Arc<dyn Fn() -> Loading + Send + Sync>) -> AnyView {
    let phase = RwSignal::new(Phase::OnItsWay);
    let arrived = StoredValue::new_local(None::<AnyView>);
    // The view belongs to the page that waits for it, whatever runs in between. Held weakly: the page owns this, and would
    // hold itself, so that nothing of it ever ended.
    let owner = Owner::current().map(|owner| owner.downgrade());
    let fetch = Callback::new(move |()| {
        phase.set(Phase::OnItsWay);
        let (owner, load) = (owner.as_ref().and_then(|owner| owner.upgrade()), load.clone());
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
            view! { <p class="muted lazy" role="status">{word(|it| it.common.loading)}</p> }.into_any()
        }
        Phase::Failed => view! {
            <Notice tone=Tone::Bad title=word(|it| it.common.part_not_loaded)>
                <p>{word(|it| it.common.part_not_loaded_hint)}</p>
                <Button label=word(|it| it.common.retry) on_press=fetch />
            </Notice>
        }
        .into_any(),
    })
    .into_any()
}
