//! Properties as they are typed: one signal each, what is wrong with them, and what may be added. The views of it are
//! [`metadata_editor`](crate::components::metadata_editor).

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;

use crate::{
    client::pattern::matches,
    components::{metadata_definitions::Definitions, metadata_words::problem_words},
    domain::metadata::{
        Fixed, Problem, Properties, count_problem, first_value, fixed, key_problem, property_problem,
    },
    state::session::use_session,
    ui::id::unique_id,
};

/// A property that can be changed. Its signal outlives the page's handlers, in which properties are added.
#[derive(Clone)]
pub struct Row {
    /// What takes a property's place has another.
    pub id: String,
    /// Its key.
    pub key: String,
    /// Its value, as typed.
    pub value: ArcRwSignal<String>,
}

impl Row {
    fn new(key: String, value: String) -> Self {
        Self { id: unique_id("property"), key, value: ArcRwSignal::new(value) }
    }
}

/// What is typed.
#[derive(Clone, Copy)]
pub struct MetadataForm {
    /// What the cloud says that properties are.
    pub definitions: Definitions,
    /// What is looked for among the properties that are set.
    pub search: RwSignal<String>,
    /// A key that is typed and waits for the button that adds it.
    pub new_key: RwSignal<String>,
    /// That button was pressed in vain.
    was_key_tried: RwSignal<bool>,
    rows: RwSignal<Vec<Row>>,
    base: RwSignal<Properties>,
    fixed: RwSignal<Properties>,
    /// Keys that are edited elsewhere on the same form.
    taken: &'static [&'static str],
    left: RwSignal<BTreeSet<String>>,
    is_submitted: RwSignal<bool>,
    problems: Memo<BTreeMap<String, Problem>>,
}

impl MetadataForm {
    /// A form without properties. Call it at the top of a component.
    pub fn new(taken: &'static [&'static str]) -> Self {
        let definitions = Definitions::new(use_session());
        let (rows, base) = (RwSignal::new(Vec::<Row>::new()), RwSignal::new(Properties::new()));
        let problems = Memo::new(move |_| {
            let (rows, base) = (rows.read(), base.read());
            let keys = || rows.iter().map(|row| row.key.as_str());
            let is_new = |key: &str| !base.contains_key(key);
            let too_many = count_problem(keys(), 0).filter(|_| keys().any(is_new));
            let mut problems = BTreeMap::new();
            for row in rows.iter() {
                let value = row.value.read();
                // What nobody touched may break a rule.
                if base.get(&row.key) != Some(&*value) {
                    let definition = definitions.of(&row.key);
                    let problem = property_problem(&row.key, &value, definition.as_ref(), matches);
                    let too_many = too_many.clone().filter(|_| is_new(&row.key));
                    if let Some(problem) = problem.or(too_many) {
                        problems.insert(row.key.clone(), problem);
                    }
                }
            }
            problems
        });
        Self {
            definitions,
            search: RwSignal::default(),
            new_key: RwSignal::default(),
            was_key_tried: RwSignal::default(),
            rows,
            base,
            fixed: RwSignal::default(),
            taken,
            left: RwSignal::default(),
            is_submitted: RwSignal::default(),
            problems,
        }
    }

    /// Takes these for what is set now, in place of those it took before. What the person has typed since stays the person's.
    pub fn fill(self, properties: &Properties) {
        let (kept, open): (Properties, Properties) =
            properties.clone().into_iter().partition(|(key, _)| fixed(key).is_some());
        let before = self.base.get_untracked();
        self.rows.update(|rows| {
            rows.retain(|row| {
                let value = Some(row.value.get_untracked());
                let is_typed = before.get(&row.key) != value.as_ref();
                is_typed || open.get(&row.key) == value.as_ref()
            });
            let is_new = |key: &str| rows.iter().all(|row| row.key != key);
            // What was told before and is not there was taken away by the person.
            let new = open.iter().filter(|(key, value)| is_new(key) && before.get(*key) != Some(*value));
            let new: Vec<Row> = new.map(|(key, value)| Row::new(key.clone(), value.clone())).collect();
            rows.extend(new);
        });
        self.base.set(open);
        self.fixed.set(kept);
    }

    /// The properties as they are typed; tracked.
    pub fn properties(self) -> Properties {
        self.rows.read().iter().map(|row| (row.key.clone(), row.value.get())).collect()
    }

    /// Those that can be changed; tracked.
    pub fn rows(self) -> Vec<Row> {
        self.rows.get()
    }

    /// Those that can't; tracked.
    pub fn fixed(self) -> Properties {
        self.fixed.get()
    }

    /// Whether a property is set; tracked.
    pub fn has(self, key: &str) -> bool {
        self.rows.read().iter().any(|row| row.key == key) || self.fixed.read().contains_key(key)
    }

    /// How many count against Glance's limit; tracked.
    pub fn count(self) -> u64 {
        self.rows.read().len() as u64
    }

    /// Why a key can't be added; tracked.
    pub fn key_problem(self, key: &str) -> Option<Problem> {
        let mut known: BTreeSet<String> = self.rows.read().iter().map(|row| row.key.clone()).collect();
        let problem = key_problem(key, &known);
        known.extend(self.taken.iter().map(|key| (*key).to_owned()));
        problem.or_else(|| known.contains(key.trim()).then_some(Problem::Fixed(Fixed::HasField)))
    }

    /// Whether a key is typed that was not added; tracked.
    pub fn has_new_key(self) -> bool {
        !self.new_key.read().trim().is_empty()
    }

    /// What is wrong with the key that is typed, once it may show; tracked.
    pub fn new_key_problem(self) -> Option<Problem> {
        let key = self.new_key.read();
        // A key that is there already is told at once, an empty one only when the button was pressed.
        let may_show = self.was_key_tried.get() || self.has_new_key();
        self.key_problem(&key).filter(|_| may_show)
    }

    /// Adds the key that is typed, where it can be.
    pub fn add_new_key(self) {
        let key = self.new_key.get_untracked();
        let is_fine = untrack(|| self.key_problem(&key)).is_none();
        if is_fine {
            self.add_key(&key);
            self.new_key.set(String::new());
        }
        self.was_key_tried.set(!is_fine);
    }

    /// Adds a property by its key alone: it begins as its definition says, where that is known.
    pub fn add_key(self, key: &str) {
        let definition = untrack(|| self.definitions.of(key.trim()));
        self.add(key, definition.as_ref().map(first_value).unwrap_or_default());
    }

    /// Adds a property, in front of the others.
    pub fn add(self, key: &str, value: String) {
        let key = key.trim().to_owned();
        self.rows.update(|rows| rows.insert(0, Row::new(key, value)));
    }

    /// Takes a property away.
    pub fn remove(self, key: &str) {
        self.rows.update(|rows| rows.retain(|row| row.key != key));
        self.left.update(|left| {
            left.remove(key);
        });
    }

    /// The person is done with a value: its problem may show.
    pub fn leave(self, key: &str) {
        self.left.update(|left| {
            left.insert(key.to_owned());
        });
    }

    /// The person pressed the form's button: every problem shows, also that of a property which the search has left out.
    pub fn show_all_problems(self) {
        self.is_submitted.set(true);
        // A key that waits for its button is meant as well. None is no problem of the form's.
        self.add_new_key();
        self.was_key_tried.set(false);
        if !untrack(|| self.is_sound()) {
            self.search.set(String::new());
        }
    }

    /// Whether nothing is wrong; tracked.
    pub fn is_sound(self) -> bool {
        self.problems.read().is_empty() && self.new_key_problem().is_none()
    }

    /// What is wrong with a value, in words, once it may show; tracked.
    pub fn problem(self, key: &str) -> Option<String> {
        let may_show = self.is_submitted.get() || self.left.read().contains(key);
        self.problems.read().get(key).filter(|_| may_show).map(problem_words)
    }
}
