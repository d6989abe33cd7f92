//! With the feature `split`, `cargo xtask dist` takes the app apart: for that the linker must keep where each function is used.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_SPLIT").is_some() {
        println!("cargo::rustc-link-arg-bin=sextant=--emit-relocs");
    }
}
