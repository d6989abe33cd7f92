//! A terminal's text as plain text.

/// The log without a terminal's escape sequences and control characters.
pub fn plain(log: &str) -> String {
    let mut text = String::with_capacity(log.len());
    push_plain(log, usize::MAX, &mut text);
    text.trim_matches('\n').to_owned()
}

/// The first characters of a line, as plain text.
pub fn start(line: &str, most: usize) -> String {
    let mut text = String::new();
    push_plain(line, most, &mut text);
    text
}

fn push_plain(log: &str, most: usize, text: &mut String) {
    let mut room = most;
    let mut characters = log.chars();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => {
                // `ESC [ … letter`; any other sequence is two characters long.
                if characters.next() == Some('[') {
                    while characters.next().is_some_and(|next| !('@'..='~').contains(&next)) {}
                }
                continue;
            }
            '\n' | '\t' => {}
            character if character.is_control() => continue,
            _ => {}
        }
        if room == 0 {
            return;
        }
        text.push(character);
        room -= 1;
    }
}
