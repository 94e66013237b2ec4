//! 64 attackers guess at once and without a pause against one account: the number of guesses that are answered with WrongCode
//! is, to the unit, the one that the throttle of the norm allows.
//!
//! Time is simulated: at each moment everybody guesses until told to wait. The control is a store whose WHERE clause does not
//! have the old record, so that failures are lost.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use poterne::{Denied, Error, Parameters, Record, Refusal, Store, Verifier};
use poterne_assurance::credential::{code_at, keyring, record, time, verifier};
use poterne_assurance::store::{Engine, Fault, Table};
use poterne_assurance::{fail, number};

const ATTACKERS: u64 = 64;
const START: u64 = 1_800_000_000;

fn main() {
    let Some(folder) = std::env::args().nth(1) else { fail("usage: guessing FOLDER") };
    let rounds = number("ROUNDS", 1);
    let keyring = keyring();
    for engine in [Engine::Sqlite, Engine::PostgresqlReadCommitted] {
        let siege = |fault, round, moments| Siege {
            engine,
            folder: PathBuf::from(&folder),
            verifier: verifier(&keyring),
            fault,
            account: format!("{engine:?}-{}-{round}", fault as u8),
            moments,
        };
        let allowed = allowed(&moments());
        let (mut guesses, mut answered) = (0, 0);
        for round in 0..rounds {
            let result = siege(Fault::None, round, moments()).run();
            if result.answered != allowed {
                fail(format_args!(
                    "{}: guesses answered at each moment {:?}, the throttle allows {allowed:?}",
                    engine.name(),
                    result.answered
                ));
            }
            guesses += result.guesses;
            answered += result.answered.iter().sum::<u64>();
        }
        // The control needs no more than the first moments.
        let few = moments().into_iter().take(6).collect();
        let control: u64 = siege(Fault::IgnoresOld, 0, few).run().answered.iter().sum();
        let expected: u64 = allowed.iter().sum();
        if control <= expected {
            fail(format_args!(
                "{}: a store that loses failures was not noticed: the check is blind",
                engine.name()
            ));
        }
        println!(
            "guessing: {}: {ATTACKERS} attackers, {guesses} guesses at {} moments of {} s, {answered} answered, {expected} a round as \
             the throttle allows; control found ({control} answered)",
            engine.name(),
            allowed.len() as u64 * rounds,
            moments().last().expect("some"),
        );
    }
}

/// Seconds from the first guess: the first sixteen, then those around each moment at which a delay ends, and well
/// after the lock.
fn moments() -> Vec<u64> {
    let mut moments: Vec<u64> = (0..16).collect();
    let mut end = 0;
    for failures in 3..20 {
        end += delay(failures);
        moments.extend([end.saturating_sub(1), end, end + 1, end + 2]);
    }
    moments.push(end + 100_000);
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// How many guesses may be answered at each moment: semantics 6.1 and 6.2, and nothing of the library.
fn allowed(moments: &[u64]) -> Vec<u64> {
    let (mut failures, mut last) = (0, 0);
    let mut allowed = Vec::new();
    for moment in moments {
        let before = failures;
        while failures < 20 && moment - last >= delay(failures) {
            failures += 1;
            last = *moment;
        }
        allowed.push(failures - before);
    }
    assert_eq!(failures, 20, "the moments reach the lock");
    allowed
}

/// 0 for n < 3, else min(5 * 2^(n - 3), 900) seconds.
fn delay(failures: u64) -> u64 {
    if failures < 3 { 0 } else { (5 << (failures - 3)).min(900) }
}

struct Siege {
    engine: Engine,
    folder: PathBuf,
    verifier: Verifier,
    fault: Fault,
    account: String,
    moments: Vec<u64>,
}

struct Toll {
    guesses: u64,
    /// For each moment.
    answered: Vec<u64>,
}

impl Siege {
    fn run(self) -> Toll {
        let mut table = Table::open(self.engine, &self.folder, Fault::None);
        let first = record(&self.verifier, &self.account, 1, Parameters::totp(), time(START));
        if table.swap(&self.account, None, first.record().expect("a record to insert")).ok() != Some(1) {
            fail("the record was not stored");
        }
        let siege = Arc::new(self);
        let barrier = Arc::new(Barrier::new(ATTACKERS as usize));
        let guesses = Arc::new(AtomicU64::new(0));
        let answered = Arc::new(Mutex::new(vec![0; siege.moments.len()]));
        let attackers: Vec<_> = (0..ATTACKERS)
            .map(|attacker| {
                let (siege, barrier) = (Arc::clone(&siege), Arc::clone(&barrier));
                let (guesses, answered) = (Arc::clone(&guesses), Arc::clone(&answered));
                thread::spawn(move || {
                    let mut table = Table::open(siege.engine, &siege.folder, siege.fault);
                    for (moment, seconds) in siege.moments.iter().enumerate() {
                        let mut store = Meeting { table: &mut table, barrier: Some(&barrier) };
                        let (sent, right) = siege.guess(&mut store, attacker, START + seconds);
                        guesses.fetch_add(sent, Ordering::Relaxed);
                        answered.lock().expect("no panic")[moment] += right;
                        // The next moment comes when nobody has anything to gain from this one.
                        barrier.wait();
                    }
                })
            })
            .collect();
        for attacker in attackers {
            if attacker.join().is_err() {
                fail("an attacker panicked");
            }
        }
        let answered = answered.lock().expect("no panic").clone();
        Toll { guesses: guesses.load(Ordering::Relaxed), answered }
    }

    /// Guesses until told to wait: how many were sent, and how many answered.
    fn guess(&self, store: &mut Meeting<'_>, attacker: u64, now: u64) -> (u64, u64) {
        let right: Vec<_> = [now - 30, now, now + 30].map(|time| code_at(1, time)).into();
        let (mut sent, mut answered) = (0, 0);
        loop {
            let guess = (0..)
                .map(|skip| format!("{:06}", (attacker + (sent + skip) * ATTACKERS) % 1_000_000))
                .find(|guess| !right.contains(guess))
                .expect("a million codes");
            sent += 1;
            match self.verifier.login(&self.account, &guess, time(now), store) {
                Err(Denied::Refused(Refusal::WrongCode)) => answered += 1,
                Err(Denied::Refused(Refusal::Conflict)) => {}
                Err(Denied::Refused(Refusal::Wait { .. } | Refusal::Locked)) => return (sent, answered),
                Err(denied) => fail(format_args!("a wrong code is {denied}")),
                Ok(accepted) => fail(format_args!("a wrong code is {}", accepted.code())),
            }
        }
    }
}

/// A table at which all attackers wait, once a moment, with the loaded record in hand.
struct Meeting<'m> {
    table: &'m mut Table,
    barrier: Option<&'m Barrier>,
}

impl Store for Meeting<'_> {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        let loaded = self.table.load(account);
        if let Some(barrier) = self.barrier.take() {
            barrier.wait();
        }
        loaded
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        self.table.swap(account, old, new)
    }
}
