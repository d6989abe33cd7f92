//! `cargo xtask test`: every check there is, the quick ones first, up to the first that fails.

use std::{process::Command, time::Instant};

use anyhow::{Context, Result, bail};

use crate::{clients, demo, dist, licences, run, setup};

/// Which checks.
#[derive(clap::Args)]
pub struct Options {
    /// Also the tests that take long: soak, kill and multi-gigabyte ones
    #[arg(long)]
    long: bool,
    /// Only the steps with this word in their names ("clients", "lints")
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
}

type Step = (&'static str, fn(&Options) -> Result<()>);

const STEPS: [Step; 12] = [
    ("Set-up", |_| set_up()),
    ("Format", |_| run::show(run::cargo().args(["fmt", "--all", "--check"]))),
    ("Licences of dependencies", |_| licences::check()),
    ("Lints, native", |_| {
        run::show(run::cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    }),
    ("Lints, WebAssembly", |_| run::show(&mut clippy_wasm())),
    ("Unit, contract and layering tests", |options| run::show(&mut cargo_test(options))),
    ("Release build of the app", |_| dist::build("/")),
    ("Release build of the demo cloud", |_| demo::build_cloud()),
    ("The official OpenStack clients", |_| clients::on_demo()),
    ("Types of the end-to-end tests", |_| run::show(&mut npm(&["run", "--silent", "check"]))),
    ("End-to-end tests in Chromium", |options| end_to_end(options, &mut playwright())),
    ("End-to-end tests behind nginx", behind_nginx),
];

/// Runs all; the last line tells how many passed and failed.
pub fn run(options: &Options) -> Result<()> {
    let start = Instant::now();
    let mut done = Vec::new();
    let wanted = options.only.as_deref().unwrap_or("").to_lowercase();
    let steps: Vec<_> = STEPS.iter().filter(|(name, _)| name.to_lowercase().contains(&wanted)).collect();
    if steps.is_empty() {
        let names = STEPS.map(|(name, _)| name).join("\n   ");
        bail!("no step has \"{wanted}\" in its name; they are\n   {names}");
    }
    for (index, (name, step)) in steps.iter().enumerate() {
        println!("\n══ {} of {}: {name}", index + 1, steps.len());
        let begun = Instant::now();
        let outcome = step(options);
        done.push(format!("{:<36} {}", name, run::duration(begun.elapsed())));
        if outcome.is_err() {
            summary(&done, start, false);
            return outcome.with_context(|| format!("{name} (step {} of {})", index + 1, steps.len()));
        }
    }
    summary(&done, start, true);
    Ok(())
}

fn summary(done: &[String], start: Instant, passed: bool) {
    println!("\n══ Summary");
    for (index, line) in done.iter().enumerate() {
        let failed = !passed && index + 1 == done.len();
        println!("   {} {line}", if failed { "✗" } else { "✓" });
    }
    println!("   in all {}", run::duration(start.elapsed()));
    let failed = usize::from(!passed);
    println!("steps: {} passed, {failed} failed", done.len() - failed);
}

fn set_up() -> Result<()> {
    setup::build_tools()?;
    setup::test_tools()?;
    setup::openstack_clients()
}

/// With the profile of the release build, which then finds its macros and build scripts built.
fn clippy_wasm() -> Command {
    let mut cargo = run::cargo();
    cargo.args(["clippy", "--package", "sextant", "--lib", "--bins", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["--profile", "wasm-release", "--", "-D", "warnings"]);
    cargo
}

fn cargo_test(options: &Options) -> Command {
    let mut cargo = run::cargo();
    cargo.args(["test", "--workspace"]);
    if options.long {
        cargo.args(["--", "--include-ignored"]);
    }
    cargo
}

fn playwright() -> Command {
    npm(&["exec", "--", "playwright", "test"])
}

/// What a person does in a day, once more, as an operator deploys it: the main flows, or with `--long` everything.
fn behind_nginx(options: &Options) -> Result<()> {
    if !setup::has_nginx()? {
        run::say("nginx is not here: left out");
        return Ok(());
    }
    let mut playwright = playwright();
    playwright.env("E2E_WAY", "proxy");
    if !options.long {
        playwright.args(["--grep", "@cloud"]);
    }
    end_to_end(options, &mut playwright)
}

fn end_to_end(options: &Options, playwright: &mut Command) -> Result<()> {
    playwright.env("SEXTANT_DEMO", demo::cloud_program()?).env("CHROMIUM", setup::chromium_for_tests()?);
    // Runs the command lines that the app shows.
    playwright.env("E2E_CLIENTS_PYTHON", setup::clients_python()?);
    if options.long {
        playwright.env("E2E_LONG", "1");
    }
    run::show(playwright).context("the report is in end2end/report (`npx playwright show-report` there)")
}

fn npm(arguments: &[&str]) -> Command {
    let mut npm = run::npm();
    npm.current_dir(run::root().join("end2end")).args(arguments);
    npm
}
