//! The soname is the generation of the interface: programs find the library that they were linked with.

fn main() {
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libpoterne.so.1");
    }
    println!("cargo:rerun-if-changed=build.rs");
}
