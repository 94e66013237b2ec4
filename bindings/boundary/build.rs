//! Names the configuration of the tests' build.

fn main() {
    println!("cargo:rustc-check-cfg=cfg(poterne_planted_panics)");
}
