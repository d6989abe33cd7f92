//! The demo cloud.
fn main() {}
