//! What a console log tells about a boot: how far it came, and what stopped it. A guest may write anything, or nothing; so this
//! only ever gathers evidence, line by line, and never takes back what it has seen: a longer log, or a later part of it, adds.

mod rules;
mod text;

use std::collections::BTreeMap;

use serde::Serialize;

pub use crate::domain::boot_log::text::plain;

/// How much of a line is looked at, in characters: no line that matters is longer, and a binary one may be endless.
const LONGEST_LINE: usize = 1_000;
/// How much of a line is kept as evidence, in characters.
const LONGEST_EVIDENCE: usize = 200;
/// How much of a datasource's name is kept.
const LONGEST_DATASOURCE: usize = 100;

/// How far a boot comes, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// Firmware or boot loader wrote something.
    Firmware,
    /// The kernel runs.
    Kernel,
    /// The first process runs (systemd, OpenRC, rc …).
    Init,
    /// cloud-init (or what stands for it) has begun.
    CloudInitStarted,
    /// cloud-init is through.
    CloudInitFinished,
    /// One could log in.
    Login,
}

/// What went wrong. The first that applies is what is told as the reason, hence the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The kernel has not found, or not mounted, its root file system.
    NoRoot,
    /// A file system needs repair by hand.
    BrokenFileSystem,
    /// The kernel, or Windows, gave up.
    KernelPanic,
    /// It waits in a rescue or emergency shell.
    EmergencyShell,
    /// cloud-init has found nobody to ask for its data.
    NoDatasource,
    /// cloud-init has failed.
    CloudInitFailed,
    /// The firmware has found nothing to boot.
    NoBootableDevice,
    /// The boot loader waits at its own prompt.
    BootLoaderStuck,
    /// A process was killed for want of memory. It may go on.
    OutOfMemory,
    /// One of cloud-init's modules has failed. It goes on.
    ModuleFailed,
}

impl Trouble {
    /// Whether nothing good comes after it.
    fn is_fatal(self) -> bool {
        !matches!(self, Self::OutOfMemory | Self::ModuleFailed)
    }

    /// Firmware and boot loaders try one device after another: what they say of one means nothing once a kernel runs.
    fn is_before_kernel(self) -> bool {
        matches!(self, Self::NoBootableDevice | Self::BootLoaderStuck)
    }
}

/// What a log has told so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BootLog {
    /// What was reached, with the first line that says so.
    pub reached: BTreeMap<Milestone, String>,
    /// What went wrong, with the first line that says so.
    pub troubles: BTreeMap<Trouble, String>,
    /// Where cloud-init has its data from ("DataSourceOpenStackLocal [net,ver=2]").
    pub datasource: Option<String>,
}

impl BootLog {
    /// What a log tells.
    pub fn read(log: &str) -> Self {
        let mut boot = Self::default();
        boot.absorb(log);
        boot
    }

    /// Takes in a log, or the end of one, in addition to what was read before.
    pub fn absorb(&mut self, log: &str) {
        for line in log.split(['\n', '\r']) {
            let line = text::start(line, LONGEST_LINE);
            let line = line.trim();
            if !line.is_empty() {
                self.absorb_line(line);
            }
        }
    }

    /// Whether this was reached.
    pub fn has(&self, milestone: Milestone) -> bool {
        self.reached.contains_key(&milestone)
    }

    /// The last that was reached.
    pub fn furthest(&self) -> Option<Milestone> {
        self.reached.keys().next_back().copied()
    }

    /// What stopped the boot, with the line that says so.
    pub fn stopped(&self) -> Option<(Trouble, &str)> {
        let has_kernel = self.furthest().is_some_and(|furthest| furthest >= Milestone::Kernel);
        self.troubles
            .iter()
            .find(|(trouble, _)| trouble.is_fatal() && !(has_kernel && trouble.is_before_kernel()))
            .map(|(trouble, line)| (*trouble, line.as_str()))
    }

    fn absorb_line(&mut self, line: &str) {
        let evidence = || text::start(line, LONGEST_EVIDENCE);
        for milestone in rules::milestones(line) {
            self.reached.entry(milestone).or_insert_with(evidence);
        }
        for trouble in rules::troubles(line) {
            self.troubles.entry(trouble).or_insert_with(evidence);
        }
        if let Some(name) = rules::datasource(line) {
            self.datasource = Some(text::start(name, LONGEST_DATASOURCE));
        }
    }
}

#[cfg(test)]
mod tests;
