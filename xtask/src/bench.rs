//! `cargo xtask bench`: the figures that have budgets, measured on this machine. A figure over its budget is said, and
//! fails nothing: machines differ.

use anyhow::Result;

use crate::{demo, dist, run, setup};

/// How thoroughly.
#[derive(clap::Args)]
pub struct Options {
    /// Loads of the list for each figure, of which the one in the middle counts
    #[arg(long, default_value_t = 5)]
    runs: u32,
    /// Size of the uploaded file, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    upload_mib: u32,
    /// Measure what is built already
    #[arg(long)]
    no_build: bool,
}

/// Builds, then measures in Chromium against demo clouds of its own.
pub fn run(options: &Options) -> Result<()> {
    if !options.no_build {
        setup::build_tools()?;
        setup::test_tools()?;
        demo::build_cloud()?;
        dist::build("/")?;
    }
    let verdicts = if options.no_build { None } else { Some(native_verdicts()?) };
    run::heading("Measuring (2 to 5 minutes; nothing else should run)");
    let mut node = run::command("node");
    node.current_dir(run::root().join("end2end")).arg("bench/bench.mjs");
    if let Some(verdicts) = &verdicts {
        node.arg("--native-verdicts").arg(verdicts.trim());
    }
    node.arg("--runs").arg(options.runs.to_string()).arg("--upload-mib").arg(options.upload_mib.to_string());
    node.env("SEXTANT_DEMO", demo::cloud_program()?).env("CHROMIUM", setup::chromium()?);
    run::show(&mut node)
}

/// Milliseconds for a thousand flavors, as benches/flavor_verdicts.rs prints them.
fn native_verdicts() -> Result<String> {
    run::heading(
        "The verdicts on a thousand flavors, native (the first time an optimized build: 3 to 8 minutes)",
    );
    let mut cargo = run::cargo();
    cargo.args(["bench", "--quiet", "--package", "sextant", "--bench", "flavor_verdicts"]);
    run::capture(&mut cargo)
}
