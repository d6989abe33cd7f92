//! Which regular expressions of a definition may be run. JavaScript's engine tries every way to match, and can't be stopped:
//! a careless (or malicious) expression would freeze the page. Those that could are not run at all.

/// Longer ones are not run.
const LONGEST: usize = 500;
/// Nor is any over a longer text, in bytes.
pub const LONGEST_TEXT: usize = 255;
/// Each unlimited repetition multiplies what must be tried.
const MOST_REPETITIONS: usize = 4;
/// Each optional part doubles it.
const MOST_OPTIONAL: usize = 10;

/// Whether the expression ends soon for any short text: few repetitions and optional parts, none inside a repetition, no
/// references back.
pub fn is_harmless(pattern: &str) -> bool {
    let (mut repetitions, mut optional) = (0_usize, 0_usize);
    // Whether each open group holds a repetition, a choice or an optional part.
    let mut groups = vec![false];
    let mut in_class = false;
    let mut ended_loaded_group = false;
    let mut chars = pattern.chars().peekable();
    if pattern.len() > LONGEST {
        return false;
    }
    while let Some(c) = chars.next() {
        let follows_loaded_group = std::mem::take(&mut ended_loaded_group);
        match c {
            '\\' => {
                let escaped = chars.next();
                if !in_class && escaped.is_some_and(|it| matches!(it, '1'..='9' | 'k')) {
                    return false;
                }
            }
            '[' => in_class = true,
            ']' => in_class = false,
            _ if in_class => {}
            '(' => {
                groups.push(false);
                // `(?:` and its like are no optional part.
                chars.next_if_eq(&'?');
            }
            ')' => {
                let is_loaded = groups.pop().unwrap_or(false);
                ended_loaded_group = is_loaded;
                if let (true, Some(outer)) = (is_loaded, groups.last_mut()) {
                    *outer = true;
                }
            }
            '|' => mark(&mut groups),
            '?' => {
                optional += 1;
                mark(&mut groups);
            }
            '*' | '+' | '{' => {
                if follows_loaded_group {
                    return false;
                }
                let is_unlimited = c != '{' || is_open_ended(chars.clone());
                repetitions += usize::from(is_unlimited);
                mark(&mut groups);
            }
            _ => {}
        }
    }
    repetitions <= MOST_REPETITIONS && optional <= MOST_OPTIONAL
}

fn mark(groups: &mut [bool]) {
    if let Some(group) = groups.last_mut() {
        *group = true;
    }
}

/// `{2,}`, or more than a few.
fn is_open_ended(rest: impl Iterator<Item = char>) -> bool {
    let bounds: String = rest.take_while(|c| *c != '}').collect();
    let most = bounds.rsplit(',').next().unwrap_or_default();
    most.parse::<u32>().map_or(true, |most| most > 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_expressions_are_run() {
        for pattern in [
            "^[a-z]+$",
            r"^[0-9]+\.[0-9]+(\.[0-9]+)?$",
            "^(?:x86_64|aarch64)$",
            "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
            r"^[^()+*|]*$",
            "",
        ] {
            assert!(is_harmless(pattern), "{pattern}");
        }
    }

    #[test]
    fn expressions_that_could_freeze_the_page_are_not() {
        let long = "a".repeat(1000);
        for pattern in
            ["(a+)+$", "(a|a)*$", "((a*))*", "([a-z]+){2,}", r"(.)\1+", "a*a*a*a*a*b", "(a{1,})*", &long]
        {
            assert!(!is_harmless(pattern), "{pattern}");
        }
    }
}
