//! What a user types is never an error, and means what a plain reading of the norm says.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use poterne::{
    Denied, Digits, ExistingCredential, Keyring, Match, OtpFormat, Parameters, Refusal, Secret, UnixTime,
    Verifier, hotp, match_otp, split_password_and_code,
};

static SECRET: LazyLock<Secret> =
    LazyLock::new(|| Secret::from_bytes(b"12345678901234567890").expect("a secret"));
static VERIFIER: LazyLock<(Verifier, String)> = LazyLock::new(|| {
    let verifier = Verifier::new(Keyring::generate(1).expect("randomness"), "fuzz").expect("a verifier");
    let secret = Secret::from_bytes(SECRET.as_bytes()).expect("a secret");
    let existing = ExistingCredential::new(secret, Parameters::totp());
    let change = verifier.import("a", existing, UnixTime::EPOCH).expect("an import");
    let record = change.record().expect("a record to insert").as_str().to_owned();
    (verifier, record)
});

/// Semantics 2.1, as it stands there.
fn is_white_or_invisible(character: char) -> bool {
    matches!(u32::from(character),
        0x9 | 0xa | 0xd | 0x20 | 0xa0 | 0x1680 | 0x2000..=0x200a | 0x202f | 0x205f | 0x3000
        | 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060 | 0x2066..=0x2069 | 0xfeff)
}

fn is_dash(character: char) -> bool {
    matches!(u32::from(character), 0x2d | 0x2010..=0x2015 | 0x2212 | 0xfe58 | 0xfe63 | 0xff0d)
}

/// Semantics 2.1, 2.2 and 2.4: the OTP that a text is.
fn otp(text: &str, digits: Digits) -> Option<String> {
    if text.len() > 256 || text.chars().count() > 64 {
        return None;
    }
    let with_dashes: String = text.chars().filter(|character| !is_white_or_invisible(*character)).collect();
    let plain: String = with_dashes.chars().filter(|character| !is_dash(*character)).collect();
    if plain.len() == digits.as_usize() && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(plain);
    }
    let key = |character| "à&é\"'(-è_ç".chars().position(|key| key == character);
    let other_key = |character| match character {
        '§' => Some(6),
        '!' => Some(8),
        _ => None,
    };
    let read = with_dashes.chars().map(|character| {
        key(character).or(other_key(character)).and_then(|digit| char::from_digit(digit as u32, 10))
    });
    read.collect::<Option<String>>().filter(|read| read.len() == digits.as_usize())
}

fuzz_target!(|input: &[u8]| {
    for digits in [Digits::Six, Digits::Seven, Digits::Eight] {
        let (password, code) = split_password_and_code(input, digits);
        assert_eq!([password, code.unwrap_or_default().as_bytes()].concat(), input);
        assert!(code.is_none_or(|code| code.len() == digits.as_usize() || code.len() == 15));
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    for digits in [Digits::Six, Digits::Seven, Digits::Eight] {
        let typed = otp(text, digits);
        let format = OtpFormat::default().with_digits(digits);
        let matched = match_otp(&SECRET, format, text, 0..=9, None).expect("no input is an error");
        let right = (0..=9)
            .find(|counter| typed.as_deref() == Some(hotp::generate(&SECRET, format, *counter).as_str()));
        let expected = match (&typed, right) {
            (None, _) => Match::Malformed,
            (_, Some(counter)) => Match::Found(counter),
            (_, None) => Match::NotFound,
        };
        assert_eq!(matched, expected);
    }
    let (verifier, record) = &*VERIFIER;
    let now = UnixTime::from_secs(1_700_000_010).expect("a time");
    let credential = verifier.credential("a", Some(record)).expect("a name");
    let attempt = credential.verify(text, now).expect("no input is an error");
    assert!(attempt.record().is_none_or(|new| new.as_str() != record));
    match attempt.outcome(1) {
        Ok(_) | Err(Denied::Refused(Refusal::Malformed | Refusal::WrongCode)) => {}
        Err(denied) => panic!("{denied}"),
    }
});
