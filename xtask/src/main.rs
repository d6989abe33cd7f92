//! The project's own commands. `cargo xtask` alone lists them.
//!
//! Each says what it does, how long that takes, and in plain words what went wrong. Nothing here is part of the app.

// Printing is what these commands are for.
#![allow(clippy::print_stdout)]

mod bench;
mod children;
mod clients;
mod cloud;
mod demo;
mod dist;
mod licences;
mod ports;
mod profile;
mod run;
mod setup;
mod test;
mod tools;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Sextant's own commands", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the app and its demo cloud on this machine, until Ctrl-C
    Demo(demo::Options),
    /// Check everything: format, lints, unit tests, release build, the official clients, end-to-end tests
    Test(test::Options),
    /// Measure what has a budget: download, first row, upload
    Bench(bench::Options),
    /// Record anew what runs before the first image is seen, for the split of the download (after larger changes of the list)
    Profile,
    /// Run the tests against real OpenStack services on this machine
    #[command(subcommand)]
    Cloud(cloud::Cloud),
    /// Build the app for deployment into dist/
    Dist(dist::Options),
    /// Install what is missing on this machine: WASM target, Trunk, wasm-bindgen, wasm-opt, terser, Chromium, npm packages, OpenStack clients
    Setup(setup::Options),
}

fn main() {
    let outcome = match Cli::parse().command {
        Command::Demo(options) => demo::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Profile => profile::run(),
        Command::Cloud(what) => cloud::run(what),
        Command::Dist(options) => dist::run(&options),
        Command::Setup(options) => setup::run(&options),
    };
    if let Err(error) = outcome {
        // `{:#}` puts the causes on one line, after what was tried.
        println!("\nerror: {error:#}");
        std::process::exit(1);
    }
}
