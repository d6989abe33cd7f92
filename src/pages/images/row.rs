//! One row of the list. It follows its image by itself: a change redraws the cells that changed, not the table.

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};

use crate::{
    components::{
        delete_image::use_delete_image,
        image_words::{format_cell, name_of, refusal, size_cell, visibility_words},
        protect_image::{protect_words, use_protect},
        status_badge::StatusBadge,
    },
    domain::access::{Person, Verdict, can_delete, can_edit, can_launch, can_protect},
    i18n::{intl, t, word},
    openstack::{glance::image::Image, ids::ImageId},
    routes,
    state::{images::Images, session::use_session, toasts::use_toasts, uploads::use_uploads},
    ui::{
        button::{Button, Kind},
        copy::copy_text,
        icon::{Icon, Picture},
        menu::{Menu, MenuItem},
    },
};

/// The row of an image.
#[component]
pub fn ImageRow(
    /// The images service.
    images: Images,
    /// Which image.
    id: ImageId,
) -> impl IntoView {
    let first = images.index().read_untracked().get(&id).map(|row| row.image.clone());
    first.map(|first| view! { <KnownRow images=images first=first /> })
}

#[component]
fn KnownRow(images: Images, first: Image) -> impl IntoView {
    let session = use_session();
    let id = first.id.clone();
    let own_id = id.clone();
    let image = Memo::new(move |before: Option<&Image>| {
        // A row that is just going away keeps what it had.
        let row = images.index().read().get(&own_id).map(|row| row.image.clone());
        row.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
    });
    let name = Memo::new(move |_| name_of(&image.read()));
    let uploads = use_uploads();
    // Whole percents, so that a row is drawn a hundred times and not at every packet.
    let uploaded = id.clone();
    let sent = Memo::new(move |_| uploads.share_of(&uploaded).map(|share| (share * 100.0).floor()));
    let owner = move || {
        let image = image.read();
        let is_mine = images.me().read().as_ref().is_some_and(|me| me.owns(&image));
        match &image.owner {
            _ if is_mine => t().image.you.to_owned(),
            Some(owner) => session.project_name(owner).unwrap_or_else(|| owner.as_str().to_owned()),
            None => t().common.not_available.to_owned(),
        }
    };
    let kind =
        move || if image.read().is_snapshot() { t().image.kind_snapshot } else { t().image.kind_image };
    let limit = move |value: u64, words: fn(u64) -> String| {
        if value == 0 { t().common.not_available.to_owned() } else { words(value) }
    };
    view! {
        <tr class="image-row" data-status=move || image.read().status.as_str().to_owned()>
            <th scope="row" class="col-name">
                <A href=routes::image(&id)>
                    <bdi>{name}</bdi>
                </A>
                {move || {
                    image
                        .read()
                        .os_hidden
                        .then(|| {
                            view! {
                                <span class="badge hidden-mark" data-plain="true">{t().image.hidden}</span>
                            }
                        })
                }}
            </th>
            <td class="col-owner" title=owner>
                <bdi>{owner}</bdi>
            </td>
            <td class="col-type">{kind}</td>
            <td class="col-status">
                <StatusBadge status=Signal::derive(move || image.read().status.clone()) />
                {move || sent.get().map(|percent| view! { <small class="muted sent">{intl::decimal(percent, 0)} "%"</small> })}
            </td>
            <td class="col-visibility">{move || visibility_words(&image.read().visibility)}</td>
            <td class="col-protected">
                {move || {
                    if image.read().protected {
                        view! {
                            <span class="protected">
                                <Picture icon=Icon::Lock />
                                {t().common.yes}
                            </span>
                        }
                            .into_any()
                    } else {
                        view! { <span class="muted">{t().common.no}</span> }.into_any()
                    }
                }}
            </td>
            <td class="col-format">
                <bdi>{move || format_cell(&image.read())}</bdi>
            </td>
            <td class="col-size number">{move || size_cell(image.read().size)}</td>
            <td class="col-min-disk number">{move || limit(image.read().min_disk, |it| (t().images.gb)(it))}</td>
            <td class="col-min-ram number">{move || limit(image.read().min_ram, |it| (t().images.mb)(it))}</td>
            <td class="col-updated">{move || intl::date_time(&image.read().updated_at)}</td>
            <td class="col-actions">
                <RowActions images=images image=image name=name />
            </td>
        </tr>
    }
}

#[component]
fn RowActions(images: Images, image: Memo<Image>, name: Memo<String>) -> impl IntoView {
    let toasts = use_toasts();
    let delete = use_delete_image();
    let protect = use_protect();
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
                    label=Signal::derive(move || protect_words(image.read().protected).to_owned())
                    disabled_reason=reason(can_protect)
                    on_press=move |()| protect.run(image.get_untracked())
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
