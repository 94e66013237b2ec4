//! The output on the terminal.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::figures::{duration, edges, histogram, per_mille, thousands};
use crate::morning::Morning;
use crate::play::Played;

/// A bar on a terminal, and nothing elsewhere. Dropping it erases it.
pub(crate) struct Progress {
    name: &'static str,
    all: usize,
    is_shown: bool,
    shown: Option<Instant>,
}

impl Progress {
    pub(crate) fn new(name: &'static str, all: usize) -> Self {
        Self { name, all: all.max(1), is_shown: std::io::stderr().is_terminal(), shown: None }
    }

    pub(crate) fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// At most ten times a second.
    pub(crate) fn show(&mut self, done: usize) {
        let is_due = self.shown.is_none_or(|shown| shown.elapsed() > Duration::from_millis(100));
        if !self.is_shown || !is_due {
            return;
        }
        self.shown = Some(Instant::now());
        let done = done.min(self.all);
        let filled = done * BAR / self.all;
        let percent = done * 100 / self.all;
        eprint!("\r{:>10} [{:<BAR$}] {percent:>3} %", self.name, "#".repeat(filled));
        let _ = std::io::stderr().flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            eprint!("\r{:<1$}\r", "", BAR + 20);
        }
    }
}

/// Announces the morning.
pub(crate) fn morning(morning: &Morning, agents: usize, records: usize, threads: usize, seed: u64) {
    println!(
        "{} of {} users come from 8:55 to 9:05 and attempt {} logins; {threads} threads, seed {seed}.",
        thousands(agents),
        thousands(records),
        thousands(morning.tries()),
    );
    let arrivals = morning.arrivals(60);
    let highest = arrivals.iter().copied().max().unwrap_or(1);
    let bars: String = arrivals.iter().map(|count| BARS[count * (BARS.len() - 1) / highest]).collect();
    println!("8:55 {bars} 9:05, at most {} in 10 s\n", thousands(highest));
}

/// Prints the result, outcome by outcome.
pub(crate) fn played(name: &str, played: &Played, expected: &[(&'static str, usize)]) {
    let logins = played.times.len();
    println!("{name}");
    for (code, expected) in expected {
        let seen = played.outcomes.get(code).copied().unwrap_or_default();
        let verdict = if seen == *expected { "as expected".into() } else { format!("EXPECTED {expected}") };
        println!("  {code:<24} {:>9}  {verdict}", thousands(seen));
    }
    for (code, seen) in &played.outcomes {
        if expected.iter().all(|(expected, _)| expected != code) {
            println!("  {code:<24} {:>9}  EXPECTED none", thousands(*seen));
        }
    }
    if played.unexpected > 0 {
        println!("  UNEXPECTED for their visit: {}", thousands(played.unexpected));
    }
    let all: u64 = played.times.iter().sum();
    println!(
        "  {} logins a second; each p50 {}, p99 {}, p99.9 {}, at most {}",
        thousands((logins as f64 / played.elapsed.as_secs_f64()) as usize),
        duration(per_mille(&played.times, 500)),
        duration(per_mille(&played.times, 990)),
        duration(per_mille(&played.times, 999)),
        duration(per_mille(&played.times, 1000)),
    );
    println!(
        "  the time of a login: {:.0} % library, {:.0} % database; {} conflicts, {} retries",
        (all - played.database) as f64 * 100.0 / all as f64,
        played.database as f64 * 100.0 / all as f64,
        thousands(played.conflicts as usize),
        thousands(played.retries as usize),
    );
    times(&played.times);
    println!();
}

fn times(times: &[u64]) {
    let edges = edges([times].into_iter());
    let counts = histogram(times, &edges);
    let highest = counts.iter().copied().max().unwrap_or(1).max(1);
    for (edge, count) in edges.iter().zip(&counts) {
        // Every bar above 0 is visible.
        let bar = (count * BAR).div_ceil(highest);
        println!("  {:>9} {:<BAR$} {}", duration(*edge), "█".repeat(bar), thousands(*count));
    }
}

const BAR: usize = 40;
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
