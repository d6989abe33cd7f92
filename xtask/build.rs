//! Hands the name of the machine's kind on to the code: release archives are named by it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=XTASK_TARGET={}", std::env::var("TARGET").unwrap_or_default());
}
