//! What is said when everything runs.

/// User, password, and what the account is for; as `demo/src/keystone/seed.rs` makes them (a test compares).
const ACCOUNTS: [(&str, &str, &str); 5] = [
    ("alice", "password", "a member of project demo"),
    ("admin", "adminpass", "the administrator"),
    ("rita", "password", "reads in project demo, changes nothing"),
    ("bob", "password", "a member of another project"),
    ("quinn", "password", "a member of a project with tight quotas"),
];

/// The address and the accounts, in a box.
pub fn welcome(port_app: u16, port_cloud: u16) -> String {
    let mut lines = vec![
        format!("Sextant      http://127.0.0.1:{port_app}"),
        format!("Demo cloud   http://127.0.0.1:{port_cloud}"),
        String::new(),
        "Sign in as   with password".to_owned(),
    ];
    lines.extend(ACCOUNTS.map(|(user, password, role)| format!("{user:<12} {password:<14} {role}")));
    lines.extend([String::new(), "Ctrl-C stops everything.".to_owned()]);
    boxed(&lines)
}

fn boxed(lines: &[String]) -> String {
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let rule = "─".repeat(width + 4);
    let inner = lines.iter().map(|line| format!("│  {line:<width$}  │\n")).collect::<String>();
    format!("\n┌{rule}┐\n{inner}└{rule}┘")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accounts_are_those_of_the_demo_cloud() {
        let seed = std::fs::read_to_string(crate::run::root().join("demo/src/keystone/seed.rs")).unwrap();
        let seed: String = seed.split_whitespace().collect::<Vec<_>>().join(" ");
        for (user, password, _) in ACCOUNTS {
            assert!(seed.contains(&format!("user: \"{user}\", password: \"{password}\"")), "{user}");
        }
    }

    #[test]
    fn all_lines_of_the_box_are_of_one_width() {
        let text = welcome(8080, 5050);
        let widths: Vec<_> = text.trim().lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{text}");
        assert!(text.contains("http://127.0.0.1:8080 "));
    }
}
