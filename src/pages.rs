//! One route, one file. Pages never use each other; they meet through `routes`.

pub mod images;
pub mod not_found;
pub mod sign_in;
