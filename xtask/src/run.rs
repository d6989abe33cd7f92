//! Running other programs: with their output shown, with it captured, and the words around them.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// The repository's top folder, wherever the command was called from.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Cargo's target folder.
pub fn target() -> Result<PathBuf> {
    let metadata = capture(cargo().args(["metadata", "--format-version", "1", "--no-deps", "--offline"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    Ok(metadata["target_directory"].as_str().unwrap_or("target").into())
}

/// A command that runs in the repository's top folder.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    // Cargo tells the programs it runs which package it runs them for; a cargo started from here builds another.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name.as_ref());
        }
    }
    command
}

/// The cargo that runs us, so that `cargo +nightly xtask …` stays on one toolchain.
pub fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// npm, which has another ending on Windows.
pub fn npm() -> Command {
    command(find("npm").unwrap_or_else(|| "npm".into()))
}

/// Runs to the end with the output shown as it comes.
pub fn show(command: &mut Command) -> Result<()> {
    let line = line(command);
    let status = command.status().with_context(|| cannot_start(&line))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs to the end and gives what it wrote to its standard output; its complaints come with the error.
pub fn capture(command: &mut Command) -> Result<String> {
    let line = line(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| cannot_start(&line))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("`{line}` failed ({}): {}", output.status, complaint.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Where a program is on PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    let paths = env::var_os("PATH")?;
    let names = if cfg!(windows) {
        vec![format!("{program}.exe"), format!("{program}.cmd")]
    } else {
        vec![program.to_owned()]
    };
    env::split_paths(&paths)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)).collect::<Vec<_>>())
        .find(|path| path.is_file())
}

/// A heading, so that the output of other programs below it has an owner.
pub fn heading(text: &str) {
    println!("\n\u{2500}\u{2500} {text}");
}

/// A line of our own among the output of others.
pub fn say(text: &str) {
    println!("   {text}");
}

/// Says what is done now, does it, and says how long it took.
pub fn timed<T>(what: &str, job: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    // What it is, without the remark in brackets on how long it takes.
    let name = what.split(" (").next().unwrap_or(what);
    say(&format!("{what} \u{2026}"));
    let value = job().with_context(|| name.to_owned())?;
    say(&format!("{name}: done in {}", duration(start.elapsed())));
    Ok(value)
}

/// "0.4 s", "12 s", "3 min 05 s".
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn cannot_start(line: &str) -> String {
    let program = line.split(' ').next().unwrap_or(line);
    format!("`{program}` could not be started (is it installed, and on PATH?)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_a_person_says_them() {
        assert_eq!(duration(Duration::from_millis(440)), "0.4 s");
        assert_eq!(duration(Duration::from_secs(12)), "12 s");
        assert_eq!(duration(Duration::from_secs(185)), "3 min 05 s");
    }

    #[test]
    fn a_failed_program_is_named_with_its_arguments() {
        let error = show(Command::new("false").arg("--why")).unwrap_err().to_string();
        assert!(error.starts_with("`false --why` failed"), "{error}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = capture(&mut Command::new("no-such-program-here")).unwrap_err().to_string();
        assert!(error.contains("`no-such-program-here` could not be started"), "{error}");
    }
}
