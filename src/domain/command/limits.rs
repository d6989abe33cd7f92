//! What the `openstack` client has no way to say, tried out with version 10 of it and version 4 of its SDK.
//!
//! Its `--property key=value` ends the key at the first `=`, and hands all properties to Python functions as arguments by name: a
//! property that is named as such an argument, or as one of the SDK's own attributes, means something else there.
//! See `KeyValueAction` in osc-lib, `CreateImage` and `SetImage` in python-openstackclient (openstackclient/image/v2/image.py), and
//! `create_image` in openstacksdk (openstack/image/v2/_proxy.py).

/// Sorted.
const TAKEN: [&str; 38] = [
    "_synchronized",
    "all_stores",
    "all_stores_must_succeed",
    "allow_duplicates",
    "base_path",
    "connection",
    "container",
    "data",
    "disable_vendor_agent",
    "filename",
    "has_auto_disk_config",
    "hash_algo",
    "hash_value",
    "image",
    "import_method",
    "is_hidden",
    "is_hw_boot_menu_enabled",
    "is_hw_vif_multiqueue_enabled",
    "is_protected",
    "location",
    "md5",
    "meta",
    "microversion",
    "needs_config_drive",
    "needs_secure_boot",
    "owner_id",
    "properties",
    "remote_image_id",
    "remote_region",
    "remote_service_interface",
    "resource_type",
    "sha256",
    "timeout",
    "uri",
    "use_import",
    "validate_checksum",
    "value",
    "wait",
];
/// What `--container-format` and `--disk-format` take; anything else goes as a property, which the client does not look at.
const CONTAINERS: [&str; 7] = ["ami", "ari", "aki", "bare", "docker", "ova", "ovf"];
const DISKS: [&str; 11] = ["ami", "ari", "aki", "vhd", "vmdk", "raw", "qcow2", "vhdx", "vdi", "iso", "ploop"];

/// Whether the client can set or remove a property of this name.
pub fn knows_property(key: &str) -> bool {
    !key.is_empty() && !key.contains('=') && TAKEN.binary_search(&key).is_err()
}

/// Whether the client can take a tag away: it writes it into the address as it is, and Glance reads an address as Latin-1.
pub fn knows_tag_in_address(tag: &str) -> bool {
    tag.is_ascii() && !tag.contains(['/', '?', '#', '%', '\\']) && !tag.trim_matches('.').is_empty()
}

/// Whether the client's option takes this container format.
pub fn knows_container(format: &str) -> bool {
    CONTAINERS.contains(&format)
}

/// Whether the client's option takes this disk format.
pub fn knows_disk(format: &str) -> bool {
    DISKS.contains(&format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_and_odd_keys_can_be_said_but_for_those_that_the_client_takes_for_something_else() {
        for key in ["description", "hw:numa nodes", "a/b~c", "-lead", "名", "os_distro", "hw_cpu_sockets"] {
            assert!(knows_property(key), "{key}");
        }
        for key in ["", "a=b", "=", "wait", "is_hidden", "_synchronized"] {
            assert!(!knows_property(key), "{key}");
        }
        assert!(TAKEN.is_sorted());
    }

    #[test]
    fn a_tag_that_no_address_carries_stays() {
        for tag in ["linux", "two words", "v1.2", "a+b"] {
            assert!(knows_tag_in_address(tag), "{tag}");
        }
        for tag in ["a/b", "50%", "镜像", "..", "why?", "#1"] {
            assert!(!knows_tag_in_address(tag), "{tag}");
        }
    }
}
