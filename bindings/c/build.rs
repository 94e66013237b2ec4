//! The soname is the generation of the interface: programs find the library that they were linked with.

fn main() {
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libpoterne.so.1");
    }
    // A build of the tests: see src/guard.rs.
    println!("cargo:rustc-check-cfg=cfg(poterne_planted_panics)");
    println!("cargo:rerun-if-changed=build.rs");
}
