//! One row of the list. It follows its image by itself: a change redraws the cells that changed, not the table.

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};

use crate::{
    components::{
        activation::use_activation,
        delete_image::use_delete_image,
        image_words::{name_of, refusal},
        protect_image::{protect_words, use_protect},
        sharing::offer::{OfferButtons, answers, use_answer},
    },
    domain::{
        access::{
            Person, Verdict, can_answer_offer, can_deactivate, can_delete, can_download, can_edit,
            can_launch, can_protect, can_reactivate,
        },
        image_list::{Tab, index::Row},
    },
    i18n::{Words, t, word},
    openstack::{
        glance::{
            image::{Image, ImageStatus},
            member::MemberStatus,
        },
        ids::ImageId,
    },
    pages::images::{columns::cell, details::Details, list::List},
    routes,
    state::{downloads::use_downloads, toasts::use_toasts, uploads::use_uploads},
    ui::{
        button::{Button, Kind},
        copy::copy_text,
        icon::{Icon, Picture},
        menu::{Menu, MenuItem},
    },
};

/// The row of an image, and under it its details once they are opened.
#[component]
pub fn ImageRow(
    /// The list.
    list: List,
    /// The image.
    row: Row,
    /// Which row of the whole table it is.
    number: Signal<usize>,
) -> impl IntoView {
    let images = list.images;
    let id = StoredValue::new(row.image.id.clone());
    let image = Memo::new(move |before: Option<&Image>| {
        let index = images.index();
        let index = index.read();
        let now = id.with_value(|id| index.get(id).map(|row| row.image.clone()));
        // A row that is just going away keeps what it had.
        now.or_else(|| before.cloned()).unwrap_or_else(|| row.image.clone())
    });
    let name = Memo::new(move |_| name_of(&image.read()));
    let uploads = use_uploads();
    // Whole percents, so that a row is drawn a hundred times and not at every packet.
    let sent =
        Memo::new(move |_| id.with_value(|id| uploads.share_of(id)).map(|share| (share * 100.0).floor()));
    // The cells are one view: it is drawn anew where something has changed, and the browser only gets what differs.
    let cells = move || {
        let (image, sent) = (image.read(), sent.get());
        let columns = list.columns.shown().into_iter();
        columns
            .map(|column| view! { <td class=column.class>{cell(list, column.by, &image, sent)}</td> })
            .collect_view()
    };
    let is_open = Memo::new(move |_| id.with_value(|id| list.opened.read().contains(id)));
    let open = move |_| {
        let id: ImageId = id.get_value();
        list.opened.update(|opened| {
            if !opened.remove(&id) {
                opened.insert(id);
            }
        });
    };
    let hidden = move || {
        let is_hidden = image.read().os_hidden;
        is_hidden
            .then(|| view! { <span class="badge hidden-mark" data-plain="true">{t().image.hidden}</span> })
    };
    let own_id = id.get_value();
    view! {
        <tr
            class="image-row"
            data-id=own_id.as_str().to_owned()
            data-status=move || image.read().status.as_str().to_owned()
            aria-rowindex=number
        >
            <td class="col-select">
                <input
                    type="checkbox"
                    aria-label=move || (t().list.select)(&name.read())
                    prop:checked=move || id.with_value(|id| list.selection.has(id))
                    on:change:target=move |event| {
                        let is_ticked = event.target().checked();
                        id.with_value(|id| list.selection.set(std::iter::once(id), is_ticked));
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
                    aria-expanded=move || if is_open.get() { "true" } else { "false" }
                    aria-label=move || (t().list.details)(&name.read())
                    on:click=open
                >
                    <Picture icon=Icon::Down />
                </button>
                <A href=routes::image(&own_id)>
                    <bdi>{name}</bdi>
                </A>
                {hidden}
            </div></th>
            {cells}
            <td class="col-actions">
                <RowActions list=list image=image name=name />
            </td>
        </tr>
        {move || is_open.get().then(|| view! { <Details list=list image=image number=number /> })}
    }
}

#[component]
fn RowActions(list: List, image: Memo<Image>, name: Memo<String>) -> impl IntoView {
    let images = list.images;
    let toasts = use_toasts();
    let delete = use_delete_image();
    let protect = use_protect();
    let (activation, answer, downloads) = (use_activation(), use_answer(), use_downloads());
    let membership = Memo::new(move |_| {
        images.index().read().get(&image.read().id).and_then(|row| row.membership.clone())
    });
    // Where offers are looked for; elsewhere the menu has room for the answers.
    let is_pending = Memo::new(move |_| {
        *membership.read() == Some(MemberStatus::Pending) && list.query.read().tab == Tab::Shared
    });
    let is_deactivated = move || image.read().status == ImageStatus::Deactivated;
    let offer_item = move |(status, words): &'static (MemberStatus, Words)| {
        let reason = move || {
            let me = images.me();
            refusal(can_answer_offer(&image.read(), membership.read().as_ref(), status, me.read().as_ref()?))
        };
        view! {
            <MenuItem
                label=word(*words)
                disabled_reason=Signal::derive(reason)
                on_press=move |()| answer.run((image.get_untracked(), status.clone()))
            />
        }
    };
    let navigate = use_navigate();
    let go = Callback::new(move |path: String| navigate(&path, Default::default()));
    let reason = move |allowed: fn(&Image, &Person) -> Verdict| {
        Signal::derive(move || images.me().read().as_ref().and_then(|me| refusal(allowed(&image.read(), me))))
    };
    let copy_id = move |()| {
        let id = image.read_untracked().id.as_str().to_owned();
        leptos::task::spawn_local(async move {
            if copy_text(&id).await {
                toasts.good(t().common.copied)
            } else {
                toasts.bad_words(t().common.not_copied)
            }
        });
    };
    view! {
        <div class="row-actions" data-reason-side="end">
            {move || is_pending.get().then(|| view! { <span class="offer"><OfferButtons image=image in_row=true /></span> })}
            <Button
                label=word(|it| it.images.launch)
                name=Signal::derive(move || (t().images.launch_named)(&name.read()))
                small=true
                kind=Kind::Normal
                disabled_reason=reason(can_launch)
                on_press=move |()| go.run(routes::launch(&image.read_untracked().id))
            />
            <Menu label=Signal::derive(move || (t().images.actions_for)(&name.read())) icon=Icon::More small=true>
                <MenuItem
                    label=word(|it| it.images.edit)
                    disabled_reason=reason(can_edit)
                    on_press=move |()| go.run(routes::edit_image(&image.read_untracked().id))
                />
                <MenuItem
                    label=word(|it| it.metadata.update)
                    disabled_reason=reason(can_edit)
                    on_press=move |()| go.run(routes::image_metadata(&image.read_untracked().id))
                />
                <MenuItem
                    label=word(|it| it.sharing.share_menu)
                    on_press=move |()| go.run(routes::share_image(&image.read_untracked().id))
                />
                {move || answers(membership.read().as_ref()).iter().map(offer_item).collect_view()}
                <MenuItem
                    label=Signal::derive(move || {
                        let words = &t().lifecycle;
                        if is_deactivated() { words.reactivate } else { words.deactivate }.to_owned()
                    })
                    disabled_reason=reason(|image, me| match image.status {
                        ImageStatus::Deactivated => can_reactivate(image, me),
                        _ => can_deactivate(image, me),
                    })
                    on_press=move |()| activation.run((image.get_untracked(), untrack(is_deactivated)))
                />
                <MenuItem
                    label=Signal::derive(move || protect_words(image.read().protected).to_owned())
                    disabled_reason=reason(can_protect)
                    on_press=move |()| protect.run(image.get_untracked())
                />
                <MenuItem
                    label=word(|it| it.downloads.download)
                    disabled_reason=reason(can_download)
                    on_press=move |()| downloads.ask(image.get_untracked())
                />
                <MenuItem label=word(|it| it.images.copy_id) on_press=copy_id />
                <div class="menu-separator" role="separator"></div>
                <MenuItem
                    label=word(|it| it.images.delete)
                    danger=true
                    disabled_reason=reason(can_delete)
                    on_press=move |()| delete.ask(image.get_untracked())
                />
            </Menu>
        </div>
    }
}
