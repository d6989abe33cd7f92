//! One route, one file. Pages never use each other; they meet through `routes`.

pub mod doctor;
pub mod image;
pub mod image_edit;
pub mod image_metadata;
pub mod image_new;
pub mod images;
pub mod instance;
pub mod instances;
pub mod launch;
pub mod not_found;
pub mod sign_in;
