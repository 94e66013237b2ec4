//! Compares the library with others in one process: each checks a code against a window of three time steps.
//!
//! The secret has 20 bytes, with SHA-1 and 6 digits. One code is right at the present step, where the others stop searching; the
//! other code is wrong. Before the timing, each contestant must accept the first and refuse the second. The contestants take turns in
//! short rounds, and each round begins with another one. The time is the processor time of this thread.
//!
//!     cargo run --release -- [ROUNDS]
//!
//! prints lines `rust<TAB>CONTESTANT<TAB>CASE<TAB>ROUND<TAB>NANOSECONDS_PER_CALL`.

mod libcotp;
mod liboath;
mod ours;
mod ours_through_c;
mod theirs;

use std::hint::black_box;

use cpu_time::ThreadTime;

/// Checks codes as an application would. Work that does not depend on the code is done before.
trait Contestant {
    /// Before each round.
    fn begin(&mut self) {}

    fn accepts(&mut self, code: &str) -> bool;
}

fn main() {
    let rounds = std::env::args().nth(1).map_or(ROUNDS, |rounds| rounds.parse().expect("a number of rounds"));
    let mut contestants: Vec<(&str, Box<dyn Contestant>)> = vec![
        ("poterne match", Box::new(ours::Match::new())),
        ("poterne match from bytes", Box::new(ours::MatchFromBytes::new())),
        ("poterne record", Box::new(ours::Record::new())),
        ("poterne match through C", Box::new(ours_through_c::Match::new())),
        ("poterne record through C", Box::new(ours_through_c::Record::new())),
        ("totp-rs", Box::new(theirs::TotpRs::new())),
        ("totp-rfc", Box::new(theirs::TotpRfc::new())),
        ("totp-lite", Box::new(theirs::TotpLite)),
        ("libreauth", Box::new(theirs::Libreauth::new())),
        ("liboath", Box::new(liboath::Liboath::new())),
        ("libcotp", Box::new(libcotp::Libcotp)),
    ];
    let cases = [("right", ours::code(STEP)), ("wrong", ours::wrong_code())];

    for (name, contestant) in &mut contestants {
        contestant.begin();
        for step in STEP - 1..=STEP + 1 {
            assert!(contestant.accepts(&ours::code(step)), "{name} refuses a right code");
        }
        assert!(!contestant.accepts(&cases[1].1), "{name} accepts a wrong code");
        assert!(!contestant.accepts(&ours::code(STEP - 2)), "{name} accepts an old code");
    }

    for round in 0..rounds {
        for turn in 0..contestants.len() {
            let which = (round + turn) % contestants.len();
            let (name, contestant) = &mut contestants[which];
            contestant.begin();
            for (case, code) in &cases {
                let begin = ThreadTime::now();
                for _ in 0..CALLS {
                    black_box(contestant.accepts(black_box(code)));
                }
                let nanoseconds = begin.elapsed().as_nanos() as f64 / f64::from(CALLS);
                println!("rust\t{name}\t{case}\t{round}\t{nanoseconds:.1}");
            }
        }
    }
}

/// The code with a NUL after it, without an allocation.
fn c_text(code: &str) -> [u8; 8] {
    let mut text = [0; 8];
    text[..code.len()].copy_from_slice(code.as_bytes());
    text
}

const SECRET: &[u8; 20] = b"12345678901234567890";

/// A step of RFC 6238 appendix B.
const STEP: u64 = 37_037_037;

/// Its first second.
const NOW: u64 = STEP * 30;

const ROUNDS: usize = 201;
const CALLS: u32 = 500;
