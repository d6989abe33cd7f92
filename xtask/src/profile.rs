//! `cargo xtask profile`: records which of the app's functions run before and shortly after the first image is seen, in Chromium,
//! for `cargo xtask dist` to put the rest into a file of its own (`dist/later.rs`).

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result};

use crate::{demo, dist, run, setup};

/// Keys on a line of the record.
const COLUMNS: usize = 12;

/// Builds an app that notes what runs, looks at the list with it, and writes the record.
pub fn run() -> Result<()> {
    setup::build_tools()?;
    setup::test_tools()?;
    demo::build_cloud()?;
    let target = run::target()?;
    let dist = target.join("profile-dist");
    dist::release(&dist, "/", dist::Main::Instrumented)?;
    run::heading("Looking at the list of images in Chromium");
    let mut node = run::command("node");
    node.current_dir(run::root().join("end2end")).arg("bench/profile.mjs");
    node.arg(target.join("parts/profile.json")).env("E2E_DIST", &dist);
    node.env("SEXTANT_DEMO", demo::cloud_program()?).env("CHROMIUM", setup::chromium()?);
    let keys = run::capture(&mut node)?;
    let keys: BTreeSet<&str> = keys.split_whitespace().collect();
    let record = run::root().join("xtask/src/dist/first.txt");
    fs::write(&record, lines(&keys)).with_context(|| format!("{} could not be written", record.display()))?;
    run::say(&format!("{} functions run first; `cargo xtask dist` goes by {}", keys.len(), record.display()));
    Ok(())
}

fn lines(keys: &BTreeSet<&str>) -> String {
    let keys: Vec<&str> = keys.iter().copied().collect();
    keys.chunks(COLUMNS).map(|line| line.join(" ") + "\n").collect()
}
