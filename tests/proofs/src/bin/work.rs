//! Counts the instructions of calls that must do the same work. Runs under callgrind.
//!
//! The name of each count is `GROUP|TOLERANCE|CASE`: within a group the counts differ by at most the tolerance, which pays for
//! what the verdict changes in the record. In a control they must differ by more.

use std::ffi::CString;
use std::hint::black_box;

use poterne::{
    Algorithm, Attempt, Authenticator, Denied, Digits, Error, ExistingCredential, MissingAuthenticator,
    Parameters, Refusal, State, Verifier, match_otp,
};
use poterne_proofs::fixture::{self, STEP, now};
use poterne_proofs::{leaky, valgrind};

#[path = "../randomness.rs"]
mod randomness;

/// No difference at all.
const SAME: u32 = 0;
/// What it takes to write down which slot is empty. To compare a slot takes five times as much.
const SLOT: u32 = 4;
/// What a copy of a record takes more to another place of the heap.
const COPY: u32 = 4;
/// What it takes to note that the code of a fast phone is spent. To compute a candidate takes fifty times as much.
const SPENT: u32 = 60;
/// What it takes to note that a code was accepted or refused. To compute a candidate takes thirty times as much.
const VERDICT: u32 = 100;
/// One text more to copy, other names, and the characters to count. One compression of SHA-1 takes twice as much.
const ABSENT: u32 = 700;

/// A code of section 5 that was never issued.
const WRONG_CODE: &str = "ABCDE-FGHJ-KMNP";

fn main() {
    searches();
    windows();
    accounts();
    pairs();
    codes();
    controls();
}

/// The stateless search: W and its siblings.
fn searches() {
    let secret = fixture::secret();
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
        for digits in [Digits::Six, Digits::Eight] {
            let parameters = Parameters::totp().with_algorithm(algorithm).with_digits(digits);
            let group = format!("search {algorithm} {}", digits.as_usize());
            let right = |factor| fixture::code(&parameters, factor);
            for (case, code, watermark) in [
                ("right at -1", right(STEP - 1), None),
                ("right at 0", right(STEP), None),
                ("right at +1", right(STEP + 1), None),
                ("wrong", fixture::wrong_code(&parameters), None),
                ("replayed", right(STEP), Some(STEP + 1)),
            ] {
                count(&group, SAME, case, || {
                    let window = STEP - 1..=STEP + 1;
                    match_otp(
                        black_box(&secret),
                        parameters.format(),
                        black_box(&code),
                        window,
                        black_box(watermark),
                    )
                });
            }
        }
    }
}

/// A login with an OTP, through the record.
fn windows() {
    let verifier = fixture::verifier();
    let app = Parameters::totp();
    let token = app.with_authenticator(Authenticator::Token);
    let counter = Parameters::hotp().with_counter(STEP).expect("below the limit");
    for (name, parameters, first, last) in [
        ("app", app, STEP - 1, STEP + 1),
        ("token", token, STEP - 2, STEP + 1),
        ("counter", counter, STEP, STEP + 9),
    ] {
        let record = fixture::record(&verifier, &parameters, None);
        let right = |factor| fixture::code(&parameters, factor);
        let wrong = fixture::wrong_code(&parameters);
        for factor in first..=last {
            let case = format!("right at {factor}");
            login(&format!("{name}: factor"), SAME, &case, &verifier, &record, &right(factor));
        }
        login(&format!("{name}: verdict"), VERDICT, "right", &verifier, &record, &right(first));
        login(&format!("{name}: verdict"), VERDICT, "wrong", &verifier, &record, &wrong);
    }

    let used = fixture::record(&verifier, &app, Some(STEP + 1));
    login("replay", SAME, "replayed at -1", &verifier, &used, &fixture::code(&app, STEP - 1));
    login("replay", SAME, "replayed at +1", &verifier, &used, &fixture::code(&app, STEP + 1));

    let pending = fixture::import(
        &verifier,
        ExistingCredential::new(fixture::secret(), app).with_state(State::Pending),
    );
    for (case, code) in [
        ("wrong", fixture::wrong_code(&app)),
        ("at -10", fixture::code(&app, STEP - 10)),
        ("at +10", fixture::code(&app, STEP + 10)),
    ] {
        count("clock off", SPENT, case, || {
            fixture::stored(&verifier, &pending)
                .confirm(black_box(&code), now())
                .map(|attempt| attempt.outcome(1))
        });
    }
}

/// The three calls, on accounts of every kind and on one that has no record, with wrong codes.
///
/// Equal: an absent account and an application with as many digits as were typed, the department's common case, for all three calls;
/// and two wrong codes of any one account. Not equal, and not promised: an application, a token and a counter, which have 3, 4 to 16 and
/// 10 candidates by the norm; a record in another state, which is refused before its code is looked at; a failure that is stored, which
/// the database shows anyway.
fn accounts() {
    let verifier = fixture::verifier();
    for digits in [Digits::Six, Digits::Seven, Digits::Eight] {
        let app = Parameters::totp().with_digits(digits);
        let token = app.with_authenticator(Authenticator::Token);
        let counter = Parameters::hotp().with_counter(STEP).expect("below the limit").with_digits(digits);
        for (kind, parameters) in [("app", app), ("token", token), ("counter", counter)] {
            let [first, second] = fixture::wrong_codes(&parameters);
            let active = fixture::record(&verifier, &parameters, None);
            let pending = ExistingCredential::new(fixture::secret(), parameters).with_state(State::Pending);
            let pending = fixture::import(&verifier, pending);
            for (call, record) in [("verify", &active), ("confirm", &pending), ("resynchronize", &active)] {
                let attempt = |record: &str, code: &str| {
                    let (record, code) = (black_box(record), black_box(code));
                    let credential = fixture::stored(&verifier, record);
                    let denied = match call {
                        "verify" => denied(credential.verify(code, now())),
                        "confirm" => denied(credential.confirm(code, now())),
                        _ => denied(credential.resynchronize(code, code, now())),
                    };
                    let refusal = denied.and_then(|denied| denied.refusal());
                    assert!(matches!(refusal, Some(Refusal::WrongCode | Refusal::NotEnrolled)));
                };
                let group = format!("{call} {kind} {}", digits.as_usize());
                count(&group, COPY, "wrong", || attempt(record, &first));
                count(&group, COPY, "wrong in another way", || attempt(record, &second));
                if kind == "app" {
                    let group = format!("{call}, no record, {}", digits.as_usize());
                    count(&group, ABSENT, "wrong", || attempt(record, &first));
                    count(&group, ABSENT, "not enrolled", || attempt("", &first));
                }
            }
        }
    }
    let active = fixture::record(&verifier, &Parameters::totp(), None);
    login("code of section 5, no record", ABSENT, "wrong", &verifier, &active, WRONG_CODE);
    login("code of section 5, no record", ABSENT, "not enrolled", &verifier, "", WRONG_CODE);
}

/// A resynchronization over 1,000 counters.
fn pairs() {
    let verifier = fixture::verifier();
    let counter = Parameters::hotp().with_counter(STEP).expect("below the limit");
    let record = fixture::record(&verifier, &counter, None);
    let (right, wrong) = (|factor| fixture::code(&counter, factor), fixture::wrong_code(&counter));
    for (case, first, second) in [
        ("first pair", right(STEP), right(STEP + 1)),
        ("last pair", right(STEP + 999), right(STEP + 1000)),
        ("only the first code", right(STEP), wrong.clone()),
        ("no pair", wrong.clone(), wrong),
    ] {
        count("pair", VERDICT, case, || {
            fixture::stored(&verifier, &record)
                .resynchronize(black_box(&first), black_box(&second), now())
                .map(|attempt| attempt.outcome(1))
        });
    }
}

/// Recovery codes and the temporary code. One and the same code stands in different slots: the text does not differ.
fn codes() {
    let verifier = fixture::verifier();
    let fresh = fixture::record(&verifier, &Parameters::totp(), None);
    let issue = |first: u64| {
        randomness::start_at(first);
        let change = fixture::stored(&verifier, &fresh).recovery_codes(10).expect("an active record");
        let record = change.record().expect("something to store").as_str().to_owned();
        let codes = change.outcome(1).expect("one row");
        (record, codes.iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let common = issue(1000).1[0].clone();
    for slot in [0, 5, 9] {
        // The numbers begin earlier, so that as many other codes come first.
        let (record, _) = (900..=1000)
            .map(issue)
            .find(|(_, codes)| codes.iter().position(|code| *code == common) == Some(slot))
            .expect("each code takes as many numbers");
        login("slot", SLOT, &format!("right in slot {slot}"), &verifier, &record, &common);
    }
    // A wrong one writes nothing (semantics 5.4), so that a right one takes longer: the verdict says so too.
    for (case, record) in [("wrong of ten", issue(2000).0), ("wrong of none", fresh.clone())] {
        login("slot: wrong", VERDICT, case, &verifier, &record, &common);
    }

    let temporary = |record: &str| {
        randomness::start_at(3000);
        let change = fixture::stored(&verifier, record)
            .temporary_code(None, 2, MissingAuthenticator::Keep, now())
            .expect("an active record");
        let record = change.record().expect("something to store").as_str().to_owned();
        (record, change.outcome(1).expect("one row").as_str().to_owned())
    };
    let (alone, code) = temporary(&fresh);
    let (among_others, same) = temporary(&issue(2000).0);
    assert_eq!(code, same);
    login("temporary code", VERDICT, "right, alone", &verifier, &alone, &code);
    login("temporary code", VERDICT, "right, among others", &verifier, &among_others, &code);
}

/// Early exits, which must be seen.
fn controls() {
    for at in [STEP - 1, STEP + 1] {
        let value = leaky::hotp(fixture::SECRET, at);
        count("control: window", VERDICT, &format!("right at {at}"), || {
            leaky::window(fixture::SECRET, STEP - 1, black_box(value))
        });
    }
    let mut hashes = [[0; 8]; 10];
    for (hash, byte) in hashes.iter_mut().zip(0..) {
        *hash = [byte; 8];
    }
    for at in [0, 9] {
        count("control: slots", SLOT, &format!("slot {at}"), || leaky::slot(&hashes, black_box(&hashes[at])));
    }
}

fn login(group: &str, tolerance: u32, case: &str, verifier: &Verifier, record: &str, code: &str) {
    let attempt = || {
        fixture::stored(verifier, black_box(record))
            .verify(black_box(code), now())
            .expect("a record")
            .outcome(1)
    };
    assert_eq!(attempt().is_ok(), case.starts_with("right"), "{group}, {case}");
    count(group, tolerance, case, attempt);
}

fn denied<T>(attempt: Result<Attempt<T>, Error>) -> Option<Denied> {
    attempt.expect("a record or none").outcome(1).err()
}

fn count<T>(group: &str, tolerance: u32, case: &str, call: impl Fn() -> T) {
    let name = CString::new(format!("{group}|{tolerance}|{case}")).expect("no NUL");
    // The first call resolves symbols and warms the allocator up.
    drop(black_box(call()));
    valgrind::zero_stats();
    let result = black_box(call());
    valgrind::dump_stats(&name);
    drop(result);
}
