//! What a user types is never an error, and means what a plain reading of the norm says.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use poterne::{
    Digits, Imported, Keyring, Match, Outcome, Parameters, Refusal, Secret, UnixTime, Verifier, hotp,
    match_otp, split_password_and_code,
};

static SECRET: LazyLock<Secret> =
    LazyLock::new(|| Secret::from_bytes(b"12345678901234567890").expect("a secret"));
static VERIFIER: LazyLock<(Verifier, String)> = LazyLock::new(|| {
    let verifier = Verifier::new(Keyring::generate(1).expect("randomness"), "fuzz").expect("a verifier");
    let secret = Secret::from_bytes(SECRET.as_bytes()).expect("a secret");
    let change =
        verifier.import("a", Imported::new(secret, Parameters::totp()), UnixTime::EPOCH).expect("an import");
    let record = change.record().as_str().to_owned();
    (verifier, record)
});

fuzz_target!(|text: &str| {
    for digits in [Digits::Six, Digits::Seven, Digits::Eight] {
        let (password, code) = split_password_and_code(text, digits);
        assert_eq!([password, code.unwrap_or_default()].concat(), text);
        assert!(code.is_none_or(|code| code.len() == digits.as_usize()));

        let typed: String = text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n' | '-')).collect();
        let is_otp =
            text.len() <= 64 && typed.len() == digits.as_usize() && typed.bytes().all(|b| b.is_ascii_digit());
        let parameters = Parameters::hotp().with_digits(digits);
        let matched = match_otp(&SECRET, &parameters, text, 0..=9, None).expect("no input is an error");
        let right = (0..=9).find(|counter| hotp::generate(&SECRET, &parameters, *counter).as_str() == typed);
        let expected = match right {
            _ if !is_otp => Match::Malformed,
            Some(counter) => Match::Found(counter),
            None => Match::NotFound,
        };
        assert_eq!(matched, expected);
    }
    let (verifier, record) = &*VERIFIER;
    let now = UnixTime::from_secs(1_700_000_010).expect("a time");
    let attempt = verifier.verify(record, "a", text, now).expect("no input is an error");
    assert_eq!(attempt.changed(), attempt.record().as_str() != record);
    match attempt.outcome(1).expect("one row") {
        Outcome::Accepted(_) | Outcome::Refused(Refusal::Malformed | Refusal::WrongCode) => {}
        outcome => panic!("{outcome:?}"),
    }
});
