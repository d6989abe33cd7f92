//! Checking an image by launching an instance of it: what is planned, how far it has come, what it means, what is kept of it, and
//! what a closed tab may have left behind. `state::verifications` does what is decided here.

pub mod leftover;
pub mod plan;
pub mod progress;
pub mod record;
pub mod report;

#[cfg(test)]
mod tests;
