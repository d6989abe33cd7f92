//! Glance's decisions on many files, for `tests/compare_with_oslo.py`.
//!
//! Reads lines "PATH<tab>FORMAT RULES<tab>FORMAT RULES…" and writes for each a line of decisions, "KIND:VIRTUAL_SIZE:FAILING_CHECKS",
//! tab-separated. The rules are none (as Glance is installed), "strict" and "lax".

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::path::Path;

use sextant_inspector::decision::{Decision, Rejection, Rules};
use sextant_inspector::report::Report;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut fields = line.split('\t');
        let report = inspect(Path::new(fields.next().unwrap_or_default()))?;
        let decisions: Vec<_> = fields.map(|field| describe(&decide(&report, field))).collect();
        writeln!(out, "{}", decisions.join("\t"))?;
    }
    Ok(())
}

fn inspect(path: &Path) -> io::Result<Report> {
    let mut file = File::open(path)?;
    sextant_inspector::inspect(file.metadata()?.len(), |range| {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(range.start))?;
        (&mut file).take(range.end - range.start).read_to_end(&mut bytes)?;
        Ok(bytes)
    })
}

fn decide(report: &Report, field: &str) -> Decision {
    let (format, words) = field.split_once(' ').unwrap_or((field, ""));
    let mut rules = Rules::default();
    for word in words.split(' ') {
        match word {
            "strict" => rules.tolerate_mbr = false,
            "lax" => rules.require_match = false,
            _ => {}
        }
    }
    report.decide_by(format, rules)
}

fn describe(decision: &Decision) -> String {
    match decision {
        Decision::Accept { virtual_size, .. } => format!("accept:{}:", virtual_size.unwrap_or(0)),
        Decision::Reject(Rejection::Mismatch(_)) => "mismatch::".to_owned(),
        Decision::Reject(Rejection::Multiple(_)) => "multiple::".to_owned(),
        Decision::Reject(Rejection::Incomplete(_)) => "incomplete::".to_owned(),
        Decision::Reject(Rejection::Unreadable(_)) => "unreadable::".to_owned(),
        Decision::Reject(Rejection::Unsafe(_, failures)) => {
            let checks: Vec<_> = failures.iter().map(|failure| failure.check()).collect();
            format!("unsafe::{}", checks.join(","))
        }
    }
}
