//! A menu button: the browser's popover for opening and closing, arrow keys and positions by us.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::{JsCast, JsValue};

use crate::ui::{
    button::Kind,
    icon::{Icon, Picture},
    id::unique_id,
};

/// A button that opens a menu of [`MenuItem`]s under it.
#[component]
pub fn Menu(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The picture on the button.
    #[prop(into)]
    icon: Option<Icon>,
    /// The words on the button, where they differ from the accessible name; hidden on narrow screens.
    #[prop(optional, into)]
    text: Option<Signal<String>>,
    /// A smaller one, for table rows.
    #[prop(optional)]
    small: bool,
    /// Called when it opens, to bring its items up to date.
    #[prop(optional, into)]
    on_open: Option<Callback<()>>,
    /// The items; made when the menu is opened.
    children: ChildrenFn,
) -> impl IntoView {
    let id = unique_id("menu");
    let button = NodeRef::<html::Button>::new();
    let open = RwSignal::new(false);
    let toggled = move |is_open: bool| {
        open.set(is_open);
        if let (true, Some(on_open)) = (is_open, on_open) {
            on_open.run(());
        }
    };
    let anchor = move || button.get_untracked().map(Into::into);
    view! {
        <span class="menu">
            <button
                node_ref=button
                class="button"
                type="button"
                data-kind=Kind::Quiet.name()
                data-size=small.then_some("small")
                data-icon-only=text.is_none().then_some("true")
                aria-label=label
                title=label
                aria-haspopup="menu"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                popovertarget=id.clone()
            >
                {icon.map(|icon| view! { <Picture icon=icon /> })}
                {text.map(|text| view! { <bdi class="menu-text">{text}</bdi> })}
            </button>
            {popover(id, label, NodeRef::new(), anchor, toggled, children)}
        </span>
    }
}

/// The button that a [`SharedMenu`] was opened by; none while it is closed.
pub type Anchor = RwSignal<Option<web_sys::HtmlElement>, LocalStorage>;

/// One menu for many buttons, as in the rows of a table, which then need none of their own. A button opens it with
/// [`press_anchor`], and bears `aria-haspopup` and `aria-expanded="false"`.
#[component]
pub fn SharedMenu(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The button that was pressed.
    anchor: Anchor,
    /// The items; made when the menu is opened.
    children: ChildrenFn,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    Effect::new(move |before: Option<Option<web_sys::HtmlElement>>| {
        let now = anchor.get();
        set_expanded(before.flatten().as_ref(), false);
        set_expanded(now.as_ref(), true);
        if let (Some(_), Some(list)) = (&now, list.get()) {
            // Fails only when it is open already.
            let _ = list.show_popover();
        }
        now
    });
    let toggled = move |is_open: bool| {
        if !is_open {
            anchor.set(None);
        }
    };
    popover(unique_id("menu"), label, list, move || anchor.get_untracked(), toggled, children)
}

/// A press on a button of a [`SharedMenu`]: opens it there, or closes it where it was opened by the same button.
pub fn press_anchor(anchor: Anchor, event: &ev::MouseEvent) {
    // The press may have met the picture on the button.
    let pressed = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let button = pressed.and_then(|it| it.closest("button").ok().flatten()).and_then(|it| it.dyn_into().ok());
    // The browser has closed an open menu with the press itself, but not told yet.
    let is_again = button.is_some() && button == anchor.get_untracked();
    anchor.set(button.filter(|_| !is_again));
}

fn set_expanded(button: Option<&web_sys::HtmlElement>, is_expanded: bool) {
    if let Some(button) = button {
        // Setting an attribute of a valid name can't fail.
        let _ = button.set_attribute("aria-expanded", if is_expanded { "true" } else { "false" });
    }
}

/// The list of a menu. It is placed under `anchor` when it opens, and `on_toggle` hears whether it is open.
fn popover(
    id: String,
    label: Signal<String>,
    list: NodeRef<html::Div>,
    anchor: impl Fn() -> Option<web_sys::HtmlElement> + Copy + 'static,
    on_toggle: impl Fn(bool) + 'static,
    children: ChildrenFn,
) -> AnyView {
    let open = RwSignal::new(false);
    let children = StoredValue::new(children);
    let toggled = move |event: ev::Event| {
        let is_open = js_sys::Reflect::get(&event, &JsValue::from_str("newState"))
            .is_ok_and(|state| state.as_string().as_deref() == Some("open"));
        open.set(is_open);
        on_toggle(is_open);
        if is_open {
            request_animation_frame(move || {
                if let (Some(anchor), Some(list)) = (anchor(), list.get_untracked()) {
                    place_under(&anchor, &list);
                    focus_item(&list, Step::First);
                }
            });
        }
    };
    let keyed = move |event: ev::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowDown" => Step::Next,
            "ArrowUp" => Step::Previous,
            "Home" => Step::First,
            "End" => Step::Last,
            "Tab" => {
                if let Some(list) = list.get_untracked() {
                    // Fails only when it is closed already.
                    let _ = list.hide_popover();
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(list) = list.get_untracked() {
            focus_item(&list, step);
        }
    };
    view! {
        <div
            node_ref=list
            class="menu-list"
            id=id
            role="menu"
            aria-label=label
            popover="auto"
            on:toggle=toggled
            on:keydown=keyed
        >
            {move || open.get().then(|| children.with_value(|children| children()))}
        </div>
    }
    .into_any()
}

/// One action of a [`Menu`]. A disabled one can be reached and shows its reason.
#[component]
pub fn MenuItem(
    /// What it does.
    #[prop(into)]
    label: Signal<String>,
    /// Called on a press, unless it is disabled.
    #[prop(into)]
    on_press: Callback<()>,
    /// Why it can't be pressed now.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    /// For a choice among several: whether this one is chosen.
    #[prop(optional, into)]
    checked: Option<Signal<bool>>,
    /// Destroys something.
    #[prop(optional)]
    danger: bool,
) -> impl IntoView {
    let reason_id = unique_id("reason");
    let described_by = {
        let reason_id = reason_id.clone();
        move || disabled_reason.read().is_some().then(|| reason_id.clone())
    };
    view! {
        <button
            class="menu-item"
            type="button"
            role=if checked.is_some() { "menuitemradio" } else { "menuitem" }
            tabindex="-1"
            data-kind=danger.then_some(Kind::Danger.name())
            aria-label=label
            aria-checked=move || checked.map(|checked| if checked.get() { "true" } else { "false" })
            aria-disabled=move || disabled_reason.read().is_some().then_some("true")
            aria-describedby=described_by
            on:click:target=move |event| {
                if disabled_reason.read_untracked().is_none() {
                    close_around(&event.target());
                    on_press.run(());
                }
            }
        >
            {label}
            {move || {
                disabled_reason
                    .get()
                    .map(|reason| view! { <span class="menu-reason" id=reason_id.clone()>{reason}</span> })
            }}
        </button>
    }
}

/// Closes the menu that an item is in, which gives the focus back to its button: a dialog that the item opens will return there.
fn close_around(item: &web_sys::Element) {
    let list = item
        .closest("[popover]")
        .ok()
        .flatten()
        .and_then(|list| list.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(list) = list {
        // Fails only when it is closed already.
        let _ = list.hide_popover();
    }
}

enum Step {
    First,
    Last,
    Next,
    Previous,
}

fn focus_item(list: &web_sys::HtmlElement, step: Step) {
    let Ok(items) = list.query_selector_all("[role^=menuitem]") else { return };
    let count = items.length();
    if count == 0 {
        return;
    }
    let active = document().active_element();
    let here = (0..count).find(|&index| {
        items
            .item(index)
            .is_some_and(|item| active.as_ref().is_some_and(|active| item.is_same_node(Some(active))))
    });
    let index = match (step, here) {
        (Step::First, _) | (Step::Next, None) => 0,
        (Step::Last, _) | (Step::Previous, None) => count - 1,
        (Step::Next, Some(here)) => (here + 1) % count,
        (Step::Previous, Some(here)) => (here + count - 1) % count,
    };
    if let Some(item) = items.item(index).and_then(|item| item.dyn_into::<web_sys::HtmlElement>().ok()) {
        // A failed focus leaves it where it is.
        let _ = item.focus();
    }
}

/// Puts the list under its button, end-aligned where it would leave the window, above where there is no room below.
fn place_under(button: &web_sys::HtmlElement, list: &web_sys::HtmlElement) {
    const GAP: f64 = 4.0;
    let root = document().document_element();
    let (width, height) =
        root.map_or((0.0, 0.0), |root| (f64::from(root.client_width()), f64::from(root.client_height())));
    let at = button.get_bounding_client_rect();
    let size = list.get_bounding_client_rect();
    let left = if at.left() + size.width() + GAP > width { at.right() - size.width() } else { at.left() };
    let below = at.bottom() + GAP;
    let top = if below + size.height() > height && at.top() - GAP - size.height() > 0.0 {
        at.top() - GAP - size.height()
    } else {
        below
    };
    let style = leptos::web_sys::HtmlElement::style(list);
    // Setting a property through the CSSOM fails only for malformed values; these are numbers.
    let _ = style.set_property("left", &format!("{}px", left.max(GAP)));
    let _ = style.set_property("top", &format!("{top}px"));
}
