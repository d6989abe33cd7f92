//! What is wrong with a file of the operator's, in words.

use crate::{domain::config::Problem, i18n::t};

/// One problem, with the key that it is about.
pub fn problem_words(problem: &Problem) -> String {
    let words = &t().shell;
    match problem {
        Problem::NotJson(why) => (words.config_not_json)(why),
        Problem::Missing(key) => (words.config_missing)(key),
        Problem::BadValue { key, found, expected } => (words.config_bad_value)(key, found, expected),
        Problem::UnknownKey(key) => (words.config_unknown_key)(key),
    }
}
