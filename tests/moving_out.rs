//! Moving out: what is read from the file is what was in the record, and nobody gets it by accident.

#![cfg(feature = "token-files")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::{env, fs};

use poterne::token::{FileKey, TokenEntry, read_pskc};
use poterne::{
    Algorithm, Authenticator, Digits, Error, ErrorKind, ExistingCredential, Keyring, MovingOut, OtpauthUri,
    Parameters, Secret, State, UnixTime, Verifier,
};
use proptest::prelude::*;

const KEY: FileKey<'_> = FileKey::PreShared(b"thirty-two bytes that are random");
const NOW: i64 = 1_795_887_900;

fn now() -> UnixTime {
    UnixTime::from_secs(NOW).unwrap()
}

fn verifier() -> (Keyring, Verifier) {
    let keyring = Keyring::generate(20_261_128).unwrap();
    let verifier = Verifier::new(Keyring::parse(&keyring.to_text()).unwrap(), "tests").unwrap();
    (keyring, verifier)
}

/// As if a person had typed it.
fn typed() -> String {
    MovingOut::CONFIRMATION.into()
}

fn imported(verifier: &Verifier, account: &str, existing: ExistingCredential) -> String {
    verifier.import(account, existing, now()).unwrap().record().unwrap().as_str().into()
}

fn existing(secret: &[u8]) -> ExistingCredential {
    ExistingCredential::new(Secret::from_bytes(secret).unwrap(), Parameters::hotp())
}

fn kind<T>(result: Result<T, Error>) -> ErrorKind {
    result.err().expect("an error").kind()
}

#[derive(Debug, Clone)]
struct Token {
    secret: Vec<u8>,
    parameters: Parameters,
    watermark: Option<u64>,
    drift: i16,
}

fn token() -> impl Strategy<Value = Token> {
    let algorithm = prop::sample::select(vec![Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512]);
    let digits = prop::sample::select(vec![Digits::Six, Digits::Seven, Digits::Eight]);
    let factor = prop_oneof![0..=u64::MAX >> 1, 0..100_u64, Just(0x3132_3334_3536_3738)];
    let date = || prop::option::of(0..253_402_300_799_i64);
    let secret = prop::collection::vec(any::<u8>(), 16..=64)
        .prop_filter("a placeholder", |secret| secret.iter().any(|byte| *byte != secret[0]));
    let common = (secret, algorithm, digits, date(), date());
    (common, any::<bool>(), prop::option::of(factor), 30..=120_u32, -200..=200_i16).prop_map(
        |((secret, algorithm, digits, one, other), is_time, factor, time_step, drift)| {
            let mut parameters = if is_time { Parameters::totp() } else { Parameters::hotp() };
            parameters = parameters
                .with_algorithm(algorithm)
                .with_digits(digits)
                .with_authenticator(Authenticator::Token);
            let (mut from, mut to) = (
                one.map(|date| UnixTime::from_secs(date).unwrap()),
                other.map(|date| UnixTime::from_secs(date).unwrap()),
            );
            if from.is_some() && to.is_some() && from > to {
                (from, to) = (to, from);
            }
            parameters = parameters.with_validity(from, to).unwrap();
            if is_time {
                parameters = parameters.with_time_step(time_step).unwrap();
                // A file says of a token that nobody has used that its last step is 0.
                Token { secret, parameters, watermark: factor.filter(|step| *step > 0), drift }
            } else {
                Token {
                    secret,
                    parameters: parameters.with_counter(factor.unwrap_or(0)).unwrap(),
                    watermark: None,
                    drift: 0,
                }
            }
        },
    )
}

proptest! {
    #[test]
    fn what_is_read_is_what_was_in_the_record(tokens in prop::collection::vec(token(), 1..5)) {
        let (keyring, verifier) = verifier();
        let mut moving = MovingOut::new(&keyring, "tests", &typed()).unwrap();
        for (number, token) in tokens.iter().enumerate() {
            let account = if number % 2 == 0 { format!("serial:{number}") } else { format!("agent <{number}> & \"co\"") };
            let existing = ExistingCredential::new(Secret::from_bytes(&token.secret).unwrap(), token.parameters)
                .with_state(if number % 3 == 0 { State::Pending } else { State::Active })
                .with_watermark(token.watermark)
                .with_drift(token.drift);
            moving.add(&account, &imported(&verifier, &account, existing)).unwrap();
        }
        let file = moving.to_pskc(KEY).unwrap();
        let read = read_pskc(file.as_bytes(), KEY).unwrap();
        prop_assert_eq!(read.entries().len(), tokens.len());
        for (number, (entry, token)) in read.entries().iter().zip(&tokens).enumerate() {
            let entry = entry.as_ref().unwrap();
            prop_assert_eq!(entry.secret().as_bytes(), token.secret.as_slice());
            prop_assert_eq!(entry.parameters(), &token.parameters);
            prop_assert_eq!((entry.watermark(), entry.drift()), (token.watermark, token.drift));
            let (serial, user) = if number % 2 == 0 { (number.to_string(), None) } else {
                let account = format!("agent <{number}> & \"co\"");
                (account.clone(), Some(account))
            };
            prop_assert_eq!((entry.serial(), entry.account()), (serial.as_str(), user.as_deref()));
        }
    }
}

proptest! {
    #[test]
    fn a_uri_says_what_was_in_the_record(tokens in prop::collection::vec(token(), 1..5)) {
        let (keyring, verifier) = verifier();
        let mut moving = MovingOut::new(&keyring, "tests", &typed()).unwrap();
        let accounts: Vec<String> = (0..tokens.len()).map(|number| format!("agent/{number}?a=1&b#2 100% é+")).collect();
        for (account, token) in accounts.iter().zip(&tokens) {
            let existing = ExistingCredential::new(Secret::from_bytes(&token.secret).unwrap(), token.parameters)
                .with_watermark(token.watermark)
                .with_drift(token.drift);
            moving.add(account, &imported(&verifier, account, existing)).unwrap();
        }
        let uris: Vec<_> = moving.to_otpauth_uris_in_clear("Département & co").collect();
        prop_assert_eq!(uris.len(), tokens.len());
        for ((uri, account), token) in uris.into_iter().zip(&accounts).zip(&tokens) {
            if token.parameters.not_before().or(token.parameters.not_after()).is_some() {
                prop_assert_eq!(kind(uri), ErrorKind::Argument);
                continue;
            }
            let read = OtpauthUri::parse(uri.unwrap().as_str()).unwrap();
            prop_assert_eq!(read.secret().as_bytes(), token.secret.as_slice());
            // A URI does not say what shows the codes.
            prop_assert_eq!(read.parameters().with_authenticator(Authenticator::Token), token.parameters);
            prop_assert_eq!((read.label(), read.issuer()), (account.as_str(), Some("Département & co")));
        }
    }
}

#[test]
fn what_a_uri_cannot_say_is_refused_by_itself() {
    let (keyring, verifier) = verifier();
    let mut moving = MovingOut::new(&keyring, "tests", &typed()).unwrap();
    let until = Parameters::totp().with_validity(None, Some(now())).unwrap();
    let until = ExistingCredential::new(Secret::from_bytes(b"a secret with an end").unwrap(), until);
    for (account, existing) in [
        ("serial:306000123", existing(b"a secret of the stock")),
        ("DOMAIN:a.martin", existing(b"a secret with a colon")),
        ("until", until),
        ("b.durand", existing(b"12345678901234567890")),
    ] {
        moving.add(account, &imported(&verifier, account, existing)).unwrap();
    }
    let kinds = |issuer| {
        let uris = moving.to_otpauth_uris_in_clear(issuer);
        uris.map(|uri| uri.err().map(|error| error.kind())).collect::<Vec<_>>()
    };
    let refused = [Some(ErrorKind::Argument), Some(ErrorKind::Uri), Some(ErrorKind::Argument)];
    assert_eq!(kinds("Department"), [&refused[..], &[None]].concat());
    assert_eq!(kinds("")[3], Some(ErrorKind::Uri));
    assert_eq!(
        moving.to_otpauth_uris_in_clear("Department").nth(3).unwrap().unwrap().as_str(),
        "otpauth://hotp/Department:b.durand?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Department&counter=0"
    );
    // The file says all of it.
    assert_eq!(read_pskc(moving.to_pskc(KEY).unwrap().as_bytes(), KEY).unwrap().entries().len(), 4);
}

#[test]
fn several_authenticators_are_of_one_person() {
    let (keyring, verifier) = verifier();
    let mut moving = MovingOut::new(&keyring, "tests", &typed()).unwrap();
    for (account, secret) in [
        ("a.martin", b"the secret of a phone"),
        ("a.martin#2", b"the secret of a token"),
        ("a.martin#3", b"the secret of another"),
    ] {
        moving.add(account, &imported(&verifier, account, existing(secret))).unwrap();
    }
    let read = read_pskc(moving.to_pskc(KEY).unwrap().as_bytes(), KEY).unwrap();
    let names: Vec<_> =
        read.entries().iter().flatten().map(|token| (token.serial(), token.account())).collect();
    let person = Some("a.martin");
    assert_eq!(names, [("a.martin", person), ("a.martin/2", person), ("a.martin/3", person)]);
    for uri in moving.to_otpauth_uris_in_clear("Department") {
        assert_eq!(OtpauthUri::parse(uri.unwrap().as_str()).unwrap().label(), "a.martin");
    }
    // A name that the second row takes already.
    let other = imported(&verifier, "a.martin/2", existing(b"one more secret here"));
    assert_eq!(kind(moving.add("a.martin/2", &other)), ErrorKind::Argument);
}

#[test]
fn one_secret_goes_out_once() {
    let (keyring, verifier) = verifier();
    let mut moving = MovingOut::new(&keyring, "tests", &typed()).unwrap();
    for account in ["a.martin", "b.durand"] {
        let record = imported(&verifier, account, existing(b"12345678901234567890"));
        let added = moving.add(account, &record);
        assert_eq!(
            added.err().map(|error| error.kind()),
            (account != "a.martin").then_some(ErrorKind::Argument)
        );
    }
    // HMAC pads a key with zeros (semantics 1.4): with some behind it, it is the same secret, and with one before it another.
    for (secret, refused) in [(b"12345678901234567890\0", true), (b"\x0012345678901234567890", false)] {
        let added = moving.add("c.petit", &imported(&verifier, "c.petit", existing(secret)));
        assert_eq!(added.err().map(|error| error.kind()), refused.then_some(ErrorKind::Argument));
    }
    // What was refused takes no name.
    let own = imported(&verifier, "b.durand", existing(b"another secret of it"));
    moving.add("b.durand", &own).unwrap();
    let read = read_pskc(moving.to_pskc(KEY).unwrap().as_bytes(), KEY).unwrap();
    assert_eq!(read.entries().iter().flatten().count(), 3);
}

#[test]
fn a_password_of_the_file_opens_it() {
    let (keyring, verifier) = verifier();
    let mut moving = MovingOut::new(&keyring, "tests", &typed()).unwrap();
    let record = imported(&verifier, "a.martin", existing(b"12345678901234567890"));
    moving.add("a.martin", &format!("{record}   ")).unwrap();
    let password = FileKey::Password("mot de passe à part".as_bytes());
    let file = moving.to_pskc(password).unwrap();
    let read = read_pskc(file.as_bytes(), password).unwrap();
    assert_eq!(read.entries()[0].as_ref().map(TokenEntry::serial).ok(), Some("a.martin"));
    assert_eq!(
        kind(read_pskc(file.as_bytes(), FileKey::Password(b"mot de passe a part"))),
        ErrorKind::TokenPassword
    );
    // Nothing of it stands in clear: not the secret, not the counter; and no two files are alike.
    assert!(!file.contains("MTIz") && !file.contains("12345678901234567890"), "{file}");
    assert_ne!(file, moving.to_pskc(password).unwrap());
    assert_eq!(format!("{moving:?}"), "MovingOut { tokens: 1, .. }");
}

/// A file for python-pskc and pskctool to read, if tests/pskc/run asks for it.
#[test]
fn a_file_for_others() {
    let (keyring, verifier) = verifier();
    let mut moving = MovingOut::new(&keyring, "tests", &typed()).unwrap();
    let hotp = ExistingCredential::new(
        Secret::from_bytes(b"12345678901234567890").unwrap(),
        Parameters::hotp().with_counter(961_392).unwrap().with_digits(Digits::Eight),
    );
    let totp = ExistingCredential::new(
        Secret::from_bytes(&[7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]).unwrap(),
        Parameters::totp().with_authenticator(Authenticator::Token).with_time_step(60).unwrap(),
    )
    .with_watermark(Some(29_931_465))
    .with_drift(-3);
    moving.add("serial:306000123", &imported(&verifier, "serial:306000123", hotp)).unwrap();
    moving.add("a.martin", &imported(&verifier, "a.martin", totp)).unwrap();
    let file = moving.to_pskc(FileKey::Password(b"correct horse battery")).unwrap();
    assert_eq!(
        read_pskc(file.as_bytes(), FileKey::Password(b"correct horse battery")).unwrap().entries().len(),
        2
    );
    if let Some(path) = env::var_os("POTERNE_PSKC_FOR_OTHERS") {
        fs::write(path, file).unwrap();
    }
}

#[test]
fn nobody_gets_it_by_accident() {
    let (keyring, verifier) = verifier();
    for typed in ["", "yes", "Take the secrets out of the records", "take the secrets out of the records "] {
        assert_eq!(kind(MovingOut::new(&keyring, "tests", typed)), ErrorKind::Argument, "{typed}");
    }
    assert_eq!(kind(MovingOut::new(&keyring, "", &typed())), ErrorKind::Argument);
    let mut moving = MovingOut::new(&keyring, "tests", &typed()).unwrap();
    let record = imported(&verifier, "a.martin", existing(b"12345678901234567890"));

    // Another account, application or keyring; what is damaged.
    assert_eq!(kind(moving.add("b.martin", &record)), ErrorKind::Record);
    assert_eq!(kind(moving.add("a.martin", "")), ErrorKind::State);
    assert_eq!(
        kind(MovingOut::new(&keyring, "others", &typed()).unwrap().add("a.martin", &record)),
        ErrorKind::Record
    );
    let other = Keyring::generate(1).unwrap();
    assert_eq!(
        kind(MovingOut::new(&other, "tests", &typed()).unwrap().add("a.martin", &record)),
        ErrorKind::UnknownKey
    );

    // What the file cannot say.
    let suspended =
        imported(&verifier, "a.martin", existing(b"12345678901234567890").with_state(State::Suspended));
    assert_eq!(kind(moving.add("a.martin", &suspended)), ErrorKind::State);
    let change = verifier.credential("a.martin", Some(&record)).unwrap().revoke().unwrap();
    assert_eq!(kind(moving.add("a.martin", change.record().unwrap().as_str())), ErrorKind::State);
    let t0 = Parameters::totp().with_t0(UnixTime::from_secs(1).unwrap()).unwrap();
    let t0 = ExistingCredential::new(Secret::from_bytes(b"12345678901234567890").unwrap(), t0);
    assert_eq!(kind(moving.add("t0", &imported(&verifier, "t0", t0))), ErrorKind::Argument);
    for account in ["1.23E+11", "a\u{200b}b", "serial:", &"a".repeat(129)] {
        let record = imported(&verifier, account, existing(b"12345678901234567890"));
        assert_eq!(kind(moving.add(account, &record)), ErrorKind::Argument, "{account}");
    }

    // Twice; and the keys of the file.
    moving.add("a.martin", &record).unwrap();
    assert_eq!(kind(moving.add("a.martin", &record)), ErrorKind::Argument);
    let in_stock = imported(&verifier, "serial:a.martin", existing(b"another secret of it"));
    assert_eq!(kind(moving.add("serial:a.martin", &in_stock)), ErrorKind::Argument);
    for key in [
        FileKey::None,
        FileKey::PreShared(&[1; 16]),
        FileKey::PreShared(&[1; 31]),
        FileKey::PreShared(&[1; 33]),
        FileKey::Password(b"eleven char"),
    ] {
        assert_eq!(kind(moving.to_pskc(key)), ErrorKind::TokenPassword);
    }
    assert!(moving.to_pskc(FileKey::Password(b"twelve chars")).is_ok());
}
