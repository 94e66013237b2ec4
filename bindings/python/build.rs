//! Gives the docstrings of the stub to the native half: editors, `help` and IPython read one text.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

/// Where it is in the repository, and in a source distribution, at whose root Python's half stands.
const STUB: [&str; 2] = ["python/poterne/_poterne.pyi", "../../python/poterne/_poterne.pyi"];

/// Writes a file for each docstring, named after its class, its method (`Verifier.login`) or its function. The macro `doc` includes
/// them: without its file nothing compiles.
fn main() -> Result<(), Box<dyn Error>> {
    let stub = STUB.into_iter().find(|stub| Path::new(stub).exists()).ok_or("there is no stub")?;
    println!("cargo::rerun-if-changed={stub}");
    let folder = Path::new(&env::var("OUT_DIR")?).join("docs");
    fs::create_dir_all(&folder)?;
    let stub = fs::read_to_string(stub)?;
    let (mut class, mut name) = (String::new(), String::new());
    let mut lines = stub.lines();
    while let Some(line) = lines.next() {
        let text = line.trim_start();
        let margin = line.len().saturating_sub(text.len());
        if let Some(declared) = declared(text, "class ") {
            class = declared.into();
            name = declared.into();
        } else if let Some(declared) = declared(text, "def ") {
            name = if margin == 0 { declared.into() } else { format!("{class}.{declared}") };
        } else if let Some(first) = text.strip_prefix(QUOTES) {
            let mut doc = first.to_owned();
            while !doc.ends_with(QUOTES) {
                let next = lines.next().ok_or("a docstring has no end")?;
                doc.push('\n');
                doc.push_str(next.get(margin..).unwrap_or_default());
            }
            fs::write(folder.join(&name), doc.trim_end_matches(QUOTES).trim_end())?;
        }
    }
    Ok(())
}

/// The name that a line declares.
fn declared<'l>(line: &'l str, keyword: &str) -> Option<&'l str> {
    line.strip_prefix(keyword)?.split(['(', ':']).next()
}

const QUOTES: &str = "\"\"\"";
