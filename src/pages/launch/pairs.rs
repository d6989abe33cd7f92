//! Rows of keys and values, as the steps "Scheduler hints" and "Metadata" have them.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;

use crate::{
    domain::{
        launch_draft::LaunchDraft,
        server_pairs::{Pair, PairProblem},
    },
    i18n::{intl, t},
    pages::launch::wizard::Wizard,
    ui::{
        button::{Button, Kind},
        field::Choice,
        icon::Icon,
        id::unique_id,
    },
};

/// The rows of a draft.
pub type Rows = fn(&mut LaunchDraft) -> &mut Vec<Pair>;

/// The rows, and the button that adds one.
#[component]
pub fn Pairs(
    /// The wizard.
    wizard: Wizard,
    /// Where they are.
    rows: Rows,
    /// What is wrong, by row.
    #[prop(into)]
    problems: Signal<BTreeMap<usize, PairProblem>>,
    /// What the button says.
    #[prop(into)]
    add: Signal<String>,
    /// Keys that are known.
    #[prop(optional, into)]
    suggestions: Signal<Vec<Choice>>,
) -> impl IntoView {
    let list_id = unique_id("keys");
    let list = StoredValue::new(list_id.clone());
    // A row that was left, or all once a launch was tried.
    let left = RwSignal::new(BTreeSet::new());
    let read = move || rows(&mut wizard.kept.get()).clone();
    let count = Memo::new(move |_| read().len());
    let change = move |change: &dyn Fn(&mut Vec<Pair>)| wizard.kept.update(|draft| change(rows(draft)));
    let row = move |index: usize| {
        let cell = move |is_key: bool| {
            let pair = read().into_iter().nth(index).unwrap_or_default();
            if is_key { pair.0 } else { pair.1 }
        };
        let id = unique_id("pair");
        let problem_id = format!("{id}-problem");
        let problem = Memo::new(move |_| {
            let may_show = wizard.was_tried.get() || left.read().contains(&index);
            problems.read().get(&index).filter(|_| may_show).copied()
        });
        let input = |is_key: bool| {
            let number = intl::integer(index as u64 + 1);
            view! {
                <input
                    class="input mono"
                    list=is_key.then(|| list.get_value())
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=move || if is_key { (t().setup.key)(&number) } else { (t().setup.value)(&number) }
                    aria-invalid=move || problem.get().filter(|it| it.is_of_key() == is_key).map(|_| "true")
                    aria-describedby=problem_id.clone()
                    prop:value=move || cell(is_key)
                    on:input:target=move |event| {
                        let text = event.target().value();
                        change(&|rows| {
                            if let Some((key, value)) = rows.get_mut(index) {
                                *(if is_key { key } else { value }) = text.clone();
                            }
                        });
                    }
                />
            }
        };
        let (key, value) = (input(true), input(false));
        let remove = move |()| {
            left.update(|left: &mut BTreeSet<usize>| {
                *left =
                    left.iter().filter(|at| **at != index).map(|at| at - usize::from(*at > index)).collect();
            });
            change(&|rows| {
                if index < rows.len() {
                    rows.remove(index);
                }
            });
        };
        view! {
            <li
                class="pair"
                on:focusout=move |event| {
                    // Going on to the other cell of the row is not leaving it.
                    let stays = event.related_target().is_some_and(|to| is_within(&event, &to));
                    if !stays {
                        left.update(|left| _ = left.insert(index));
                    }
                }
            >
                {key}
                {value}
                <Button
                    label=Signal::derive(move || (t().setup.remove_row)(&intl::integer(index as u64 + 1)))
                    icon=Icon::Close
                    icon_only=true
                    kind=Kind::Quiet
                    small=true
                    on_press=remove
                />
                <p class="problem" id=problem_id>{move || problem.get().map(pair_words)}</p>
            </li>
        }
    };
    view! {
        <datalist id=list_id>
            {move || suggestions.get().into_iter().map(|it| view! { <option value=it.value>{it.label}</option> }).collect_view()}
        </datalist>
        <ul class="pairs">
            <For each=move || 0..count.get() key=|index| *index children=row />
        </ul>
        <div class="row">
            <Button label=add icon=Icon::Add on_press=move |()| change(&|rows| rows.push(Pair::default())) />
        </div>
    }
}

/// Whether an element lies in the one that listens.
fn is_within(event: &leptos::ev::FocusEvent, other: &web_sys::EventTarget) -> bool {
    use wasm_bindgen::JsCast;
    let row = event.current_target().and_then(|row| row.dyn_into::<web_sys::Node>().ok());
    row.is_some_and(|row| row.contains(other.dyn_ref::<web_sys::Node>()))
}

/// What is wrong with a row, in a sentence.
pub fn pair_words(problem: PairProblem) -> String {
    let words = &t().setup;
    match problem {
        PairProblem::NoKey => words.pair_no_key.to_owned(),
        PairProblem::LongKey => words.pair_long_key.to_owned(),
        PairProblem::Character(character) => (words.pair_character)(&character.to_string()),
        PairProblem::LongValue => words.pair_long_value.to_owned(),
        PairProblem::NoValue => words.pair_no_value.to_owned(),
        PairProblem::Twice => words.pair_twice.to_owned(),
        PairProblem::TooMany(most) => (words.pair_too_many)(&intl::integer(most)),
        PairProblem::Group => words.pair_group.to_owned(),
        PairProblem::NotAnAddress => words.pair_not_address.to_owned(),
        PairProblem::NotARange => words.pair_not_range.to_owned(),
    }
}
