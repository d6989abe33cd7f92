//! Which flavors an image boots on, and what fails later on the host: Nova's rules, without the database.
//!
//! Order and words are those of `nova.compute.api.API._validate_flavor_image_nostatus`.

use crate::error::Refusal;
use crate::glance::Image;
use crate::nova::flavors::model::Flavor;
use crate::nova::quotas::{Quotas, Usage};

const GIB: i64 = 1 << 30;

/// Where a server's first disk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// On the host, of the flavor's size.
    Local,
    /// A volume, of so many GiB where that is known.
    Volume(Option<i64>),
}

/// Refuses an image that does not boot, or not on this flavor, or not from this volume.
pub fn image_fits(image: &Image, root: Root, flavor: &Flavor, is_admin: bool) -> Result<(), Refusal> {
    if image.status != "active" {
        return Err(Refusal::bad_request(format!("Image {} is not active.", image.id)));
    }
    if flavor.ram < image.min_ram {
        return Err(Refusal::bad_request("Flavor's memory is too small for requested image."));
    }
    if let Root::Volume(size) = root {
        let (least, size) = (image.min_disk * GIB, size.map(|size| size * GIB));
        return match size.filter(|size| least > *size) {
            None => Ok(()),
            Some(size) => Err(Refusal::bad_request(format!(
                "Volume is smaller than the minimum size specified in image metadata. Volume size is {size} bytes, \
                 minimum size is {least} bytes."
            ))),
        };
    }
    let disk = flavor.disk * GIB;
    if disk == 0 {
        // A policy of its own (zero_disk_flavor), which the administrator passes.
        let message = "Only volume-backed servers are allowed for flavors with zero disk.";
        return if is_admin { Ok(()) } else { Err(Refusal::forbidden(message)) };
    }
    let size = image.size.unwrap_or(0);
    if size > disk {
        return Err(Refusal::bad_request(format!(
            "Flavor's disk is too small for requested image. Flavor disk is {disk} bytes, image is {size} bytes."
        )));
    }
    let least = image.min_disk * GIB;
    if least > disk {
        return Err(Refusal::bad_request(format!(
            "Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is {disk} \
             bytes, minimum size is {least} bytes."
        )));
    }
    Ok(())
}

/// Why a server that was accepted will end in ERROR, if it will.
pub fn doom(name: &str, image: &Image, root: Root, flavor: &Flavor) -> Option<String> {
    let no_host = || "No valid host was found. There are not enough hosts available.".to_owned();
    if image.property("demo_boot") == Some("no-valid-host") || name.contains("demo-fail-build") {
        return Some(no_host());
    }
    let of_image = image.property("hw_architecture").or_else(|| image.property("architecture"));
    let of_flavor = if is_arm(flavor) { "aarch64" } else { "x86_64" };
    if of_image.is_some_and(|wanted| wanted != of_flavor) {
        return Some(no_host());
    }
    let disk = flavor.disk * GIB;
    let unpacked = image.virtual_size.unwrap_or(0);
    (root == Root::Local && disk > 0 && unpacked > disk).then(|| {
        format!(
            "Build of instance aborted: Flavor's disk is too small for requested image. Flavor disk is {disk} bytes, \
             image is {unpacked} bytes."
        )
    })
}

fn is_arm(flavor: &Flavor) -> bool {
    flavor.extra_specs.iter().any(|(key, value)| {
        (key == "trait:HW_ARCH_AARCH64" && value == "required")
            || (key.ends_with("arch") && value.ends_with("aarch64"))
    })
}

/// How many of `min` to `max` servers the quota allows; refuses when not even `min`.
pub fn allowed(flavor: &Flavor, min: i64, max: i64, quotas: &Quotas, used: Usage) -> Result<i64, Refusal> {
    let wanted = [
        ("cores", flavor.vcpus, used.cores),
        ("instances", 1, used.instances),
        ("ram", flavor.ram, used.ram),
    ];
    let limit = |resource: &str| quotas.get(resource).copied().unwrap_or(-1);
    let room = |(resource, each, used): (&str, i64, i64)| match limit(resource) {
        ..0 => i64::MAX,
        most if each > 0 => (most - used).max(0) / each,
        _ => i64::MAX,
    };
    let count = wanted.into_iter().map(room).min().unwrap_or(max).min(max);
    if count >= min {
        return Ok(count);
    }
    let instances = if min == max { min.to_string() } else { format!("{min}-{max}") };
    let over: Vec<_> = wanted
        .into_iter()
        .filter(|&(resource, each, used)| limit(resource) >= 0 && used + each * max > limit(resource))
        .collect();
    let list =
        |each: &dyn Fn(&(&str, i64, i64)) -> String| over.iter().map(each).collect::<Vec<_>>().join(", ");
    let names = list(&|(resource, ..)| (*resource).to_owned());
    let requested = list(&|(resource, each, _)| {
        if *resource == "instances" { instances.clone() } else { (each * max).to_string() }
    });
    let in_use = list(&|(_, _, used)| used.to_string());
    let limits = list(&|(resource, ..)| limit(resource).to_string());
    Err(Refusal::forbidden(format!(
        "Quota exceeded for {names}: Requested {requested}, but already used {in_use} of {limits} {names}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flavor(ram: i64, disk: i64) -> Flavor {
        Flavor { vcpus: 4, ram, disk, ..Flavor::default() }
    }

    fn image(min_ram: i64, min_disk: i64, size: i64) -> Image {
        Image {
            id: "i".into(),
            status: "active".into(),
            min_ram,
            min_disk,
            size: Some(size),
            ..Image::default()
        }
    }

    fn refusal(image: &Image, flavor: &Flavor) -> Option<String> {
        image_fits(image, Root::Local, flavor, false).err().map(|refusal| refusal.message)
    }

    #[test]
    fn memory_is_named_first_and_alone() {
        let both = refusal(&image(1024, 2, 0), &flavor(512, 1));
        assert_eq!(both.as_deref(), Some("Flavor's memory is too small for requested image."));
    }

    #[test]
    fn the_file_must_fit_on_the_disk() {
        assert_eq!(
            refusal(&image(0, 0, 1_310_720_000), &flavor(512, 1)).as_deref(),
            Some(
                "Flavor's disk is too small for requested image. Flavor disk is 1073741824 bytes, image is 1310720000 bytes."
            )
        );
        assert_eq!(refusal(&image(0, 1, 1 << 30), &flavor(512, 1)), None);
    }

    #[test]
    fn only_the_administrator_boots_on_a_flavor_without_disk() {
        assert!(refusal(&image(0, 0, 1), &flavor(256, 0)).is_some());
        assert!(image_fits(&image(0, 500, 1), Root::Local, &flavor(256, 0), true).is_ok());
    }

    #[test]
    fn every_exceeded_quota_is_named() {
        let quotas = Quotas::from([("instances", 1), ("cores", 2), ("ram", 4096)]);
        let used = Usage { instances: 1, cores: 1, ram: 512 };
        let refused = allowed(&flavor(8192, 80), 1, 1, &quotas, used).err().map(|refusal| refusal.message);
        let words = "Quota exceeded for cores, instances, ram: Requested 4, 1, 8192, but already used 1, 1, 512 of 2, \
                     1, 4096 cores, instances, ram";
        assert_eq!(refused.as_deref(), Some(words));
    }

    #[test]
    fn as_many_are_made_as_the_quota_leaves() {
        let quotas = Quotas::from([("instances", 10), ("cores", 9), ("ram", -1)]);
        assert_eq!(allowed(&flavor(512, 1), 1, 5, &quotas, Usage::default()).ok(), Some(2));
    }

    #[test]
    fn another_architecture_finds_no_host() {
        let mut arm = image(0, 0, 0);
        arm.properties.insert("hw_architecture".into(), "aarch64".into());
        assert!(doom("a", &arm, Root::Local, &flavor(512, 1)).is_some());
    }
}
