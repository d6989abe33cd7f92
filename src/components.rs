//! Widgets that know about images and clouds: what two pages share.

pub mod delete_image;
pub mod error_panel;
pub mod image_form;
pub mod image_words;
pub mod session_dialogs;
pub mod shell;
pub mod sign_in_form;
pub mod status_badge;
