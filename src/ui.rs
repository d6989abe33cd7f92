//! Widgets that any app could use. They know no OpenStack words, no routes and no services; texts come in as props.
//! One widget, one file; each wraps what the browser already does well (`<dialog>`, `popover`, `<progress>`).

pub mod button;
pub mod copy;
pub mod dialog;
pub mod field;
pub mod icon;
pub mod id;
pub mod lazy;
pub mod menu;
pub mod notice;
pub mod table;
pub mod tabs;
