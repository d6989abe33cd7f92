//! The project's own commands. `cargo xtask` alone lists them.
//!
//! Each says what it does, how long that takes, and in plain words what went wrong. Nothing here is part of the app.

// Printing is what these commands are for.
#![allow(clippy::print_stdout)]

mod run;
mod setup;
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
    /// Install what is missing on this machine: WASM target, Trunk, wasm-bindgen, wasm-opt, Chromium, npm packages.
    Setup(setup::Options),
}

fn main() {
    let outcome = match Cli::parse().command {
        Command::Setup(options) => setup::run(&options),
    };
    if let Err(error) = outcome {
        // `{:#}` puts the causes on one line, after what was tried.
        println!("\nerror: {error:#}");
        std::process::exit(1);
    }
}
