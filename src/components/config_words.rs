//! What is wrong with a file of the operator's, in words.

use crate::{
    domain::config::{Expected, Problem},
    i18n::t,
};

/// One problem, with the key that it is about.
pub fn problem_words(problem: &Problem) -> String {
    let words = &t().config;
    match problem {
        Problem::Page => words.page.to_owned(),
        Problem::NotJson(why) => (words.not_json)(why),
        Problem::NotObject => words.not_object.to_owned(),
        Problem::Missing(key) => (words.missing)(key),
        Problem::BadValue { key, found, expected } => {
            (words.bad_value)(key, found, &expected_words(*expected))
        }
        Problem::UnknownKey(key) => (words.unknown_key)(key),
    }
}

fn expected_words(expected: Expected) -> String {
    let words = &t().config;
    let fixed = match expected {
        // As JSON writes them.
        Expected::OneOf(choices) => return (words.one_of)(&format!("{choices:?}")),
        Expected::Object => words.object,
        Expected::Clouds => words.clouds,
        Expected::Text => words.text,
        Expected::OwnName => words.own_name,
        Expected::WholeNumber => words.whole_number,
        Expected::YesNo => words.yes_no,
        Expected::Address => words.address,
        Expected::Keystone => words.keystone,
        Expected::Services => words.services,
        Expected::OneAddress => words.one_address,
        Expected::Images => words.images,
        Expected::WebAddress => words.web_address,
        Expected::DiskFormat => words.disk_format,
        Expected::ShortText => words.short_text,
        Expected::OwnTitle => words.own_title,
        Expected::Properties => words.properties,
        Expected::Checksum => words.checksum,
    };
    fixed.to_owned()
}
