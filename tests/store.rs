//! The ready-made login loop over stores that work, fail, lie and race.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::collections::HashMap;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use poterne::{
    Error, ErrorKind, Imported, Keyring, Login, LoginStep, Outcome, Parameters, Record, Refusal, Secret,
    State, Store, UnixTime, Verifier, hotp,
};

const STEP: u64 = 56_666_667;

fn now() -> UnixTime {
    UnixTime::from_secs(1_700_000_010).unwrap()
}

fn code(step: u64) -> String {
    let secret = Secret::from_bytes(b"12345678901234567890").unwrap();
    hotp::generate(&secret, &Parameters::totp(), step).as_str().into()
}

fn verifier() -> Verifier {
    Verifier::new(Keyring::generate(1).unwrap(), "app").unwrap()
}

fn import(verifier: &Verifier) -> String {
    let secret = Secret::from_bytes(b"12345678901234567890").unwrap();
    let change = verifier.import("a.martin", Imported::new(secret, Parameters::totp()), now()).unwrap();
    change.record().as_str().into()
}

/// A table in memory, shared by its clones.
#[derive(Clone, Default)]
struct Table {
    rows: Arc<Mutex<HashMap<String, String>>>,
    /// How many times somebody else changes the row between load and swap.
    interfering: Option<(Arc<Verifier>, u32)>,
    /// What to answer instead of the truth.
    answer: Option<u64>,
    loads: u32,
    swaps: u32,
}

impl Store for Table {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        self.loads += 1;
        Ok(self.rows.lock().unwrap().get(account).cloned())
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        self.swaps += 1;
        let mut rows = self.rows.lock().unwrap();
        if let Some((verifier, times)) = &mut self.interfering {
            if *times > 0 {
                *times -= 1;
                let resealed = verifier.reseal(&rows[account], account).unwrap();
                rows.insert(account.into(), resealed.record().as_str().into());
            }
        }
        if let Some(answer) = self.answer {
            return Ok(answer);
        }
        if rows.get(account).map(String::as_str) != old {
            return Ok(0);
        }
        rows.insert(account.into(), new.as_str().into());
        Ok(1)
    }
}

fn table(verifier: &Verifier) -> Table {
    let table = Table::default();
    table.rows.lock().unwrap().insert("a.martin".into(), import(verifier));
    table
}

#[test]
fn one_login_is_one_load_and_one_swap() {
    let verifier = verifier();
    let mut table = table(&verifier);
    let outcome = verifier.login("a.martin", &code(STEP), now(), &mut table).unwrap();
    assert_eq!(outcome.code(), "accepted.otp");
    assert_eq!((table.loads, table.swaps), (1, 1));
    let outcome = verifier.login("a.martin", &code(STEP), now(), &mut table).unwrap();
    assert_eq!(outcome.code(), "refused.replayed");
    // Nothing to store, so no swap.
    assert_eq!((table.loads, table.swaps), (2, 1));
    let outcome = verifier.login("b.durand", &code(STEP), now(), &mut table).unwrap();
    assert_eq!(outcome.code(), "refused.not_enrolled");
    assert_eq!((table.loads, table.swaps), (3, 1));
}

#[test]
fn conflicts_are_tried_three_times() {
    let verifier = Arc::new(verifier());
    for (times, expected, swaps) in [
        (1, "accepted.otp", 2),
        (2, "accepted.otp", 3),
        (3, "refused.conflict", 3),
        (9, "refused.conflict", 3),
    ] {
        let mut table = Table { interfering: Some((Arc::clone(&verifier), times)), ..table(&verifier) };
        let outcome = verifier.login("a.martin", &code(STEP), now(), &mut table).unwrap();
        assert_eq!((outcome.code(), table.swaps, table.loads), (expected, swaps, swaps));
    }
}

#[test]
fn changes_are_tried_three_times() {
    for (times, is_done, swaps) in [(0, true, 1), (2, true, 3), (3, false, 3)] {
        let verifier = Arc::new(verifier());
        let mut table = table(&verifier);
        table.interfering = Some((Arc::clone(&verifier), times));
        let stored = table.change("a.martin", |record| verifier.suspend(record, "a.martin")).unwrap();
        assert_eq!((stored.done().is_some(), table.swaps, table.loads), (is_done, swaps, swaps));
        let record = table.load("a.martin").unwrap().unwrap();
        let state = verifier.inspect(&record, "a.martin", now()).unwrap().state();
        assert_eq!(state, if is_done { State::Suspended } else { State::Active });
    }
    let verifier = verifier();
    let mut table = table(&verifier);
    table.answer = Some(2);
    let lied = table.change("a.martin", |record| verifier.suspend(record, "a.martin"));
    assert_eq!(lied.map(drop).unwrap_err().kind(), ErrorKind::Rows);
}

/// 7.7, step by step.
#[test]
fn a_login_by_steps_is_tried_three_times() {
    let verifier = verifier();
    let record = import(&verifier);
    for (conflicts, code_of_outcome) in [(2, "accepted.otp"), (3, "refused.conflict")] {
        let code = code(STEP);
        let mut login = verifier.start_login("a.martin", &code, now());
        let mut swaps = 0;
        loop {
            match login.step() {
                LoginStep::Load => login.loaded(Some(&record)).unwrap(),
                LoginStep::Swap { old, new } => {
                    assert!(old == record && new.as_ref() != record);
                    swaps += 1;
                    login.swapped(u64::from(swaps > conflicts)).unwrap();
                }
                LoginStep::Done => break,
            }
        }
        assert_eq!((login.outcome().unwrap().code(), swaps), (code_of_outcome, 3));
    }
}

#[test]
fn a_store_that_lies_is_an_error_or_a_conflict() {
    let verifier = verifier();
    for answer in [2, u64::MAX] {
        let mut table = Table { answer: Some(answer), ..table(&verifier) };
        let error = verifier.login("a.martin", &code(STEP), now(), &mut table).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rows);
    }
    let mut table = Table { answer: Some(0), ..table(&verifier) };
    let outcome = verifier.login("a.martin", &code(STEP), now(), &mut table).unwrap();
    assert!(matches!(outcome, Outcome::Refused(Refusal::Conflict)));
}

#[test]
fn a_store_that_fails_is_an_error() {
    struct Down;
    impl Store for Down {
        fn load(&mut self, _: &str) -> Result<Option<String>, Error> {
            Err(Error::unavailable("connection refused"))
        }
        fn swap(&mut self, _: &str, _: Option<&str>, _: &Record) -> Result<u64, Error> {
            unreachable!("nothing was loaded")
        }
    }
    let error = verifier().login("a.martin", &code(STEP), now(), &mut Down).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    let source = std::error::Error::source(&error).expect("the database's words");
    assert_eq!(source.to_string(), "connection refused");
    assert!(!error.to_string().contains("connection refused"));
}

#[test]
fn a_store_that_does_not_compare_is_found() {
    struct Blind(Table);
    impl Store for Blind {
        fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
            self.0.load(account)
        }
        fn swap(&mut self, account: &str, _: Option<&str>, new: &Record) -> Result<u64, Error> {
            let old = self.load(account)?;
            self.0.swap(account, old.as_deref(), new)
        }
    }
    let verifier = verifier();
    let table = table(&verifier);
    assert!(verifier.check_store("a.martin", &mut table.clone()).is_ok());
    assert_eq!(verifier.check_store("b.durand", &mut table.clone()).unwrap_err().kind(), ErrorKind::State);
    let error = verifier.check_store("a.martin", &mut Blind(table.clone())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rows);
    // Nothing was lost.
    let outcome = verifier.login("a.martin", &code(STEP), now(), &mut table.clone()).unwrap();
    assert_eq!(outcome.code(), "accepted.otp");
}

#[test]
fn steps_out_of_turn_are_errors() {
    let verifier = verifier();
    let record = import(&verifier);
    let code = code(STEP);
    let start = || verifier.start_login("a.martin", &code, now());
    let spent = |login: Login<'_>| assert_eq!(login.outcome().unwrap_err().kind(), ErrorKind::Attempt);

    spent(start());
    let mut login = start();
    assert_eq!(login.swapped(1).unwrap_err().kind(), ErrorKind::Attempt);
    assert!(matches!(login.step(), LoginStep::Done));
    spent(login);
    let mut login = start();
    login.loaded(Some(&record)).unwrap();
    assert!(matches!(login.step(), LoginStep::Swap { .. }));
    assert_eq!(login.loaded(Some(&record)).unwrap_err().kind(), ErrorKind::Attempt);
    spent(login);
    let mut login = start();
    login.loaded(Some(&record)).unwrap();
    assert_eq!(login.swapped(2).unwrap_err().kind(), ErrorKind::Rows);
    assert_eq!(login.swapped(1).unwrap_err().kind(), ErrorKind::Attempt);
    spent(login);
    let mut login = start();
    assert_eq!(login.loaded(Some("damaged")).unwrap_err().kind(), ErrorKind::Record);
    spent(login);
    let mut login = start();
    login.loaded(Some(&record)).unwrap();
    login.swapped(1).unwrap();
    assert_eq!(login.outcome().unwrap().code(), "accepted.otp");
}

/// One code from many threads at once: one login, whoever comes first. The control reads, verifies and writes without a
/// condition, and accepts it more than once.
#[test]
fn one_code_is_accepted_once_by_many_threads() {
    struct Naive(Table);
    impl Store for Naive {
        fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
            self.0.load(account)
        }
        fn swap(&mut self, account: &str, _: Option<&str>, new: &Record) -> Result<u64, Error> {
            thread::yield_now();
            self.0.rows.lock().unwrap().insert(account.into(), new.as_str().into());
            Ok(1)
        }
    }
    let verifier = Arc::new(verifier());
    let race = |naive: bool| {
        let (table, barrier) = (table(&verifier), Arc::new(Barrier::new(16)));
        let threads: Vec<_> = (0..16)
            .map(|_| {
                let (verifier, barrier, table) = (Arc::clone(&verifier), Arc::clone(&barrier), table.clone());
                thread::spawn(move || {
                    let (mut table, code) = (table, code(STEP));
                    barrier.wait();
                    let outcome = if naive {
                        verifier.login("a.martin", &code, now(), &mut Naive(table))
                    } else {
                        verifier.login("a.martin", &code, now(), &mut table)
                    };
                    matches!(outcome.unwrap(), Outcome::Accepted(_))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).filter(|accepted| *accepted).count()
    };
    for _ in 0..100 {
        assert_eq!(race(false), 1);
    }
    assert!((0..100).any(|_| race(true) > 1), "the control was not caught");
}
