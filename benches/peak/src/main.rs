//! A department's morning on PostgreSQL: `tests/databases cargo run --release -p poterne-peak`.
//!
//! It runs the program of `examples/login_peak` with another store. With `swap` as its first argument it measures logins against a
//! bare UPDATE there, see `swap.rs`.

#[path = "../../../examples/login_peak/chart.rs"]
mod chart;
#[path = "../../../examples/login_peak/database.rs"]
mod database;
#[path = "../../../examples/login_peak/figures.rs"]
mod figures;
#[path = "../../../examples/login_peak/growth.rs"]
mod growth;
#[path = "../../../examples/login_peak/memory.rs"]
#[allow(dead_code, reason = "the careless store is PostgreSQL too here")]
mod memory;
#[path = "../../../examples/login_peak/morning.rs"]
mod morning;
#[path = "../../../examples/login_peak/options.rs"]
mod options;
#[path = "../../../examples/login_peak/play.rs"]
mod play;
mod postgresql;
#[path = "../../../examples/login_peak/run.rs"]
mod run;
#[path = "../../../examples/login_peak/screen.rs"]
mod screen;
mod swap;

use std::process::ExitCode;

use crate::options::Options;
use crate::postgresql::Postgresql;
use crate::run::Run;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [first, rounds @ ..] if first == "swap" => {
            options::exit(swap::measure(rounds.first().map(String::as_str)))
        }
        _ => options::main(&["postgresql"], &["careless"], run),
    }
}

fn run(options: Options) -> Result<bool, Box<dyn std::error::Error>> {
    let mut run = Run::new(options);
    if run.wants("postgresql") {
        run.morning(&Postgresql::new()?)?;
    }
    if run.wants("careless") {
        run.morning(&Postgresql::new()?.without_comparison())?;
    }
    run.finish()
}
