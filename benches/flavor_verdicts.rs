//! How long the verdicts on a thousand flavors take: `cargo xtask bench` prints it beside the same in the browser.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that prints a figure, of data that is its own"
)]

use std::{hint::black_box, time::Instant};

use serde_json::json;
use sextant::{
    domain::flavor_fit::{Allowance, Quota, Wanted, judge_all, source::Source},
    openstack::{glance::image::Image, nova::flavor::Flavor},
};

const FLAVORS: u64 = 1000;
const TURNS: u32 = 200;

fn main() {
    // As clouds have them: some too small, some without a disk, some with extra specs.
    let flavors: Vec<Flavor> = (0..FLAVORS)
        .map(|at| {
            let specs = if at % 5 == 0 { json!({"hw:cpu_policy": "dedicated"}) } else { json!({}) };
            let (ram, disk) = (512 << (at % 8), 20 * (at % 4));
            let body = json!({"id": at.to_string(), "name": format!("flavor-{at}"), "vcpus": 1 + at % 16, "ram": ram,
                "disk": disk, "extra_specs": specs});
            serde_json::from_value(body).unwrap()
        })
        .collect();
    let image: Image = serde_json::from_value(json!({"id": "i", "status": "active", "container_format": "bare",
        "disk_format": "qcow2", "min_ram": 2048, "min_disk": 20, "size": 1_u64 << 30, "virtual_size": 3_u64 << 30,
        "hw_architecture": "x86_64", "hw_firmware_type": "uefi"}))
    .unwrap();
    let quota = Quota { cores: Allowance::Left(8), ..Quota::default() };
    let wanted = Wanted { source: Some(Source::of_image(&image)), count: 1, quota, ..Wanted::default() };
    let begun = Instant::now();
    for _ in 0..TURNS {
        black_box(judge_all(black_box(&flavors), &wanted));
    }
    println!("{:.3}", begun.elapsed().as_secs_f64() * 1000.0 / f64::from(TURNS));
}
