//! Prints the public items of a library, one a line, from what rustdoc says of it as JSON.

use std::error::Error;
use std::io::Write;

fn main() -> Result<(), Box<dyn Error>> {
    let json = std::env::args_os().nth(1).ok_or("usage: poterne-api FILE.json")?;
    // What the compiler adds to every type by itself would hide what somebody has written.
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()?;
    write!(std::io::stdout(), "{api}")?;
    Ok(())
}
