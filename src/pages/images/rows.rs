//! The drawn rows. One that goes out of sight shows another image as soon as one comes into it: changing a row's texts costs a
//! browser a fraction of what making a row does.

use leptos::{
    html,
    prelude::*,
    tachys::view::{Mountable, Render, any_view::AnyViewState},
};
use web_sys::Element;

use crate::{
    domain::image_list::{
        index::Row,
        reuse::{reuse, staying},
        window::{GROUP, Window},
    },
    pages::images::{list::List, row::ImageRow},
};

/// The head of the table is its first row.
const HEAD: usize = 1;
/// The rows near the window are now more, now fewer, by up to two groups at either end while one types and scrolls: kept for
/// then, not made anew.
const SPARE: usize = 4 * GROUP;

/// Keeps the rows near the window drawn, before the row `end`.
pub fn draw_rows(list: List, near: Memo<Window>, end: NodeRef<html::Tr>) {
    let Some(page) = Owner::current() else { return };
    let body = StoredValue::new_local(Body::default());
    Effect::new(move |_| {
        let Some(end) = end.get() else { return };
        let (rows, near) = (list.rows(), near.get());
        let wanted = rows.get(near.first..near.end.min(rows.len())).unwrap_or_default();
        untrack(|| body.update_value(|body| body.redraw(list, &page, wanted, near.first, &end)));
    });
}

/// The rows that there are.
#[derive(Default)]
struct Body {
    /// Those in the table, in order.
    drawn: Vec<Drawn>,
    /// Those that are not in the table just now.
    spare: Vec<Drawn>,
}

/// A drawn row.
struct Drawn {
    /// The image, as it was when the row got it; from then on the row follows it by itself.
    image: RwSignal<Row>,
    /// Which row of the whole table it is.
    number: RwSignal<usize>,
    /// Its `<tr>`.
    element: Option<Element>,
    view: AnyViewState,
    /// Of the signals above, and of all that the row follows.
    owner: Owner,
}

impl Drawn {
    fn new(list: List, page: &Owner, row: &Row, number: usize) -> Self {
        let owner = page.child();
        owner.with(|| {
            let (image, number) = (RwSignal::new(row.clone()), RwSignal::new(number));
            let view = view! { <ImageRow list=list shown=image number=number /> }.into_any().build();
            let element = view.elements().into_iter().next();
            Self { image, number, element, view, owner: owner.clone() }
        })
    }

    fn show(&self, row: &Row, number: usize) {
        if self.image.with_untracked(|shown| shown.image.id != row.image.id) {
            self.image.set(row.clone());
        }
        if self.number.get_untracked() != number {
            self.number.set(number);
        }
    }

    fn has(&self, element: &Element) -> bool {
        self.element.as_ref().is_some_and(|row| row.contains(Some(element)))
    }
}

impl Body {
    /// Draws the `wanted` rows; `first` is the place of the first of them in the whole list.
    fn redraw(&mut self, list: List, page: &Owner, wanted: &[Row], first: usize, end: &Element) {
        let had: Vec<_> = self.drawn.iter().map(|it| it.image.read_untracked().image.id.clone()).collect();
        let has: Vec<_> = wanted.iter().map(|row| row.image.id.clone()).collect();
        // The focus, or the open menu, would be at another image all of a sudden.
        let in_use = [document().active_element(), list.menu_anchor.get_untracked().map(Element::from)];
        let is_free = |row: &Drawn| !in_use.iter().flatten().any(|element| row.has(element));
        let places = reuse(&had, &has, |place| self.drawn.get(place).is_some_and(is_free));
        let mut before: Vec<_> = self.drawn.drain(..).map(Some).collect();
        for (at, (row, place)) in wanted.iter().zip(&places).enumerate() {
            let number = first + at + 1 + HEAD;
            let old = place.and_then(|place| before.get_mut(place)?.take()).or_else(|| self.spare.pop());
            self.drawn.push(match old {
                Some(old) => {
                    old.show(row, number);
                    old
                }
                None => Drawn::new(list, page, row, number),
            });
        }
        for mut gone in before.into_iter().flatten() {
            gone.view.unmount();
            if self.spare.len() < SPARE && is_free(&gone) {
                self.spare.push(gone);
            } else {
                gone.owner.cleanup();
            }
        }
        // From the last to the first, so that the one after it is where it belongs.
        let Some(body) = end.parent_element() else { return };
        let mut next = end.clone();
        for (row, stays) in self.drawn.iter_mut().zip(staying(&places)).rev() {
            if !stays {
                row.view.mount(&body, Some(&next));
            }
            next = row.element.clone().unwrap_or(next);
        }
    }
}
