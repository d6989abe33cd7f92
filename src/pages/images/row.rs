//! One row of the list. It follows its image by itself: a change redraws this row, not the table. A row is drawn while one types
//! and scrolls, so it has as few parts that follow something as it can.

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
    openstack::glance::{image::Image, member::MemberStatus},
    pages::images::{columns::cell, details::Details, list::List},
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
    // One view: it is drawn anew where something has changed, and the browser only gets what differs.
    let drawn = move || {
        let (row, sent, is_open, is_ticked) = (row.read(), sent.get(), is_open.get(), is_ticked.get());
        let image = &row.image;
        let id = image.id.clone();
        let name = name_of(image);
        let columns = list.columns.shown().into_iter();
        // Where offers are looked for; elsewhere the menu has room for the answers.
        let is_offer = row.membership == Some(MemberStatus::Pending) && list.query.read().tab == Tab::Shared;
        view! {
            <tr
                class="image-row"
                data-id=image.id.to_string()
                data-selected=is_ticked.then_some("true")
                data-status=image.status.as_str().to_owned()
                aria-rowindex=number.get()
            >
                <td class="col-select">
                    <input
                        type="checkbox"
                        aria-label=(t().list.select)(&name)
                        prop:checked=is_ticked
                        on:change:target=move |event| {
                            let is_ticked = event.target().checked();
                            list.selection.set(std::iter::once(&id), is_ticked);
                        }
                    />
                </td>
                <th scope="row" class="col-name"><div>
                    <button
                        class="button disclose"
                        type="button"
                        data-kind="quiet"
                        data-size="small"
                        data-icon-only="true"
                        aria-expanded=if is_open { "true" } else { "false" }
                        aria-label=(t().list.details)(&name)
                        on:click=open
                    >
                        <Picture icon=Icon::Down />
                    </button>
                    <a href=routes::image(&image.id)>
                        <bdi>{name.clone()}</bdi>
                    </a>
                    {image.os_hidden.then(|| {
                        view! { <span class="badge hidden-mark" data-plain="true">{t().image.hidden}</span> }
                    })}
                </div>{verified_badge(image)}</th>
                {columns
                    .map(|column| view! { <td class=column.class>{cell(list, column.by, image, sent)}</td> })
                    .collect_view()}
                <td class="col-actions" data-offer=is_offer.then_some("true")>
                    <div class="row-actions" data-reason-side="end">
                        {actions(list, image, is_offer, &name)}
                    </div>
                </td>
            </tr>
        }
    };
    let image = Memo::new(move |_| row.read().image.clone());
    view! {
        {drawn}
        {move || is_open.get().then(|| view! { <Details list=list image=image number=number.into() /> })}
    }
}

/// The answers to an offer, "Launch", and the button of the menu.
fn actions(list: List, image: &Image, is_offer: bool, name: &str) -> impl IntoView + use<> {
    let offer = is_offer.then(|| {
        let image = image.clone();
        view! { <span class="offer"><OfferButtons image=Signal::stored(image) in_row=true /></span> }
    });
    let launch_named = (t().images.launch_named)(name);
    let me = list.images.me();
    let launch = match me.read().as_ref().and_then(|me| refusal(can_launch(image, me))) {
        None => view! {
            <a class="button" data-size="small" href=routes::launch(&image.id) aria-label=launch_named>{t().images.launch}</a>
        }
        .into_any(),
        Some(why) => view! {
            <Button
                label=word(|it| it.images.launch)
                name=Signal::stored(launch_named)
                small=true
                kind=Kind::Normal
                disabled_reason=Some(why)
            />
        }
        .into_any(),
    };
    let actions_for = (t().images.actions_for)(name);
    let image = image.clone();
    view! {
        {offer}
        {launch}
        <button
            class="button"
            type="button"
            data-kind="quiet"
            data-size="small"
            data-icon-only="true"
            aria-label=actions_for.clone()
            title=actions_for
            aria-haspopup="menu"
            aria-expanded="false"
            on:click=move |event| {
                list.menu_of.set(Some(image.clone()));
                press_anchor(list.menu_anchor, &event);
            }
        >
            <Picture icon=Icon::More />
        </button>
    }
}
