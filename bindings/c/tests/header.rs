//! `include/poterne.h` is what the documents of the crate say, and every export goes through the guard. `BLESS=1` rewrites
//! the header.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn crate_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The header: what cbindgen makes of the crate, in sections, each module's items in the order of its source.
fn header() -> String {
    let mut text = Vec::new();
    cbindgen::Builder::new()
        .with_config(cbindgen::Config::from_file(crate_dir().join("cbindgen.toml")).unwrap())
        .with_crate(crate_dir())
        .generate()
        .expect("the exports can be read")
        .write(&mut text);
    let text = String::from_utf8(text).unwrap();
    let (head, items) = text.split_once(END_OF_HEAD).unwrap();
    let mut header = format!("{}\n{BEGIN_OF_C}", head.trim());
    let blocks = items.split("\n\n").filter(|block| block.starts_with("/**"));
    let mut items: BTreeMap<_, _> = blocks.map(|block| (name(block).to_owned(), item(block))).collect();
    let modules = read("src/lib.rs");
    for module in modules.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')) {
        let source = read(&format!("src/{module}.rs"));
        header.push_str(&banner(&source));
        for line in source.lines() {
            if let Some(item) = declared(line).and_then(|name| items.remove(name)) {
                header.push_str(&item);
            }
        }
    }
    assert!(items.is_empty(), "of no section: {:?}", items.keys());
    header + END_OF_C
}

const END_OF_HEAD: &str = "/* The sections follow. */\n";

const BEGIN_OF_C: &str = "
#ifdef __cplusplus
extern \"C\" {
#endif
";

const END_OF_C: &str = "
#ifdef __cplusplus
} /* extern \"C\" */
#endif

#endif /* POTERNE_H */
";

fn read(path: &str) -> String {
    fs::read_to_string(crate_dir().join(path)).unwrap()
}

/// The name of what a block defines.
fn name(block: &str) -> &str {
    // The fields of a structure have documents of their own.
    let code = block.split_once("\ntypedef struct ").or_else(|| block.rsplit_once("*/\n")).unwrap().1;
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !["POTERNE_API", "POTERNE_MUST_USE"].contains(word))
        .find(|word| word.to_lowercase().starts_with("poterne_"))
        .unwrap()
}

/// The name of what a line of Rust declares.
fn declared(line: &str) -> Option<&str> {
    let rest = ["pub const ", "pub struct ", "pub type "].iter().find_map(|begin| line.strip_prefix(begin));
    let rest = rest.or_else(|| {
        line.starts_with("pub ").then(|| line.split_once("extern \"C\" fn ").map(|(_, rest)| rest)).flatten()
    })?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// The title and the text of a section: the document of its module.
fn banner(source: &str) -> String {
    let mut lines = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let (rule, title) = ("-".repeat(100), lines.next().unwrap().to_uppercase());
    let text: String = lines.skip(1).map(|line| format!("\n * {line}")).collect();
    format!("\n/* {rule}\n * {title}\n * {rule}{text}\n */\n")
}

/// A block of the header as C wants it.
fn item(block: &str) -> String {
    let mut item = without_safety(block.trim());
    if item.contains("(*poterne_") {
        // What Rust cannot say of a callback.
        item = item.strip_suffix(';').unwrap().to_owned() + " POTERNE_NOEXCEPT;";
    }
    if let Some(number) =
        item.rsplit(' ').next().filter(|number| item.contains("#define ") && number.starts_with('-'))
    {
        item = item.replace(&format!(" {number}"), &format!(" ({number})"));
    }
    item = item.replace("POTERNE_API\nPOTERNE_MUST_USE\n", "POTERNE_MUST_USE POTERNE_API\n");
    let initializer = initializer(&item);
    format!("\n{}\n{initializer}", on_one_line(&item))
}

/// What Rust must know of an export's pointers says nothing to a C programmer that its contract does not.
fn without_safety(block: &str) -> String {
    match block.split_once("\n *\n * # Safety\n") {
        Some((before, after)) => format!("{before}\n */{}", after.split_once("\n */").unwrap().1),
        None => block.to_owned(),
    }
}

/// A document of one line takes one line.
fn on_one_line(item: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in item.lines().map(str::trim_end) {
        let document = match (line.trim(), lines.as_slice()) {
            ("*/", [.., begin, text]) if begin.trim() == "/**" => {
                Some(format!("{begin} {} */", text.trim().trim_start_matches("* ")))
            }
            _ => None,
        };
        if document.is_some() {
            lines.truncate(lines.len().saturating_sub(2));
        }
        lines.push(document.unwrap_or_else(|| line.to_owned()));
    }
    lines.join("\n")
}

/// The macro that initializes a structure which begins with its size.
fn initializer(item: &str) -> String {
    let Some((_, fields)) = item.split_once(" {\n").filter(|_| item.contains("uint32_t struct_size;")) else {
        return String::new();
    };
    let name = name(item);
    let fields = fields.lines().map(str::trim).filter(|line| line.ends_with(';') && !line.starts_with('}'));
    let values: Vec<_> = fields
        .skip(1)
        .map(|field| match field {
            _ if field.ends_with("];") => "{0}",
            _ if field.contains('*') || field.contains("_fn ") => "NULL",
            _ => "0",
        })
        .collect();
    let (upper, values) = (name.to_uppercase(), values.join(", "));
    format!("\n/** Its size, and zeros. */\n#define {upper}_INIT \\\n    {{sizeof({name}), {values}}}\n")
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
    let folders = ["src", "../boundary/src"].map(|folder| fs::read_dir(crate_dir().join(folder)).unwrap());
    for file in folders.into_iter().flatten() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        // The planted fault of the tests has a place of its own in each thread.
        let text = text.replace("static PLACE: Cell<i32>", "");
        found.extend(statics(&text).map(str::to_owned));
    }
    assert_eq!(found, ["SILENT: AtomicBool"]);
    assert!(header().replace("\n * ", " ").contains("Its only global state is one flag:"));
    // The control.
    assert_eq!(statics("    pub(crate) static mut N: u32 = 0;").collect::<Vec<_>>(), ["mut N: u32"]);
}

/// Every `static` of a source, its name and type.
fn statics(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().filter(|line| !line.trim().starts_with("//"));
    code.flat_map(|line| line.split("static ").skip(1)).filter_map(|rest| rest.split(" =").next())
}

/// What 0 means, in the words of the header, and in the documents of three functions alone.
#[test]
fn only_three_functions_say_login_with_0() {
    let header = header();
    let text = header.replace("\n *   ", " ").replace("\n * ", " ");
    for sentence in [
        "After poterne_login, poterne_login_with_ticket and poterne_outcome, only 0 is a login",
        "After any other call 0 means that the call worked.",
        "A positive number is never a login",
    ] {
        assert!(text.contains(sentence), "{sentence}");
    }
    let mut logins = Vec::new();
    for (document, function, _) in functions(&header) {
        let returns = document.split("@return").nth(1).unwrap_or_default();
        if returns.contains("`POTERNE_OK`: a login") {
            logins.push(function);
        } else {
            assert!(!returns.contains(": a login"), "{function}");
        }
    }
    assert_eq!(logins, ["poterne_login", "poterne_outcome", "poterne_login_with_ticket"]);
}

/// A call has at most eleven parameters, and its document speaks of no other.
#[test]
fn documents_know_the_parameters() {
    let header = header();
    assert!(header.matches("@param ").count() > 50);
    assert_eq!(unknown_parameters(&header), [""; 0]);
    for (_, function, parameters) in functions(&header) {
        assert!(parameters.split(',').count() <= 11, "{function} has too many parameters");
    }
    // The control.
    let wrong = header.replace("@param record,record_len the stored", "@param record,len the stored");
    assert_eq!(unknown_parameters(&wrong), ["poterne_verify: len", "poterne_verify_with_ticket: len"]);
}

/// A call lists its statuses, unless it frees a handle or tells a version, and says since when it is there.
#[test]
fn documents_list_the_statuses() {
    let header = header();
    assert_eq!(incomplete(&header), [""; 0]);
    // The controls.
    let wrong = header.replace("@return `POTERNE_REFUSED_CONFLICT`: it does.", "It does.");
    assert_eq!(incomplete(&wrong), ["poterne_is_conflict"]);
    let wrong = header.replace("@since", "since");
    assert_eq!(incomplete(&wrong).len(), functions(&header).len());
}

fn incomplete(header: &str) -> Vec<&str> {
    let gives_no_status = |function: &str| {
        function.ends_with("_free") || ["poterne_version", "poterne_abi"].contains(&function)
    };
    let is_complete = |document: &str, function: &str| {
        document.contains("@since") && (document.contains("@return") || gives_no_status(function))
    };
    functions(header)
        .into_iter()
        .filter(|(document, function, _)| !is_complete(document, function))
        .map(|(_, function, _)| function)
        .collect()
}

fn unknown_parameters(header: &str) -> Vec<String> {
    let mut unknown = Vec::new();
    for (document, function, parameters) in functions(header) {
        let known: Vec<_> = parameters.split(',').filter_map(|one| one.rsplit([' ', '*']).next()).collect();
        let named = document.split("@param ").skip(1).filter_map(|words| words.split(' ').next());
        unknown.extend(
            named
                .flat_map(|names| names.split(','))
                .filter(|name| !known.contains(name))
                .map(|name| format!("{function}: {name}")),
        );
    }
    unknown
}

/// Nothing of C's that may be ignored goes without a warning, but what writes texts for people, wipes or frees.
#[test]
fn ignored_results_are_warned_of() {
    let header = header();
    let may_be_ignored: Vec<_> = header
        .split("\n\n")
        .filter(|item| item.contains("POTERNE_API\n") && !item.contains("POTERNE_MUST_USE POTERNE_API\n"))
        .filter(|item| !item.contains("#define POTERNE_API"))
        .map(name)
        .collect();
    assert_eq!(
        may_be_ignored,
        [
            "poterne_keyring_free",
            "poterne_verifier_free",
            "poterne_token_file_free",
            "poterne_version",
            "poterne_abi",
            "poterne_status_name",
            "poterne_message",
            "poterne_message_to_user",
            "poterne_message_at_enrollment",
            "poterne_wipe",
        ]
    );
}

/// The functions of the header: what stands before each, its name, its parameters.
fn functions(header: &str) -> Vec<(&str, &str, &str)> {
    let found: Vec<_> = header
        .split("\n\n")
        .filter(|item| item.contains("POTERNE_API\n") && !item.contains("#define POTERNE_API"))
        .map(|item| {
            let (document, code) = item.rsplit_once("*/\n").unwrap();
            let parameters = code.split_once('(').unwrap().1.rsplit_once(')').unwrap().0;
            (document, name(item), parameters)
        })
        .collect();
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
