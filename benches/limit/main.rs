//! Measures how close the library is to the limit: its calls against raw compressions, and growth, in one run.
//!
//!     cargo bench --bench limit -- [ROUNDS] [login]
//!
//! measures all, or only what a login takes, and prints lines `limit<TAB>CONTESTANT<TAB>CASE<TAB>ROUND<TAB>NANOSECONDS_PER_CALL`;
//! `benches/run limit` makes the table. The contestants of a case take turns in short rounds, and each round begins with another one:
//! a busy machine slows all of them, and a ratio is the median of those of the rounds.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "its own small numbers")]

mod compressions;
mod growth;
#[cfg(target_arch = "x86_64")]
mod lanes;
mod login;

use std::hint::black_box;

use cpu_time::ThreadTime;

fn main() {
    // Cargo adds `--bench`.
    let rounds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(ROUNDS);
    login::measure(rounds);
    if std::env::args().any(|argument| argument == "login") {
        return;
    }
    login::measure_resynchronization(rounds);
    compressions::measure(rounds);
    growth::measure(rounds);
}

/// What is measured, and how often it is called in a round.
struct Contestant<'c> {
    name: String,
    calls: u32,
    call: Box<dyn FnMut() + 'c>,
}

impl<'c> Contestant<'c> {
    fn new(name: &str, calls: u32, call: impl FnMut() + 'c) -> Self {
        Self { name: name.to_owned(), calls, call: Box::new(call) }
    }
}

/// The processor time of this thread, contestant by contestant.
fn take_turns(case: &str, rounds: usize, contestants: &mut [Contestant<'_>]) {
    for round in 0..rounds {
        for turn in 0..contestants.len() {
            let which = (round + turn) % contestants.len();
            let Contestant { name, calls, call } = &mut contestants[which];
            let begin = ThreadTime::now();
            for _ in 0..*calls {
                call();
            }
            print(case, name, round, begin.elapsed().as_nanos() as f64 / f64::from(*calls));
        }
    }
}

fn print(case: &str, contestant: &str, round: usize, nanoseconds: f64) {
    println!("limit\t{contestant}\t{case}\t{round}\t{nanoseconds:.1}");
}

/// Raw compressions of SHA-1, one after the other on one state.
fn compress(times: usize) {
    let mut state = [0_u32; 5];
    let block = [0x5c_u8; 64];
    for _ in 0..times {
        sha1::block_api::compress(black_box(&mut state), std::slice::from_ref(black_box(&block)));
    }
    black_box(state);
}

const ROUNDS: usize = 201;
