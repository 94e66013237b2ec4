//! What the programs of this package share: stores on real databases, credentials, child processes, and numbers by chance.

pub mod child;
pub mod credential;
pub mod random;
pub mod store;

/// Ends the program: a check that did not hold, or could not be made.
pub fn fail(what: impl std::fmt::Display) -> ! {
    let program = std::env::args().next().unwrap_or_default();
    let name = program.rsplit('/').next().unwrap_or_default();
    eprintln!("tests/assurance: {name}: {what}");
    std::process::exit(1)
}

/// How many trials, from the environment; the script that runs the programs sets it.
pub fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => match text.parse() {
            Ok(number) if number > 0 => number,
            _ => fail(format_args!("{variable}={text} is no number of trials")),
        },
        Err(_) => default,
    }
}
