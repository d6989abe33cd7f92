//! Which regular expressions of a definition may be run. JavaScript's engine tries every way to match, and can't be stopped:
//! a careless (or malicious) expression would freeze the page. Those that could are not run at all.

use std::array;

/// Longer ones are not run.
const LONGEST: usize = 500;
/// Nor is any over a longer text, in bytes.
pub const LONGEST_TEXT: usize = 255;
/// Nor is one that could need more steps over such a text: these take some hundredths of a second.
const MOST_STEPS: u64 = 6_500_000;
/// A repetition that can end in more places than these counts as an unlimited one.
const WIDEST: u64 = 64;

/// Whether the expression ends soon for any short text. What could be tried is counted as if everything but the end matched;
/// references back, and repetitions of what can itself match in several ways, are not counted but refused.
pub fn is_harmless(pattern: &str) -> bool {
    pattern.len() <= LONGEST && steps(pattern).is_some_and(|steps| steps <= MOST_STEPS)
}

/// The most steps that the expression can take; `None` where they are too many to be counted.
fn steps(pattern: &str) -> Option<u64> {
    let mut reading = Reading::new(pattern);
    let mut in_class = false;
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                let escaped = rest.next();
                if !in_class {
                    if escaped.is_some_and(|it| matches!(it, '1'..='9' | 'k')) {
                        return None;
                    }
                    reading.one();
                }
            }
            ']' if in_class => in_class = false,
            _ if in_class => {}
            '[' => {
                in_class = true;
                reading.one();
            }
            '(' => {
                reading.open();
                // `(?:` and its like are no optional part.
                if let Some(inside) = rest.as_str().strip_prefix('?') {
                    rest = inside.chars();
                }
            }
            ')' => reading.close(),
            '|' => reading.choose(rest.as_str()),
            // After another repetition it only says which way is tried first. It is counted all the same: `\u{41}?` is optional.
            '?' => reading.repeat(0, Some(1))?,
            '*' => reading.repeat(0, None)?,
            '+' => reading.repeat(1, None)?,
            '{' => match bounds(rest.as_str()) {
                Some((least, most, after)) => {
                    reading.repeat(least, most)?;
                    rest = after.chars();
                }
                None => reading.one(),
            },
            _ => reading.one(),
        }
    }
    Some(reading.steps)
}

/// How far an expression has been read.
struct Reading {
    /// In how many ways the text may have been matched up to here.
    now: Ways,
    /// The steps of trying them all.
    steps: u64,
    /// What a repetition would repeat begins here.
    item: Start,
    groups: Vec<Group>,
}

#[derive(Clone, Copy)]
struct Start {
    ways: Ways,
    steps: u64,
}

/// A group that is not closed yet.
struct Group {
    start: Start,
    /// The ways through its choices before the present one.
    others: Ways,
}

impl Reading {
    fn new(pattern: &str) -> Self {
        let now = Ways::at_start(pattern);
        Self { now, steps: 0, item: Start { ways: now, steps: 0 }, groups: Vec::new() }
    }

    fn here(&self) -> Start {
        Start { ways: self.now, steps: self.steps }
    }

    fn step(&mut self) {
        self.steps = self.steps.saturating_add(self.now.total());
    }

    /// A character or a class.
    fn one(&mut self) {
        self.item = self.here();
        self.step();
    }

    fn open(&mut self) {
        self.groups.push(Group { start: self.here(), others: Ways::default() });
        self.step();
    }

    fn close(&mut self) {
        if let Some(group) = self.groups.pop() {
            self.now = self.now.or(group.others);
            self.item = group.start;
        }
    }

    fn choose(&mut self, rest: &str) {
        self.now = match self.groups.last_mut() {
            Some(group) => {
                group.others = group.others.or(self.now);
                group.start.ways
            }
            None => Ways::at_start(rest),
        };
        self.step();
    }

    /// `None` where the ways would multiply with every round.
    fn repeat(&mut self, least: u64, most: Option<u64>) -> Option<()> {
        let Start { ways, steps } = self.item;
        match most {
            Some(1) if least == 0 => self.now = self.now.or(ways),
            Some(1) => {}
            _ if self.now != ways => return None,
            _ => {
                let round = self.steps - steps;
                let length = round / ways.total();
                let spread = most.map(|most| most.saturating_sub(least)).filter(|spread| *spread <= WIDEST);
                self.now = match spread {
                    Some(spread) => ways.times(spread + 1),
                    None => ways.shared()?,
                };
                let others = self.now.total().saturating_mul(length);
                self.steps = steps.saturating_add(round.saturating_mul(least)).saturating_add(others);
            }
        }
        Some(())
    }
}

/// In how many ways a text can be matched, by the number of unlimited repetitions that share it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Ways([u64; 4]);

impl Ways {
    /// What is not tied to the text's beginning is tried at every place: that shares the text like a repetition.
    fn at_start(pattern: &str) -> Self {
        Self(if pattern.starts_with('^') { [1, 0, 0, 0] } else { [0, 1, 0, 0] })
    }

    /// All together: `n` repetitions share 255 characters in (255 + n choose n) ways.
    fn total(self) -> u64 {
        const SHARINGS: [u64; 4] = [1, 256, 32_896, 2_829_056];
        let parts = self.0.iter().zip(SHARINGS).map(|(ways, sharings)| ways.saturating_mul(sharings));
        parts.fold(0, u64::saturating_add)
    }

    fn or(self, other: Self) -> Self {
        Self(array::from_fn(|n| self.0[n].saturating_add(other.0[n])))
    }

    fn times(self, factor: u64) -> Self {
        Self(self.0.map(|ways| ways.saturating_mul(factor)))
    }

    /// With one more unlimited repetition; `None` where that is one too many.
    fn shared(self) -> Option<Self> {
        let [none, one, two, three] = self.0;
        (three == 0).then_some(Self([0, none, one, two]))
    }
}

/// The bounds of a repetition, and what comes after it; `None` where the brace is a character like any other.
fn bounds(text: &str) -> Option<(u64, Option<u64>, &str)> {
    let (inside, after) = text.split_once('}')?;
    let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(least) || !(most.is_empty() || is_number(most)) {
        return None;
    }
    // One that is too large for us is so for the page, too.
    let number = |it: &str| it.parse().unwrap_or(u64::MAX);
    Some((number(least), (!most.is_empty()).then(|| number(most)), after))
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
            // Those of OpenStack's definitions, and others of their kind.
            "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$",
            "^[a-zA-Z0-9-]+$",
            r"[\S]+",
            "^(?:true|false)$",
            "^(ami|ari|aki|vhd|vhdx|vmdk|raw|qcow2|vdi|iso|ploop)$",
            "^0x[0-9a-fA-F]{1,8}$",
            r"^-?[0-9]+(\.[0-9]+)?$",
            r"^[^@]+@[^@]+\.[a-z]+$",
            r"^https?://[^/ ]+(/[^ ]*)?$",
            "^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$",
            r"^(25[0-5]|2[0-4]\d|1?\d?\d)(\.\d{1,3})?\.\d{1,3}\.\d{1,3}$",
            r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$",
            r"^\p{Letter}{1,64}[}\]{]?$",
        ] {
            assert!(is_harmless(pattern), "{pattern}");
        }
    }

    #[test]
    fn expressions_that_could_freeze_the_page_are_not() {
        let choices = format!("^{}b$", "(?:a|a)".repeat(30));
        let bounded = format!("^{}b$", "a{0,64}".repeat(7));
        let optional = format!("^{}b$", "a?".repeat(25));
        let escaped = format!("^{}b$", r"\u{61}?".repeat(25));
        let long = "a".repeat(1000);
        for pattern in [
            "(a+)+$",
            "(a|a)*$",
            "((a*))*",
            "([a-z]+){2,}",
            r"(.)\1+",
            "a*a*a*a*a*b",
            "^a*a*a*a*b",
            "a*a*a*b",
            "^x|a*a*a*b",
            "(a{1,})*",
            "(a|a){30}b",
            "(){2000000000}",
            "(){99999999999999999999}",
            "a{0,64}a{0,64}a{0,64}b",
            "^a{0,255}a{0,255}a{0,255}a{0,255}b",
            &choices,
            &bounded,
            &optional,
            &escaped,
            &long,
        ] {
            assert!(!is_harmless(pattern), "{pattern}");
        }
    }
}
