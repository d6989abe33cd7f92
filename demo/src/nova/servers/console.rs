//! The console log: what a guest with cloud-init writes, line by line as time passes.

use super::model::{Boot, Server, VmState};
use crate::clock::SECOND;

/// A line, and when it appears, in milliseconds since power on.
type Line = (i64, String);

/// The log up to `now`, of the last `length` lines where given.
pub fn log(server: &Server, now: i64, length: Option<usize>) -> String {
    let Some(booted) = server.booted else { return String::new() };
    // Nothing more comes from a server that was stopped.
    let halted = matches!(server.state, VmState::Stopped | VmState::Paused | VmState::Suspended);
    let until = if halted { server.updated } else { now };
    let passed = (until - booted) * 1000 / SECOND;
    let lines: Vec<String> =
        script(server).into_iter().filter(|(at, _)| *at <= passed).map(|(_, line)| line).collect();
    let skipped = length.map_or(0, |length| lines.len().saturating_sub(length));
    let mut log = lines[skipped..].join("\n");
    if !log.is_empty() {
        log.push('\n');
    }
    log
}

fn script(server: &Server) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    if server.boot == Boot::Silent {
        return lines;
    }
    firmware(&mut lines);
    if server.boot == Boot::NoBootableDevice {
        for line in ["Boot failed: not a bootable disk", "", "No bootable device."] {
            lines.push((900, line.to_owned()));
        }
        return lines;
    }
    kernel(&mut lines, server);
    if server.boot == Boot::KernelPanic {
        panic(&mut lines);
        return lines;
    }
    userland(&mut lines, server);
    cloud_init(&mut lines, server);
    lines
}

fn firmware(lines: &mut Vec<Line>) {
    lines.push((0, "SeaBIOS (version 1.16.2-debian-1.16.2-1)".to_owned()));
    lines.push((
        100,
        "iPXE (https://ipxe.org) 00:03.0 CA00 PCI2.10 PnP PMM+1FF8B120+1FECB120 CA00".to_owned(),
    ));
    lines.push((300, "Booting from Hard Disk...".to_owned()));
}

/// Kernel lines appear when their own clock says, half a second after the firmware began.
fn kernel(lines: &mut Vec<Line>, server: &Server) {
    let Release { kernel, machine, .. } = release(server);
    let memory = server.flavor.ram * 1024;
    let cpus = server.flavor.vcpus;
    let texts = [
        (0, format!("Linux version {kernel} ({machine}) (gcc 13.2.0, GNU ld 2.42) #1 SMP PREEMPT_DYNAMIC")),
        (
            0,
            format!(
                "Command line: BOOT_IMAGE=/boot/vmlinuz-{kernel} root=LABEL=cloudimg-rootfs ro console=tty1 console=ttyS0"
            ),
        ),
        (0, "KERNEL supported cpus:".to_owned()),
        (1, "DMI: OpenStack Foundation OpenStack Nova, BIOS 1.16.2-debian-1.16.2-1 04/01/2014".to_owned()),
        (2, "Hypervisor detected: KVM".to_owned()),
        (14, format!("Memory: {}K/{memory}K available", memory - memory / 20)),
        (62, format!("smp: Brought up 1 node, {cpus} CPU{}", if cpus == 1 { "" } else { "s" })),
        (210, "virtio_blk virtio1: [vda] new disk".to_owned()),
        (320, "virtio_net virtio0 ens3: renamed from eth0".to_owned()),
        (640, "EXT4-fs (vda1): mounted filesystem with ordered data mode".to_owned()),
        (790, "Run /sbin/init as init process".to_owned()),
    ];
    lines.extend(texts.into_iter().map(|(at, text)| (500 + at, stamped(at, &text))));
}

fn panic(lines: &mut Vec<Line>) {
    // What a root device that cannot be found looks like.
    lines.retain(|(_, line)| !line.contains("EXT4-fs") && !line.contains("/sbin/init"));
    let texts = [
        (640, "VFS: Cannot open root device \"LABEL=cloudimg-rootfs\" or unknown-block(0,0): error -6"),
        (641, "Please append a correct \"root=\" boot option; here are the available partitions:"),
        (642, "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)"),
        (643, "CPU: 0 PID: 1 Comm: swapper/0 Not tainted"),
        (644, "---[ end Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0) ]---"),
    ];
    lines.extend(texts.into_iter().map(|(at, text)| (500 + at, stamped(at, text))));
}

fn userland(lines: &mut Vec<Line>, server: &Server) {
    let Release { name, .. } = release(server);
    let texts = [
        (1400, stamped(900, "systemd[1]: systemd 255 running in system mode")),
        (1410, stamped(910, "systemd[1]: Detected virtualization kvm.")),
        (1420, format!("Welcome to {name}!")),
        (1430, String::new()),
        (1500, stamped(1000, &format!("systemd[1]: Hostname set to <{}>.", server.hostname))),
        (1700, "[  OK  ] Mounted /boot/efi.".to_owned()),
        (1900, "[  OK  ] Reached target local-fs.target - Local File Systems.".to_owned()),
        (
            2100,
            "         Starting cloud-init-local.service - Cloud-init: Local Stage (pre-network)..."
                .to_owned(),
        ),
    ];
    lines.extend(texts);
}

fn cloud_init(lines: &mut Vec<Line>, server: &Server) {
    let Release { name, .. } = release(server);
    let source = if server.config_drive {
        "DataSourceConfigDrive [net,ver=2][source=/dev/sr0]"
    } else {
        "DataSourceOpenStackLocal [net,ver=2]"
    };
    let at = |ms: i64, text: String| {
        (ms, format!("[{:>5}.{:06}] cloud-init[{}]: {text}", ms / 1000, ms % 1000 * 1000, 500 + ms / 10))
    };
    let utc = |ms: i64| crate::clock::seconds(server.booted.unwrap_or(server.created) + ms * SECOND / 1000);
    lines.push(at(
        2400,
        format!("Cloud-init v. 24.1.3 running 'init-local' at {}. Up 2.40 seconds.", utc(2400)),
    ));
    lines.push((
        2900,
        "[  OK  ] Finished cloud-init-local.service - Cloud-init: Local Stage (pre-network).".to_owned(),
    ));
    lines.push(at(3200, format!("Cloud-init v. 24.1.3 running 'init' at {}. Up 3.20 seconds.", utc(3200))));
    lines.extend(net_info(server));
    if server.boot == Boot::CloudInitError {
        lines.push(at(
            3900,
            format!(
                "{} - util.py[WARNING]: No instance datasource found! Likely bad things to come!",
                utc(3900)
            ),
        ));
        lines.push(at(3910, "Traceback (most recent call last):".to_owned()));
        lines.push(at(3910, "cloudinit.sources.DataSourceNotFoundException: Did not find any data source, searched classes: (DataSourceOpenStack)".to_owned()));
        lines.push((
            4000,
            "[FAILED] Failed to start cloud-init.service - Cloud-init: Network Stage.".to_owned(),
        ));
        lines.push((4010, "See 'systemctl status cloud-init.service' for details.".to_owned()));
        lines.push((4600, String::new()));
        lines.push((4600, format!("{name} localhost ttyS0")));
        lines.push((4600, String::new()));
        lines.push((4600, "localhost login: ".to_owned()));
        return;
    }
    if let Some(key) = &server.key_name {
        lines.push(at(3800, "Generating public/private ed25519 key pair.".to_owned()));
        lines.push(at(
            3900,
            format!(
                "ci-info: Authorized keys from /home/{}/.ssh/authorized_keys: {key}",
                release(server).user
            ),
        ));
    }
    lines.push((4000, "[  OK  ] Finished cloud-init.service - Cloud-init: Network Stage.".to_owned()));
    lines.push(at(
        4300,
        format!("Cloud-init v. 24.1.3 running 'modules:config' at {}. Up 4.30 seconds.", utc(4300)),
    ));
    lines.push(at(
        4700,
        format!("Cloud-init v. 24.1.3 running 'modules:final' at {}. Up 4.70 seconds.", utc(4700)),
    ));
    lines.push(at(
        5000,
        format!("Cloud-init v. 24.1.3 finished at {}. Datasource {source}.  Up 5.00 seconds", utc(5000)),
    ));
    lines.push((5100, String::new()));
    lines.push((5100, format!("{name} {} ttyS0", server.hostname)));
    lines.push((5100, String::new()));
    lines.push((5100, format!("{} login: ", server.hostname)));
}

fn net_info(server: &Server) -> Vec<Line> {
    let mut lines = vec![(
        3300,
        "ci-info: +++++++++++++++++++++++++++Net device info++++++++++++++++++++++++++++".to_owned(),
    )];
    for (index, nic) in server.nics.iter().enumerate() {
        let (device, address, mac) = (format!("ens{}", index + 3), &nic.address, &nic.mac);
        lines.push((3310, format!("ci-info: |  {device}  | True | {address:>15} | {mac} |")));
    }
    lines.push((3320, "ci-info: |   lo   | True |       127.0.0.1 |         .         |".to_owned()));
    lines
}

fn stamped(ms: i64, text: &str) -> String {
    format!("[{:>5}.{:06}] {text}", ms / 1000, ms % 1000 * 1000)
}

struct Release {
    name: String,
    kernel: &'static str,
    machine: &'static str,
    user: String,
}

/// The system in the image, as far as its properties say.
fn release(server: &Server) -> Release {
    let property = |key: &str| server.image_properties.get(key).map(String::as_str);
    let version = property("os_version").unwrap_or("");
    let distro = property("os_distro").unwrap_or("linux");
    let (name, kernel) = match distro {
        "ubuntu" => (format!("Ubuntu {version} LTS"), "6.8.0-48-generic"),
        "debian" => (format!("Debian GNU/Linux {version}"), "6.1.0-27-cloud-amd64"),
        "cirros" => ("CirrOS 0.6.2".to_owned(), "5.15.0-71-generic"),
        "linux" => ("Linux".to_owned(), "6.1.0-27-cloud-amd64"),
        other => (format!("{other} {version}").trim().to_owned(), "5.14.0-503.el9.x86_64"),
    };
    let machine = property("hw_architecture").or(property("architecture"));
    Release {
        name,
        kernel,
        machine: if machine == Some("aarch64") { "aarch64" } else { "x86_64" },
        user: property("os_admin_user").unwrap_or(distro).to_owned(),
    }
}
