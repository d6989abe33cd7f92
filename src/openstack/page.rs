//! Lists that a service gives in parts.

/// A part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page<T> {
    /// What stands in it.
    pub rows: Vec<T>,
    /// There is more, after the last of these.
    pub has_more: bool,
}
