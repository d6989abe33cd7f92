//! What can be done with the ticked images, as long as there are any.

use leptos::prelude::*;

use crate::{
    components::batch::BatchActions,
    i18n::{intl, t, word},
    pages::images::list::List,
    ui::button::{Button, Kind},
};

/// The bar at the lower edge of the window.
#[component]
pub fn SelectionBar(
    /// The list.
    list: List,
) -> impl IntoView {
    let selection = list.selection;
    let counts = Memo::new(move |_| {
        if selection.is_empty() {
            return (0, 0);
        }
        let all = selection.rows(&list.images.index().read()).len();
        (all, all.saturating_sub(selection.count_in(&list.rows())))
    });
    let words = move || {
        let (all, elsewhere) = counts.get();
        let number = intl::integer(all as u64);
        match elsewhere {
            0 => (t().list.selected)(&number),
            _ => (t().list.selected_elsewhere)(&number, &intl::integer(elsewhere as u64)),
        }
    };
    let chosen = Signal::derive(move || {
        selection.rows(&list.images.index().read()).iter().map(|row| row.image.id.clone()).collect()
    });
    let is_any = Memo::new(move |_| counts.read().0 > 0);
    let select_all = move |()| selection.set(untrack(|| list.rows()).iter().map(|row| &row.image.id), true);
    move || {
        is_any.get().then(|| {
            view! {
                <section class="selection-bar" aria-label=word(|it| it.list.selection)>
                    <p role="status">{words}</p>
                    <div class="row">
                        <BatchActions images=chosen />
                        <Button label=word(|it| it.list.select_all) kind=Kind::Quiet on_press=select_all />
                        <Button
                            label=word(|it| it.list.clear_selection)
                            kind=Kind::Quiet
                            on_press=move |()| selection.clear()
                        />
                    </div>
                </section>
            }
        })
    }
}
