//! Leaving a page with something typed: asked first, whichever way it is left. The browser asks when the tab goes; links and
//! the Back button within the app are stopped before the router hears of them; what takes the page away by itself (signing out,
//! switching the project) asks through [`Leaving`].

use std::{cell::Cell, rc::Rc};

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget, HtmlAnchorElement};

use crate::{
    client::browser::Listener,
    i18n::word,
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
        id::unique_id,
    },
};

/// What is taken back where the browser can't tell how far it went.
const A_STEP_BACK: i32 = -1;

/// The way that was taken to leave.
#[derive(Clone)]
enum Way {
    /// A link, which is pressed again.
    Link(HtmlAnchorElement),
    /// So many steps in the tab's history.
    Steps(i32),
    /// Something that ends the page.
    Act(Act),
}

type Act = Rc<dyn Fn()>;

/// What is told of every step in the tab's history, and says whether it is to be taken back.
type OnStep = Box<dyn Fn() -> bool>;
/// Asks before something is done that ends the page, and says whether it has asked.
type OnAct = Box<dyn Fn(&Act) -> bool>;

/// What the page that is shown has to say about leaving it.
struct Guard {
    own: String,
    on_step: OnStep,
    on_act: OnAct,
}

/// Hears of each step in the tab's history before the router does, and of what else would end a page.
#[derive(Clone, Copy)]
pub struct Leaving(StoredValue<Option<Guard>, LocalStorage>);

impl Leaving {
    /// Does something that ends the page, after a question where something typed would be lost.
    pub fn unless_kept(self, act: impl Fn() + 'static) {
        let act: Act = Rc::new(act);
        if !self.0.with_value(|guard| guard.as_ref().is_some_and(|guard| (guard.on_act)(&act))) {
            act();
        }
    }
}

/// Who asks before something is lost.
pub fn use_leaving() -> Leaving {
    expect_context()
}

/// Begins to listen. Call it before the router is made: of two listeners of a window the older one hears first.
pub fn provide_leaving() {
    let leaving = Leaving(StoredValue::new_local(None));
    provide_context(leaving);
    let listener = Listener::new(&window(), "popstate", move |event| {
        // The browser has gone before it tells: it is sent back, unnoticed by the router.
        if leaving.0.with_value(|guard| guard.as_ref().is_some_and(|guard| (guard.on_step)())) {
            event.stop_immediate_propagation();
        }
    });
    // For as long as the app runs.
    std::mem::forget(listener);
}

/// Asks before the page that it stands on is left while `is_dirty` holds. Going there by the app itself, as after saving, is
/// never stopped.
#[component]
pub fn LeaveGuard(
    /// Something is typed that would be lost.
    #[prop(into)]
    is_dirty: Signal<bool>,
) -> impl IntoView {
    let asked = RwSignal::new_local(None::<Way>);
    // Not where it is drawn: the address follows the page, but by the time that something is typed it is right.
    let here = StoredValue::new(String::new());
    Effect::new(move |_| {
        if is_dirty.get() {
            here.set_value(path());
        }
    });
    let steps = Rc::new(Cell::new(A_STEP_BACK));
    // A page that is not shown any more has nothing to say.
    let would_lose =
        move || is_dirty.try_get_untracked() == Some(true) && here.try_get_value() == Some(path());
    let listeners = StoredValue::new_local(listen(would_lose, asked, steps.clone()));
    let is_returning = Cell::new(false);
    let leaving = use_leaving();
    let on_step = move || {
        if is_returning.take() {
            return true;
        }
        let is_leaving = is_dirty.try_get_untracked() == Some(true) && here.try_get_value() != Some(path());
        if is_leaving {
            is_returning.set(true);
            asked.try_set(Some(Way::Steps(steps.get())));
            go(-steps.get());
        }
        is_leaving
    };
    let own = StoredValue::new(unique_id("leave"));
    let on_act = move |act: &Act| {
        let is_asked = would_lose();
        if is_asked {
            asked.try_set(Some(Way::Act(act.clone())));
        }
        is_asked
    };
    let guard = Guard { own: own.get_value(), on_step: Box::new(on_step), on_act: Box::new(on_act) };
    leaving.0.set_value(Some(guard));
    let release = move || {
        // The next page may have put its own there already.
        leaving.0.update_value(|guard| {
            _ = guard.take_if(|guard| own.try_get_value().as_ref() == Some(&guard.own))
        });
        // Gone with the page already, where the whole owner is.
        let _ = listeners.try_update_value(Vec::clear);
    };
    on_cleanup(release);
    let stay = move |()| asked.set(None);
    let leave = move |()| {
        let way = asked.get_untracked();
        asked.set(None);
        if let Some(Way::Act(act)) = way {
            // It may fail, and the page stay with what is typed.
            return act();
        }
        release();
        match way {
            // It may have gone from the page while the question stood there.
            Some(Way::Link(link)) if !link.is_connected() => {
                // Assigning an address of our own origin can't fail.
                let _ = window().location().assign(&link.href());
            }
            Some(Way::Link(link)) => link.click(),
            Some(Way::Steps(steps)) => go(steps),
            Some(Way::Act(_)) | None => {}
        }
    };
    move || {
        asked.read().is_some().then(|| {
            view! {
                <Dialog heading=word(|it| it.leave.title) on_close=stay>
                    <p>{word(|it| it.leave.text)}</p>
                    <div class="dialog-foot">
                        <Button label=word(|it| it.leave.stay) on_press=stay autofocus=true />
                        <Button label=word(|it| it.leave.leave) kind=Kind::Danger on_press=leave />
                    </div>
                </Dialog>
            }
        })
    }
}

fn listen(
    would_lose: impl Fn() -> bool + Copy + 'static,
    asked: RwSignal<Option<Way>, LocalStorage>,
    steps: Rc<Cell<i32>>,
) -> Vec<Listener> {
    let mut listeners = vec![
        Listener::new(&window(), "beforeunload", move |event| {
            if would_lose() {
                event.prevent_default();
            }
        }),
        Listener::new(&document(), "click", move |event| {
            if let Some(link) = leaving_link(&event)
                && would_lose()
            {
                // The router, at the window, leaves a click alone that somebody has dealt with.
                event.prevent_default();
                asked.try_set(Some(Way::Link(link)));
            }
        }),
    ];
    if let Some(navigation) = field(&window(), "navigation").and_then(|it| it.dyn_into::<EventTarget>().ok())
    {
        let entries = navigation.clone();
        listeners.push(Listener::new(&navigation, "currententrychange", move |event| {
            let index = |entry: Option<JsValue>| field(&entry?, "index")?.as_f64();
            let from = index(field(&event, "from"));
            let to = index(field(&entries, "currentEntry"));
            #[allow(clippy::cast_possible_truncation, reason = "a place in the tab's short history")]
            steps.set(to.zip(from).map_or(A_STEP_BACK, |(to, from)| (to - from) as i32));
        }));
    }
    listeners
}

/// The link that a plain click is on, if the router would follow it to another page.
fn leaving_link(event: &Event) -> Option<HtmlAnchorElement> {
    let click = event.dyn_ref::<web_sys::MouseEvent>()?;
    if click.default_prevented()
        || click.button() != 0
        || click.meta_key()
        || click.ctrl_key()
        || click.shift_key()
        || click.alt_key()
    {
        return None;
    }
    let element = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let link = element.closest("a[href]").ok()??.dyn_into::<HtmlAnchorElement>().ok()?;
    let is_ours = link.target().is_empty()
        && !link.has_attribute("download")
        && link.rel() != "external"
        && window().location().origin().ok()? == link.origin();
    (is_ours && link.pathname() != path()).then_some(link)
}

fn path() -> String {
    // Without an address every path is the same, and nothing is stopped.
    window().location().pathname().unwrap_or_default()
}

fn go(steps: i32) {
    if let Ok(history) = window().history() {
        // Fails only for a page that is not shown.
        let _ = history.go_with_delta(steps);
    }
}

fn field(holder: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(holder, &JsValue::from_str(name))
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}
