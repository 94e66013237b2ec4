//! Growth with the number of records in memory, and with threads.

use std::hint::black_box;
use std::thread;
use std::time::Instant;

use cpu_time::ThreadTime;
use poterne::{OtpFormat, Parameters, Verifier, hotp};

use crate::login::{STEP, now, record, secret, stored, verifier};
use crate::{Contestant, print, take_turns};

pub(crate) fn measure(rounds: usize) {
    let verifier = verifier();
    let wrong = hotp::generate(&secret(), OtpFormat::default(), STEP + 9);
    let records: Vec<String> = (0..1_000_000).map(|_| record(&verifier, Parameters::totp())).collect();

    let among = |name: &str, count: usize| {
        let (records, verifier, wrong, mut at) = (&records[..count], &verifier, wrong.as_str(), 1_usize);
        Contestant::new(name, 100, move || {
            // From anywhere to anywhere, so that no cache knows the next one.
            at = at.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            verify(verifier, &records[(at >> 33) % count], wrong);
        })
    };
    let mut sizes = [
        among("1000 records", 1_000),
        among("10000 records", 10_000),
        among("100000 records", 100_000),
        among("1000000 records", 1_000_000),
    ];
    take_turns("records", rounds, &mut sizes);

    for round in 0..rounds {
        for threads in if round % 2 == 0 { [1, 2] } else { [2, 1] } {
            let begin = Instant::now();
            let processor: Vec<f64> = thread::scope(|scope| {
                let work = || {
                    let begin = ThreadTime::now();
                    for record in records.iter().take(LOGINS) {
                        verify(&verifier, record, wrong.as_str());
                    }
                    begin.elapsed().as_nanos() as f64
                };
                let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
                threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
            });
            let logins = LOGINS as f64 * f64::from(threads);
            let name = if threads == 1 { "1 thread" } else { "2 threads" };
            print("threads, clock time", name, round, begin.elapsed().as_nanos() as f64 / logins);
            print("threads, processor time", name, round, processor.iter().sum::<f64>() / logins);
        }
    }
}

fn verify(verifier: &Verifier, record: &str, typed: &str) {
    let attempt = stored(verifier, black_box(record)).verify(black_box(typed), now());
    let _ = black_box(attempt.map(|attempt| attempt.outcome(1)));
}

/// The calls of one thread in a round.
const LOGINS: usize = 1_000;
