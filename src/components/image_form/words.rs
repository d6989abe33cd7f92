//! The problems of the form's fields in words.

use crate::{
    domain::image_draft::{Field, Problem},
    i18n::{intl, t},
};

/// What is wrong with a field, and by it what to do.
pub fn problem_words(field: Field, problem: &Problem) -> String {
    let words = &t().form;
    match (problem, field) {
        (Problem::Missing, Field::Name) => words.missing_name.to_owned(),
        (Problem::Missing, Field::File) => words.missing_file.to_owned(),
        (Problem::Missing, Field::DiskFormat) => words.missing_format.to_owned(),
        (Problem::Missing, _) => words.missing.to_owned(),
        (Problem::TooLong { max }, Field::Tags) => (words.tag_too_long)(*max),
        (Problem::TooLong { max }, _) => (words.too_long)(*max),
        (Problem::NotAWholeNumber, _) => words.not_a_number.to_owned(),
        (Problem::TooLarge { max }, _) => (words.too_large)(&intl::integer(*max)),
        (Problem::TooManyTags { max }, _) => (words.too_many_tags)(*max),
        (Problem::NotAnId, _) => words.not_an_id.to_owned(),
        // The property says it itself.
        (Problem::Property, _) => String::new(),
    }
}
