//! What the help desk may see of a credential is what was sealed (semantics 8.8).

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use poterne::{
    Algorithm, Authenticator, Digits, ErrorKind, ExistingCredential, Keyring, MissingAuthenticator,
    MovingFactor, OtpFormat, Parameters, Policy, Secret, State, TimeSteps, UnixTime, Verifier, totp,
};

fn time(seconds: i64) -> UnixTime {
    UnixTime::from_secs(seconds).unwrap()
}

#[test]
fn a_status_shows_what_was_sealed() {
    let verifier = Verifier::new(Keyring::generate(20261121).unwrap(), "app").unwrap();
    let (from, to) = (time(1_600_000_000), time(1_900_000_000));
    let parameters = Parameters::totp()
        .with_authenticator(Authenticator::Token)
        .with_algorithm(Algorithm::Sha256)
        .with_digits(Digits::Eight)
        .with_time_step(60)
        .and_then(|parameters| parameters.with_t0(time(1_000)))
        .and_then(|parameters| parameters.with_validity(Some(from), Some(to)))
        .unwrap();
    let now = time(1_700_000_010);
    let secret = Secret::from_bytes(&[7; 32]).unwrap();
    let change =
        verifier.import("a", ExistingCredential::new(secret, parameters).with_drift(-3), now).unwrap();
    let status =
        verifier.credential("a", Some(change.record().unwrap().as_str())).unwrap().inspect(now).unwrap();
    assert_eq!(status.state(), State::Active);
    assert_eq!(status.authenticator(), Authenticator::Token);
    let steps = TimeSteps::new(60, time(1_000)).unwrap();
    assert_eq!(status.moving_factor(), MovingFactor::Time(steps));
    assert_eq!(status.algorithm(), Algorithm::Sha256);
    assert_eq!(status.digits(), Digits::Eight);
    assert_eq!((status.not_before(), status.not_after()), (Some(from), Some(to)));
    assert_eq!((status.drift(), status.failures(), status.wait_seconds()), (-3, 0, 0));
    assert_eq!((status.key_id(), status.needs_reseal()), (20261121, false));
    assert!(!status.is_locked() && !status.is_secret_weak());
    assert_eq!(status.recovery_codes_left(), 0);
    assert_eq!(status.temporary_code(), None);
}

/// 5.2: the default is 24 hours and one use; a code that is not valid any more is not shown.
#[test]
fn a_temporary_code_is_shown_while_it_is_valid() {
    let verifier = Verifier::new(Keyring::generate(1).unwrap(), "app").unwrap();
    let now = time(1_700_000_010);
    let secret = Secret::from_bytes(&[7; 20]).unwrap();
    let change = verifier.import("a", ExistingCredential::new(secret, Parameters::totp()), now).unwrap();
    let change = verifier
        .credential("a", Some(change.record().unwrap().as_str()))
        .unwrap()
        .temporary_code(None, 1, MissingAuthenticator::Suspend, now)
        .unwrap();
    let record = change.record().unwrap().as_str();
    let expiry = now.as_secs() + 86_400;
    let at = |seconds: u64| {
        verifier
            .credential("a", Some(record))
            .unwrap()
            .inspect(time(i64::try_from(seconds).unwrap()))
            .unwrap()
    };
    let code = at(expiry).temporary_code().unwrap();
    assert_eq!((code.expiry().as_secs(), code.uses_left()), (expiry, 1));
    assert_eq!(at(expiry).state(), State::Suspended);
    assert_eq!(at(expiry + 1).temporary_code(), None);
}

/// 8.2: as many as the policy says, none if it says so.
#[test]
fn a_confirmation_brings_recovery_codes_or_none() {
    let now = time(1_700_000_010);
    for count in [0, 8] {
        let policy = Policy::builder().recovery_codes(count).build().unwrap();
        let verifier = Verifier::new(Keyring::generate(1).unwrap(), "app").unwrap().with_policy(policy);
        let secret = Secret::from_bytes(&[7; 20]).unwrap();
        let code = totp::generate(&secret, OtpFormat::default(), TimeSteps::default(), now).unwrap();
        let imported = ExistingCredential::new(secret, Parameters::totp()).with_state(State::Pending);
        let change = verifier.import("a", imported, now).unwrap();
        let attempt = verifier
            .credential("a", Some(change.record().unwrap().as_str()))
            .unwrap()
            .confirm(code.as_str(), now)
            .unwrap();
        let confirmed = attempt.outcome(1).expect("confirmed");
        let codes = confirmed.recovery_codes();
        assert_eq!((codes.len(), codes.is_empty()), (usize::from(count), count == 0));
    }
}

#[test]
fn no_record_is_an_error_where_nobody_logs_in() {
    let verifier = Verifier::new(Keyring::generate(1).unwrap(), "app").unwrap();
    for record in [None, Some(""), Some("   ")] {
        assert_eq!(
            verifier.credential("a", record).unwrap().inspect(time(0)).unwrap_err().kind(),
            ErrorKind::State
        );
        assert_eq!(verifier.credential("a", record).unwrap().unlock().unwrap_err().kind(), ErrorKind::State);
    }
}
