//! The pages that come as parts: all but the list of images and the sign-in (see `ui::lazy`).

use leptos::prelude::*;

use crate::{
    components::{downloads::DownloadTray, upload_tray::UploadTray, verification_leftovers::LeftoverTray},
    pages::{
        doctor::DoctorPage,
        image::{ImagePage, SharingPath, verify::VerifyImagePage},
        image_edit::EditImagePage,
        image_metadata::ImageMetadataPage,
        image_new::ImageNewPage,
        instance::InstancePage,
        instances::InstancesPage,
        launch::LaunchPage,
    },
    ui::lazy::{lazy, part},
};

part!(later: fn transfer_trays() -> view! {
    <div class="trays">
        <UploadTray />
        <DownloadTray />
        <LeftoverTray />
    </div>
});

/// The trays of uploads, downloads and what a verification left behind.
pub fn trays() -> AnyView {
    lazy(transfer_trays)
}

/// `NAME`, for the route table, shows `Page` as soon as `part` is there. One type for all of them, or the router's code for a route
/// would come once for each.
macro_rules! page {
    ($NAME:ident: $page:ident in $part:ident) => {
        pub const $NAME: fn() -> AnyView = || {
    part!($part: fn page() -> $page());
            lazy(page)
        };
    };
}

page!(DOCTOR: DoctorPage in doctor);
page!(IMAGE: ImagePage in image);
page!(SHARE_IMAGE: SharingPath in image);
page!(EDIT_IMAGE: EditImagePage in image);
page!(IMAGE_METADATA: ImageMetadataPage in image);
page!(VERIFY_IMAGE: VerifyImagePage in verify);
page!(NEW_IMAGE: ImageNewPage in create);
page!(LAUNCH: LaunchPage in launch);
page!(INSTANCES: InstancesPage in launch);
page!(INSTANCE: InstancePage in launch);
