//! Buttons, and the rule that a disabled one says why.

use leptos::prelude::*;

use crate::ui::{
    icon::{Icon, Picture},
    id::unique_id,
};

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The one main action of a form or page.
    Primary,
    /// Any other action.
    #[default]
    Normal,
    /// An action that destroys something.
    Danger,
    /// An action without a frame, for bars and rows.
    Quiet,
    /// An action that reads as part of a sentence.
    Link,
}

impl Kind {
    /// The value of the `data-kind` attribute that the style sheet knows.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Primary => "primary",
            Kind::Normal => "normal",
            Kind::Danger => "danger",
            Kind::Quiet => "quiet",
            Kind::Link => "link",
        }
    }
}

/// A button. With a reason it stays focusable, does nothing, and is described by the reason.
#[component]
pub fn Button(
    /// What it does, in a verb; also its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The accessible name, where the label alone does not say what it is about ("Launch" in a row).
    #[prop(optional, into)]
    name: Option<Signal<String>>,
    /// Called on a press, unless it is disabled or busy.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
    /// How much it stands out.
    #[prop(optional)]
    kind: Kind,
    /// Submits the form around it instead of calling `on_press`.
    #[prop(optional)]
    submit: bool,
    /// Why it can't be pressed now.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    /// Work that it started is under way: a second press does nothing.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What a press does while it is busy, in place of nothing: the label then says so.
    #[prop(optional, into)]
    on_stop: Option<Callback<()>>,
    /// A picture before the label.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// Shows the picture only; the label stays as the accessible name.
    #[prop(optional)]
    icon_only: bool,
    /// A smaller one, for table rows.
    #[prop(optional)]
    small: bool,
    /// Focused when the dialog or page opens.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let reason_id = unique_id("reason");
    let described_by = {
        let reason_id = reason_id.clone();
        move || disabled_reason.read().is_some().then(|| reason_id.clone())
    };
    let press = move |event: leptos::ev::MouseEvent| {
        if let Some(on_stop) = on_stop.filter(|_| busy.get_untracked()) {
            on_stop.run(());
        } else if busy.get_untracked() || disabled_reason.read_untracked().is_some() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    view! {
        <span class="reasoned">
            <button
                class="button"
                type=if submit { "submit" } else { "button" }
                data-kind=kind.name()
                data-size=small.then_some("small")
                data-icon-only=icon_only.then_some("true")
                aria-label=move || name.map(|name| name.get()).or_else(|| icon_only.then(|| label.get()))
                title=move || (icon_only && disabled_reason.read().is_none()).then(|| label.get())
                aria-disabled=move || (busy.get() && on_stop.is_none() || disabled_reason.read().is_some()).then_some("true")
                aria-busy=move || busy.get().then_some("true")
                aria-describedby=described_by
                autofocus=autofocus
                on:click=press
            >
                {icon.map(|icon| view! { <Picture icon=icon /> })}
                {move || (!icon_only).then(|| label.get())}
            </button>
            {move || {
                disabled_reason
                    .get()
                    .map(|reason| view! { <span class="reason" id=reason_id.clone() role="tooltip">{reason}</span> })
            }}
        </span>
    }
}
