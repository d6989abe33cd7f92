//! Messages in the page: notices, empty states, badges and loading placeholders.

use leptos::prelude::*;

/// How a message feels; never the only sign of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// It worked, it is up.
    Good,
    /// Look at this.
    Warn,
    /// It failed.
    Bad,
    /// It is under way.
    Busy,
}

impl Tone {
    /// The value of the `data-tone` attribute that the style sheet knows.
    pub const fn name(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
            Tone::Busy => "busy",
        }
    }
}

/// A boxed message. A bad one is announced at once, others politely.
#[component]
pub fn Notice(
    /// How it feels.
    #[prop(optional)]
    tone: Tone,
    /// Its first, bold line.
    #[prop(optional, into)]
    title: Option<Signal<String>>,
    /// The rest.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="notice" data-tone=tone.name() role=if tone == Tone::Bad { "alert" } else { "status" }>
            {title.map(|title| view! { <p class="notice-title">{title}</p> })}
            {children()}
        </div>
    }
}

/// What stands where a list would be: what it means and what to do next.
#[component]
pub fn Empty(
    /// What there is none of.
    #[prop(into)]
    title: Signal<String>,
    /// What to do about it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            {children()}
        </div>
    }
}

/// A short state in a coloured pill.
#[component]
pub fn Badge(
    /// The words.
    #[prop(into)]
    label: Signal<String>,
    /// The colour.
    #[prop(into)]
    tone: Signal<Tone>,
) -> impl IntoView {
    view! { <span class="badge" data-tone=move || tone.get().name()>{label}</span> }
}

/// Grey bars of the height of the rows to come, so that nothing jumps when they arrive.
#[component]
pub fn SkeletonRows(
    /// How many rows.
    rows: usize,
    /// How many cells a row.
    cells: usize,
) -> impl IntoView {
    (0..rows)
        .map(|_| {
            let cells = (0..cells).map(|_| view! { <td><span class="skeleton"></span></td> }).collect_view();
            view! { <tr aria-hidden="true" class="skeleton-row">{cells}</tr> }
        })
        .collect_view()
}
