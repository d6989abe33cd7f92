//! Widgets that know about images and clouds: what two pages share.

pub mod command_line;
pub mod delete_image;
pub mod error_panel;
pub mod flavor_table;
pub mod flavor_words;
pub mod image_form;
pub mod image_words;
pub mod leave;
pub mod protect_image;
pub mod quota_meter;
pub mod server_words;
pub mod session_dialogs;
pub mod shell;
pub mod sign_in_form;
pub mod status_badge;
pub mod upload_tray;
