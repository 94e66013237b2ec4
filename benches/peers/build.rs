//! Links the C libraries: liboath and libcotp by pkg-config, and our own as `tests/artifacts c` left it.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

fn main() {
    for library in ["liboath", "cotp"] {
        let flags = Command::new("pkg-config").args(["--libs", library]).output().expect("pkg-config runs");
        assert!(flags.status.success(), "pkg-config does not know {library}: install its -dev package");
        for flag in String::from_utf8_lossy(&flags.stdout).split_whitespace() {
            match flag.strip_prefix("-l") {
                Some(name) => println!("cargo::rustc-link-lib={name}"),
                None => println!("cargo::rustc-link-arg={flag}"),
            }
        }
    }

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    println!("cargo::rerun-if-env-changed=CARGO_TARGET_DIR");
    let target = env::var("CARGO_TARGET_DIR").unwrap_or("../../target".into());
    let ours = format!("{target}/artifacts/c/usr/local/lib/libpoterne.so.1");
    println!("cargo::rerun-if-changed={ours}");
    // Under the name that the linker looks for, and under its soname.
    for name in ["libpoterne.so", "libpoterne.so.1"] {
        fs::copy(&ours, out.join(name))
            .unwrap_or_else(|error| panic!("{ours}: {error}: tests/artifacts c first"));
    }
    println!("cargo::rustc-link-search=native={}", out.display());
    println!("cargo::rustc-link-lib=dylib=poterne");
    println!("cargo::rustc-link-arg=-Wl,-rpath,{}", out.display());
}
