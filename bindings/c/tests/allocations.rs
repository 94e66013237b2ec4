//! How often the calls of a login allocate in Rust, as lines `CALL = ALLOCATIONS`: allocations.c prints the same through C, and
//! `callers` compares.

#![allow(clippy::print_stdout, reason = "the lines are what it is for")]
#![allow(clippy::arithmetic_side_effects, reason = "small numbers")]

#[path = "../../../tests/proofs/src/counting.rs"]
mod counting;

use std::hint::black_box;

use counting::count;
use poterne::{
    ExistingCredential, Keyring, Match, OtpFormat, Parameters, Secret, UnixTime, Verifier, hotp,
    match_otp_from_bytes,
};

fn main() {
    let format = OtpFormat::default();
    let code = |step| hotp::generate(&secret(), format, step);
    let (right, wrong) = (code(STEP), code(STEP + 9));
    for (name, typed, watermark, expected) in [
        ("right", right.as_str(), None, Match::Found(STEP)),
        ("wrong", wrong.as_str(), None, Match::NotFound),
        ("replayed", right.as_str(), Some(STEP), Match::Replayed),
        ("malformed", "12", None, Match::Malformed),
    ] {
        // C hands the secret's bytes over with every call.
        let (allocations, found) =
            count(|| match_otp_from_bytes(SECRET, format, black_box(typed), STEP - 1..=STEP + 1, watermark));
        assert_eq!(found.expect("candidates"), expected, "{name}");
        println!("match_{name} = {allocations}");
    }

    let keyring = Keyring::generate(1).expect("randomness");
    let verifier = Verifier::new(keyring, "allocations").expect("a verifier");
    let import = |watermark| {
        let existing = ExistingCredential::new(secret(), Parameters::totp()).with_watermark(watermark);
        let change = verifier.import(ACCOUNT, existing, now()).expect("an import");
        change.record().expect("a record to insert").as_str().to_owned()
    };
    let (active, used) = (import(None), import(Some(STEP)));
    for (name, record, typed, expected) in [
        ("right", active.as_str(), right.as_str(), "accepted.otp"),
        ("wrong", &active, wrong.as_str(), "refused.wrong_code"),
        ("replayed", &used, right.as_str(), "refused.replayed"),
        ("malformed", &active, "12", "refused.malformed"),
        ("not_enrolled", "", right.as_str(), "refused.not_enrolled"),
    ] {
        let (allocations, outcome) = count(|| {
            let stored = verifier.credential(ACCOUNT, Some(black_box(record))).expect("a name");
            stored.verify(black_box(typed), now()).expect("a record").outcome(1)
        });
        let code = outcome.map_or_else(|denied| denied.to_string(), |accepted| accepted.code().into());
        assert_eq!(code, expected, "{name}");
        println!("login_{name} = {allocations}");
    }
}

const SECRET: &[u8] = b"12345678901234567890";

fn secret() -> Secret {
    Secret::from_bytes(SECRET).expect("a secret")
}

fn now() -> UnixTime {
    UnixTime::from_secs(i64::try_from(STEP * 30).expect("small")).expect("a time")
}

/// A step of RFC 6238 appendix B.
const STEP: u64 = 37_037_037;
const ACCOUNT: &str = "a.martin";
