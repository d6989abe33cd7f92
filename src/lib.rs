//! Sextant: a web console for OpenStack images, in layers. Read them in this order; a layer uses only those above it
//! (`tests/layering.rs` holds that).
//!
//! - [`openstack`]: what the services say. Requests as values, answers, faults, the catalog. Pure.
//! - [`domain`]: what the app means by it. Who may do what, which flavors fit, drafts, lists, state machines. Pure.
//! - [`client`]: the only input and output. Sending requests, uploading files, the browser's storage.
//! - [`i18n`]: every word for people.
//! - [`state`]: services that outlive a page. The session, the images, the uploads, messages, settings.
//! - [`ui`]: widgets that any app could use.
//! - [`components`]: widgets that know about images.
//! - [`pages`]: one route, one file.
//! - [`app`] and [`routes`]: the services put together, the frame, the route table.
#![recursion_limit = "256"]

pub mod app;
pub mod client;
pub mod components;
pub mod domain;
pub mod i18n;
pub mod openstack;
pub mod pages;
pub mod routes;
pub mod state;
pub mod ui;
