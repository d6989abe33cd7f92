//! Ids for tying labels, hints and errors to their controls.

use std::cell::Cell;

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

/// A document-wide unique element id beginning with `prefix`.
pub fn unique_id(prefix: &str) -> String {
    NEXT.with(|next| {
        let number = next.get();
        next.set(number.wrapping_add(1));
        format!("{prefix}-{number}")
    })
}
