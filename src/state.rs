//! Services that outlive a page. Each is a small `Copy` value of signals with `provide()` (called once, in `app.rs`) and
//! `use_…()` (called at the top of a component).

pub mod batches;
pub mod confirm;
pub mod downloads;
pub mod images;
pub mod imports;
pub mod offer;
pub mod pages;
pub mod selection;
pub mod servers;
pub mod session;
pub mod settings;
pub mod toasts;
pub mod uploads;
pub mod verifications;
pub mod versions;
