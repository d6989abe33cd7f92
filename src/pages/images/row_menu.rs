//! What can be done with an image of the list: one menu for all rows.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        activation::use_activation,
        create_volume::{CreateVolumeDialog, no_volume_of, provide_create_volume, use_create_volume},
        delete_image::use_delete_image,
        image_words::{name_of, refusal},
        protect_image::{protect_words, use_protect},
        sharing::offer::{answers, use_answer},
    },
    domain::access::{
        Person, Verdict, can_answer_offer, can_deactivate, can_delete, can_download, can_edit, can_launch,
        can_protect, can_reactivate,
    },
    i18n::{Words, t, word},
    openstack::{
        glance::{
            image::{Image, ImageStatus},
            member::MemberStatus,
        },
        ids::ImageId,
    },
    pages::images::list::List,
    routes,
    state::{downloads::use_downloads, toasts::use_toasts},
    ui::{
        copy::copy_text,
        menu::{MenuItem, SharedMenu},
    },
};

/// The menu of the row whose button was pressed last.
#[component]
pub fn RowMenu(
    /// The list.
    list: List,
) -> impl IntoView {
    let images = list.images;
    // It is made when the first row asks for it.
    let first = list.menu_of.get_untracked()?;
    let image = Memo::new(move |before: Option<&Image>| {
        let asked = list.menu_of.read();
        let id = &asked.as_ref().unwrap_or(&first).id;
        let now = images.index().read().get(id).map(|row| row.image.clone());
        // A row that is just going away keeps what it had.
        now.or_else(|| before.filter(|before| before.id == *id).cloned())
            .unwrap_or_else(|| asked.as_ref().unwrap_or(&first).clone())
    });
    let label = move || (t().images.actions_for)(&name_of(&image.read()));
    provide_create_volume();
    Some(view! {
        <SharedMenu label=Signal::derive(label) anchor=list.menu_anchor>
            <Items list=list image=image />
        </SharedMenu>
        <CreateVolumeDialog />
    })
}

#[component]
fn Items(list: List, image: Memo<Image>) -> impl IntoView {
    let images = list.images;
    let toasts = use_toasts();
    let (delete, protect, activation) = (use_delete_image(), use_protect(), use_activation());
    let (answer, downloads, volume) = (use_answer(), use_downloads(), use_create_volume());
    let no_volume = Signal::derive(move || {
        images.me().read().as_ref().and_then(|me| no_volume_of(&image.read(), me, list.session))
    });
    let membership = Memo::new(move |_| {
        images.index().read().get(&image.read().id).and_then(|row| row.membership.clone())
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
    let reason = move |allowed: fn(&Image, &Person) -> Verdict| {
        Signal::derive(move || images.me().read().as_ref().and_then(|me| refusal(allowed(&image.read(), me))))
    };
    let open = move |path: fn(&ImageId) -> String| list.open(path(&image.read_untracked().id));
    let copy_id = move |()| {
        let id = image.read_untracked().id.as_str().to_owned();
        spawn_local(async move {
            if copy_text(&id).await {
                toasts.good(t().common.copied)
            } else {
                toasts.bad_words(t().common.not_copied)
            }
        });
    };
    view! {
        <MenuItem
            label=word(|it| it.images.edit)
            disabled_reason=reason(can_edit)
            on_press=move |()| open(routes::edit_image)
        />
        <MenuItem
            label=word(|it| it.metadata.update)
            disabled_reason=reason(can_edit)
            on_press=move |()| open(routes::image_metadata)
        />
        <MenuItem label=word(|it| it.sharing.share_menu) on_press=move |()| open(routes::share_image) />
        {move || answers(membership.read().as_ref()).iter().map(offer_item).collect_view()}
        <MenuItem
            label=word(|it| it.volumes.create)
            disabled_reason=no_volume
            on_press=move |()| volume.ask(image.get_untracked())
        />
        <MenuItem
            label=word(|it| it.verified.verify)
            disabled_reason=reason(can_launch)
            on_press=move |()| open(routes::verify_image)
        />
        <MenuItem
            label=word(|it| it.downloads.download)
            disabled_reason=reason(can_download)
            on_press=move |()| downloads.ask(image.get_untracked())
        />
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
        <MenuItem label=word(|it| it.images.copy_id) on_press=copy_id />
        <div class="menu-separator" role="separator"></div>
        <MenuItem
            label=word(|it| it.images.delete)
            danger=true
            disabled_reason=reason(can_delete)
            on_press=move |()| delete.ask(image.get_untracked())
        />
    }
}
