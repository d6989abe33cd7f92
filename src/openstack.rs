//! What the services say: requests as values, answers, faults, the catalog. Pure: nothing here sends anything,
//! knows the time, or holds a sentence for people.

pub mod catalog;
pub mod cinder;
pub mod error;
#[cfg(test)]
pub mod fixture;
pub mod glance;
pub mod ids;
pub mod keystone;
pub mod lenient;
pub mod neutron;
pub mod nova;
pub mod open_enum;
pub mod page;
pub mod request;
pub mod secret;
pub mod time;
pub mod versions;
mod zone;
