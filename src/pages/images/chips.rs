//! The chips that show the filters and take them away.

use leptos::prelude::*;

use crate::{
    domain::image_list::{ListQuery, Tab, filter::Filter},
    i18n::{t, word},
    pages::images::{
        filters::{kind_words, project_words, value_words},
        list::List,
    },
    ui::{
        button::{Button, Kind},
        icon::{Icon, Picture},
    },
};

/// What is filtered by, each with a button that takes it away.
#[component]
pub fn Chips(
    /// The list.
    list: List,
) -> impl IntoView {
    // For an administrator, whose listing is the whole cloud, "Yours" is a filter like any other.
    let own = Memo::new(move |_| {
        let me = list.images.me().read();
        let me = me.as_ref().filter(|me| me.is_admin() && list.query.read().tab == Tab::Yours);
        me.map(|me| me.project.clone())
    });
    let chip = move |words: String, remove: Callback<()>| {
        let name = (t().list.remove_filter)(&words);
        view! {
            <li>
                <button class="chip" type="button" aria-label=name on:click=move |_| remove.run(())>
                    <bdi>{words}</bdi>
                    <Picture icon=Icon::Close />
                </button>
            </li>
        }
    };
    move || {
        let (query, own) = (list.query.get(), own.get());
        let chips: Vec<Filter> = query.filters.iter().cloned().collect();
        (!chips.is_empty() || own.is_some()).then(|| {
            let own = own.map(|project| {
                let words = (t().list.chip)(t().list.project, &project_words(list, &project));
                let all = move |()| list.go(ListQuery { tab: Tab::All, ..list.current() }, false);
                chip(words, Callback::new(all))
            });
            let each = |filter: Filter| {
                let words = value_words(list, filter.kind, &filter.value);
                let words = (t().list.chip)(kind_words(filter.kind, t()), &words);
                let remove = move |()| {
                    let mut query = list.current();
                    query.filters.remove(&filter);
                    list.go(query, false);
                };
                chip(words, Callback::new(remove))
            };
            let are_filters = !chips.is_empty();
            view! {
                <div class="row chips">
                    <ul class="row" aria-label=t().list.active>
                        {own}
                        {chips.into_iter().map(each).collect_view()}
                    </ul>
                    {are_filters
                        .then(|| {
                            view! {
                                <Button
                                    label=word(|it| it.list.clear_all)
                                    kind=Kind::Link
                                    on_press=move |()| list.clear()
                                />
                            }
                        })}
                </div>
            }
        })
    }
}
