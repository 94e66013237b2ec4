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
    Accepted, CheckStep, Denied, Error, ErrorKind, ExistingCredential, Keyring, NotStored, OtpFormat,
    Parameters, Record, Refusal, Secret, State, Step, Steps, Store, StoreCheck, UnixTime, Verifier, hotp,
};

const STEP: u64 = 56_666_667;

fn now() -> UnixTime {
    UnixTime::from_secs(1_700_000_010).unwrap()
}

fn code(step: u64) -> String {
    let secret = Secret::from_bytes(b"12345678901234567890").unwrap();
    hotp::generate(&secret, OtpFormat::default(), step).as_str().into()
}

fn verifier() -> Verifier {
    Verifier::new(Keyring::generate(1).unwrap(), "app").unwrap()
}

fn import(verifier: &Verifier) -> String {
    let secret = Secret::from_bytes(b"12345678901234567890").unwrap();
    let change =
        verifier.import("a.martin", ExistingCredential::new(secret, Parameters::totp()), now()).unwrap();
    change.record().unwrap().as_str().into()
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
                let resealed = verifier.credential(account, Some(&rows[account])).unwrap().reseal().unwrap();
                rows.insert(account.into(), resealed.record().unwrap().as_str().into());
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

/// What the journal of an application says of a login.
fn said(login: Result<Accepted, Denied>) -> String {
    login.map_or_else(|denied| denied.to_string(), |accepted| accepted.code().into())
}

fn kind<T: core::fmt::Debug>(login: Result<T, Denied>) -> Option<ErrorKind> {
    login.unwrap_err().error().map(Error::kind)
}

#[test]
fn one_login_is_one_load_and_one_swap() {
    let verifier = verifier();
    let mut table = table(&verifier);
    let outcome = verifier.login("a.martin", &code(STEP), now(), &mut table);
    assert_eq!(said(outcome), "accepted.otp");
    assert_eq!((table.loads, table.swaps), (1, 1));
    let outcome = verifier.login("a.martin", &code(STEP), now(), &mut table);
    assert_eq!(said(outcome), "refused.replayed");
    // Nothing to store, so no swap.
    assert_eq!((table.loads, table.swaps), (2, 1));
    let outcome = verifier.login("b.durand", &code(STEP), now(), &mut table);
    assert_eq!(said(outcome), "refused.not_enrolled");
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
        let outcome = verifier.login("a.martin", &code(STEP), now(), &mut table);
        assert_eq!((said(outcome).as_str(), table.swaps, table.loads), (expected, swaps, swaps));
    }
}

#[test]
fn changes_are_tried_three_times() {
    for (times, is_done, swaps) in [(0, true, 1), (2, true, 3), (3, false, 3)] {
        let verifier = Arc::new(verifier());
        let mut table = table(&verifier);
        table.interfering = Some((Arc::clone(&verifier), times));
        let stored = table.apply(&verifier, "a.martin", |credential| credential.suspend());
        assert_eq!((stored.is_ok(), table.swaps, table.loads), (is_done, swaps, swaps));
        assert!(is_done || matches!(stored, Err(NotStored::Conflict)));
        let record = table.load("a.martin").unwrap();
        let status = verifier.credential("a.martin", record.as_deref()).unwrap().inspect(now());
        assert_eq!(status.unwrap().state(), if is_done { State::Suspended } else { State::Active });
    }
    let verifier = verifier();
    let mut table = table(&verifier);
    // Nothing to repair, so nothing to store.
    let stored = table.apply(&verifier, "a.martin", |credential| credential.repair_clock(now()));
    assert_eq!((stored.is_ok(), table.swaps, table.loads), (true, 0, 1));
    table.answer = Some(2);
    let lied = table.apply(&verifier, "a.martin", |credential| credential.suspend());
    assert_eq!(lied.unwrap_err().error().map(Error::kind), Some(ErrorKind::Rows));
}

/// 7.7 for what is not a login: confirmations and resynchronizations follow the same steps.
#[test]
fn every_question_follows_the_same_steps() {
    let verifier = Arc::new(verifier());
    let mut table = table(&verifier);
    table.interfering = Some((Arc::clone(&verifier), 2));
    let confirmed = table.apply(&verifier, "a.martin", |credential| credential.confirm(&code(STEP), now()));
    assert!(matches!(confirmed, Err(Denied::Refused(Refusal::NotPending))));
    let pair = [code(STEP), code(STEP + 1)];
    let resynchronized =
        table.apply(&verifier, "a.martin", |credential| credential.resynchronize(&pair[0], &pair[1], now()));
    // An app is told how far off its clock is, and nothing is stored.
    assert!(matches!(resynchronized, Err(Denied::Refused(Refusal::ClockOff { steps: 1 }))));
    let codes = table.apply(&verifier, "a.martin", |credential| credential.recovery_codes(3));
    assert_eq!((codes.map(|codes| codes.len()).ok(), table.swaps), (Some(3), 3));
}

/// 7.7, step by step.
#[test]
fn a_login_by_steps_is_tried_three_times() {
    let verifier = verifier();
    let record = import(&verifier);
    for (conflicts, expected) in [(2, "accepted.otp"), (3, "refused.conflict")] {
        let code = code(STEP);
        let mut login = Steps::new();
        let (mut swaps, mut loads) = (0, 0);
        loop {
            match login.step() {
                Step::Load => {
                    loads += 1;
                    let verify =
                        |record: Option<&str>| verifier.credential("a.martin", record)?.verify(&code, now());
                    login.loaded(Some(record.clone()), verify).unwrap();
                }
                Step::Swap { old, new } => {
                    assert!(old == record && new.as_ref() != record);
                    swaps += 1;
                    login.swapped(u64::from(swaps > conflicts)).unwrap();
                }
                Step::Done => break,
            }
        }
        assert_eq!((said(login.outcome()).as_str(), swaps, loads), (expected, 3, 3));
    }
}

/// A record that came with the application's own row spares the first load, and is loaded after a conflict.
#[test]
fn a_login_can_begin_with_a_record_that_is_loaded() {
    let verifier = Arc::new(verifier());
    for (times, loads) in [(0, 0), (1, 1), (2, 2)] {
        let mut table = table(&verifier);
        let record = table.rows.lock().unwrap().get("a.martin").cloned();
        table.interfering = Some((Arc::clone(&verifier), times));
        let login = verifier.login_with_record("a.martin", record, &code(STEP), now(), &mut table);
        assert_eq!((said(login).as_str(), table.loads), ("accepted.otp", loads));
    }
    let mut table = table(&verifier);
    // A record from another table, or an old copy, opens nothing: the swap compares with what is stored.
    let stale = import(&verifier);
    let login = verifier.login_with_record("a.martin", Some(stale), &code(STEP), now(), &mut table);
    assert_eq!((said(login).as_str(), table.loads, table.swaps), ("accepted.otp", 1, 2));
    let login = verifier.login_with_record("a.martin", None, &code(STEP + 1), now(), &mut table);
    assert_eq!((said(login).as_str(), table.swaps), ("refused.not_enrolled", 2));
}

/// What is stored in the place of a record was made on it: neither on somebody else's, nor on an older one, nor on none. Else a foreign
/// code would be a login, and guesses would not be counted.
#[test]
fn an_attempt_on_another_record_is_an_error() {
    let verifier = verifier();
    let mut table = table(&verifier);
    let secret = Secret::from_bytes(b"another secret of 20").unwrap();
    let eve = verifier.import("eve", ExistingCredential::new(secret, Parameters::totp()), now()).unwrap();
    let eve = eve.record().unwrap().as_str().to_owned();
    let secret = Secret::from_bytes(b"another secret of 20").unwrap();
    let eves_code = hotp::generate(&secret, OtpFormat::default(), STEP).as_str().to_owned();
    let stale = import(&verifier);
    let before = table.load("a.martin").unwrap();

    let foreign = verifier.credential("eve", Some(&eve)).unwrap();
    let login = table.apply(&verifier, "a.martin", |_| foreign.verify(&eves_code, now()));
    assert_eq!(kind(login), Some(ErrorKind::Argument));
    let stale = verifier.credential("a.martin", Some(&stale)).unwrap();
    let login = table.apply(&verifier, "a.martin", |_| stale.verify(&code(STEP), now()));
    assert_eq!(kind(login), Some(ErrorKind::Argument));
    let guess = table.apply(&verifier, "a.martin", |_| stale.verify("000000", now()));
    assert_eq!(kind(guess), Some(ErrorKind::Argument));
    for account in ["a.martin", "b.durand"] {
        let secret = Secret::from_bytes(b"another secret of 20").unwrap();
        let mut existing = Some(ExistingCredential::new(secret, Parameters::totp()));
        let import =
            table.apply(&verifier, account, |_| verifier.import(account, existing.take().unwrap(), now()));
        assert_eq!(import.unwrap_err().error().map(Error::kind), Some(ErrorKind::Argument), "{account}");
    }
    let absent = verifier.credential("a.martin", None).unwrap();
    let login = table.apply(&verifier, "a.martin", |_| absent.verify(&code(STEP), now()));
    assert_eq!(kind(login), Some(ErrorKind::Argument));
    assert_eq!((table.load("a.martin").unwrap(), table.swaps), (before, 0));
    // The credential that is handed in is the right one.
    let login = table.apply(&verifier, "a.martin", |credential| credential.verify(&code(STEP), now()));
    assert_eq!(said(login), "accepted.otp");
}

#[test]
fn a_store_that_lies_is_an_error_or_a_conflict() {
    let verifier = verifier();
    for answer in [2, u64::MAX] {
        let mut table = Table { answer: Some(answer), ..table(&verifier) };
        let login = verifier.login("a.martin", &code(STEP), now(), &mut table);
        assert_eq!(kind(login), Some(ErrorKind::Rows));
    }
    let mut table = Table { answer: Some(0), ..table(&verifier) };
    let login = verifier.login("a.martin", &code(STEP), now(), &mut table);
    assert!(matches!(login, Err(Denied::Refused(Refusal::Conflict))));
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
    let denied = verifier().login("a.martin", &code(STEP), now(), &mut Down).unwrap_err();
    assert_eq!(denied.error().map(Error::kind), Some(ErrorKind::Store));
    let source = std::error::Error::source(&denied).expect("the database's words");
    assert_eq!(source.to_string(), "connection refused");
    assert!(!denied.to_string().contains("connection refused"));
}

/// What is wrong with a store. The second handle of a check is another copy of it, opened on its own.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    /// Writes a first record over one that is there, as MERGE and ON DUPLICATE KEY UPDATE do.
    Upserting,
    /// Has no key, so that a first record gets a row of its own beside the one that is there.
    Appending,
    /// Writes without a condition.
    Blind,
    /// Compares the first half.
    Prefix,
    /// Compares the end, as an index on a computed column may.
    Suffix,
    /// Says what the caller wants to hear.
    NotWriting,
    /// Writes nothing, and says so.
    Never,
    /// Writes, and says that it did not.
    Silent,
    /// The same, once: the answer to a commit was lost.
    LostAnswer,
    /// Leaves a transaction open, which it sees itself.
    NotCommitting,
    /// A column that is too narrow.
    Cutting,
    /// A column that folds the case, as some collations do when they convert.
    Lowering,
    /// Answers from what it loaded first, as a cache does.
    Caching,
    /// Loads from a copy that never catches up.
    Replica,
    /// Answers from what this handle loaded first, as an ORM's session does.
    Session,
    /// Loads from a copy that is late by one read.
    Late,
    /// Does not show a row once it is another, as a view or a row policy on an old column may.
    Hiding,
    /// A lock that others keep once, which is no fault.
    Busy,
    /// A wider CHAR column, which is no fault.
    Padding,
}

struct Faulty {
    fault: Fault,
    table: Table,
    uncommitted: HashMap<String, String>,
    first: Option<String>,
    is_first_time: bool,
}

impl Faulty {
    fn new(fault: Fault, table: &Table) -> Self {
        let first = table.rows.lock().unwrap().get("a.martin").cloned();
        Self { fault, table: table.clone(), uncommitted: HashMap::new(), first, is_first_time: true }
    }
}

impl Store for Faulty {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        let stored = self.table.load(account)?;
        Ok(match self.fault {
            Fault::NotCommitting => self.uncommitted.get(account).cloned().or(stored),
            Fault::Caching | Fault::Replica => self.first.clone(),
            Fault::Session => {
                if core::mem::take(&mut self.is_first_time) {
                    self.first = stored;
                }
                self.first.clone()
            }
            Fault::Late => core::mem::replace(&mut self.first, stored),
            Fault::Hiding => stored.filter(|record| self.first.as_ref() == Some(record)),
            Fault::Padding => stored.map(|record| format!("{record:<600}")),
            _ => stored,
        })
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        let mut current = self.uncommitted.get(account).cloned().or(self.table.load(account)?);
        if self.fault == Fault::Padding {
            // Such a column compares its padding too, or ignores it on both sides.
            current = current.map(|record| format!("{record:<600}"));
        }
        if old.is_none() && self.fault == Fault::Appending {
            return Ok(1);
        }
        let is_equal = match self.fault {
            Fault::Upserting if old.is_none() => true,
            _ if old.is_none() => current.is_none(),
            Fault::Blind => true,
            Fault::Prefix => current.as_deref().map(|current| &current[..250]) == old.map(|old| &old[..250]),
            Fault::Suffix => current.as_deref().map(|current| &current[100..]) == old.map(|old| &old[100..]),
            Fault::Never => false,
            // The second swap is the first that compares rightly.
            Fault::Busy if current.as_deref() == old && core::mem::take(&mut self.is_first_time) => false,
            _ => current.as_deref() == old,
        };
        if !is_equal {
            return Ok(0);
        }
        let written = match self.fault {
            Fault::Cutting => new.as_str()[..255].to_owned(),
            Fault::Lowering => new.as_str().to_lowercase(),
            _ => new.as_str().to_owned(),
        };
        match self.fault {
            Fault::NotWriting => {}
            Fault::NotCommitting => drop(self.uncommitted.insert(account.into(), written)),
            _ => drop(self.table.rows.lock().unwrap().insert(account.into(), written)),
        }
        let is_told = match self.fault {
            Fault::Silent => false,
            Fault::LostAnswer => !core::mem::take(&mut self.is_first_time),
            _ => true,
        };
        Ok(is_told.into())
    }
}

/// 7.9: every way of not swapping, comparing, committing or keeping.
#[test]
fn stores_that_are_wrong_are_found() {
    let verifier = verifier();
    for (fault, expected) in [
        (Fault::None, None),
        (Fault::Padding, None),
        (Fault::Busy, None),
        (Fault::LostAnswer, None),
        (Fault::Session, Some(ErrorKind::Rows)),
        (Fault::Late, Some(ErrorKind::Rows)),
        (Fault::Hiding, Some(ErrorKind::Rows)),
        (Fault::Upserting, Some(ErrorKind::Rows)),
        (Fault::Appending, Some(ErrorKind::Rows)),
        (Fault::Blind, Some(ErrorKind::Rows)),
        (Fault::Prefix, Some(ErrorKind::Rows)),
        (Fault::Suffix, Some(ErrorKind::Rows)),
        (Fault::NotWriting, Some(ErrorKind::Rows)),
        (Fault::Never, Some(ErrorKind::Rows)),
        (Fault::Silent, Some(ErrorKind::Rows)),
        (Fault::NotCommitting, Some(ErrorKind::Rows)),
        (Fault::Cutting, Some(ErrorKind::Record)),
        (Fault::Lowering, Some(ErrorKind::Record)),
        (Fault::Caching, Some(ErrorKind::Rows)),
        (Fault::Replica, Some(ErrorKind::Rows)),
    ] {
        let table = table(&verifier);
        let (mut store, mut second) = (Faulty::new(fault, &table), Faulty::new(fault, &table));
        match (verifier.check_store("a.martin", &mut store, &mut second), expected) {
            (Ok(()), None) => {}
            (Err(NotStored::Error(error)), Some(kind)) => {
                assert_eq!(error.kind(), kind, "{fault:?}");
                // It knows what it has just written: the keyring is right.
                assert_eq!(
                    error.to_string().contains("the column cuts"),
                    kind == ErrorKind::Record,
                    "{fault:?}"
                );
            }
            (result, _) => panic!("{fault:?}: {result:?}"),
        }
        if !matches!(fault, Fault::Cutting | Fault::Lowering) {
            // The row still holds the credential, and the next code is good.
            let outcome = verifier.login("a.martin", &code(STEP), now(), &mut table.clone());
            assert_eq!(said(outcome), "accepted.otp", "{fault:?}");
        }
    }
    // The handle itself sees what it has not committed: hence the second one.
    let table = table(&verifier);
    let mut store = Faulty::new(Fault::NotCommitting, &table);
    let old = table.clone().load("a.martin").unwrap().unwrap();
    let new = verifier.credential("a.martin", Some(&old)).unwrap().reseal().unwrap();
    assert_eq!(store.swap("a.martin", Some(&old), new.record().unwrap()).unwrap(), 1);
    assert_eq!(store.load("a.martin").unwrap().as_deref(), Some(new.record().unwrap().as_str()));
    assert_eq!(table.clone().load("a.martin").unwrap(), Some(old));
}

/// What cannot be an account is no query: a database that refuses its NUL is not down.
#[test]
fn a_name_that_cannot_be_is_not_looked_up() {
    struct Unasked;
    impl Store for Unasked {
        fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
            panic!("{account:?} was asked for")
        }

        fn swap(&mut self, account: &str, _: Option<&str>, _: &Record) -> Result<u64, Error> {
            panic!("{account:?} was asked for")
        }
    }
    let verifier = verifier();
    for account in ["", "  ", "a\0", "a\u{85}", &"a".repeat(256)] {
        let login = verifier.login(account, "123456", now(), &mut Unasked).unwrap_err();
        let changed = Unasked.apply(&verifier, account, |credential| credential.unlock()).unwrap_err();
        let checked = verifier.check_store(account, &mut Unasked, &mut Unasked).unwrap_err();
        for error in [login.error(), changed.error(), checked.error()] {
            assert_eq!(error.map(Error::kind), Some(ErrorKind::Argument), "{account:?}");
        }
    }
}

/// A driver that does not count, or a swap of more than a row.
#[test]
fn a_check_names_a_number_that_cannot_be() {
    for rows in [2, 3, u64::MAX] {
        let verifier = verifier();
        let record = table(&verifier).load("a.martin").unwrap();
        for step in 0..4 {
            let mut check = StoreCheck::new("a.martin");
            check.loaded(&verifier, record.as_deref()).unwrap();
            for _ in 0..step {
                check.swapped(0).unwrap();
            }
            let error = check.swapped(rows).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Rows);
            assert!(error.to_string().contains("0 or 1 row"), "{error}");
        }
    }
}

/// An application that does not know its store's type.
#[test]
fn a_store_behind_a_pointer_is_a_store() {
    let verifier = verifier();
    let table = table(&verifier);
    let mut boxed: Box<dyn Store> = Box::new(table.clone());
    assert_eq!(said(verifier.login("a.martin", &code(STEP), now(), &mut boxed)), "accepted.otp");
    let mut referred: &mut dyn Store = &mut *boxed;
    assert_eq!(said(verifier.login("a.martin", &code(STEP), now(), &mut referred)), "refused.replayed");
    let changed = Store::apply(&mut referred, &verifier, "a.martin", |credential| credential.revoke());
    assert!(changed.is_ok());
    assert_eq!(said(verifier.login("a.martin", &code(STEP), now(), &mut table.clone())), "refused.revoked");
}

#[test]
fn a_check_needs_a_record_of_any_state() {
    let verifier = verifier();
    let table = table(&verifier);
    let absent = verifier.check_store("b.durand", &mut table.clone(), &mut table.clone());
    assert_eq!(absent.unwrap_err().error().map(Error::kind), Some(ErrorKind::State));
    let stored = table.clone().apply(&verifier, "a.martin", |credential| credential.revoke());
    assert!(stored.is_ok());
    let checked = verifier.check_store("a.martin", &mut table.clone(), &mut table.clone());
    assert!(checked.is_ok());
    let record = table.clone().load("a.martin").unwrap().unwrap();
    assert_eq!(
        verifier.credential("a.martin", Some(&record)).unwrap().inspect(now()).unwrap().state(),
        State::Revoked
    );
}

/// Others write the record meanwhile: neither right nor wrong is proven by that, and the check is made again.
#[test]
fn a_check_among_logins_is_made_again() {
    let verifier = Arc::new(verifier());
    for (times, is_done) in [(2, true), (1_000, false)] {
        let mut store = Table { interfering: Some((Arc::clone(&verifier), times)), ..table(&verifier) };
        let mut second = store.clone();
        second.interfering = None;
        let stored = verifier.check_store("a.martin", &mut store, &mut second);
        assert_eq!(stored.is_ok(), is_done);
        assert!(is_done || matches!(stored, Err(NotStored::Conflict)));
    }
    // Twenty servers that start together.
    let table = table(&verifier);
    let threads: Vec<_> = (0..20)
        .map(|_| {
            let (verifier, mut store, mut second) = (Arc::clone(&verifier), table.clone(), table.clone());
            thread::spawn(move || match verifier.check_store("a.martin", &mut store, &mut second) {
                Ok(()) | Err(NotStored::Conflict) => Ok(()),
                Err(NotStored::Error(error)) => Err(error),
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap().expect("no error: the store is right");
    }
}

/// 7.9: a text that opens and is neither the old record nor the new one is somebody else's write, wherever it comes up; one that
/// does not open is the column's fault.
#[test]
fn a_check_that_meets_another_write_pauses() {
    let verifier = verifier();
    let record = import(&verifier);
    let another = || {
        let change = verifier.credential("a.martin", Some(&record)).unwrap().reseal().unwrap();
        change.record().unwrap().as_str().to_owned()
    };
    // How many rows the swaps so far gave, and whether the new record was loaded by the second handle.
    for swaps in [&[0, 0, 0, 0][..], &[0, 0, 0, 1], &[0, 0, 0, 1, 0]] {
        for (loaded, is_pause) in [(another(), true), (record.replace("POTERNE1", "POTERNE0"), false)] {
            let mut check = StoreCheck::new("a.martin");
            check.loaded(&verifier, Some(&record)).unwrap();
            for (at, rows) in swaps.iter().enumerate() {
                let CheckStep::Swap { new, .. } = check.step() else { panic!("no swap") };
                let new = new.as_str().to_owned();
                check.swapped(*rows).unwrap();
                if at == 3 && swaps.len() == 5 {
                    check.loaded(&verifier, Some(&new)).unwrap();
                }
            }
            let came = check.loaded(&verifier, Some(&loaded));
            assert_eq!(
                came.is_ok() && matches!(check.step(), CheckStep::Pause { .. }),
                is_pause,
                "{swaps:?}"
            );
        }
    }
}

/// Pauses of servers that start together differ, up to 200 milliseconds.
#[test]
fn a_check_pauses_for_a_random_time() {
    let verifier = verifier();
    let record = import(&verifier);
    let another = verifier.credential("a.martin", Some(&record)).unwrap().reseal().unwrap();
    let pauses: Vec<u8> = (0..64)
        .map(|_| {
            let mut check = StoreCheck::new("a.martin");
            check.loaded(&verifier, Some(&record)).unwrap();
            for rows in [0, 0, 0, 1] {
                check.swapped(rows).unwrap();
            }
            check.loaded(&verifier, Some(another.record().unwrap().as_str())).unwrap();
            let CheckStep::Pause { milliseconds } = check.step() else { panic!("no pause") };
            milliseconds
        })
        .collect();
    // One in 2^64 runs has all of them below, or all above.
    assert!(pauses.iter().all(|pause| *pause <= 200), "{pauses:?}");
    assert!(pauses.iter().any(|pause| *pause > 100) && pauses.iter().any(|pause| *pause < 100), "{pauses:?}");
}

#[test]
fn steps_of_a_check_out_of_turn_are_errors() {
    let verifier = verifier();
    let record = import(&verifier);
    let start = || StoreCheck::new("a.martin");
    let spent = |check: StoreCheck| {
        assert_eq!(check.outcome().unwrap_err().error().map(Error::kind), Some(ErrorKind::Attempt))
    };
    spent(start());
    let mut check = start();
    assert_eq!(check.swapped(1).unwrap_err().kind(), ErrorKind::Attempt);
    assert!(matches!(check.step(), CheckStep::Done));
    spent(check);
    let mut check = start();
    assert_eq!(check.paused().unwrap_err().kind(), ErrorKind::Attempt);
    spent(check);
    let mut check = start();
    check.loaded(&verifier, Some(&record)).unwrap();
    assert!(matches!(check.step(), CheckStep::Swap { old: None, .. }));
    assert_eq!(check.loaded(&verifier, Some(&record)).unwrap_err().kind(), ErrorKind::Attempt);
    spent(check);
    let mut check = start();
    check.loaded(&verifier, Some(&record)).unwrap();
    assert_eq!(check.swapped(1).unwrap_err().kind(), ErrorKind::Rows);
    spent(check);
    let mut check = start();
    check.loaded(&verifier, Some(&record)).unwrap();
    for _ in 0..3 {
        check.swapped(0).unwrap();
        assert!(matches!(check.step(), CheckStep::Swap { old: Some(_), .. }));
    }
    assert_eq!(check.swapped(2).unwrap_err().kind(), ErrorKind::Rows);
    spent(check);
    assert_eq!(format!("{:?}", start()), "StoreCheck { .. }");
}

#[test]
fn steps_out_of_turn_are_errors() {
    let verifier = verifier();
    let record = import(&verifier);
    let code = code(STEP);
    let load = |login: &mut Steps<Accepted>, record: &str| {
        login.loaded(Some(record.into()), |record| {
            verifier.credential("a.martin", record)?.verify(&code, now())
        })
    };
    let spent = |login: Steps<Accepted>| assert_eq!(kind(login.outcome()), Some(ErrorKind::Attempt));

    spent(Steps::new());
    spent(Steps::default());
    let mut login = Steps::new();
    assert_eq!(login.swapped(1).unwrap_err().kind(), ErrorKind::Attempt);
    assert!(matches!(login.step(), Step::Done));
    spent(login);
    let mut login = Steps::new();
    load(&mut login, &record).unwrap();
    assert!(matches!(login.step(), Step::Swap { .. }));
    assert_eq!(load(&mut login, &record).unwrap_err().kind(), ErrorKind::Attempt);
    spent(login);
    let mut login = Steps::new();
    load(&mut login, &record).unwrap();
    assert_eq!(login.swapped(2).unwrap_err().kind(), ErrorKind::Rows);
    assert_eq!(login.swapped(1).unwrap_err().kind(), ErrorKind::Attempt);
    spent(login);
    let mut login = Steps::new();
    assert_eq!(load(&mut login, "damaged").unwrap_err().kind(), ErrorKind::Record);
    spent(login);
    let mut login = Steps::new();
    load(&mut login, &record).unwrap();
    login.swapped(1).unwrap();
    assert_eq!(said(login.outcome()), "accepted.otp");
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
                    outcome.is_ok()
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
