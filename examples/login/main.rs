//! A login with a second factor, on SQLite: `cargo run --release --example login`.
//!
//! In a terminal it is a small login desk: enroll users, log in, play the help desk. Without one it rehearses the life of two
//! credentials, checks every step against the guide, and exits with 1 if one is not as it should be.
//!
//! `store` and `application` are the parts to copy into an application; `keys` opens its keyring. The other modules are the show:
//! `authenticator` is the user's phone, `rehearsal` and `desk` are the two ways to run the example.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its user")]

/// Prints a line. If nobody reads the output any more, the line is lost, and the login desk ends at its next question.
macro_rules! say {
    ($($text:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($text)*)));
    }};
}

mod application;
mod authenticator;
mod desk;
mod help_desk;
mod keys;
mod rehearsal;
mod store;

use std::error::Error;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("login: {}", explained(&*error));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    if !std::io::stdin().is_terminal() {
        return Ok(if rehearsal::run()? { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let database = std::env::args_os().nth(1).map_or("poterne-demo.sqlite".into(), PathBuf::from);
    desk::run(&database)?;
    Ok(ExitCode::SUCCESS)
}

/// The message of an error and of its causes: the library's messages leave out the text of the database.
fn explained(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
