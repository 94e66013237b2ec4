//! A department's morning: `cargo run --release --example login_peak`.
//!
//! Ten thousand users log in within ten minutes, on a simulated clock that runs as fast as the machine allows. They mistype, click
//! twice and use recovery codes; attackers guess at some accounts. Each outcome is known beforehand and checked: the exit status is
//! 1 if one differs. `--help` lists the options. `benches/peak` plays the same morning on PostgreSQL.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its user")]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "its own small numbers")]

mod chart;
mod database;
mod figures;
mod growth;
mod memory;
mod morning;
mod options;
mod play;
mod run;
mod screen;
mod sqlite;

use std::process::ExitCode;

use crate::memory::Memory;
use crate::options::Options;
use crate::run::Run;
use crate::sqlite::Sqlite;

fn main() -> ExitCode {
    options::main(&["memory", "sqlite"], &["careless"], run)
}

fn run(options: Options) -> Result<bool, Box<dyn std::error::Error>> {
    let mut run = Run::new(options);
    if run.wants("memory") {
        run.morning(&Memory::new())?;
    }
    if run.wants("careless") {
        run.morning(&Memory::new().without_comparison())?;
    }
    if run.wants("sqlite") {
        run.morning(&Sqlite::new()?)?;
    }
    run.finish()
}
