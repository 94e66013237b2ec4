//! Arrows point one way: a module uses only modules that are declared above it, in `lib.rs` and in each folder.
//!
//! What a file declares itself, its children may use. What it re-exports from a child counts as that child.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The files of the library: the path of the module, and its text without comments and unit tests.
type Files = BTreeMap<Vec<String>, String>;

fn read(folder: &Path, module: &[String], files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_stem().unwrap().to_str().unwrap();
        let mut module = module.to_vec();
        if name != "lib" {
            module.push(name.into());
        }
        if entry.is_dir() {
            read(&entry, &module, files);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.insert(module, code(&fs::read_to_string(&entry).unwrap()));
        }
    }
}

fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    // The documentation links wherever it likes.
    let (mut code, mut is_code) = (String::new(), true);
    for line in text.lines().map(str::trim_start) {
        if is_code && !line.starts_with("//") && line != "#[cfg(doc)]" {
            code.push_str(line);
            code.push('\n');
        }
        is_code = line != "#[cfg(doc)]";
    }
    code
}

/// The modules that a file declares, in its order.
fn declared(code: &str) -> Vec<&str> {
    code.lines()
        .filter_map(|line| line.split_once("mod ")?.1.strip_suffix(';').filter(|_| !line.starts_with("use ")))
        .collect()
}

/// Every path behind `start`, its braces opened: `super::{a::B, c}` is `[a, B]` and `[c]`.
fn paths(code: &str, start: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for (at, _) in code.match_indices(start) {
        let is_whole =
            !code[..at].ends_with(|before: char| before.is_alphanumeric() || "_:".contains(before));
        if is_whole {
            open(&code[at + start.len()..], &[], &mut paths);
        }
    }
    paths
}

/// Reads a path, or several in braces; gives what follows.
fn open<'a>(text: &'a str, before: &[String], paths: &mut Vec<Vec<String>>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        while !rest.trim_start().starts_with('}') {
            rest = open(rest, before, paths).trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest);
        }
        return &rest.trim_start()[1..];
    }
    let len = text.find(|end: char| !end.is_alphanumeric() && end != '_').unwrap_or(text.len());
    let mut path = before.to_vec();
    path.push(text[..len].into());
    match text[len..].strip_prefix("::") {
        Some(rest) if !rest.starts_with(['<', '*']) => open(rest, &path, paths),
        Some(rest) => {
            paths.push(path);
            &rest[1..]
        }
        None => {
            paths.push(path);
            &text[len.max(usize::from(len == 0 && !text.is_empty()))..]
        }
    }
}

/// The modules and the items that a file has from its children: which child each belongs to.
fn children(code: &str) -> BTreeMap<String, usize> {
    let names = declared(code);
    let mut of: BTreeMap<String, usize> = names.iter().map(|name| name.to_string()).zip(0..).collect();
    for (number, name) in names.iter().enumerate() {
        for start in [format!("{name}::"), format!("self::{name}::")] {
            for path in paths(code, &start) {
                of.entry(path.last().unwrap().clone()).or_insert(number);
            }
        }
    }
    of
}

/// All arrows, and those that point down the list.
fn arrows(files: &Files) -> (usize, BTreeSet<String>) {
    let (mut count, mut wrong) = (0, BTreeSet::new());
    for (module, code) in files {
        let mut used = paths(code, "crate::");
        for up in 1..=module.len() {
            let from = &module[..module.len() - up];
            used.extend(
                paths(code, &"super::".repeat(up)).into_iter().map(|path| [from, path.as_slice()].concat()),
            );
        }
        for path in used {
            // The folder in which the two part ways.
            let depth = module.iter().zip(&path).take_while(|(one, other)| one == other).count();
            let (Some(own), Some(other)) = (module.get(depth), path.get(depth)) else { continue };
            let of = children(&files[&module[..depth]]);
            let (Some(own), Some(other)) = (of.get(own), of.get(other)) else { continue };
            if own != other {
                count += 1;
            }
            if other > own {
                wrong.insert(format!("{} uses {}", module.join("::"), path.join("::")));
            }
        }
    }
    (count, wrong)
}

#[test]
fn every_module_uses_only_those_above_it() {
    let mut files = Files::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &[], &mut files);
    for module in files.keys().filter(|module| !module.is_empty()) {
        let (name, folder) = module.split_last().unwrap();
        assert!(declared(&files[folder]).contains(&name.as_str()), "{module:?} is declared nowhere");
    }
    let (count, wrong) = arrows(&files);
    assert!(count > 200, "{count} arrows: the check does not read them");
    assert!(wrong.is_empty(), "against the order of lib.rs or of the folder: {wrong:#?}");

    // The controls: to a room below, by path and by what `lib.rs` exports; to a file below in the same folder, by path, among
    // others in braces, and by what the folder exports; out of a file that lies deeper.
    for (module, line) in [
        ("otp hex", "use crate::verifier::Verifier;"),
        ("otp hex", "use crate::Keyring;"),
        ("wipe", "use crate::otp::algorithm::Algorithm;"),
        ("credential drift", "use super::lifecycle::anything;"),
        ("credential drift", "use super::{Credential, window::{signed}};"),
        ("credential policy", "fn anything() -> super::Refusal {}"),
        ("record keyring file", "use super::super::seal::open;"),
        ("record keyring file", "use crate::store::Steps;"),
    ] {
        let module: Vec<String> = module.split(' ').map(String::from).collect();
        let mut files = files.clone();
        files.get_mut(&module).unwrap().push_str(line);
        assert_eq!(arrows(&files).1.len(), 1, "{line} in {module:?} was not found: the check is blind");
    }
}
