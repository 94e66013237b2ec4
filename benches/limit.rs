//! How close the library is to the limit: its calls against raw compressions, in one run, as ratios.
//!
//! The floor of W (one 6-digit SHA-1 code, three candidates) is 8 compressions: two for the key, two for each candidate. The
//! contestants take turns in short rounds, and each ratio is the median over the rounds, so that a busy machine slows both
//! sides of it.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "small indices")]

use std::hint::black_box;
use std::time::Instant;

use poterne::{Imported, Keyring, Parameters, Secret, UnixTime, Verifier, hotp, match_otp};

const STEP: u64 = 37_037_037;
const ROUNDS: usize = 401;
const CALLS: u32 = 2_000;

fn main() {
    let secret = || Secret::from_bytes(b"12345678901234567890").expect("a secret");
    let parameters = Parameters::totp();
    let verifier =
        Verifier::new(Keyring::generate(20261121).expect("randomness"), "bench").expect("a verifier");
    let now = UnixTime::from_secs(i64::try_from(STEP * 30).expect("small")).expect("a time");
    let imported = Imported::new(secret(), parameters);
    let change = verifier.import("a.martin", imported, now).expect("an import");
    let record = change.record().as_str();
    let key = secret();
    let (right, wrong) =
        (hotp::generate(&key, &parameters, STEP), hotp::generate(&key, &parameters, STEP + 9));

    let compressions = || {
        let mut state = [0_u32; 5];
        let block = [0x5c_u8; 64];
        for _ in 0..8 {
            sha1::block_api::compress(black_box(&mut state), std::slice::from_ref(black_box(&block)));
        }
        black_box(state);
    };
    let w = |otp: &str| {
        let found = match_otp(black_box(&key), &parameters, black_box(otp), STEP - 1..=STEP + 1, None);
        let _ = black_box(found);
    };
    let path = |otp: &str| {
        let attempt = verifier.verify(black_box(record), "a.martin", black_box(otp), now);
        let _ = black_box(attempt.and_then(|attempt| attempt.outcome(1)));
    };
    let w_right = || w(right.as_str());
    let w_wrong = || w(wrong.as_str());
    let path_right = || path(right.as_str());
    let path_wrong = || path(wrong.as_str());
    let contestants: [(&str, &dyn Fn()); 5] = [
        ("8 compressions", &compressions),
        ("W, wrong", &w_wrong),
        ("W, right", &w_right),
        ("record path, wrong", &path_wrong),
        ("record path, right", &path_right),
    ];

    let mut times = vec![Vec::with_capacity(ROUNDS); contestants.len()];
    for round in 0..ROUNDS {
        for turn in 0..contestants.len() {
            // Another one begins each round.
            let which = (round + turn) % contestants.len();
            let begin = Instant::now();
            for _ in 0..CALLS {
                contestants[which].1();
            }
            times[which].push(begin.elapsed().as_secs_f64() / f64::from(CALLS));
        }
    }
    println!("{:<20} {:>10} {:>17} {:>8}", "", "ns a call", "8 compressions", "W, wrong");
    for (which, (name, _)) in contestants.iter().enumerate() {
        let ratio =
            |base: usize| median(times[which].iter().zip(&times[base]).map(|(time, base)| time / base));
        let nanoseconds = median(times[which].iter().map(|time| time * 1e9));
        println!("{name:<20} {nanoseconds:>10.0} {:>17.2} {:>8.2}", ratio(0), ratio(1));
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
