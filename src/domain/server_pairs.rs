//! Keys and values that go with a launch: a server's metadata, and hints for the scheduler.

use crate::domain::launch_draft::LONGEST_TEXT;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A hint that a server group is given with.
pub const GROUP: &str = "group";
/// The hints of Nova's own filters, in the order of its documentation (nova/api/openstack/compute/schemas/servers.py, `_hints`).
pub const KNOWN_HINTS: [&str; 7] =
    ["different_host", "same_host", "query", "build_near_host_ip", "cidr", "target_cell", "different_cell"];
/// Those of them that may have but one value.
const SINGLE_HINTS: [&str; 4] = ["query", "build_near_host_ip", "cidr", "target_cell"];

/// A key and its value, as typed.
pub type Pair = (String, String);

/// What is wrong with a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairProblem {
    /// A value without a key.
    NoKey,
    /// Too many characters in the key.
    LongKey,
    /// Nova refuses this character in a key.
    Character(char),
    /// Too many characters in the value.
    LongValue,
    /// A hint without a value.
    NoValue,
    /// The key is there above already.
    Twice,
    /// More than the project may have on a server.
    TooMany(u64),
    /// Server groups have a step of their own.
    Group,
    /// Not an IPv4 address, which this hint wants.
    NotAnAddress,
    /// Not the length of a range (`/24`), which this hint wants.
    NotARange,
}

impl PairProblem {
    /// Whether the key is wrong, and not the value.
    pub const fn is_of_key(&self) -> bool {
        !matches!(self, Self::LongValue | Self::NoValue | Self::NotAnAddress | Self::NotARange)
    }
}

/// What is wrong with metadata, by the pair's place; `most` is the project's limit. Empty pairs don't count.
/// nova/api/openstack/compute/schemas/servers.py, `parameter_types.metadata`: `^[a-zA-Z0-9-_:. ]{1,255}$`.
pub fn metadata_problems(pairs: &[Pair], most: Option<u64>) -> BTreeMap<usize, PairProblem> {
    let mut seen = BTreeSet::new();
    let problem = |index: usize, (key, value): &Pair| {
        let odd = |c: &char| !c.is_ascii_alphanumeric() && !"-_:. ".contains(*c);
        if key.is_empty() {
            Some(PairProblem::NoKey)
        } else if key.chars().count() > LONGEST_TEXT {
            Some(PairProblem::LongKey)
        } else if let Some(c) = key.chars().find(odd) {
            Some(PairProblem::Character(c))
        } else if !seen.insert(key.clone()) {
            Some(PairProblem::Twice)
        } else if value.chars().count() > LONGEST_TEXT {
            Some(PairProblem::LongValue)
        } else {
            most.filter(|most| index as u64 >= *most).map(PairProblem::TooMany)
        }
    };
    problems(pairs, problem)
}

/// What is wrong with hints, by the pair's place. Nova knows no limits of them but those of its database.
pub fn hint_problems(pairs: &[Pair]) -> BTreeMap<usize, PairProblem> {
    let mut seen = BTreeSet::new();
    let problem = |_: usize, (key, value): &Pair| {
        let is_again = !seen.insert(key.clone()) && SINGLE_HINTS.contains(&key.as_str());
        let is_range = |text: &str| {
            let length = text.strip_prefix('/');
            length.is_some_and(|it| {
                !it.is_empty() && it.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f' | '.' | ':'))
            })
        };
        if key.is_empty() {
            Some(PairProblem::NoKey)
        } else if key == GROUP {
            Some(PairProblem::Group)
        } else if key.chars().count() > LONGEST_TEXT {
            Some(PairProblem::LongKey)
        } else if is_again {
            Some(PairProblem::Twice)
        } else if value.is_empty() {
            Some(PairProblem::NoValue)
        } else if value.chars().count() > LONGEST_TEXT {
            Some(PairProblem::LongValue)
        } else if key == "build_near_host_ip" && value.parse::<core::net::Ipv4Addr>().is_err() {
            Some(PairProblem::NotAnAddress)
        } else if key == "cidr" && !is_range(value) {
            Some(PairProblem::NotARange)
        } else {
            None
        }
    };
    problems(pairs, problem)
}

/// Metadata as it is sent.
pub fn metadata(pairs: &[Pair]) -> BTreeMap<String, String> {
    filled(pairs).map(|(_, pair)| pair).collect()
}

/// Hints as they are sent; several values of a key become a list.
pub fn hints(pairs: &[Pair]) -> BTreeMap<String, Value> {
    let mut hints = BTreeMap::new();
    for (key, value) in filled(pairs).map(|(_, pair)| pair) {
        let value = Value::String(value);
        match hints.get_mut(&key) {
            None => {
                hints.insert(key, value);
            }
            Some(Value::Array(several)) => several.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    hints
}

fn problems(
    pairs: &[Pair],
    mut problem: impl FnMut(usize, &Pair) -> Option<PairProblem>,
) -> BTreeMap<usize, PairProblem> {
    let rows = filled(pairs).enumerate();
    rows.filter_map(|(count, (index, pair))| Some((index, problem(count, &pair)?))).collect()
}

/// The pairs that say anything, without the blanks around them, each with its place.
fn filled(pairs: &[Pair]) -> impl Iterator<Item = (usize, Pair)> {
    let rows = pairs.iter().enumerate();
    rows.map(|(index, (key, value))| (index, (key.trim().to_owned(), value.trim().to_owned())))
        .filter(|(_, (key, value))| !key.is_empty() || !value.is_empty())
}

#[cfg(test)]
mod tests;
