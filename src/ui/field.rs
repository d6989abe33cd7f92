//! Form fields: a label, a control, a hint and a problem, tied together for everybody.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    i18n::{t, word},
    ui::id::unique_id,
};

/// How long after a field was left its problem shows: longer than a click takes.
const AFTER_LEAVING: Duration = Duration::from_millis(250);

/// What a text field is for: sets the keyboard, the browser's help and what it remembers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextKind {
    /// Any text.
    #[default]
    Text,
    /// A secret that is not shown.
    Password,
    /// A whole number.
    Number,
    /// A search box.
    Search,
}

impl TextKind {
    const fn input_type(self) -> &'static str {
        match self {
            // A number field would hand over nothing at all for "20 GB", and wipe it out.
            TextKind::Text | TextKind::Number => "text",
            TextKind::Password => "password",
            TextKind::Search => "search",
        }
    }
}

/// A labelled one-line text input.
#[component]
pub fn TextField(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// What is in it, as typed.
    value: RwSignal<String>,
    /// The kind of text.
    #[prop(optional)]
    kind: TextKind,
    /// Must be filled in; others are marked optional, but a search box.
    #[prop(optional, into)]
    required: Signal<bool>,
    /// A sentence under the field.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// What is wrong with it, once it was left or submitted.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// The form's name of the field: for the browser's autofill and for focusing the first problem.
    #[prop(optional, into)]
    name: Option<&'static str>,
    /// The `autocomplete` token.
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
    /// Suggested values.
    #[prop(optional, into)]
    suggestions: Option<Signal<Vec<Choice>>>,
    /// Why it can't be changed.
    #[prop(optional, into)]
    read_only: Signal<bool>,
    /// Called when the field is left, to show its problem.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
    /// Focused when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// Several lines.
    #[prop(optional)]
    multiline: bool,
    /// Spans the form's whole width.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let id = unique_id("field");
    let described = Described::new(&id, hint, problem);
    let list_id = suggestions.map(|_| format!("{id}-list"));
    // Not at once: a problem that appears between press and release of the mouse moves the button away from under it.
    let left = move |_| {
        if let Some(on_leave) = on_leave {
            set_timeout(move || _ = on_leave.try_run(()), AFTER_LEAVING);
        }
    };
    let control = if multiline {
        view! {
            <textarea
                class="input"
                id=id.clone()
                name=name
                rows="3"
                required=required
                readonly=read_only
                prop:value=value
                aria-invalid=move || problem.read().is_some().then_some("true")
                aria-describedby=described.ids()
                on:input:target=move |event| value.set(event.target().value())
                on:blur=left
            ></textarea>
        }
        .into_any()
    } else {
        view! {
            <input
                class="input"
                id=id.clone()
                type=kind.input_type()
                name=name
                list=list_id.clone()
                inputmode=(kind == TextKind::Number).then_some("numeric")
                autocomplete=autocomplete.unwrap_or("off")
                spellcheck="false"
                autofocus=autofocus
                aria-required=move || required.get().then_some("true")
                readonly=read_only
                prop:value=value
                aria-invalid=move || problem.read().is_some().then_some("true")
                aria-describedby=described.ids()
                on:input:target=move |event| value.set(event.target().value())
                on:blur=left
            />
        }
        .into_any()
    };
    view! {
        <div class="field" class:wide=wide>
            // Beside the label, not in it: the field's name is the label's text alone.
            <div class="label">
                <label for=id.clone()>{label}</label>
                {move || (!required.get() && kind != TextKind::Search).then(|| view! { <span class="optional" aria-hidden="true">{word(|it| it.common.optional)}</span> })}
            </div>
            {control}
            {list_id
                .zip(suggestions)
                .map(|(list_id, suggestions)| {
                    view! {
                        <datalist id=list_id>
                            {move || suggestions.get().into_iter().map(|it| view! { <option value=it.value>{it.label}</option> }).collect_view()}
                        </datalist>
                    }
                })}
            {described.notes()}
        </div>
    }
}

/// One entry of a [`SelectField`].
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The value it stands for.
    pub value: String,
    /// The words shown.
    pub label: String,
    /// Why it can't be chosen; shown behind the words.
    pub disabled_reason: Option<String>,
}

impl Choice {
    /// A choice that can be made.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), disabled_reason: None }
    }
}

/// A labelled drop-down list.
#[component]
pub fn SelectField(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The chosen value.
    value: RwSignal<String>,
    /// The entries.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// A sentence under the field.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// What is wrong with it.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// The form's name of the field.
    #[prop(optional, into)]
    name: Option<&'static str>,
    /// Can't be changed now; say why in the hint.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = unique_id("field");
    let described = Described::new(&id, hint, problem);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select
                class="input"
                id=id
                name=name
                disabled=disabled
                aria-invalid=move || problem.read().is_some().then_some("true")
                aria-describedby=described.ids()
                on:change:target=move |event| value.set(event.target().value())
            >
                {move || {
                    choices
                        .get()
                        .into_iter()
                        .map(|choice| {
                            let own = choice.value.clone();
                            let words = match choice.disabled_reason.as_deref() {
                                Some(reason) => t().common.with_reason(&choice.label, reason),
                                None => choice.label,
                            };
                            view! {
                                <option
                                    value=choice.value
                                    disabled=choice.disabled_reason.is_some()
                                    selected=move || *value.read() == own
                                >
                                    {words}
                                </option>
                            }
                        })
                        .collect_view()
                }}
            </select>
            {described.notes()}
        </div>
    }
}

/// A labelled check box.
#[component]
pub fn CheckField(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is ticked.
    value: RwSignal<bool>,
    /// A sentence under the label.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// Can't be changed now; say why in the hint.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = unique_id("field");
    let hint_id = format!("{id}-hint");
    let described_by = {
        let hint_id = hint_id.clone();
        move || hint.read().is_some().then(|| hint_id.clone())
    };
    view! {
        <div class="check">
            <input
                type="checkbox"
                id=id.clone()
                prop:checked=value
                disabled=disabled
                aria-describedby=described_by
                on:change:target=move |event| value.set(event.target().checked())
            />
            <div>
                <label for=id>{label}</label>
                {move || hint.get().map(|hint| view! { <span class="hint" id=hint_id.clone()>{hint}</span> })}
            </div>
        </div>
    }
}

/// The hint and the problem of a control, and the ids that tie them to it.
#[derive(Clone)]
pub struct Described {
    hint_id: String,
    problem_id: String,
    hint: Signal<Option<String>>,
    problem: Signal<Option<String>>,
}

impl Described {
    /// Of the control with this id.
    pub fn new(id: &str, hint: Signal<Option<String>>, problem: Signal<Option<String>>) -> Self {
        Self { hint_id: format!("{id}-hint"), problem_id: format!("{id}-problem"), hint, problem }
    }

    /// For the control's `aria-describedby`.
    pub fn ids(&self) -> impl Fn() -> Option<String> + Clone + Send + Sync + 'static {
        let this = self.clone();
        move || match (this.hint.read().is_some(), this.problem.read().is_some()) {
            (false, false) => None,
            (true, false) => Some(this.hint_id.clone()),
            (false, true) => Some(this.problem_id.clone()),
            (true, true) => Some(format!("{} {}", this.problem_id, this.hint_id)),
        }
    }

    /// Their words, to stand under the control.
    pub fn notes(self) -> impl IntoView {
        let Self { hint_id, problem_id, hint, problem } = self;
        view! {
            {move || problem.get().map(|problem| view! { <p class="problem" id=problem_id.clone()>{problem}</p> })}
            {move || hint.get().map(|hint| view! { <p class="hint" id=hint_id.clone()>{hint}</p> })}
        }
    }
}

/// Moves the focus to the first control of `form` that is marked invalid. Call it after a failed submit.
pub fn focus_first_problem(form: &web_sys::HtmlFormElement) {
    use wasm_bindgen::JsCast;
    let form = form.clone();
    // The marks appear with the next render.
    request_animation_frame(move || {
        let invalid = form.query_selector("[aria-invalid=true]:not([hidden] *)").ok().flatten();
        if let Some(control) = invalid.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            // A failed focus leaves it on the button; the problems are on the screen all the same.
            let _ = control.focus();
        }
    });
}
