//! Counts the allocations of calls, and prints them as lines `key = value`.

#[path = "../counting.rs"]
mod counting;

use std::hint::black_box;

use counting::count;
use poterne::{Algorithm, Imported, Parameters, State, UnixTime, match_otp};
use poterne_proofs::fixture::{self, ACCOUNT, STEP, now};
use poterne_proofs::leaky;

fn main() {
    let parameters = Parameters::totp();
    let (right, wrong) = (fixture::code(&parameters, STEP), fixture::wrong_code(&parameters));

    let secret = fixture::secret();
    let mut search = 0;
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
        let parameters = parameters.with_algorithm(algorithm);
        let right = fixture::code(&parameters, STEP);
        for (code, watermark) in [(right.as_str(), None), (&wrong, None), (&right, Some(STEP)), ("12", None)]
        {
            search += count(|| {
                match_otp(&secret, &parameters, black_box(code), STEP - 1..=STEP + 1, black_box(watermark))
            })
            .0;
        }
    }
    println!("match_otp = {search}");

    let verifier = fixture::verifier();
    let active = fixture::record(&verifier, &parameters, None);
    let used = fixture::record(&verifier, &parameters, Some(STEP));
    let change = verifier.recovery_codes(&active, ACCOUNT, 10).expect("an active record");
    let with_codes = change.record().as_str().to_owned();
    let recovery = change.stored(1).expect("one row").done().expect("stored");
    let recovery = recovery.iter().next().expect("ten codes");
    let pending =
        fixture::import(&verifier, Imported::new(fixture::secret(), parameters).with_state(State::Pending));
    let mut locked = active.clone();
    for failure in 1..=20 {
        let later = UnixTime::from_secs((STEP * 30 - 10_000 + failure * 1000).try_into().expect("small"))
            .expect("a time");
        let attempt = verifier.verify(&locked, ACCOUNT, &wrong, later).expect("a record");
        locked = attempt.record().as_str().to_owned();
    }
    for (name, record, code, expected) in [
        ("verify_right", active.as_str(), right.as_str(), "accepted.otp"),
        ("verify_wrong", &active, &wrong, "refused.wrong_code"),
        ("verify_replayed", &used, &right, "refused.replayed"),
        ("verify_malformed", &active, "12", "refused.malformed"),
        ("verify_recovery_code", &with_codes, recovery, "accepted.recovery_code"),
        ("verify_locked", &locked, &right, "refused.locked"),
        ("verify_pending", &pending, &right, "refused.pending"),
        ("verify_not_enrolled", "", &right, "refused.not_enrolled"),
    ] {
        let (allocations, code) = count(|| {
            let attempt =
                verifier.verify(black_box(record), ACCOUNT, black_box(code), now()).expect("a record");
            attempt.outcome(1).expect("one row").code()
        });
        assert_eq!(code, expected, "{name}");
        println!("{name} = {allocations}");
    }

    println!("control = {}", count(|| leaky::allocate(fixture::SECRET, STEP - 1, 0)).0);
}
