//! Values as Python prints them, because the services' schema errors are made of Python's `repr` and `pprint`.

use serde_json::Value;

const WIDTH: usize = 72;

/// Python's `repr`.
pub fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => repr_text(text),
        Value::Array(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Object(items) => {
            let items = items.iter().map(|(key, value)| format!("{}: {}", repr_text(key), repr(value)));
            format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Python's `repr` of a string.
pub fn repr_text(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for char in text.chars() {
        match char {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Python's `pprint.pformat(value, width=72, sort_dicts=False)`.
pub fn pformat(value: &Value) -> String {
    layout(value, 0, 0, 1)
}

fn layout(value: &Value, indent: usize, allowance: usize, level: usize) -> String {
    let flat = repr(value);
    if flat.chars().count() <= WIDTH.saturating_sub(indent + allowance) {
        return flat;
    }
    let glue = format!(",\n{}", " ".repeat(indent + 1));
    match value {
        Value::Object(items) => {
            let last = items.len().saturating_sub(1);
            let items = items.iter().enumerate().map(|(index, (key, value))| {
                let key = repr_text(key);
                let allowance = if index == last { allowance + 1 } else { 1 };
                let inner = layout(value, indent + key.chars().count() + 3, allowance, level + 1);
                format!("{key}: {inner}")
            });
            format!("{{{}}}", items.collect::<Vec<_>>().join(&glue))
        }
        Value::Array(items) => {
            let last = items.len().saturating_sub(1);
            let items = items.iter().enumerate().map(|(index, value)| {
                layout(value, indent + 1, if index == last { allowance + 1 } else { 1 }, level + 1)
            });
            format!("[{}]", items.collect::<Vec<_>>().join(&glue))
        }
        Value::String(text) => break_text(text, indent, allowance, level),
        _ => flat,
    }
}

/// Long strings are broken after spaces into adjacent literals, in brackets at the top.
fn break_text(text: &str, indent: usize, allowance: usize, level: usize) -> String {
    let (indent, allowance) = if level == 1 { (indent + 1, allowance + 1) } else { (indent, allowance) };
    let width = WIDTH.saturating_sub(indent);
    let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let mut chunks = Vec::new();
    let mut current = String::new();
    for (index, word) in words.iter().enumerate() {
        let room = if index + 1 == words.len() { width.saturating_sub(allowance) } else { width };
        let candidate = format!("{current}{word}");
        if repr_text(&candidate).chars().count() > room && !current.is_empty() {
            chunks.push(repr_text(&current));
            current = (*word).to_owned();
        } else {
            current = candidate;
        }
    }
    if !current.is_empty() {
        chunks.push(repr_text(&current));
    }
    let text = chunks.join(&format!("\n{}", " ".repeat(indent)));
    if level == 1 && chunks.len() > 1 { format!("({text})") } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_written_as_python_writes_them() {
        assert_eq!(repr(&json!({"a": [true, null, 1, "it's"]})), "{'a': [True, None, 1, \"it's\"]}");
    }

    #[test]
    fn short_values_stay_on_one_line() {
        assert_eq!(pformat(&json!({"type": "string"})), "{'type': 'string'}");
    }

    #[test]
    fn long_lists_go_below_their_key() {
        let value = json!({"enum": [null, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"]});
        let lines: Vec<String> = pformat(&value).lines().map(str::to_owned).collect();
        assert_eq!(lines[0], "{'enum': [None,");
        assert!(lines[1].starts_with("          'aaa"));
    }
}
