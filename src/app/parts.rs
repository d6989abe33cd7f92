//! The pages that come as parts: all but the list of images and the sign-in (see `ui::lazy`).

use leptos::prelude::*;

use crate::{
    components::{downloads::DownloadTray, upload_tray::UploadTray},
    pages::{
        image::{ImagePage, SharingPath},
        image_edit::EditImagePage,
        image_metadata::ImageMetadataPage,
        image_new::ImageNewPage,
        instance::InstancePage,
        instances::InstancesPage,
        launch::LaunchPage,
    },
    ui::lazy::{lazy, part},
};

part!(transfers: fn transfer_trays() -> view! {
    <DownloadTray />
    <UploadTray />
});

/// The trays of uploads and downloads.
pub fn trays() -> AnyView {
    lazy(transfer_trays)
}

/// `name`, for the route table, shows `Page` as soon as `part` is there.
macro_rules! page {
    ($name:ident: $page:ident in $part:ident) => {
        pub fn $name() -> AnyView {
            part!($part: fn page() -> $page());
            lazy(page)
        }
    };
}

page!(image: ImagePage in image);
page!(share_image: SharingPath in image);
page!(edit_image: EditImagePage in image);
page!(image_metadata: ImageMetadataPage in image);
page!(new_image: ImageNewPage in create);
page!(launch: LaunchPage in launch);
page!(instances: InstancesPage in launch);
page!(instance: InstancePage in launch);
