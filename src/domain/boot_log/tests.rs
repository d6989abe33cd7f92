use super::*;
use Milestone::*;

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/boot_logs/", $name, ".txt"))
    };
}

const GOOD: [(&str, &str, Milestone, &str); 9] = [
    ("ubuntu", sample!("ubuntu"), Login, "DataSourceOpenStackLocal [net,ver=2]"),
    ("debian", sample!("debian"), Login, "DataSourceConfigDrive [net,ver=2][source=/dev/sr0]"),
    ("fedora", sample!("fedora"), Login, "DataSourceEc2Local"),
    ("rocky", sample!("rocky"), Login, "DataSourceOpenStackLocal [net,ver=2]"),
    ("suse", sample!("suse"), Login, "DataSourceOpenStack [net,ver=2]"),
    ("alpine", sample!("alpine"), Login, "DataSourceNoCloud [seed=/dev/sr0]"),
    ("cirros", sample!("cirros"), Login, "ec2 net"),
    ("freebsd", sample!("freebsd"), Login, "DataSourceConfigDrive [net,ver=2][source=/dev/iso9660/config-2]"),
    ("windows", sample!("windows"), CloudInitFinished, "HttpService"),
];

const BAD: [(&str, Trouble); 16] = [
    (sample!("panic"), Trouble::NoRoot),
    (sample!("init_killed"), Trouble::KernelPanic),
    (sample!("not_bootable"), Trouble::NoBootableDevice),
    (sample!("uefi_not_bootable"), Trouble::NoBootableDevice),
    (sample!("grub_rescue"), Trouble::BootLoaderStuck),
    (sample!("dracut"), Trouble::NoRoot),
    (sample!("initramfs_shell"), Trouble::NoRoot),
    (sample!("emergency"), Trouble::EmergencyShell),
    (sample!("fsck"), Trouble::BrokenFileSystem),
    (sample!("no_datasource"), Trouble::NoDatasource),
    (sample!("fallback_datasource"), Trouble::NoDatasource),
    (sample!("final_failed"), Trouble::CloudInitFailed),
    (sample!("freebsd_mountroot"), Trouble::NoRoot),
    (sample!("freebsd_panic"), Trouble::KernelPanic),
    (sample!("windows_bluescreen"), Trouble::KernelPanic),
    (sample!("windows_no_metadata"), Trouble::NoDatasource),
];

#[test]
fn a_good_boot_is_followed_to_its_end() {
    for (name, log, furthest, datasource) in GOOD {
        let boot = BootLog::read(log);
        assert_eq!(boot.furthest(), Some(furthest), "{name}");
        assert_eq!(boot.stopped(), None, "{name}");
        assert!(boot.troubles.is_empty(), "{name}: {:?}", boot.troubles);
        assert_eq!(boot.datasource.as_deref(), Some(datasource), "{name}");
        for milestone in [Kernel, Init, CloudInitStarted, CloudInitFinished] {
            assert!(boot.has(milestone), "{name}: {milestone:?}");
        }
    }
}

#[test]
fn what_stopped_a_boot_is_named_with_its_line() {
    for (log, trouble) in BAD {
        let boot = BootLog::read(log);
        let (found, line) = boot.stopped().unwrap_or_else(|| panic!("{trouble:?} is not seen in {log}"));
        assert_eq!(found, trouble, "{log}");
        assert!(plain(log).contains(line.trim()), "{line}");
    }
}

#[test]
fn a_panic_is_told_beside_its_cause() {
    let boot = BootLog::read(sample!("panic"));
    assert!(boot.troubles[&Trouble::KernelPanic].contains("Kernel panic - not syncing: VFS"));
    assert!(boot.has(Kernel) && !boot.has(Init) && !boot.has(Login));
}

#[test]
fn what_a_boot_survives_does_not_stop_it() {
    let boot = BootLog::read(sample!("out_of_memory"));
    assert!(boot.troubles.contains_key(&Trouble::OutOfMemory));
    assert_eq!((boot.stopped(), boot.furthest()), (None, Some(Login)));
    // The firmware tried the network in vain, and then found the disk.
    let boot = BootLog::read("No bootable device.\n[    0.000000] Linux version 6.8.0\n");
    assert_eq!(boot.stopped(), None);
    assert_eq!(
        BootLog::read("No bootable device.").stopped().map(|it| it.0),
        Some(Trouble::NoBootableDevice)
    );
}

#[test]
fn words_that_only_look_like_a_prompt_are_none() {
    for line in [
        "Last login: Tue Nov  5 10:00:06 on ttyS0",
        "ubuntu sshd[1]: failed login: root",
        "systemd-logind: ok",
        "relogin:",
    ] {
        assert!(!BootLog::read(line).has(Login), "{line}");
    }
    for line in ["verify login:", "verify login: root", "login: ", "\u{1b}[1mhost-1.example\u{1b}[0m login:"]
    {
        assert!(BootLog::read(line).has(Login), "{line}");
    }
}

#[test]
fn a_log_that_says_nothing_says_nothing() {
    for log in
        ["", "\n\n\r\n", sample!("fake_driver"), "<script>alert(1)</script>", "\u{0}\u{1}\u{fffd}\u{202e}"]
    {
        assert_eq!(BootLog::read(log), BootLog::default(), "{log:?}");
    }
}

#[test]
fn evidence_is_bounded_and_plain() {
    let long = format!("\u{1b}[31mKernel panic - not syncing: {}\u{7}", "x".repeat(5_000_000));
    let boot = BootLog::read(&long);
    let line = &boot.troubles[&Trouble::KernelPanic];
    assert_eq!(line.chars().count(), LONGEST_EVIDENCE);
    assert!(line.starts_with("Kernel panic"));
}

#[test]
fn a_tail_of_a_log_adds_to_what_was_read_before() {
    let log = sample!("ubuntu");
    let mut boot = BootLog::default();
    for part in [&log[..700], &log[600..1_300], &log[1_200..]] {
        boot.absorb(part);
    }
    assert_eq!(
        boot.reached.keys().collect::<Vec<_>>(),
        BootLog::read(log).reached.keys().collect::<Vec<_>>()
    );
    // The beginning is pushed out of the host's buffer: what was seen stays.
    boot.absorb("nothing of interest\n");
    assert!(boot.has(Firmware) && boot.has(Login));
}

#[test]
fn a_terminals_colours_are_left_out() {
    let log = "\u{1b}[0;32m  OK  \u{1b}[0m] Reached\r\n\u{1b}c<b>login:\t\n\n";
    assert_eq!(plain(log), "  OK  ] Reached\n<b>login:\t");
    assert_eq!(plain("\u{1b}["), "");
    assert_eq!(plain(""), "");
}

/// Every prefix of every sample, and of samples shuffled with noise: what a prefix says, the whole says too.
#[test]
fn more_of_a_log_never_takes_anything_away() {
    let samples: Vec<&str> =
        GOOD.iter().map(|(_, log, ..)| *log).chain(BAD.iter().map(|(log, _)| *log)).collect();
    let mut random = Random(0x5eed);
    for round in 0..24 {
        let mut log = String::new();
        for _ in 0..3 {
            let sample = samples[random.below(samples.len())];
            let lines: Vec<&str> = sample.lines().collect();
            for _ in 0..12 {
                match random.below(4) {
                    0 => (0..random.below(40))
                        .for_each(|_| log.extend(char::from_u32(random.below(0x3000) as u32))),
                    1 => log.push_str(
                        ["\u{1b}[", "\r", "\u{1b}", "]", "login:", "[  1.000000]"][random.below(6)],
                    ),
                    _ => log.push_str(lines[random.below(lines.len())]),
                }
                if random.below(5) > 0 {
                    log.push('\n');
                }
            }
        }
        let whole = BootLog::read(&log);
        let mut before = BootLog::default();
        for (end, _) in log.char_indices() {
            if end % 7 != round % 7 {
                continue;
            }
            let now = BootLog::read(&log[..end]);
            assert!(before.reached.keys().all(|it| now.has(*it)), "{:?}", &log[..end]);
            assert!(before.troubles.keys().all(|it| now.troubles.contains_key(it)), "{:?}", &log[..end]);
            before = now;
        }
        assert!(before.reached.keys().all(|it| whole.has(*it)));
    }
}

/// xorshift: the same sequence in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}
