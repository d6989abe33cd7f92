//! What is wrong with a property, in words.

use crate::{
    domain::metadata::{Fixed, LONGEST_KEY, MOST_PROPERTIES, Problem},
    i18n::{intl, t},
};

/// What is wrong, and by it what to do.
pub fn problem_words(problem: &Problem) -> String {
    let words = &t().metadata;
    let bound = |bound: f64| intl::decimal(bound, 6);
    match problem {
        Problem::NoKey => words.no_key.to_owned(),
        Problem::LongKey => (words.long_key)(LONGEST_KEY),
        Problem::TakenKey => words.taken_key.to_owned(),
        Problem::Fixed(fixed) => fixed_words(*fixed).to_owned(),
        Problem::TooMany => (words.too_many)(MOST_PROPERTIES),
        Problem::NoValue => words.no_value.to_owned(),
        Problem::LongValue => words.long_value.to_owned(),
        Problem::TooShort(least) => (words.too_short)(*least),
        Problem::TooLong(most) => (words.too_long)(*most),
        Problem::NoMatch(pattern) => (words.no_match)(pattern),
        Problem::NotInteger => words.not_integer.to_owned(),
        Problem::NotNumber => words.not_number.to_owned(),
        Problem::TooSmall(least) => (words.too_small)(&bound(*least)),
        Problem::TooLarge(most) => (words.too_large)(&bound(*most)),
    }
}

/// Why a property can't be set.
pub fn fixed_words(fixed: Fixed) -> &'static str {
    let words = &t().metadata;
    match fixed {
        Fixed::Reserved => words.reserved_key,
        Fixed::HasField => words.has_field,
        Fixed::Unreachable => words.unreachable_key,
    }
}
