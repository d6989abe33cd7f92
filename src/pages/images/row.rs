//! One row of the list. It follows its image by itself, and is used for one image after the other while one types and scrolls. So
//! each text and attribute follows what it says: a view that is made anew sets all of its attributes anew, changed or not.

use leptos::prelude::*;

use crate::{
    components::{
        image_words::{name_of, refusal},
        sharing::offer::OfferButtons,
        verified_badge::verified_badge,
    },
    domain::{
        access::can_launch,
        image_list::{Tab, index::Row},
    },
    i18n::{t, word},
    openstack::glance::member::MemberStatus,
    pages::images::{
        columns::{Column, cell},
        details::Details,
        list::List,
    },
    routes,
    state::uploads::use_uploads,
    ui::{
        button::{Button, Kind},
        icon::{Icon, Picture},
        menu::press_anchor,
    },
};

/// The row of an image, and under it its details once they are opened.
#[component]
pub fn ImageRow(
    /// The list.
    list: List,
    /// The image, as it was when the row got it; later another one.
    shown: RwSignal<Row>,
    /// Which row of the whole table it is.
    number: RwSignal<usize>,
) -> impl IntoView {
    let images = list.images;
    let row = Memo::new(move |before: Option<&Row>| {
        let (shown, index) = (shown.read(), images.index());
        let (id, index) = (&shown.image.id, index.read());
        // A row that is just going away keeps what it had.
        let before = before.filter(|before| before.image.id == *id);
        index.get(id).or(before).unwrap_or(&shown).clone()
    });
    let uploads = use_uploads();
    // Whole percents, so that a row is drawn a hundred times and not at every packet.
    let sent =
        Memo::new(move |_| uploads.share_of(&row.read().image.id).map(|share| (share * 100.0).floor()));
    let is_open = Memo::new(move |_| list.opened.read().contains(&row.read().image.id));
    let is_ticked = Memo::new(move |_| list.selection.has(&row.read().image.id));
    let open = move |_| {
        let id = row.read_untracked().image.id.clone();
        list.opened.update(|opened| {
            if !opened.remove(&id) {
                opened.insert(id);
            }
        });
    };
    let tick = move |is_ticked| {
        list.selection.set(std::iter::once(&row.read_untracked().image.id), is_ticked);
    };
    let name = move || name_of(&row.read().image);
    let is_hidden = Memo::new(move |_| row.read().image.os_hidden);
    let cells = move || {
        let cell = move |column: Column| {
            view! { <td class=column.class>{cell(list, column.by, row, sent)}</td> }
        };
        list.columns.shown().into_iter().map(cell).collect_view()
    };
    let image = Memo::new(move |_| row.read().image.clone());
    view! {
        <tr
            class="image-row"
            data-id=move || row.read().image.id.to_string()
            data-selected=move || is_ticked.get().then_some("true")
            data-status=move || row.read().image.status.as_str().to_owned()
            aria-rowindex=number
        >
            <td class="col-select">
                <input
                    type="checkbox"
                    aria-label=move || (t().list.select)(&name())
                    prop:checked=is_ticked
                    on:change:target=move |event| tick(event.target().checked())
                />
            </td>
            <th scope="row" class="col-name">
                <div>
                    <button
                        class="button disclose"
                        type="button"
                        data-kind="quiet"
                        data-size="small"
                        data-icon-only="true"
                        aria-expanded=move || if is_open.get() { "true" } else { "false" }
                        aria-label=move || (t().list.details)(&name())
                        on:click=open
                    >
                        <Picture icon=Icon::Down />
                    </button>
                    <a href=move || routes::image(&row.read().image.id)>
                        <bdi>{name}</bdi>
                    </a>
                    {move || is_hidden.get().then(|| {
                        view! { <span class="badge hidden-mark" data-plain="true">{t().image.hidden}</span> }
                    })}
                </div>
                {move || verified_badge(&row.read().image)}
            </th>
            {cells}
            {actions(list, row)}
        </tr>
        {move || is_open.get().then(|| view! { <Details list=list image=image number=number.into() /> })}
    }
}

/// The cell with the answers to an offer, "Launch", and the button of the menu.
fn actions(list: List, row: Memo<Row>) -> impl IntoView {
    // Where offers are looked for; elsewhere the menu has room for the answers.
    let offer = Memo::new(move |_| {
        let row = row.read();
        let is_offer = row.membership == Some(MemberStatus::Pending) && list.query.read().tab == Tab::Shared;
        is_offer.then(|| row.image.clone())
    });
    let offer_buttons = move || {
        let image = offer.get()?;
        Some(view! { <span class="offer"><OfferButtons image=Signal::stored(image) in_row=true /></span> })
    };
    let me = list.images.me();
    let refused = Memo::new(move |_| refusal(can_launch(&row.read().image, me.read().as_ref()?)));
    let named = move |words: fn(&str) -> String| words(&name_of(&row.read().image));
    let launch_named = move || named(t().images.launch_named);
    let launch = move || match refused.get() {
        None => view! {
            <a
                class="button"
                data-size="small"
                href=move || routes::launch(&row.read().image.id)
                aria-label=launch_named
            >
                {t().images.launch}
            </a>
        }
        .into_any(),
        Some(why) => view! {
            <Button
                label=word(|it| it.images.launch)
                name=Signal::derive(launch_named)
                small=true
                kind=Kind::Normal
                disabled_reason=Some(why)
            />
        }
        .into_any(),
    };
    let actions_for = move || named(t().images.actions_for);
    view! {
        <td class="col-actions" data-offer=move || offer.read().is_some().then_some("true")>
            <div class="row-actions" data-reason-side="end">
                {offer_buttons}
                {launch}
                <button
                    class="button"
                    type="button"
                    data-kind="quiet"
                    data-size="small"
                    data-icon-only="true"
                    aria-label=actions_for
                    title=actions_for
                    aria-haspopup="menu"
                    aria-expanded="false"
                    on:click=move |event| {
                        list.menu_of.set(Some(row.read_untracked().image.clone()));
                        press_anchor(list.menu_anchor, &event);
                    }
                >
                    <Picture icon=Icon::More />
                </button>
            </div>
        </td>
    }
}
