//! The list of images as a value: one index in memory merged from several listings of Glance, and what a person sees of it, which
//! is what stands in the URL (tab, search, sort, hidden).

mod index;
mod view;

pub use index::{Entry, Index, Pass, Reindex};
pub use view::{Column, ListQuery, Sort, Tab};
