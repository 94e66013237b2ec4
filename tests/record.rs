//! Every damaged, exchanged or foreign record is refused, and nothing is lost by it.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::collections::HashSet;

use poterne::{
    CodeSet, Denied, Error, ErrorKind, ExistingCredential, Keyring, MissingAuthenticator, OtpFormat,
    OtpauthNames, Parameters, Record, Refusal, Replacement, Secret, State, UnixTime, Verifier, hotp,
};
use proptest::prelude::*;

const STEP: u64 = 56_666_667;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn now() -> UnixTime {
    UnixTime::from_secs(1_700_000_010).unwrap()
}

fn secret() -> Secret {
    Secret::from_bytes(b"12345678901234567890").unwrap()
}

fn code() -> String {
    hotp::generate(&secret(), OtpFormat::default(), STEP).as_str().into()
}

fn verifier(application: &str) -> Verifier {
    Verifier::new(keyring(), application).unwrap()
}

/// The same key each time.
fn keyring() -> Keyring {
    Keyring::parse(
        "poterne-keyring-1\n1 primary AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ OXKDGPOA\n",
    )
    .unwrap_or_else(|error| panic!("{error}"))
}

fn import(verifier: &Verifier, account: &str) -> String {
    let change =
        verifier.import(account, ExistingCredential::new(secret(), Parameters::totp()), now()).unwrap();
    change.record().unwrap().as_str().into()
}

/// The kind of the error that every call gives for this record; all calls must agree.
fn refused(verifier: &Verifier, record: &str, account: &str) -> ErrorKind {
    let stored = verifier.credential(account, Some(record)).unwrap();
    let names = OtpauthNames { issuer: "i", label: "l" };
    let kinds = [
        stored.verify(&code(), now()).map(drop),
        stored.confirm(&code(), now()).map(drop),
        stored.resynchronize(&code(), &code(), now()).map(drop),
        verifier.replace(Replacement { account, old: record, pending: record }, &code(), now()).map(drop),
        stored.recovery_codes(8).map(drop),
        stored.temporary_code(None, 1, MissingAuthenticator::Suspend, now()).map(drop),
        stored.end_codes(CodeSet::Both).map(drop),
        stored.unlock().map(drop),
        stored.repair_clock(now()).map(drop),
        stored.suspend().map(drop),
        stored.resume().map(drop),
        stored.revoke().map(drop),
        stored.forget(now()).map(drop),
        stored.reseal().map(drop),
        stored.rename("b.durand").map(drop),
        stored.otpauth_uri(names, now()).map(drop),
        stored.inspect(now()).map(drop),
    ]
    .map(|result: Result<(), Error>| result.expect_err("a damaged record is refused").kind());
    assert_eq!(kinds, [kinds[0]; 17]);
    kinds[0]
}

#[test]
fn every_single_bit_flip_is_refused() {
    let verifier = verifier("app");
    let record = import(&verifier, "a.martin");
    let mut flips = 0;
    for position in 8..Record::LEN {
        let value = ALPHABET.iter().position(|character| *character == record.as_bytes()[position]).unwrap();
        for bit in 0..5 {
            let mut flipped = record.clone().into_bytes();
            flipped[position] = ALPHABET[value ^ 1 << bit];
            let kind = refused(&verifier, &String::from_utf8(flipped).unwrap(), "a.martin");
            // The first 32 bits are the key's id, read in clear.
            let bit_of_record = (position - 8) * 5 + (4 - bit);
            let expected = if bit_of_record < 32 { ErrorKind::UnknownKey } else { ErrorKind::Record };
            assert_eq!(kind, expected, "{position} {bit}");
            flips += 1;
        }
    }
    assert_eq!(flips, 310 * 8);
    assert!(verifier.credential("a.martin", Some(&record)).unwrap().inspect(now()).is_ok());
}

#[test]
fn every_truncation_and_insertion_is_refused() {
    let verifier = verifier("app");
    let record = import(&verifier, "a.martin");
    for length in 1..Record::LEN {
        let kind = refused(&verifier, &record[..length], "a.martin");
        assert_eq!(kind, ErrorKind::Record, "{length}");
    }
    for position in 0..=Record::LEN {
        let mut longer = record.clone();
        longer.insert(position, 'A');
        let kind = refused(&verifier, &longer, "a.martin");
        let expected = if position == 7 { ErrorKind::RecordFormat } else { ErrorKind::Record };
        assert_eq!(kind, expected, "{position}");
    }
    for text in [
        "POTERNE1".to_string(),
        "A".repeat(504),
        record.to_lowercase(),
        record.replace('A', "="),
        format!(" {record}"),
        format!("{record}\n"),
        format!("{record}\0"),
        record.repeat(2),
        "\0".into(),
        "é".repeat(252),
        "A".repeat(10_000_000),
    ] {
        assert_eq!(refused(&verifier, &text, "a.martin"), ErrorKind::Record);
    }
}

/// 9.3: a later format is told apart, by one ASCII character; everything else is damage.
#[test]
fn a_later_format_is_not_a_damaged_record() {
    let verifier = verifier("app");
    let record = import(&verifier, "a.martin");
    for (begin, expected) in [
        ("POTERNE2", ErrorKind::RecordFormat),
        ("POTERNEz", ErrorKind::RecordFormat),
        ("POTERNE\u{e9}", ErrorKind::Record),
        ("POTERNX1", ErrorKind::Record),
        ("poterne1", ErrorKind::Record),
    ] {
        assert_eq!(refused(&verifier, &format!("{begin}{}", &record[8..]), "a.martin"), expected, "{begin}");
    }
}

#[test]
fn records_do_not_change_hands() {
    let (one, other) = (verifier("app"), verifier("other"));
    let record = import(&one, "a.martin");
    let damaged = ErrorKind::Record;
    assert_eq!(refused(&one, &record, "b.durand"), damaged);
    assert_eq!(refused(&one, &record, "A.MARTIN"), damaged);
    assert_eq!(refused(&one, &record, "a.martin\u{301}"), damaged);
    assert_eq!(refused(&other, &record, "a.martin"), damaged);
    let stranger = Verifier::new(Keyring::generate(2).unwrap(), "app").unwrap();
    assert_eq!(refused(&stranger, &record, "a.martin"), ErrorKind::UnknownKey);
    // Another key that goes by the same id.
    let namesake = Verifier::new(Keyring::generate(1).unwrap(), "app").unwrap();
    assert_eq!(refused(&namesake, &record, "a.martin"), damaged);
    assert_eq!(refused(&one, &record.replace("POTERNE1", "POTERNE2"), "a.martin"), ErrorKind::RecordFormat);
    // Lengths stand before the names: their border cannot be moved.
    let left = import(&verifier("ab"), "c");
    assert_eq!(refused(&verifier("a"), &left, "bc"), damaged);
}

/// 9.7: 64 and 255 bytes, of which the last counts too.
#[test]
fn the_longest_names_are_bound_whole() {
    let (application, account) = ("b".repeat(64), "a".repeat(255));
    let verifier = verifier(&application);
    let record = import(&verifier, &account);
    assert_eq!(
        verifier.credential(&account, Some(&record)).unwrap().inspect(now()).unwrap().state(),
        State::Active
    );
    assert_eq!(refused(&verifier, &record, &format!("{}x", &account[1..])), ErrorKind::Record);
    let other = self::verifier(&format!("{}x", &application[1..]));
    assert_eq!(refused(&other, &record, &account), ErrorKind::Record);
}

#[test]
fn parts_of_two_records_do_not_mix() {
    let verifier = verifier("app");
    let (one, other) = (import(&verifier, "a.martin"), import(&verifier, "a.martin"));
    assert_ne!(one, other);
    for border in 15..Record::LEN {
        let mixed = format!("{}{}", &one[..border], &other[border..]);
        if mixed != one && mixed != other {
            assert_eq!(refused(&verifier, &mixed, "a.martin"), ErrorKind::Record);
        }
    }
}

#[test]
fn trailing_spaces_are_no_part_of_records_and_names() {
    let padded = Verifier::new(keyring(), "app   ").unwrap();
    let record = format!("{}        ", import(&padded, "a.martin      "));
    let verifier = verifier("app");
    let attempt = verifier.credential("a.martin", Some(&record)).unwrap().verify(&code(), now()).unwrap();
    assert!(attempt.outcome(1).is_ok());
}

#[test]
fn keys_are_rotated_without_a_refused_login() {
    let old = Verifier::new(keyring(), "app").unwrap();
    let mut keys = keyring();
    keys.add(2).unwrap();
    let added = Verifier::new(Keyring::parse(&keys.to_text()).unwrap(), "app").unwrap();
    keys.promote(2).unwrap();
    let promoted = Verifier::new(Keyring::parse(&keys.to_text()).unwrap(), "app").unwrap();
    keys.remove(1).unwrap();
    let removed = Verifier::new(keys, "app").unwrap();

    let record = import(&old, "a.martin");
    for verifier in [&added, &promoted] {
        let attempt = verifier.credential("a.martin", Some(&record)).unwrap().verify(&code(), now()).unwrap();
        assert!(attempt.outcome(1).is_ok());
    }
    assert!(promoted.credential("a.martin", Some(&record)).unwrap().inspect(now()).unwrap().needs_reseal());
    assert!(!added.credential("a.martin", Some(&record)).unwrap().inspect(now()).unwrap().needs_reseal());
    // Every swap reseals, and `reseal` does nothing else.
    let resealed = promoted.credential("a.martin", Some(&record)).unwrap().reseal().unwrap();
    assert_eq!(refused(&old, resealed.record().unwrap().as_str(), "a.martin"), ErrorKind::UnknownKey);
    for verifier in [&added, &promoted, &removed] {
        let status = verifier
            .credential("a.martin", Some(resealed.record().unwrap().as_str()))
            .unwrap()
            .inspect(now())
            .unwrap();
        assert_eq!(status.key_id(), 2);
    }
    assert_eq!(refused(&removed, &record, "a.martin"), ErrorKind::UnknownKey);
    // What a record says of its key needs no key.
    let padded = format!("{}   ", resealed.record().unwrap().as_str());
    assert_eq!(Record::key_id_of(&record).unwrap(), 1);
    assert_eq!(Record::key_id_of(&padded).unwrap(), 2);
}

#[test]
fn what_is_no_record_has_no_key() {
    let record = import(&verifier("app"), "a.martin");
    let later = record.replacen("POTERNE1", "POTERNE2", 1);
    for (text, kind) in [
        ("", ErrorKind::State),
        ("   ", ErrorKind::State),
        (&record[..503], ErrorKind::Record),
        (&record.to_lowercase(), ErrorKind::Record),
        (&later, ErrorKind::RecordFormat),
    ] {
        assert_eq!(Record::key_id_of(text).unwrap_err().kind(), kind, "{text}");
    }
}

proptest! {
    /// Whatever a credential holds, its record has 504 characters of the alphabet, and no two are equal.
    #[test]
    fn all_records_are_alike(
        len in 16..=64_usize,
        account in "[a-z]{1,255}",
        codes in 0..=10_u32,
        temporary in any::<bool>(),
        wrong in 0..3_usize,
        revoked in any::<bool>(),
    ) {
        let verifier = verifier("app");
        let imported = ExistingCredential::new(Secret::generate(len).unwrap(), Parameters::totp());
        let mut record = verifier.import(&account, imported, now()).unwrap().record().unwrap().clone();
        prop_assert_eq!(record.as_ref(), record.as_str());
        let mut seen = HashSet::new();
        prop_assert!(seen.insert(record.as_str().to_owned()));
        if codes > 0 {
            record = verifier.credential(&account, Some(record.as_str())).unwrap().recovery_codes(codes).unwrap().record().unwrap().clone();
            prop_assert!(seen.insert(record.as_str().to_owned()));
        }
        for guess in ["000000", "000001"].into_iter().take(wrong) {
            record = verifier.credential(&account, Some(record.as_str())).unwrap().verify(guess, now()).unwrap().record().unwrap().clone();
            prop_assert!(seen.insert(record.as_str().to_owned()));
        }
        if temporary {
            let change = verifier.credential(&account, Some(record.as_str())).unwrap().temporary_code(None, 50, MissingAuthenticator::Suspend, now()).unwrap();
            record = change.record().unwrap().clone();
            prop_assert!(seen.insert(record.as_str().to_owned()));
        }
        if revoked {
            record = verifier.credential(&account, Some(record.as_str())).unwrap().revoke().unwrap().record().unwrap().clone();
            prop_assert!(seen.insert(record.as_str().to_owned()));
        }
        for record in &seen {
            prop_assert_eq!(record.len(), Record::LEN);
            prop_assert!(record.starts_with("POTERNE1"));
            prop_assert!(record.bytes().skip(8).all(|byte| ALPHABET.contains(&byte)));
        }
    }

    /// Any text at all: an error or a refusal, never a panic, never a login.
    #[test]
    fn no_text_is_a_record(text in any::<String>()) {
        let verifier = verifier("app");
        match verifier.credential("a.martin", Some(&text)).unwrap().verify("123456", now()) {
            Ok(attempt) => {
                prop_assert!(text.trim_end_matches(' ').is_empty());
                prop_assert!(matches!(attempt.outcome(1), Err(Denied::Refused(Refusal::NotEnrolled))));
            }
            Err(error) => prop_assert!(matches!(error.kind(), ErrorKind::Record | ErrorKind::RecordFormat)),
        }
    }
}
