//! The only input and output of the app: requests, uploads, the browser's storage, its clock and its random numbers.
//! Nothing here decides anything.

pub mod browser;
pub mod config;
pub mod download;
pub mod early;
pub mod later;
pub mod pattern;
pub mod probe;
pub mod send;
pub mod siblings;
pub mod storage;
pub mod upload;
pub mod web_lock;
pub mod worker;
