//! An image's properties as the metadata editor holds them: what may be changed, what is wrong with a value, and the smallest
//! patch. What nobody touched is never sent, whatever a definition says about it.

pub mod pattern;

use crate::openstack::{
    glance::{
        image::BASE_ATTRIBUTES,
        metadef::{Definition, Kind},
        patch::Patch,
    },
    lenient::as_bool,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Glance's usual limit of properties (`image_property_quota`).
pub const MOST_PROPERTIES: usize = 128;
/// Glance's limit of a property's key, in characters.
pub const LONGEST_KEY: usize = 255;
/// What Glance's database holds as a value, in bytes.
pub const LONGEST_VALUE: usize = 65_535;
/// Glance keeps these to itself (`GLANCE_RESERVED_NS`, `_readonly_properties`).
const RESERVED_PREFIXES: [&str; 2] = ["os_glance", "os_hash_"];
/// Further keys that Glance refuses in a patch (glance/api/v2/images.py).
const RESERVED_KEYS: [&str; 3] = ["location", "deleted", "deleted_at"];
/// What begins so is read by the cloud's own services, whether or not somebody has defined it
/// (<https://docs.openstack.org/glance/latest/admin/useful-image-properties.html>).
const KNOWN_PREFIXES: [&str; 7] = ["cinder_", "hw_", "hypervisor_", "img_", "os_", "trait:", "vmware_"];
/// So are these.
const KNOWN_KEYS: [&str; 4] = ["architecture", "kernel_id", "ramdisk_id", "vm_mode"];
/// Attributes that have a field of their own on the edit form.
const EDITED_ELSEWHERE: [&str; 9] = [
    "name",
    "visibility",
    "protected",
    "os_hidden",
    "tags",
    "disk_format",
    "container_format",
    "min_disk",
    "min_ram",
];

/// Properties by key.
pub type Properties = BTreeMap<String, String>;

/// Why a property can't be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// Glance sets it itself.
    Reserved,
    /// It is an attribute with a field of its own.
    HasField,
    /// Spaces around it are lost on the way to Glance, so a change would reach another key.
    Unreachable,
}

/// What is wrong with a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// No key.
    NoKey,
    /// More characters in the key than there may be.
    LongKey,
    /// The key is there already.
    TakenKey,
    /// The key can't be set.
    Fixed(Fixed),
    /// More properties than there may be.
    TooMany,
    /// No value where one is needed.
    NoValue,
    /// More than Glance's database holds.
    LongValue,
    /// Fewer characters than the definition wants.
    TooShort(u64),
    /// More characters than the definition wants.
    TooLong(u64),
    /// The definition's regular expression doesn't match.
    NoMatch(String),
    /// Not a whole number.
    NotInteger,
    /// Not a number.
    NotNumber,
    /// Less than the definition wants.
    TooSmall(f64),
    /// More than the definition wants.
    TooLarge(f64),
}

/// Whether a regular expression matches; `None` when it is none. Only the browser can tell.
pub type Matches = fn(pattern: &str, text: &str) -> Option<bool>;

/// Why a key can't be set; `None` when it can.
pub fn fixed(key: &str) -> Option<Fixed> {
    if RESERVED_PREFIXES.iter().any(|prefix| key.starts_with(prefix)) || RESERVED_KEYS.contains(&key) {
        Some(Fixed::Reserved)
    } else if EDITED_ELSEWHERE.contains(&key) {
        Some(Fixed::HasField)
    } else if BASE_ATTRIBUTES.contains(&key) {
        Some(Fixed::Reserved)
    } else if key.trim() != key || key.is_empty() {
        // glance/api/v2/images.py strips each part of a pointer (`_decode_json_pointer`).
        Some(Fixed::Unreachable)
    } else {
        None
    }
}

/// What is wrong with a key that is to be added.
pub fn key_problem(key: &str, known: &BTreeSet<String>) -> Option<Problem> {
    let key = key.trim();
    if key.is_empty() {
        Some(Problem::NoKey)
    } else if key.chars().count() > LONGEST_KEY {
        Some(Problem::LongKey)
    } else if let Some(fixed) = fixed(key) {
        Some(Problem::Fixed(fixed))
    } else if known.contains(key) {
        Some(Problem::TakenKey)
    } else {
        count_problem(known.iter().map(String::as_str), 1)
    }
}

/// Whether `more` properties would be too many. Glance doesn't count its own.
pub fn count_problem<'a>(keys: impl Iterator<Item = &'a str>, more: usize) -> Option<Problem> {
    let count = keys.filter(|key| !key.starts_with("os_glance")).count();
    (count + more > MOST_PROPERTIES).then_some(Problem::TooMany)
}

/// What is wrong with the value of a property that is new or was changed.
pub fn property_problem(
    key: &str,
    value: &str,
    definition: Option<&Definition>,
    matches: Matches,
) -> Option<Problem> {
    if value.trim().is_empty() && needs_value(key, definition) {
        return Some(Problem::NoValue);
    }
    value_problem(value, definition.map_or(&Kind::FREE, |definition| &definition.kind), matches)
}

/// Whether a property can't do without a value. Glance stores an empty one for any key; but what a service reads or an operator
/// has defined means nothing then, and Nova refuses to launch by some (nova/objects/image_meta.py coerces them to enums and
/// numbers). A key of somebody's own may be a mark that says all by being there.
pub fn needs_value(key: &str, definition: Option<&Definition>) -> bool {
    match definition.map(|definition| &definition.kind) {
        Some(Kind::Choice(choices)) => !choices.iter().any(String::is_empty),
        // Empty is off.
        Some(Kind::Boolean) => false,
        Some(_) => true,
        None => KNOWN_KEYS.contains(&key) || KNOWN_PREFIXES.iter().any(|prefix| key.starts_with(prefix)),
    }
}

/// What is wrong with a value.
fn value_problem(value: &str, kind: &Kind, matches: Matches) -> Option<Problem> {
    if value.len() > LONGEST_VALUE {
        return Some(Problem::LongValue);
    }
    match kind {
        Kind::Text { pattern, shortest, longest } => {
            let length = value.chars().count() as u64;
            if let Some(shortest) = shortest.filter(|shortest| length < *shortest) {
                Some(Problem::TooShort(shortest))
            } else if let Some(longest) = longest.filter(|longest| length > *longest) {
                Some(Problem::TooLong(longest))
            } else {
                let is_short = value.len() <= pattern::LONGEST_TEXT;
                let pattern = pattern.as_deref().filter(|it| is_short && pattern::is_harmless(it))?;
                let is_met = matches(pattern, value).unwrap_or(true);
                (!is_met).then(|| Problem::NoMatch(pattern.to_owned()))
            }
        }
        Kind::Integer { least, most } => {
            let digits = value.trim().strip_prefix('-').unwrap_or(value.trim());
            let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            match value.trim().parse::<f64>() {
                Ok(number) if is_whole => out_of_bounds(number, *least, *most),
                _ => Some(Problem::NotInteger),
            }
        }
        Kind::Number { least, most } => match value.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => out_of_bounds(number, *least, *most),
            _ => Some(Problem::NotNumber),
        },
        Kind::Choice(_) | Kind::Boolean | Kind::List { .. } => None,
    }
}

/// The smallest patch that makes the properties of `base` those of `wanted`. Fixed keys are never touched.
pub fn diff(base: &Properties, wanted: &Properties) -> Patch {
    let mut patch = Patch::default();
    for key in base.keys().filter(|key| !wanted.contains_key(*key) && fixed(key).is_none()) {
        patch.remove(key);
    }
    for (key, value) in wanted.iter().filter(|(key, _)| fixed(key).is_none()) {
        if base.get(key) != Some(value) {
            patch.set(key, value.as_str());
        }
    }
    patch
}

/// How a value is edited.
#[derive(Clone, Debug, PartialEq)]
pub enum Widget {
    /// As text.
    Text,
    /// As a number.
    Number,
    /// By choosing one.
    Choice(Vec<String>),
    /// With a switch.
    Switch,
    /// By choosing some, behind an operator.
    List {
        /// The operators.
        operators: Vec<String>,
        /// What there is to choose from.
        items: Vec<String>,
    },
}

/// How `value` is edited: as the definition says, unless it isn't such a value; then as text, so that it can be kept as it is.
pub fn widget(definition: Option<&Definition>, value: &str) -> Widget {
    match definition.map(|definition| &definition.kind) {
        Some(Kind::Choice(choices)) => {
            // What is set stays a choice.
            let own = (!choices.iter().any(|choice| choice == value)).then(|| value.to_owned());
            Widget::Choice(own.into_iter().chain(choices.iter().cloned()).collect())
        }
        Some(Kind::Boolean) if is_switch(value).is_some() => Widget::Switch,
        Some(Kind::List { operators, items }) if ListValue::parse(value, operators, items).is_some() => {
            Widget::List { operators: operators.clone(), items: items.clone() }
        }
        Some(Kind::Integer { .. } | Kind::Number { .. }) => Widget::Number,
        _ => Widget::Text,
    }
}

/// Whether a value is on or off; `None` when it is neither. Empty is off.
pub fn is_switch(value: &str) -> Option<bool> {
    as_bool(&Value::from(value))
}

/// What a property begins with when it is added from its definition.
pub fn first_value(definition: &Definition) -> String {
    match &definition.kind {
        Kind::Boolean => is_switch(&definition.default).unwrap_or(false).to_string(),
        Kind::Choice(choices) if !choices.contains(&definition.default) => {
            choices.first().cloned().unwrap_or_default()
        }
        Kind::List { operators, items }
            if ListValue::parse(&definition.default, operators, items).is_none() =>
        {
            String::new()
        }
        _ => definition.default.clone(),
    }
}

/// Some of a definition's items behind an operator, as Horizon writes them: `<in> a,b`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListValue {
    /// The operator.
    pub operator: String,
    /// What was chosen.
    pub items: BTreeSet<String>,
}

impl ListValue {
    /// Reads a value that is written in this way, with nothing but known items.
    pub fn parse(value: &str, operators: &[String], items: &[String]) -> Option<Self> {
        let value = value.trim();
        if value.is_empty() {
            let usual = operators.iter().find(|operator| *operator == "<in>").or(operators.first())?;
            return Some(Self { operator: usual.clone(), items: BTreeSet::new() });
        }
        let operator = operators.iter().find(|operator| {
            value.strip_prefix(operator.as_str()).is_some_and(|rest| rest.starts_with(' '))
        })?;
        let chosen = value[operator.len()..].split(',').map(str::trim);
        let chosen: BTreeSet<String> = chosen.map(str::to_owned).collect();
        chosen
            .iter()
            .all(|item| items.contains(item))
            .then(|| Self { operator: operator.clone(), items: chosen })
    }

    /// As it is stored, with the items in the definition's order; empty when nothing is chosen.
    pub fn write(&self, items: &[String]) -> String {
        let chosen: Vec<&str> =
            items.iter().filter(|item| self.items.contains(*item)).map(String::as_str).collect();
        if chosen.is_empty() { String::new() } else { format!("{} {}", self.operator, chosen.join(",")) }
    }
}

fn out_of_bounds(number: f64, least: Option<f64>, most: Option<f64>) -> Option<Problem> {
    let too_small = least.filter(|least| number < *least).map(Problem::TooSmall);
    too_small.or_else(|| most.filter(|most| number > *most).map(Problem::TooLarge))
}

#[cfg(test)]
mod tests;
