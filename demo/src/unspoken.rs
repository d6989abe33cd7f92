//! What the real services have and the demo cloud has not: it answers 501, and all else that no route takes 404.

use crate::service::Service;

const IDENTITY: [&str; 8] =
    ["auth", "groups", "policies", "credentials", "ec2tokens", "system", "s3tokens", "role_inferences"];
const BELOW_IDENTITY: [&str; 6] = ["tags", "groups", "config", "implies", "access_rules", "credentials"];
const IMAGE: [&str; 3] = ["cache", "cached_images", "queued_images"];
const BELOW_IMAGES: [&str; 1] = ["locations"];
const BELOW_SERVERS: [&str; 5] = ["remote-consoles", "migrations", "topology", "shares", "diagnostics"];
const NETWORK: [&str; 20] = [
    "floatingips",
    "agents",
    "subnetpools",
    "address-scopes",
    "address-groups",
    "qos",
    "trunks",
    "segments",
    "rbac-policies",
    "service-providers",
    "flavors",
    "metering",
    "log",
    "quotas",
    "availability_zones",
    "network-ip-availabilities",
    "auto-allocated-topology",
    "default-security-group-rules",
    "local_ips",
    "ndp_proxies",
];

const VOLUME: [&str; 17] = [
    "attachments",
    "backups",
    "capabilities",
    "cgsnapshots",
    "clusters",
    "consistencygroups",
    "default-types",
    "extensions",
    "group_snapshots",
    "group_types",
    "groups",
    "manageable_snapshots",
    "manageable_volumes",
    "messages",
    "qos-specs",
    "resource_filters",
    "scheduler-stats",
];
const BELOW_VOLUMES: [&str; 3] = ["encryption", "extra_specs", "metadata"];

/// Whether the real service has something at a path that no route of ours takes: `/<service>/<version>/<collection>/…`.
pub fn is_real(service: Service, path: &str) -> bool {
    let mut parts = path.split('/').skip(3);
    let (collection, part) = (parts.next().unwrap_or(""), parts.nth(1).unwrap_or(""));
    match service {
        Service::Identity => {
            let of_project = collection != "users" || part != "tags";
            collection.starts_with("OS-")
                || IDENTITY.contains(&collection)
                || (BELOW_IDENTITY.contains(&part) && of_project)
        }
        Service::Image => {
            IMAGE.contains(&collection) || (collection == "images" && BELOW_IMAGES.contains(&part))
        }
        Service::Compute => {
            collection.starts_with("os-")
                || part.starts_with("os-")
                || (collection == "servers" && BELOW_SERVERS.contains(&part))
        }
        Service::Network => NETWORK.contains(&collection),
        // One deeper, below the project.
        Service::Volume => {
            let mut parts = path.split('/').skip(4);
            let (collection, part) = (parts.next().unwrap_or(""), parts.nth(1).unwrap_or(""));
            VOLUME.contains(&collection)
                || collection.starts_with("os-")
                || part.starts_with("os-")
                || BELOW_VOLUMES.contains(&part)
                || (collection == "types" && part == "action")
                || (collection == "snapshots" && part == "action")
        }
    }
}
