//! Which rows are near the window, how high they turned out, and where the person was when they left.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use leptos::{html, prelude::*, task::spawn_local};

use crate::{
    client::{browser::Listener, later},
    domain::image_list::{
        Needle,
        window::{Span, Window, places, window as near},
    },
    openstack::ids::ImageId,
    pages::images::list::List,
};

/// The height of a row until one was measured.
const GUESS: f64 = 54.0;
/// What stands above the first row at least, in a page that has not been laid out yet.
const ABOVE: f64 = 280.0;
/// Smaller differences are the browser's rounding.
const SAME: f64 = 0.6;
/// Marks the steps of the browser's history that were this list: only Back and Forward lead to a marked one.
const MARK: &str = "list";
/// Places that are kept.
const KEPT: usize = 50;
/// A page that has not grown high enough after so many frames won't.
const FRAMES_AT_MOST: u32 = 60;

/// What the rows turned out to be.
#[derive(Clone, Default)]
struct Heights {
    /// Of most rows; 0 until one was measured.
    usual: f64,
    /// Of those that are higher or lower: long names, open details, cards.
    odd: BTreeMap<ImageId, f64>,
}

thread_local! {
    /// Where the list was last, by its address: how far down, and its heights.
    static LEFT: RefCell<BTreeMap<String, (f64, Arc<Heights>)>> = const { RefCell::new(BTreeMap::new()) };
}

/// The scrolling of the page, as far as the rows are concerned.
#[derive(Clone, Copy)]
pub struct Scroll {
    body: NodeRef<html::Tbody>,
    needle: Memo<Needle>,
    /// What the drawn rows were searched for, all of them.
    searched: RwSignal<Needle>,
    span: RwSignal<Span>,
    heights: RwSignal<Arc<Heights>>,
    /// The rows to draw.
    pub near: Memo<Window>,
    is_due: StoredValue<bool>,
}

impl Scroll {
    /// Follows the page's scrolling. `body` holds the rows.
    pub fn follow(list: List, body: NodeRef<html::Tbody>) -> Self {
        let before = before();
        // What is seen first comes first: the rows around the window come with the next frame.
        let first_sight = || (-ABOVE, Arc::default(), true);
        let (top, heights, is_alone) =
            before.clone().map_or_else(first_sight, |(top, heights)| (top, heights, false));
        let heights = RwSignal::new(heights);
        let span = RwSignal::new(Span { top, bottom: top + inner_height(), is_alone });
        let searched = RwSignal::new(list.needle.get_untracked());
        // Apart from the span: where the odd rows stand is looked up when rows or heights change, not while one scrolls.
        let odd = Memo::new(move |_| -> Vec<(usize, f64)> {
            let (rows, heights) = (list.rows(), heights.read());
            if heights.odd.is_empty() {
                return Vec::new();
            }
            places(rows.iter().map(|row| &row.image.id), &heights.odd)
        });
        let near = Memo::new(move |_| {
            let usual = Some(heights.read().usual).filter(|usual| *usual > 0.0).unwrap_or(GUESS);
            let span = span.get();
            // What a keystroke finds is new, too: the rows around it come once it is drawn (`look`).
            let is_alone = span.is_alone || *list.needle.read() != *searched.read();
            near(list.count(), usual, &odd.read(), Span { is_alone, ..span })
        });
        let scroll = Self {
            body,
            needle: list.needle,
            searched,
            span,
            heights,
            near,
            is_due: StoredValue::new(false),
        };

        let looked = Listener::new(&window(), "scroll", move |_| scroll.look_soon());
        let resized = Listener::new(&window(), "resize", move |_| {
            // Another width breaks lines elsewhere.
            heights.try_set(Arc::default());
            scroll.look_soon();
        });
        let listeners = StoredValue::new_local(Some((looked, resized)));
        on_cleanup(move || _ = listeners.try_set_value(None));

        // What was drawn anew is measured once it is laid out; the first time after all that the first sight needs, which
        // the code for it must not get in the way of.
        let has_rows = Memo::new(move |_| list.images.load().read().has_rows);
        Effect::new(move |had_rows: Option<bool>| {
            near.track();
            // Where two keystrokes find equally many, `near` stays the same.
            list.needle.track();
            list.opened.track();
            let has_rows = has_rows.get();
            if had_rows == Some(true) {
                scroll.look_soon();
            } else if has_rows {
                spawn_local(async move {
                    later::after_first_sight().await;
                    scroll.look_soon();
                });
            }
            has_rows
        });
        // Another view begins at its top.
        Effect::new(move |before: Option<()>| {
            list.query.track();
            if before.is_some() {
                scroll.to_top();
            }
        });
        if let Some((top, _)) = before {
            scroll_to(top, FRAMES_AT_MOST);
        }
        scroll
    }

    /// Looks again with the next frame, once for however many reasons.
    fn look_soon(self) {
        if self.is_due.try_get_value() == Some(false) {
            self.is_due.set_value(true);
            request_animation_frame(move || {
                // The page may have been left meanwhile.
                if self.is_due.try_set_value(false).is_none() {
                    self.look();
                }
            });
        }
    }

    fn look(self) {
        let Some(body) = self.body.try_get_untracked().flatten().filter(|body| body.is_connected()) else {
            return;
        };
        self.measure(&body);
        let (Some(before), Some(heights)) = (self.span.try_get_untracked(), self.heights.try_get_untracked())
        else {
            return;
        };
        let (top, height) = (-body.get_bounding_client_rect().top(), inner_height());
        let is_jump = (top - before.top).abs() > height / 2.0;
        // After a jump the rows change their images where they stand (`reuse`). A browser that holds on to one of them, to keep
        // in sight what was there, would scroll after it: see style/list.css.
        let _ = body.toggle_attribute_with_force("data-jump", is_jump);
        if is_jump {
            // Then, too, what is seen comes first.
            self.look_soon();
        }
        let span = Span { top, bottom: top + height, is_alone: is_jump };
        if before != span {
            self.span.try_set(span);
        }
        let needle = self.needle.get_untracked();
        if *self.searched.read_untracked() != needle {
            // This frame shows what was found, the next one the rows around it.
            request_animation_frame(move || _ = self.searched.try_set(needle));
        }
        if let Ok(address) = window().location().href() {
            let down = window().scroll_y().unwrap_or_default();
            LEFT.with_borrow_mut(|left| {
                if left.len() > KEPT {
                    left.clear();
                }
                left.insert(address, (down, heights));
            });
            mark();
        }
    }

    /// Notes the heights of the drawn rows. An open row is two: they bear the same number.
    fn measure(self, body: &web_sys::HtmlTableSectionElement) {
        let rows = body.children();
        let mut found: Vec<(ImageId, f64)> = Vec::new();
        for row in (0..rows.length()).filter_map(|at| rows.item(at)) {
            let Some(id) = row.get_attribute("data-id").map(ImageId::from) else { continue };
            let height = row.get_bounding_client_rect().height();
            match found.last_mut().filter(|(last, _)| *last == id) {
                Some((_, sum)) => *sum += height,
                None => found.push((id, height)),
            }
        }
        let Some(before) = self.heights.try_get_untracked() else { return };
        let mut usual = before.usual;
        if usual <= 0.0 {
            let alike =
                |height: &f64| found.iter().filter(|(_, other)| (other - height).abs() < SAME).count();
            usual = found.iter().map(|(_, height)| *height).max_by_key(alike).unwrap_or_default();
        }
        found.retain(|(id, height)| (height - before.odd.get(id).copied().unwrap_or(usual)).abs() >= SAME);
        let new = found;
        if new.is_empty() && usual == before.usual {
            return;
        }
        let mut heights = Heights { usual, ..(*before).clone() };
        for (id, height) in new {
            if (height - usual).abs() < SAME {
                heights.odd.remove(&id);
            } else {
                heights.odd.insert(id, height);
            }
        }
        self.heights.try_set(Arc::new(heights));
    }

    /// Goes to the first row, where the person is below it.
    fn to_top(self) {
        let Some(frame) = self.body.get_untracked().and_then(|body| body.closest("table").ok().flatten())
        else {
            return;
        };
        // The frame's heading has room above it for the page's header.
        if frame.get_bounding_client_rect().top() < 0.0 {
            frame.scroll_into_view();
        }
    }
}

/// Where this list was when the browser went elsewhere, if it has come back.
fn before() -> Option<(f64, Arc<Heights>)> {
    let address = window().location().href().ok().filter(|_| is_marked())?;
    LEFT.with_borrow(|left| left.get(&address).cloned())
}

fn is_marked() -> bool {
    window().history().and_then(|history| history.state()).is_ok_and(|state| state == MARK)
}

fn mark() {
    if let (Ok(history), false) = (window().history(), is_marked()) {
        // Refused where a page does it too often: then Back leads to the list's top.
        let _ = history.replace_state(&MARK.into(), "");
    }
}

/// Scrolls there once the page is high enough: it takes a while until it is put together.
fn scroll_to(top: f64, frames_left: u32) {
    request_animation_frame(move || {
        let height = document().document_element().map_or(0, |root| root.scroll_height());
        if f64::from(height) >= top + inner_height() || frames_left == 0 {
            window().scroll_to_with_x_and_y(0.0, top);
        } else {
            scroll_to(top, frames_left - 1);
        }
    });
}

fn inner_height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(900.0)
}
