//! Which lines say what. Every rule holds for a line from some character on and then for all that may follow, so that a line
//! that was cut off in the middle never says more than the whole one.

use crate::domain::boot_log::{Milestone, Trouble};

use Milestone::{CloudInitFinished, CloudInitStarted, Firmware, Init, Kernel};
use Trouble::{
    BootLoaderStuck, BrokenFileSystem, CloudInitFailed, EmergencyShell, KernelPanic, ModuleFailed,
    NoBootableDevice, NoDatasource, NoRoot, OutOfMemory,
};

/// What a line says that contains all of these words.
type Rule<T> = (T, &'static [&'static str]);

const MILESTONES: &[Rule<Milestone>] = &[
    // QEMU's firmwares, and the boot loaders of Linux, FreeBSD and Windows.
    (Firmware, &["SeaBIOS (version"]),
    (Firmware, &["iPXE (http"]),
    (Firmware, &["Booting from Hard Disk"]),
    (Firmware, &["Booting from DVD/CD"]),
    (Firmware, &["BdsDxe: "]),
    (Firmware, &["UEFI Interactive Shell"]),
    (Firmware, &["GNU GRUB"]),
    (Firmware, &["GRUB loading"]),
    (Firmware, &["Welcome to GRUB"]),
    (Firmware, &["SYSLINUX "]),
    (Firmware, &["ISOLINUX "]),
    (Firmware, &["EXTLINUX "]),
    (Firmware, &["U-Boot "]),
    (Firmware, &["SLOF"]),
    (Firmware, &["BTX loader"]),
    (Firmware, &["FreeBSD", "boot loader"]),
    (Firmware, &["bootstrap loader"]),
    (Firmware, &["Windows Boot Manager"]),
    // Kernels. Windows talks through its Special Administration Console (SAC) there.
    (Kernel, &["Linux version "]),
    (Kernel, &["Booting Linux on physical CPU"]),
    (Kernel, &["Decompressing Linux"]),
    (Kernel, &["---<<BOOT>>---"]),
    (Kernel, &["Copyright (c) 1992-", "FreeBSD Project"]),
    (Kernel, &["OpenBSD ", "(GENERIC"]),
    (Kernel, &["NetBSD ", "(GENERIC"]),
    (Kernel, &["SAC started and initialized"]),
    // First processes.
    (Init, &["/sbin/init as init process"]),
    (Init, &["systemd[1]:"]),
    (Init, &["[  OK  ] "]),
    (Init, &["OpenRC ", "is starting up"]),
    (Init, &["INIT: version "]),
    (Init, &["init started: BusyBox"]),
    (Init, &["Starting syslogd"]),
    (Init, &["Setting hostname: "]),
    (Init, &["Starting devd"]),
    (Init, &["The CMD command is now available"]),
    // cloud-init, Cloudbase-Init on Windows, CirrOS's own, FreeBSD's nuageinit, Ignition.
    (CloudInitStarted, &["Cloud-init v. ", " running '"]),
    (CloudInitStarted, &["Starting ", "cloud-init"]),
    (CloudInitStarted, &["Cloudbase-Init version"]),
    (CloudInitStarted, &["cloudbaseinit.init"]),
    (CloudInitStarted, &["checking http://169.254.169.254/"]),
    (CloudInitStarted, &["=== datasource: "]),
    (CloudInitStarted, &["nuageinit"]),
    (CloudInitStarted, &["ignition["]),
    (CloudInitFinished, &["Cloud-init v. ", " finished at "]),
    (CloudInitFinished, &["cloudbaseinit", "Plugins execution done"]),
    (CloudInitFinished, &["=== cirros: current="]),
    (CloudInitFinished, &["Ignition finished successfully"]),
];

const TROUBLES: &[Rule<Trouble>] = &[
    (NoRoot, &["VFS: Unable to mount root fs"]),
    (NoRoot, &["VFS: Cannot open root device"]),
    (NoRoot, &["Gave up waiting for root"]),
    (NoRoot, &["ALERT!", " does not exist."]),
    (NoRoot, &["Cannot find root device"]),
    (NoRoot, &["dracut", "Warning: Could not boot."]),
    (NoRoot, &["mountroot>"]),
    (NoRoot, &["Mounting root failed"]),
    (NoRoot, &["Mounting ", " on /sysroot failed"]),
    (BrokenFileSystem, &["RUN fsck MANUALLY"]),
    (BrokenFileSystem, &["run fsck manually"]),
    (KernelPanic, &["Kernel panic - not syncing"]),
    (KernelPanic, &["Fatal trap "]),
    (KernelPanic, &["CLASS=\"BLUESCREEN\""]),
    (KernelPanic, &["*** STOP: 0x"]),
    (EmergencyShell, &["Entering emergency mode"]),
    (EmergencyShell, &["You are in emergency mode"]),
    (EmergencyShell, &["You are in rescue mode"]),
    (EmergencyShell, &["Give root password for maintenance"]),
    (EmergencyShell, &["Press Enter for maintenance"]),
    (EmergencyShell, &["Dropping to a shell!"]),
    (EmergencyShell, &["initramfs emergency recovery shell"]),
    (EmergencyShell, &["Enter full pathname of shell"]),
    (NoDatasource, &["No instance datasource found"]),
    (NoDatasource, &["DataSourceNotFoundException"]),
    (NoDatasource, &["Datasource DataSourceNone"]),
    (NoDatasource, &["Used fallback datasource"]),
    (NoDatasource, &["No metadata service found"]),
    (NoDatasource, &["failed to read iid from metadata"]),
    (NoDatasource, &["=== datasource: None"]),
    (CloudInitFailed, &["Failed to start ", "loud-init"]),
    (CloudInitFailed, &["Failed to start ", "cloud-config"]),
    (CloudInitFailed, &["Failed to start ", "cloud user/final scripts"]),
    (CloudInitFailed, &["cloud-init", "[CRITICAL]"]),
    (CloudInitFailed, &["Ignition failed"]),
    (NoBootableDevice, &["No bootable device"]),
    (NoBootableDevice, &["No bootable option or device was found"]),
    (NoBootableDevice, &["No bootable medium"]),
    (NoBootableDevice, &["Missing operating system"]),
    (NoBootableDevice, &["perating system not found"]),
    (NoBootableDevice, &["BOOTMGR is missing"]),
    (NoBootableDevice, &["Invalid partition table"]),
    (BootLoaderStuck, &["grub rescue>"]),
    (BootLoaderStuck, &["Minimal BASH-like line editing"]),
    (BootLoaderStuck, &["UEFI Interactive Shell"]),
    (BootLoaderStuck, &["Can't load kernel"]),
    (BootLoaderStuck, &["can't load 'kernel'"]),
    (OutOfMemory, &["Out of memory: Kill"]),
    (ModuleFailed, &["Running module ", " failed"]),
    (ModuleFailed, &["failed run of module"]),
    (ModuleFailed, &["cloudbaseinit", "failed with error"]),
];

/// What a line says was reached.
pub fn milestones(line: &str) -> impl Iterator<Item = Milestone> {
    let others =
        [(is_stamped(line), Kernel), (is_welcome(line), Init), (is_login_prompt(line), Milestone::Login)];
    let others = others.into_iter().filter(|(is_so, _)| *is_so).map(|(_, milestone)| milestone);
    matching(MILESTONES, line).chain(others)
}

/// What a line says went wrong.
pub fn troubles(line: &str) -> impl Iterator<Item = Trouble> {
    // FreeBSD's kernel; elsewhere the word stands in the middle of a line.
    let is_panic = line.starts_with("panic: ");
    // The prompt of Debian's and Ubuntu's initramfs. Fedora's greets as "… (Initramfs)!".
    let is_prompt = line.starts_with("(initramfs)");
    let others = [(is_panic, KernelPanic), (is_prompt, EmergencyShell)];
    matching(TROUBLES, line).chain(others.into_iter().filter(|(is_so, _)| *is_so).map(|(_, trouble)| trouble))
}

/// Where cloud-init says that it has its data from.
pub fn datasource(line: &str) -> Option<&str> {
    let after = |word: &str| line.split_once(word).map(|(_, rest)| rest.trim());
    let name = if let Some(rest) = after(" finished at ").and(after("Datasource ")) {
        rest.split_once("  Up ").map_or(rest, |(name, _)| name).trim_end_matches(['.', ' '])
    } else if let Some(rest) = after("=== datasource: ") {
        rest.trim_end_matches(['=', ' '])
    } else {
        after("Metadata service loaded: ")?.trim_matches('\'')
    };
    (!name.is_empty()).then_some(name)
}

fn matching<T: Copy>(rules: &'static [Rule<T>], line: &str) -> impl Iterator<Item = T> {
    rules.iter().filter(|(_, words)| words.iter().all(|word| line.contains(word))).map(|(what, _)| *what)
}

/// `[   12.345678]`: the kernel's clock before its lines, and before what systemd and cloud-init send through it.
fn is_stamped(line: &str) -> bool {
    let Some((stamp, _)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) else { return false };
    let Some((seconds, micros)) = stamp.trim_start().split_once('.') else { return false };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(seconds) && micros.len() == 6 && are_digits(micros)
}

/// systemd and OpenRC greet; so does GRUB.
fn is_welcome(line: &str) -> bool {
    line.strip_prefix("Welcome to ")
        .is_some_and(|name| name.chars().count() >= 4 && !name.starts_with("GRUB"))
}

/// `name login:` at the line's beginning, or `login:` alone, as on FreeBSD.
fn is_login_prompt(line: &str) -> bool {
    let Some((name, _)) = line.split_once("login:") else { return false };
    let host = name.trim_end();
    let has_gap = host.is_empty() || host.len() < name.len();
    has_gap && host != "Last" && !host.contains(char::is_whitespace) && host.chars().count() <= 64
}
