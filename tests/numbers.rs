//! The numbers and text codes of section 12 of the norm, which bindings and journals rely on.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use poterne::{
    Algorithm, Authenticator, CodeSet, Database, Denied, ErrorKind, ExistingCredential, Keyring, Method,
    MissingAuthenticator, OtpFormat, Parameters, Refusal, Secret, State, UnixTime, Verifier, hotp,
};

#[test]
fn refusals() {
    let expected = [
        (Refusal::WrongCode, "refused.wrong_code"),
        (Refusal::Replayed, "refused.replayed"),
        (Refusal::Malformed, "refused.malformed"),
        (Refusal::Wait { seconds: 1 }, "refused.wait"),
        (Refusal::Locked, "refused.locked"),
        (Refusal::Pending, "refused.pending"),
        (Refusal::Revoked, "refused.revoked"),
        (Refusal::NotYetValid, "refused.not_yet_valid"),
        (Refusal::Expired, "refused.expired"),
        (Refusal::ClockBehind, "refused.clock_behind"),
        (Refusal::ClockOff { steps: 1 }, "refused.clock_off"),
        (Refusal::Conflict, "refused.conflict"),
        (Refusal::NotEnrolled, "refused.not_enrolled"),
        (Refusal::Suspended, "refused.suspended"),
        (Refusal::NotPending, "refused.not_pending"),
        (Refusal::Ticket, "refused.ticket"),
    ];
    assert_eq!(Refusal::ALL.len(), expected.len());
    for (listed, (refusal, _)) in Refusal::ALL.iter().zip(expected) {
        assert_eq!(listed.number(), refusal.number());
    }
    assert_eq!((Refusal::from_number(0, 0), Refusal::from_number(17, 0)), (None, None));
    // A wait is not negative.
    assert_eq!(Refusal::from_number(4, -1), None);
    for (number, (refusal, code)) in (1..).zip(expected) {
        assert_eq!((refusal.number(), refusal.code()), (number, code));
        assert_eq!(Denied::Refused(refusal).to_string(), code);
        let detail = match refusal {
            Refusal::Wait { .. } | Refusal::ClockOff { .. } => 1,
            _ => 0,
        };
        assert_eq!(Refusal::from_number(number, detail), Some(refusal));
    }
}

#[test]
fn error_kinds() {
    let expected = [
        (ErrorKind::Argument, -1),
        (ErrorKind::Null, -2),
        (ErrorKind::Buffer, -3),
        (ErrorKind::Version, -4),
        (ErrorKind::Utf8, -5),
        (ErrorKind::Time, -6),
        (ErrorKind::Record, -7),
        (ErrorKind::UnknownKey, -8),
        (ErrorKind::RecordFormat, -9),
        (ErrorKind::State, -10),
        (ErrorKind::Rows, -11),
        (ErrorKind::Attempt, -12),
        (ErrorKind::Keyring, -13),
        (ErrorKind::KeyringFile, -14),
        (ErrorKind::Secret, -15),
        (ErrorKind::Uri, -16),
        (ErrorKind::Counter, -17),
        (ErrorKind::Random, -18),
        (ErrorKind::Store, -19),
        (ErrorKind::TokenFile, -20),
        (ErrorKind::TokenPassword, -21),
        (ErrorKind::TokenMac, -22),
        (ErrorKind::TokenUnsupported, -23),
        (ErrorKind::Internal, -99),
    ];
    assert_eq!(expected.map(|(kind, _)| kind), *ErrorKind::ALL);
    for (kind, number) in expected {
        assert_eq!((kind.number(), ErrorKind::from_number(number)), (number, Some(kind)));
    }
}

#[test]
fn methods_states_and_algorithms() {
    assert_eq!([Method::Otp, Method::RecoveryCode, Method::TemporaryCode], *Method::ALL);
    for (method, number) in Method::ALL.iter().zip(1..) {
        assert_eq!((method.number(), Method::from_number(number)), (number, Some(*method)));
    }
    assert_eq!((Method::from_number(0), Method::from_number(4)), (None, None));
    let states = [State::Pending, State::Active, State::Suspended, State::Revoked];
    assert_eq!(states, *State::ALL);
    for (state, number) in states.into_iter().zip(0..) {
        assert_eq!((state.number(), State::from_number(number)), (number, Some(state)));
    }
    assert_eq!((State::from_number(-1), State::from_number(4)), (None, None));
    let algorithms = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
    assert_eq!(algorithms, *Algorithm::ALL);
    assert_eq!(algorithms.map(|algorithm| algorithm.to_string()), ["SHA1", "SHA256", "SHA512"]);
    assert_eq!(algorithms.map(Algorithm::number), [1, 2, 3]);
    for name in ["SHA256", "sha256", "SHA-256", "HmacSHA256", "HMAC_SHA256"] {
        assert_eq!(name.parse::<Algorithm>().ok(), Some(Algorithm::Sha256), "{name}");
    }
    for name in ["", "MD5", "SHA", "SHA2", "SHA256 ", "HMACHMACSHA256"] {
        assert_eq!(
            name.parse::<Algorithm>().map_err(|error| error.kind()),
            Err(ErrorKind::Argument),
            "{name}"
        );
    }
    assert_eq!([Authenticator::App, Authenticator::Token].map(Authenticator::number), [1, 2]);
    let missing = [MissingAuthenticator::Keep, MissingAuthenticator::Suspend];
    assert_eq!(missing.map(MissingAuthenticator::number), [1, 2]);
}

#[test]
fn sets_of_codes() {
    let expected = [(CodeSet::Recovery, 1), (CodeSet::Temporary, 2), (CodeSet::Both, 3)];
    assert_eq!(expected.map(|(codes, _)| codes), *CodeSet::ALL);
    for (codes, number) in expected {
        assert_eq!(codes.number(), number, "{codes:?}");
    }
}

#[test]
fn databases() {
    let expected = [
        (Database::PostgreSql, 1),
        (Database::MariaDb, 2),
        (Database::Sqlite, 3),
        (Database::Oracle, 4),
        (Database::SqlServer, 5),
        (Database::Db2, 6),
        (Database::Firebird, 7),
        (Database::H2, 8),
        (Database::Hsqldb, 9),
        (Database::Derby, 10),
        (Database::Other, 0),
    ];
    assert_eq!(expected.map(|(database, _)| database), *Database::ALL);
    for (database, number) in expected {
        assert_eq!((database.number(), Database::from_number(number)), (number, Some(database)));
    }
    for number in [-1, 11, i32::MIN, i32::MAX] {
        assert_eq!(Database::from_number(number), None, "{number}");
    }
}

#[test]
fn outcomes_that_are_no_refusal() {
    let now = UnixTime::from_secs(1_700_000_010).unwrap();
    let verifier = Verifier::new(Keyring::generate(1).unwrap(), "app").unwrap();
    let secret = || Secret::from_bytes(b"12345678901234567890").unwrap();
    let code = |counter| hotp::generate(&secret(), OtpFormat::default(), counter).as_str().to_owned();
    let imported = ExistingCredential::new(secret(), Parameters::hotp());
    let pending = verifier.import("a", imported.with_state(State::Pending), now).unwrap();
    let attempt = verifier
        .credential("a", Some(pending.record().unwrap().as_str()))
        .unwrap()
        .confirm(&code(0), now)
        .unwrap();
    let record = attempt.record().unwrap().as_str().to_owned();
    assert_eq!(attempt.outcome(1).unwrap().code(), "confirmed");
    let resynchronized =
        verifier.credential("a", Some(&record)).unwrap().resynchronize(&code(500), &code(501), now).unwrap();
    assert_eq!(resynchronized.outcome(1).unwrap().code(), "resynchronized");
    let verify = |record: &str, code: &str| {
        verifier.credential("a", Some(record)).unwrap().verify(code, now).unwrap().outcome(1).unwrap().code()
    };
    assert_eq!(verify(&record, &code(1)), "accepted.otp");
    let change = verifier.credential("a", Some(&record)).unwrap().recovery_codes(1).unwrap();
    let record = change.record().unwrap().as_str().to_owned();
    let codes = change.outcome(1).unwrap();
    assert_eq!((codes.len(), codes.is_empty()), (1, false));
    assert_eq!(verify(&record, codes.iter().next().unwrap()), "accepted.recovery_code");
    let change = verifier
        .credential("a", Some(&record))
        .unwrap()
        .temporary_code(None, 1, MissingAuthenticator::Keep, now)
        .unwrap();
    let record = change.record().unwrap().as_str().to_owned();
    let temporary = change.outcome(1).unwrap();
    assert_eq!(verify(&record, temporary.as_str()), "accepted.temporary_code");
}
