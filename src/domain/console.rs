//! An instance's console log as text that can be shown: whatever the guest has written.

/// Of a longer log the end is kept, in characters: more than this makes a page slow.
pub const MOST_CHARACTERS: usize = 512 * 1024;

/// The log without a terminal's escape sequences, control characters and marks that turn the direction of text. A line that was
/// written over (a progress bar's) stands as it was written last.
pub fn plain(log: &str) -> String {
    let mut text = String::with_capacity(log.len().min(MOST_CHARACTERS));
    let mut line = 0;
    let mut characters = tail(log).chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => skip_sequence(&mut characters),
            '\n' => {
                text.push('\n');
                line = text.len();
            }
            '\r' => {
                while characters.next_if_eq(&'\r').is_some() {}
                // `\r\n` is the end of a line, a lone `\r` its beginning anew.
                if characters.peek().is_some_and(|next| *next != '\n') {
                    text.truncate(line);
                }
            }
            '\t' => text.push('\t'),
            character if character.is_control() || turns_text(character) => {}
            character => text.push(character),
        }
    }
    text.trim_matches('\n').to_owned()
}

/// `ESC [ … letter`, `ESC ] … BEL`; any other sequence is two characters long.
fn skip_sequence(characters: &mut std::iter::Peekable<std::str::Chars>) {
    match characters.next() {
        Some('[') => while characters.next().is_some_and(|next| !('@'..='~').contains(&next)) {},
        Some(']') => {
            while characters.next_if(|next| !matches!(next, '\u{7}' | '\u{1b}' | '\n')).is_some() {}
            characters.next_if_eq(&'\u{7}');
        }
        _ => {}
    }
}

fn turns_text(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// The end of a log, from the beginning of a line where there is one.
fn tail(log: &str) -> &str {
    let Some((at, _)) = log.char_indices().rev().nth(MOST_CHARACTERS) else { return log };
    let end = &log[at..];
    end.split_once('\n').map_or(end, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminals_colours_and_titles_are_left_out() {
        let log = "\u{1b}[0;32m  OK  \u{1b}[0m] Reached\r\n\u{1b}]0;title\u{7}\u{1b}c<b>login:\t\n\n";
        assert_eq!(plain(log), "  OK  ] Reached\n<b>login:\t");
        for odd in ["\u{1b}[", "\u{1b}", "\u{1b}]", "", "\r", "\r\r\n"] {
            assert_eq!(plain(odd), "", "{odd:?}");
        }
    }

    #[test]
    fn a_line_written_over_stands_as_it_was_last() {
        assert_eq!(plain("a\nfetched 1%\rfetched 99%\rfetched 100%\r\nb\r"), "a\nfetched 100%\nb");
    }

    #[test]
    fn text_is_not_turned_around_and_not_endless() {
        assert_eq!(plain("a\u{202e}b\u{2066}c\u{0}\u{9b}\u{7f}"), "abc");
        let long = "x".repeat(99).to_owned() + "\n";
        let kept = plain(&long.repeat(10_000));
        assert!(
            kept.len() <= MOST_CHARACTERS
                && kept.starts_with('x')
                && kept.lines().all(|line| line.len() == 99)
        );
        assert!(plain(&"é".repeat(MOST_CHARACTERS * 2)).chars().count() <= MOST_CHARACTERS + 1);
    }
}
