//! What the app means by what the services say: who may do what and why not, which flavors fit and why not, drafts, lists, and
//! the state machines of session and upload. Pure: no browser, no clock, no randomness, no words for people.

pub mod access;
pub mod batch;
pub mod boot_log;
pub mod command;
pub mod config;
pub mod console;
pub mod doctor;
pub mod download;
pub mod fixed_ip;
pub mod flavor_fit;
pub mod flavor_plot;
pub mod gallery;
pub mod image_draft;
pub mod image_format;
pub mod image_list;
pub mod image_sight;
pub mod import;
pub mod inspection;
pub mod key_pair;
pub mod launch_draft;
pub mod launch_like;
pub mod metadata;
pub mod offers;
pub mod polling;
pub mod server_access;
pub mod server_list;
pub mod server_pairs;
pub mod session;
pub mod sharing;
pub mod units;
pub mod upload;
pub mod user_data;
pub mod verification;
pub mod volume_draft;
