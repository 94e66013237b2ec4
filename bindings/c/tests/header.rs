//! `include/poterne.h` is what the documents of the crate say, and every export goes through the guard. `BLESS=1` rewrites
//! the header.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

fn crate_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn header() -> String {
    let config = cbindgen::Config::from_file(crate_dir().join("cbindgen.toml")).unwrap();
    let mut text = Vec::new();
    cbindgen::Builder::new()
        .with_config(config)
        .with_crate(crate_dir())
        .generate()
        .expect("the exports can be read")
        .write(&mut text);
    with_noexcept(&without_safety(&String::from_utf8(text).unwrap()))
}

/// The callbacks' types, which Rust cannot say of, promise not to throw.
fn with_noexcept(header: &str) -> String {
    let (mut text, mut is_callback) = (String::new(), false);
    for line in header.lines() {
        is_callback |= line.starts_with("typedef ") && line.contains("(*poterne_");
        if is_callback && line.ends_with(");") {
            text.push_str(line.strip_suffix(';').unwrap());
            text.push_str(" POTERNE_NOEXCEPT;\n");
            is_callback = false;
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    assert_eq!(text.matches(") POTERNE_NOEXCEPT;").count(), 2);
    text
}

/// What Rust must know of an export's pointers says nothing to a C programmer that its contract does not.
fn without_safety(header: &str) -> String {
    let (mut kept, mut in_safety) = (String::new(), false);
    for line in header.lines() {
        if line.trim() == "// # Safety" {
            in_safety = true;
            // And the empty line before it.
            let without = kept.trim_end().strip_suffix("//").map(str::len);
            kept.truncate(without.unwrap_or(kept.len()));
            continue;
        }
        in_safety &= line.trim_start().starts_with("//");
        if !in_safety {
            kept.push_str(line.trim_end());
            kept.push('\n');
        }
    }
    kept
}

#[test]
fn the_committed_header_is_that_of_the_crate() {
    let path = crate_dir().join("../../include/poterne.h");
    let header = header();
    assert!(header.matches("POTERNE_API").count() > 40);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &header).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == header,
        "include/poterne.h is not up to date: run with BLESS=1 and look at the difference"
    );
}

/// What the library leaves behind in a process is what the header says: one flag.
#[test]
fn the_header_knows_all_global_state() {
    let mut found = Vec::new();
    for file in fs::read_dir(crate_dir().join("src")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        // The planted fault of the tests has a place of its own in each thread.
        let text = text.replace("static PLACE: Cell<i32>", "");
        found.extend(statics(&text).map(str::to_owned));
    }
    assert_eq!(found, ["SILENT: AtomicBool"]);
    assert!(header().replace("\n * ", " ").contains("There is no global state but one flag:"));
    // The control.
    assert_eq!(statics("    pub(crate) static mut N: u32 = 0;").collect::<Vec<_>>(), ["mut N: u32"]);
}

/// Every `static` of a source, its name and type.
fn statics(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().filter(|line| !line.trim().starts_with("//"));
    code.flat_map(|line| line.split("static ").skip(1)).filter_map(|rest| rest.split(" =").next())
}

/// What 0 means, in the words of the header, and in the documents of two functions alone.
#[test]
fn only_two_functions_say_login_with_0() {
    let header = header();
    let text = header.replace("\n * ", " ");
    for sentence in [
        "After poterne_login and poterne_outcome, 0 and nothing else is a login",
        "After any other call 0 means that the call worked.",
        "A positive number is never a login",
    ] {
        assert!(text.contains(sentence), "{sentence}");
    }
    let mut logins = Vec::new();
    for (document, function) in functions(&header) {
        let returns = document.split("@return").nth(1).unwrap_or_default();
        if returns.contains("`POTERNE_OK`: a login") {
            logins.push(function);
        } else {
            assert!(!returns.contains(": a login"), "{function}");
        }
    }
    assert_eq!(logins, ["poterne_outcome", "poterne_login"]);
}

/// The functions of the header, with what stands before each.
fn functions(header: &str) -> Vec<(&str, &str)> {
    let mut parts: Vec<_> = header.split("POTERNE_API\n").collect();
    let documents = parts.clone();
    // The first is the file's own comment and the macro.
    parts.remove(0);
    let names = parts.iter().map(|part| {
        let head = part.split('(').next().unwrap();
        head.rsplit([' ', '*']).next().unwrap()
    });
    let found: Vec<_> = documents.iter().map(|part| part.rsplit(';').next().unwrap()).zip(names).collect();
    assert!(found.len() > 40, "{}", found.len());
    found
}

/// Every `extern "C"` function has the guard, or `free`, which has it, as its whole body; or it computes nothing.
#[test]
fn every_export_goes_through_the_guard() {
    let mut exports = 0;
    for file in fs::read_dir(crate_dir().join("src")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        // The planted fault of the tests is none of the interface.
        assert!(!text.replace("export_name = \"poterne_planted_panics\"", "").contains("export_name"));
        for part in text.split("#[unsafe(no_mangle)]").skip(1) {
            exports += 1;
            let name = part.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap();
            let (_, body) = part.split_once("{\n").unwrap();
            let body = body.split("\n}\n").next().unwrap().trim();
            let is_guarded = body.starts_with("guard(|| {") && body.ends_with("})");
            let is_free = name.ends_with("_free") && {
                let statements: Vec<_> = body.lines().filter(|line| !line.trim().starts_with("//")).collect();
                statements.len() == 1 && statements.concat().trim().starts_with("unsafe { free(")
            };
            let is_constant = ["poterne_version", "poterne_abi"].contains(&name);
            assert!(is_guarded || is_free || is_constant, "{name} does not go through the guard");
        }
    }
    assert!(exports > 40, "{exports}");
}
