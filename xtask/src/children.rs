//! Programs that run beside us until we end them. Each leads a process group of its own, so that ending it also ends what
//! it started (`trunk serve` starts cargo), and so that Ctrl-C reaches us first.

use std::{
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

const GRACE: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(100);

/// Set by Ctrl-C (and by being told to end).
#[derive(Clone)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Takes over Ctrl-C. Once per process.
    pub fn on_ctrl_c() -> Result<Self> {
        let stop = Self(Arc::default());
        let flag = stop.0.clone();
        ctrlc::set_handler(move || flag.store(true, Ordering::SeqCst))
            .context("Ctrl-C could not be taken over")?;
        Ok(stop)
    }

    /// Whether we were asked to end.
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A running program, ended when dropped.
pub struct Running {
    name: &'static str,
    child: Child,
}

impl Running {
    /// Starts it; its output goes where ours goes.
    pub fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child =
            command.stdin(Stdio::null()).spawn().with_context(|| format!("{name} could not be started"))?;
        Ok(Self { name, child })
    }

    /// Its end, if it has ended by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        // An error here means that there is no such process of ours any more: `Drop` copes with that too.
        self.child.try_wait().ok().flatten()
    }

    fn end(&mut self) {
        if self.ended().is_some() {
            return;
        }
        self.signal(false);
        let deadline = Instant::now() + GRACE;
        while self.ended().is_none() && Instant::now() < deadline {
            thread::sleep(TICK);
        }
        if self.ended().is_none() {
            self.signal(true);
            // It cannot refuse that; waiting only keeps it from staying as a zombie.
            self.child.wait().ok();
        }
    }

    #[cfg(unix)]
    fn signal(&self, hard: bool) {
        use nix::{
            sys::signal::{Signal, killpg},
            unistd::Pid,
        };
        let signal = if hard { Signal::SIGKILL } else { Signal::SIGTERM };
        // It may have ended this very moment, which is what we want.
        i32::try_from(self.child.id()).ok().and_then(|id| killpg(Pid::from_raw(id), signal).ok());
    }

    #[cfg(not(unix))]
    fn signal(&mut self, _hard: bool) {
        self.child.kill().ok();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Waits until `ready` says so. Ends early with an error if one of the programs ends, with `false` if asked to stop.
pub fn wait_until(
    stop: &Stop,
    running: &mut [&mut Running],
    patience: Option<Duration>,
    mut ready: impl FnMut() -> bool,
) -> Result<bool> {
    let start = Instant::now();
    loop {
        if stop.asked() {
            return Ok(false);
        }
        for program in running.iter_mut() {
            if let Some(status) = program.ended() {
                bail!("{} ended ({status}); what it said stands above", program.name);
            }
        }
        if ready() {
            return Ok(true);
        }
        if let Some(patience) = patience.filter(|patience| start.elapsed() > *patience) {
            bail!("gave up waiting after {}", crate::run::duration(patience));
        }
        thread::sleep(TICK);
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn never_asked() -> Stop {
        Stop(Arc::default())
    }

    fn alive(pid: &str) -> bool {
        Command::new("kill").args(["-0", pid]).stderr(Stdio::null()).status().unwrap().success()
    }

    #[test]
    fn ending_a_program_ends_what_it_started() {
        let file = std::env::temp_dir().join(format!("sextant-children-{}", std::process::id()));
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("sleep 300 & echo $! > {}; wait", file.display()));
        let mut running = Running::start("the shell", &mut shell).unwrap();
        let grandchild = || std::fs::read_to_string(&file).unwrap_or_default().trim().to_owned();
        let started =
            wait_until(&never_asked(), &mut [&mut running], Some(GRACE), || !grandchild().is_empty())
                .unwrap();
        assert!(started && alive(&grandchild()));
        drop(running);
        let deadline = Instant::now() + GRACE;
        while alive(&grandchild()) && Instant::now() < deadline {
            thread::sleep(TICK);
        }
        assert!(!alive(&grandchild()));
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn a_program_that_ends_early_is_named() {
        let mut running =
            Running::start("the demo cloud", Command::new("sh").args(["-c", "exit 3"])).unwrap();
        let error =
            wait_until(&never_asked(), &mut [&mut running], Some(GRACE), || false).unwrap_err().to_string();
        assert!(error.starts_with("the demo cloud ended (exit status: 3)"), "{error}");
    }
}
