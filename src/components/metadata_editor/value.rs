//! One property that is set: the control that its definition asks for, and the button that takes it away.

use leptos::prelude::*;

use crate::{
    components::metadata_form::{MetadataForm, Row},
    domain::metadata::{ListValue, Widget, is_switch, needs_value, widget},
    i18n::t,
    ui::{
        button::{Button, Kind},
        field::{Choice, Described, SelectField, TextField, TextKind},
        icon::Icon,
        id::unique_id,
    },
};

/// The property.
#[component]
pub fn ValueField(
    /// What it belongs to.
    form: MetadataForm,
    /// Which one.
    row: Row,
) -> impl IntoView {
    let Row { key, value, .. } = row;
    let value = RwSignal::from(value);
    let definition = {
        let key = key.clone();
        Memo::new(move |_| form.definitions.of(&key))
    };
    let hint = Signal::derive(move || {
        let definition = definition.get()?;
        let words: Vec<String> =
            [definition.title, definition.description].into_iter().filter(|text| !text.is_empty()).collect();
        Some(words.join(" · "))
    });
    let problem = {
        let key = key.clone();
        Signal::derive(move || form.problem(&key))
    };
    // By the value that it has when the definition is known: it doesn't change its kind while somebody types.
    let kind = Memo::new(move |_| widget(definition.read().as_ref(), &value.read_untracked()));
    let required = {
        let key = key.clone();
        Signal::derive(move || needs_value(&key, definition.read().as_ref()))
    };
    let label = Signal::stored(key.clone());
    let left = key.clone();
    let on_leave = Callback::new(move |()| form.leave(&left));
    // A one-line field would drop the line breaks of what is edited in it.
    let has_lines = value.read_untracked().contains('\n');
    let control = move || {
        match kind.get() {
        Widget::Text => view! {
            <TextField label=label value=value required=required multiline=has_lines hint=hint problem=problem on_leave=on_leave />
        }
        .into_any(),
        Widget::Number => view! {
            <TextField label=label value=value required=required kind=TextKind::Number hint=hint problem=problem on_leave=on_leave />
        }
        .into_any(),
        Widget::Choice(choices) => {
            let choices: Vec<Choice> = choices.iter().map(|it| Choice::new(it.as_str(), it.as_str())).collect();
            view! { <SelectField label=label value=value choices=Signal::stored(choices) hint=hint problem=problem /> }
                .into_any()
        }
        Widget::Switch => view! { <Switch label=label value=value hint=hint problem=problem /> }.into_any(),
        Widget::List { operators, items } => view! {
            <ListField label=label value=value hint=hint problem=problem operators=operators items=items />
        }
        .into_any(),
    }
    };
    view! {
        <li class="metadata-row">
            {control}
            <Button
                label=Signal::derive({
                    let key = key.clone();
                    move || (t().metadata.remove_key)(&key)
                })
                kind=Kind::Quiet
                icon=Icon::Close
                icon_only=true
                on_press=move |()| form.remove(&key)
            />
        </li>
    }
}

#[component]
fn Switch(
    label: Signal<String>,
    value: RwSignal<String>,
    hint: Signal<Option<String>>,
    problem: Signal<Option<String>>,
) -> impl IntoView {
    let id = unique_id("switch");
    let described = Described::new(&id, hint, problem);
    // However the cloud wrote it, it comes back in the same way when it is switched back.
    let first = value.get_untracked();
    let is_on = move || is_switch(&value.read()).unwrap_or(false);
    let switch = move |now: bool| {
        value.set(if is_switch(&first) == Some(now) { first.clone() } else { now.to_string() });
    };
    view! {
        <div class="check">
            <input
                type="checkbox"
                role="switch"
                id=id.clone()
                prop:checked=is_on
                aria-invalid=move || problem.read().is_some().then_some("true")
                aria-describedby=described.ids()
                on:change:target=move |event| switch(event.target().checked())
            />
            <div>
                <label for=id><bdi>{label}</bdi></label>
                {described.notes()}
            </div>
        </div>
    }
}

#[component]
fn ListField(
    label: Signal<String>,
    value: RwSignal<String>,
    hint: Signal<Option<String>>,
    problem: Signal<Option<String>>,
    operators: Vec<String>,
    items: Vec<String>,
) -> impl IntoView {
    let first = ListValue::parse(&value.read_untracked(), &operators, &items);
    let operator = RwSignal::new(first.as_ref().map(|it| it.operator.clone()).unwrap_or_default());
    let chosen = RwSignal::new(first.map(|it| it.items).unwrap_or_default());
    let all = StoredValue::new(items.clone());
    let before = StoredValue::new((operator.get_untracked(), chosen.get_untracked(), value.get_untracked()));
    let write = move || {
        let now = ListValue { operator: operator.get(), items: chosen.get() };
        // As it was, when it says what it said: somebody else's spaces are not ours to tidy.
        let is_as_before =
            before.with_value(|(operator, items, _)| *operator == now.operator && *items == now.items);
        if is_as_before {
            before.with_value(|(.., text)| text.clone())
        } else {
            all.with_value(|all| now.write(all))
        }
    };
    Effect::new(move |_| {
        let text = write();
        if *value.read_untracked() != text {
            value.set(text);
        }
    });
    let choices: Vec<Choice> = operators.iter().map(|it| Choice::new(it.as_str(), it.as_str())).collect();
    // The hint is read with the list, the problem with each item: it is there that the focus is.
    let hint_id = unique_id("list-hint");
    let described = Described::new(&unique_id("list"), Signal::stored(None), problem);
    let ids = described.ids();
    let item = move |item: String| {
        let (id, own, ids) = (unique_id("item"), item.clone(), ids.clone());
        let is_chosen = move || chosen.read().contains(&own);
        let words = item.clone();
        let toggle = move |now: bool| {
            chosen.update(|chosen| _ = if now { chosen.insert(item.clone()) } else { chosen.remove(&item) });
        };
        view! {
            <span class="check">
                <input
                    type="checkbox"
                    id=id.clone()
                    prop:checked=is_chosen
                    aria-invalid=move || problem.read().is_some().then_some("true")
                    aria-describedby=ids
                    on:change:target=move |event| toggle(event.target().checked())
                />
                <label for=id><bdi>{words}</bdi></label>
            </span>
        }
    };
    view! {
        <fieldset class="fieldset" aria-describedby=hint_id.clone()>
            <legend><bdi>{label}</bdi></legend>
            {described.notes()}
            <p class="hint" id=hint_id.clone()>{move || hint.get()}</p>
            <SelectField
                label=Signal::derive(move || (t().metadata.operator)(&label.read()))
                value=operator
                choices=Signal::stored(choices)
            />
            <div class="metadata-items">{items.into_iter().map(item).collect_view()}</div>
        </fieldset>
    }
}
