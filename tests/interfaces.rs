//! What the compiler promises to callers, and what it refuses to careless ones.

use std::error::Error as _;

use poterne::{
    Accepted, Answer, Attempt, Change, Confirmed, Denied, Enrollment, Error, ErrorKind, ExistingCredential,
    Keyring, MissingAuthenticator, NotStored, OtpFormat, OtpauthUri, Parameters, Policy, Record,
    RecoveryCodes, Refusal, Rename, Replacement, Resynchronized, Secret, State, Status, Steps, StoreCheck,
    StoredCredential, TemporaryCode, UnixTime, Verifier, hotp,
};

/// A verifier is shared between threads, and whatever is under way may go on in another one, as asynchronous runtimes do it.
#[test]
fn everything_is_send_and_sync() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Verifier>();
    check::<Keyring>();
    check::<Policy>();
    check::<Secret>();
    check::<Record>();
    check::<Enrollment>();
    check::<OtpauthUri>();
    check::<Status>();
    check::<Attempt<Accepted>>();
    check::<Attempt<Confirmed>>();
    check::<Attempt<Resynchronized>>();
    check::<Change<RecoveryCodes>>();
    check::<Change<TemporaryCode>>();
    check::<Rename>();
    check::<Steps<Accepted>>();
    check::<Steps<(), NotStored>>();
    check::<StoreCheck>();
    check::<StoredCredential<'static>>();
    check::<Denied>();
    check::<Error>();
}

/// What is denied says which of the two it is, shows its code or its message, and keeps what the database said.
#[test]
fn denials_tell_verdicts_from_errors() {
    let refused = Denied::Refused(Refusal::Replayed);
    assert_eq!(
        (refused.refusal(), refused.to_string()),
        (Some(Refusal::Replayed), "refused.replayed".into())
    );
    assert!(refused.error().is_none() && refused.source().is_none());
    let down = || Error::unavailable("connection refused");
    let failed = Denied::from(down());
    assert_eq!(failed.error().map(Error::kind), Some(ErrorKind::Store));
    assert!(failed.refusal().is_none() && failed.to_string() == down().to_string());
    assert_eq!(failed.source().map(ToString::to_string).as_deref(), Some("connection refused"));
    let conflict = NotStored::Conflict;
    assert!(
        conflict.error().is_none() && conflict.source().is_none() && conflict.to_string().contains("again")
    );
    let failed = NotStored::from(down());
    assert_eq!(failed.error().map(Error::kind), Some(ErrorKind::Store));
    assert_eq!(failed.to_string(), down().to_string());
    assert_eq!(failed.source().map(ToString::to_string).as_deref(), Some("connection refused"));
    assert_eq!(Denied::from(conflict).refusal(), Some(Refusal::Conflict));
    assert_eq!(Denied::from(failed).error().map(Error::kind), Some(ErrorKind::Store));
}

/// Answers may reach a log: they show their code, and a replacement its account.
#[test]
fn answers_show_their_code() {
    let now = UnixTime::from_secs(1_700_000_010).expect("a time");
    let verifier = Verifier::new(Keyring::generate(1).expect("randomness"), "app").expect("a name");
    let secret = || Secret::from_bytes(b"12345678901234567890").expect("a secret");
    let code = |counter| hotp::generate(&secret(), OtpFormat::default(), counter).as_str().to_owned();
    let pending = ExistingCredential::new(secret(), Parameters::hotp()).with_state(State::Pending);
    let change = verifier.import("a", pending, now).expect("a record");
    let mut record = change.record().expect("a record").as_str().to_owned();
    let replacement = Replacement { account: "a", old: &record, pending: &record };
    assert_eq!(format!("{replacement:?}"), "Replacement { account: \"a\", .. }");
    let attempt = verifier.credential("a", Some(&record)).and_then(|stored| stored.confirm(&code(0), now));
    let attempt = attempt.expect("a record");
    record = attempt.record().expect("a change").as_str().to_owned();
    assert_eq!(format!("{:?}", attempt.outcome(1).expect("confirmed")), "Confirmed(confirmed)");
    let pair = [code(500), code(501)];
    let stored = verifier.credential("a", Some(&record)).expect("a name");
    let found = stored.resynchronize(&pair[0], &pair[1], now).expect("a record").outcome(1);
    assert_eq!(format!("{:?}", found.expect("found")), "Resynchronized(resynchronized)");
    let accepted = stored.verify(&code(1), now).expect("a record").outcome(1);
    assert_eq!(format!("{:?}", accepted.expect("accepted")), "Accepted(accepted.otp)");

    // The same in the one type for all, where the answer waits too.
    let any = stored.verify(&code(1), now).expect("a record").with_any_answer();
    assert!(matches!(any.outcome(1), Ok(Answer::Accepted(accepted)) if accepted.code() == "accepted.otp"));
    let any = stored.verify(&code(1), now).expect("a record").with_any_answer();
    assert!(matches!(any.outcome(0), Err(Denied::Refused(Refusal::Conflict))));
    let any = stored.resynchronize(&pair[0], &pair[1], now).expect("a record").with_any_answer();
    assert!(matches!(any.outcome(1), Ok(Answer::Resynchronized(_))));
    let missing = MissingAuthenticator::Keep;
    let any = stored.temporary_code(None, 1, missing, now).expect("active").with_any_answer();
    assert!(matches!(any.outcome(1), Ok(Answer::TemporaryCode(code)) if code.as_str().len() == 15));
    let pending = change.record().map(AsRef::as_ref);
    let pending = verifier.credential("a", pending).and_then(|stored| stored.confirm(&code(0), now));
    let any = pending.expect("a record").with_any_answer();
    assert!(
        matches!(any.outcome(1), Ok(Answer::Confirmed(confirmed)) if confirmed.recovery_codes().len() == 8)
    );
}

/// A program that treats attempts and changes alike: the answer is another one, the swap still decides.
#[test]
fn a_change_is_an_attempt_too() {
    let now = UnixTime::from_secs(1_700_000_010).expect("a time");
    let verifier = Verifier::new(Keyring::generate(1).expect("randomness"), "app").expect("a name");
    let secret = Secret::from_bytes(b"12345678901234567890").expect("a secret");
    let change =
        verifier.import("a", ExistingCredential::new(secret, Parameters::totp()), now).expect("a record");
    let record = change.record().expect("a record").as_str().to_owned();
    let stored = verifier.credential("a", Some(&record)).expect("a name");
    let attempt = || Attempt::<RecoveryCodes>::from(stored.recovery_codes(3).expect("active"));
    assert_eq!(attempt().outcome(1).ok().map(|codes| codes.len()), Some(3));
    let any = stored.recovery_codes(3).expect("active").with_any_answer();
    assert!(matches!(any.outcome(1), Ok(Answer::RecoveryCodes(codes)) if codes.len() == 3));
    let any = stored.unlock().expect("active").with_any_answer();
    assert!(matches!(any.outcome(1), Ok(Answer::Changed)));
    let any = stored.verify("?", now).expect("a record").with_any_answer();
    assert!(matches!(any.outcome(1), Err(Denied::Refused(Refusal::Malformed))));
    assert_eq!(attempt().outcome(0).err().and_then(|denied| denied.refusal()), Some(Refusal::Conflict));
    assert_eq!(
        attempt().outcome(2).err().and_then(|denied| denied.error().map(Error::kind)),
        Some(ErrorKind::Rows)
    );
}

/// Errors are what `?` and `Box<dyn Error>` take.
#[test]
fn denials_are_errors() {
    fn check<T: core::error::Error + From<Error> + Send + Sync + 'static>() {}
    check::<Denied>();
    check::<NotStored>();
}
