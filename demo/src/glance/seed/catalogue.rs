//! The table of seeded images.

/// One seeded image.
#[derive(Debug, Clone, Copy)]
pub struct Seed {
    /// Name.
    pub name: &'static str,
    /// Project that owns it.
    pub owner: &'static str,
    /// Visibility.
    pub visibility: &'static str,
    /// Status; `queued` ones have no bytes, `uploading` ones have staged ones.
    pub status: &'static str,
    /// Disk format.
    pub format: &'static str,
    /// Size of the disk in MiB.
    pub disk: u64,
    /// In GiB and MiB.
    pub needs: (i64, i64),
    /// Protected from deletion.
    pub protected: bool,
    /// Hidden from lists.
    pub hidden: bool,
    /// Tags, in one word each.
    pub tags: &'static str,
    /// `key=value` in one word each.
    pub properties: &'static str,
}

const PLAIN: Seed = Seed {
    name: "",
    owner: "admin",
    visibility: "public",
    status: "active",
    format: "qcow2",
    disk: 64,
    needs: (0, 0),
    protected: false,
    hidden: false,
    tags: "",
    properties: "",
};

const ALICE: Seed = Seed { owner: "demo", visibility: "shared", ..PLAIN };
const BOB: Seed = Seed { owner: "other", visibility: "shared", ..PLAIN };

/// Those that `openstack/seed.py` makes on a real cloud, oldest first.
pub const SAME: [Seed; 16] = [
    Seed {
        name: "cirros-tiny",
        properties: "os_distro=cirros architecture=x86_64 hw_disk_bus=virtio",
        ..PLAIN
    },
    Seed {
        name: "ubuntu-24.04",
        disk: 4096,
        needs: (20, 2048),
        protected: true,
        tags: "lts server",
        properties: "os_distro=ubuntu os_version=24.04 architecture=x86_64 hw_disk_bus=virtio hw_vif_model=virtio \
                     os_admin_user=ubuntu",
        ..PLAIN
    },
    Seed {
        name: "debian-12",
        disk: 2048,
        needs: (2, 1024),
        tags: "server",
        properties: "os_distro=debian os_version=12",
        ..PLAIN
    },
    Seed {
        name: "windows-2022",
        format: "vmdk",
        disk: 40960,
        needs: (40, 4096),
        properties: "os_distro=windows os_type=windows",
        ..PLAIN
    },
    Seed { name: "huge-appliance", needs: (500, 65536), ..PLAIN },
    Seed { name: "alice-private", visibility: "private", ..ALICE },
    Seed { name: "alice-protected", visibility: "private", protected: true, ..ALICE },
    Seed { name: "alice-raw", format: "raw", disk: 8, needs: (1, 0), ..ALICE },
    Seed { name: "alice-install.iso", format: "iso", ..ALICE },
    Seed { name: "alice-queued", status: "queued", ..ALICE },
    Seed { name: "bob-shared-with-alice", ..BOB },
    Seed { name: "bob-share-pending", ..BOB },
    Seed { name: "bob-community", visibility: "community", ..BOB },
    Seed { name: "debian-11 (hidden)", disk: 2048, hidden: true, ..PLAIN },
    Seed { name: "centos-7 (deactivated)", status: "deactivated", ..PLAIN },
    Seed {
        name: "alice-web-download",
        properties: "os_glance_importing_to_stores= os_glance_failed_import=",
        ..ALICE
    },
];

/// Those that only the demo cloud has: every format, visibility and status, and images whose servers fail to boot.
pub const MORE: [Seed; 20] = [
    Seed {
        name: "fedora-41",
        disk: 5120,
        needs: (5, 2048),
        tags: "server",
        properties: "os_distro=fedora os_version=41 architecture=x86_64 os_admin_user=fedora hw_rng_model=virtio",
        ..PLAIN
    },
    Seed {
        name: "alpine-3.20",
        format: "raw",
        disk: 1,
        needs: (1, 128),
        tags: "small",
        properties: "os_distro=alpine os_version=3.20 architecture=x86_64",
        ..PLAIN
    },
    Seed {
        name: "rocky-9-arm",
        disk: 10240,
        needs: (10, 1024),
        tags: "arm server",
        properties: "os_distro=rocky os_version=9 architecture=aarch64 hw_firmware_type=uefi",
        ..PLAIN
    },
    Seed {
        name: "windows-11",
        disk: 65536,
        needs: (64, 4096),
        properties: "os_distro=windows os_type=windows hw_firmware_type=uefi os_secure_boot=required \
                     hw_tpm_version=2.0 hw_tpm_model=tpm-crb hw_disk_bus=virtio",
        ..PLAIN
    },
    Seed {
        name: "freebsd-14",
        format: "vhd",
        disk: 4096,
        needs: (4, 512),
        properties: "os_distro=freebsd os_version=14",
        ..PLAIN
    },
    Seed { name: "netboot.iso", format: "iso", tags: "installer", ..PLAIN },
    Seed { name: "legacy-kernel", format: "aki", disk: 1, ..PLAIN },
    Seed { name: "legacy-ramdisk", format: "ari", disk: 1, ..PLAIN },
    Seed { name: "legacy-machine", format: "ami", disk: 1, ..PLAIN },
    Seed {
        name: "broken-no-boot-device",
        properties: "demo_boot=no-bootable-device",
        tags: "broken",
        ..PLAIN
    },
    Seed { name: "broken-kernel-panic", properties: "demo_boot=kernel-panic", tags: "broken", ..PLAIN },
    Seed { name: "broken-cloud-init", properties: "demo_boot=cloud-init-error", tags: "broken", ..PLAIN },
    Seed { name: "broken-silent", properties: "demo_boot=silent", tags: "broken", ..PLAIN },
    Seed { name: "alice-virtualbox", visibility: "private", format: "vdi", disk: 2048, ..ALICE },
    Seed {
        name: "alice-hyperv",
        visibility: "private",
        format: "vhdx",
        disk: 8192,
        needs: (8, 1024),
        ..ALICE
    },
    Seed { name: "alice-community", visibility: "community", tags: "tutorial", ..ALICE },
    Seed { name: "alice-staged", status: "uploading", visibility: "private", ..ALICE },
    Seed { name: "alice-retired", status: "deactivated", visibility: "private", ..ALICE },
    Seed { name: "bob-ploop", visibility: "private", format: "ploop", disk: 1, ..BOB },
    Seed {
        name: "Bild für die Übung – 教室 🧪",
        visibility: "shared",
        tags: "übung",
        properties: "os_distro=ubuntu os_version=22.04",
        ..ALICE
    },
];
