//! Where an image's properties and a flavor's extra specs contradict each other, so that no host will be found.
//! Only where both say something, and only for keys where two values really exclude each other.

use crate::{domain::flavor_fit::source::Source, openstack::nova::flavor::Flavor};

/// Two demands that no host meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// About what.
    pub topic: Topic,
    /// What the image demands.
    pub image: String,
    /// What the flavor demands.
    pub flavor: String,
}

/// What a contradiction is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The processor's architecture.
    Architecture,
    /// BIOS or UEFI.
    Firmware,
    /// The emulated machine.
    MachineType,
    /// Another property, by the image's key.
    Property(String),
    /// A trait of the host.
    Trait(String),
}

/// Flavor keys (what follows the scope) and the image's keys for the same thing.
const KEYS: &[(&[&str], &[&str])] = &[
    (&["architecture", "arch", "hw_architecture"], &["hw_architecture", "architecture"]),
    (&["firmware_type", "hw_firmware_type"], &["hw_firmware_type"]),
    (&["machine_type", "hw_machine_type"], &["hw_machine_type"]),
    (&["hypervisor_type"], &["img_hv_type", "hypervisor_type"]),
    (&["vm_mode"], &["hw_vm_mode", "vm_mode"]),
    (&["secure_boot"], &["os_secure_boot"]),
    (&["cpu_thread_policy"], &["hw_cpu_thread_policy"]),
    (&["numa_nodes"], &["hw_numa_nodes"]),
    (&["mem_encryption"], &["hw_mem_encryption"]),
    (&["tpm_version"], &["hw_tpm_version"]),
    (&["tpm_model"], &["hw_tpm_model"]),
    (&["viommu_model"], &["hw_viommu_model"]),
    (&["pmu"], &["hw_pmu"]),
];

/// All contradictions between a flavor and what is booted.
pub fn contradictions(flavor: &Flavor, source: &Source) -> Vec<Contradiction> {
    let Some(specs) = &flavor.extra_specs else { return Vec::new() };
    let mut found = Vec::new();
    for (spec, demand) in specs {
        let key = spec.rsplit(':').next().unwrap_or(spec);
        if let Some(named) = spec.strip_prefix("trait:") {
            found.extend(architecture_trait(named, demand, source));
            found.extend(excluded_trait(named, demand, source));
        } else if key == "cpu_policy" {
            found.extend(cpu_policy(demand, source));
        } else if let Some((_, properties)) = KEYS.iter().find(|(keys, _)| keys.contains(&key)) {
            found.extend(differing(properties, demand, source));
        }
    }
    found
}

fn differing(properties: &[&str], demand: &str, source: &Source) -> Option<Contradiction> {
    let (key, value) = properties.iter().find_map(|key| source.property(key).map(|value| (*key, value)))?;
    let topic = match key {
        "hw_architecture" | "architecture" => Topic::Architecture,
        "hw_firmware_type" => Topic::Firmware,
        "hw_machine_type" => Topic::MachineType,
        other => Topic::Property(other.to_owned()),
    };
    let wanted = canonical(&topic, value);
    let choices = choices(demand)?;
    if choices.iter().any(|choice| canonical(&topic, choice) == wanted) {
        return None;
    }
    Some(Contradiction { topic, image: value.to_owned(), flavor: choices.join(", ") })
}

/// What a spec allows: `x`, `s== x`, `<in> x`, `<or> x <or> y`. `None` for an operator that allows more than a list.
fn choices(demand: &str) -> Option<Vec<String>> {
    let demand = demand.trim();
    if let Some(rest) = demand.strip_prefix("<or>") {
        let choices: Vec<_> = rest.split("<or>").map(|choice| choice.trim().to_owned()).collect();
        return Some(choices);
    }
    for operator in ["s==", "==", "<in>"] {
        if let Some(rest) = demand.strip_prefix(operator) {
            return Some(vec![rest.trim().to_owned()]);
        }
    }
    let is_other_operator =
        ["s!=", "s<", "s>", "<all-in>", ">=", "<=", "!="].iter().any(|op| demand.starts_with(op));
    (!is_other_operator && !demand.is_empty()).then(|| vec![demand.to_owned()])
}

fn canonical(topic: &Topic, value: &str) -> String {
    let value = value.trim().to_ascii_lowercase();
    match topic {
        Topic::Architecture => canonical_architecture(&value),
        Topic::Property(_) => match value.as_str() {
            "yes" | "1" | "on" => "true".to_owned(),
            "no" | "0" | "off" => "false".to_owned(),
            _ => value,
        },
        _ => value,
    }
}

/// Nova's names (nova/objects/fields.py, `Architecture.canonicalize`) and what people write for them.
fn canonical_architecture(name: &str) -> String {
    match name {
        "amd64" | "x64" | "x86-64" => "x86_64",
        "arm64" => "aarch64",
        "i386" | "i486" | "i586" | "x86" => "i686",
        "ppc64el" => "ppc64le",
        other => other,
    }
    .to_owned()
}

fn architecture_trait(named: &str, demand: &str, source: &Source) -> Option<Contradiction> {
    let arch = named.strip_prefix("HW_ARCH_")?;
    let image = source.property("hw_architecture").or_else(|| source.property("architecture"))?;
    let is_same = canonical_architecture(&image.to_ascii_lowercase()) == arch.to_ascii_lowercase();
    let is_wrong = match demand.trim() {
        "required" => !is_same,
        "forbidden" => is_same,
        _ => false,
    };
    is_wrong.then(|| Contradiction {
        topic: Topic::Architecture,
        image: image.to_owned(),
        flavor: if demand.trim() == "required" {
            arch.to_ascii_lowercase()
        } else {
            format!("!{}", arch.to_ascii_lowercase())
        },
    })
}

fn excluded_trait(named: &str, demand: &str, source: &Source) -> Option<Contradiction> {
    let image = source.property(&format!("trait:{named}"))?;
    let pair = (image, demand.trim());
    matches!(pair, ("required", "forbidden") | ("forbidden", "required")).then(|| Contradiction {
        topic: Topic::Trait(named.to_owned()),
        image: image.to_owned(),
        flavor: demand.trim().to_owned(),
    })
}

/// Only "dedicated" in the image against "shared" or "mixed" in the flavor; the other way round the flavor wins
/// (nova/virt/hardware.py, `get_cpu_policy_constraint`).
fn cpu_policy(demand: &str, source: &Source) -> Option<Contradiction> {
    let image = source.property("hw_cpu_policy")?;
    let is_excluded = image.eq_ignore_ascii_case("dedicated") && matches!(demand.trim(), "shared" | "mixed");
    is_excluded.then(|| Contradiction {
        topic: Topic::Property("hw_cpu_policy".to_owned()),
        image: image.to_owned(),
        flavor: demand.trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::glance::image::Image;
    use serde_json::json;

    fn check(image: &[(&str, &str)], specs: &[(&str, &str)]) -> Vec<Topic> {
        let mut value = json!({"id": "i"});
        for (key, text) in image {
            value[*key] = (*text).into();
        }
        let image: Image = serde_json::from_value(value).unwrap();
        let specs = specs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
        let flavor = Flavor { extra_specs: Some(specs), ..Flavor::default() };
        contradictions(&flavor, &Source::of_image(&image)).into_iter().map(|found| found.topic).collect()
    }

    #[test]
    fn contradictions_are_found_only_where_both_say() {
        let arch = || vec![Topic::Architecture];
        type Pairs<'a> = &'a [(&'a str, &'a str)];
        let table: Vec<(Pairs, Pairs, Vec<Topic>)> = vec![
            (&[], &[("hw:architecture", "aarch64")], vec![]),
            (&[("architecture", "x86_64")], &[], vec![]),
            (&[("architecture", "x86_64")], &[("capabilities:architecture", "aarch64")], arch()),
            (&[("architecture", "amd64")], &[("capabilities:architecture", "s== x86_64")], vec![]),
            (&[("architecture", "arm64")], &[("architecture", "<or> x86_64 <or> aarch64")], vec![]),
            (&[("architecture", "s390x")], &[("architecture", "<or> x86_64 <or> aarch64")], arch()),
            (&[("architecture", "x86_64")], &[("trait:HW_ARCH_AARCH64", "required")], arch()),
            (&[("architecture", "arm64")], &[("trait:HW_ARCH_AARCH64", "required")], vec![]),
            (&[("architecture", "arm64")], &[("trait:HW_ARCH_AARCH64", "forbidden")], arch()),
            (&[("architecture", "x86_64")], &[("architecture", "s!= x86_64")], vec![]),
            (
                &[("hw_architecture", "aarch64"), ("architecture", "x86_64")],
                &[("hw:architecture", "x86_64")],
                arch(),
            ),
            (&[("hw_firmware_type", "uefi")], &[("hw:firmware_type", "bios")], vec![Topic::Firmware]),
            (&[("hw_firmware_type", "UEFI")], &[("hw:firmware_type", "uefi")], vec![]),
            (&[("hw_machine_type", "q35")], &[("hw:machine_type", "pc")], vec![Topic::MachineType]),
            (
                &[("os_secure_boot", "required")],
                &[("os:secure_boot", "disabled")],
                vec![Topic::Property("os_secure_boot".into())],
            ),
            (&[("hw_pmu", "yes")], &[("hw:pmu", "True")], vec![]),
            (
                &[("hw_cpu_policy", "dedicated")],
                &[("hw:cpu_policy", "shared")],
                vec![Topic::Property("hw_cpu_policy".into())],
            ),
            (&[("hw_cpu_policy", "shared")], &[("hw:cpu_policy", "dedicated")], vec![]),
            (&[("trait:X", "required")], &[("trait:X", "forbidden")], vec![Topic::Trait("X".into())]),
            (&[("trait:X", "required")], &[("trait:X", "required")], vec![]),
            (&[("hw_mem_page_size", "1GB")], &[("hw:mem_page_size", "large")], vec![]),
        ];
        for (image, specs, want) in table {
            assert_eq!(check(image, specs), want, "{image:?} {specs:?}");
        }
    }
}
