//! The app in parts: what the list of images does without is fetched when it is first opened.
//!
//! Each part is a wasm file of its own in a release (`cargo xtask dist`, feature `split`); elsewhere all is one file,
//! and a part is there at once. What several parts use, and the list does not, becomes a file that they share.

#![allow(unsafe_code, reason = "the macro declares each part as a function that the linker finds elsewhere")]

use leptos::prelude::*;

use crate::{
    pages::{
        image::{ImagePage, SharingPath}, image_edit::EditImagePage, image_metadata::ImageMetadataPage, image_new::ImageNewPage, instance::InstancePage,
        instances::InstancesPage, launch::LaunchPage,
    },
    ui::lazy::{NotLoaded, lazy},
};

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for NotLoaded {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        NotLoaded
    }
}

/// `name`, for the route table, shows `Page` as soon as `part` is there.
macro_rules! page {
    ($name:ident: $page:ident in $part:ident) => {
        pub fn $name() -> AnyView {
            #[cfg(feature = "split")]
            #[wasm_split_helpers::wasm_split($part, fallible)]
            fn part() -> Result<AnyView, NotLoaded> {
                Ok($page().into_any())
            }
            #[cfg(not(feature = "split"))]
            async fn part() -> Result<AnyView, NotLoaded> {
                Ok($page().into_any())
            }
            lazy(|| Box::pin(part()))
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
