//! How the module is linked.

fn main() {
    // Hosts load and unload a module at each login. What std and the settings keep in statics would be lost and allocated again each
    // time, about a kilobyte a login; so the module stays once it is there. It leaves no thread, handler or connection behind.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    // What is missing is found when it is linked, not at somebody's login.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,defs");
    println!("cargo:rerun-if-changed=build.rs");
}
