//! Under which licences others' crates may come into this project: permissive ones, that ask for a notice at most.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::run;

const ALLOWED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Fails with the names of those that come under none of them.
pub fn check() -> Result<()> {
    let metadata = run::capture(run::cargo().args(["metadata", "--format-version", "1", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("`cargo metadata` names no packages")?;
    // Those without a source are the project's own.
    let others: Vec<_> = packages.iter().filter(|package| package["source"].is_string()).collect();
    let refused: Vec<_> = others
        .iter()
        .filter(|package| !is_allowed(package["license"].as_str().unwrap_or_default()))
        .map(|package| format!("{} ({})", package["name"], package["license"]))
        .collect();
    if !refused.is_empty() {
        bail!("not under a licence that xtask/src/licences.rs allows: {}", refused.join(", "));
    }
    run::say(&format!("{} crates, all under an allowed licence", others.len()));
    Ok(())
}

/// An SPDX expression as crates write it: AND binds more closely than OR, an old slash means OR.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    // The few expressions with brackets have them around an OR, within an AND.
    if let Some((inner, rest)) = expression.strip_prefix('(').and_then(|rest| rest.split_once(") AND ")) {
        return is_allowed(inner) && is_allowed(rest);
    }
    let all = |terms: &str| terms.split(" AND ").all(|term| ALLOWED.contains(&term.trim()));
    expression.split(" OR ").any(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_allowed_choice_is_enough_and_every_part_is_needed() {
        assert!(is_allowed("MIT OR Apache-2.0 OR LGPL-2.1-or-later"));
        assert!(is_allowed("Unlicense/MIT"));
        assert!(is_allowed("(MIT OR GPL-3.0-only) AND Unicode-3.0"));
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception OR GPL-3.0-only"));
        assert!(!is_allowed("MIT AND GPL-3.0-only"));
        assert!(!is_allowed("(MIT OR Apache-2.0) AND GPL-3.0-only"));
        assert!(!is_allowed("GPL-3.0-only"));
        assert!(!is_allowed(""));
    }
}
