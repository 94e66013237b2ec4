//! Counts the allocations of calls, and prints them as lines `key = value`.

#[path = "../counting.rs"]
mod counting;

use std::hint::black_box;

use counting::count;
use poterne::{
    Algorithm, Denied, ExistingCredential, OtpFormat, Parameters, State, Steps, UnixTime, match_otp,
};
use poterne_proofs::fixture::{self, ACCOUNT, STEP, now};
use poterne_proofs::leaky;

fn main() {
    let parameters = Parameters::totp();
    let (right, wrong) = (fixture::code(&parameters, STEP), fixture::wrong_code(&parameters));

    let secret = fixture::secret();
    let mut search = 0;
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
        let format = OtpFormat::default().with_algorithm(algorithm);
        let right = fixture::code(&parameters.with_algorithm(algorithm), STEP);
        for (code, watermark) in [(right.as_str(), None), (&wrong, None), (&right, Some(STEP)), ("12", None)]
        {
            search += count(|| {
                match_otp(&secret, format, black_box(code), STEP - 1..=STEP + 1, black_box(watermark))
            })
            .0;
        }
    }
    println!("match_otp = {search}");

    let verifier = fixture::verifier();
    let active = fixture::record(&verifier, &parameters, None);
    let used = fixture::record(&verifier, &parameters, Some(STEP));
    let change = fixture::stored(&verifier, &active).recovery_codes(10).expect("an active record");
    let with_codes = change.record().expect("something to store").as_str().to_owned();
    let recovery = change.outcome(1).expect("one row");
    let recovery = recovery.iter().next().expect("ten codes");
    let pending = fixture::import(
        &verifier,
        ExistingCredential::new(fixture::secret(), parameters).with_state(State::Pending),
    );
    let mut locked = active.clone();
    for failure in 1..=20 {
        let later = UnixTime::from_secs((STEP * 30 - 10_000 + failure * 1000).try_into().expect("small"))
            .expect("a time");
        let attempt = fixture::stored(&verifier, &locked).verify(&wrong, later).expect("a record");
        locked = attempt.record().expect("something to store").as_str().to_owned();
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
        let (allocations, answer) = count(|| {
            let attempt = fixture::stored(&verifier, black_box(record))
                .verify(black_box(code), now())
                .expect("a record");
            attempt.outcome(1)
        });
        let code = answer.map_or_else(|denied| denied.to_string(), |accepted| accepted.code().into());
        assert_eq!(code, expected, "{name}");
        println!("{name} = {allocations}");
    }

    // The loop around a swap, whose record is the application's.
    let (allocations, answer) = count(|| {
        let mut steps = Steps::<_, Denied, _>::new();
        steps
            .loaded(Some(black_box(active.as_str())), |record| {
                verifier.credential(ACCOUNT, record)?.verify(black_box(&right), now())
            })
            .and_then(|()| steps.swapped(1))
            .expect("in turn");
        steps.outcome()
    });
    assert!(answer.is_ok());
    println!("steps_right = {allocations}");

    println!("control = {}", count(|| leaky::allocate(fixture::SECRET, STEP - 1, 0)).0);
}
