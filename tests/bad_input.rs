//! Bad input gets a clear error that names no secret and no code, and nothing is lost.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::fmt::Debug;

use poterne::{
    Accepted, Algorithm, Authenticator, Denied, Digits, Error, ErrorKind, ExistingCredential, HardwareToken,
    Keyring, Match, MissingAuthenticator, NotStored, OtpFormat, OtpauthNames, OtpauthUri, Parameters, Policy,
    Refusal, Secret, State, Steps, TimeSteps, UnixTime, Verifier, hotp, match_otp, totp,
};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn time(seconds: i64) -> UnixTime {
    UnixTime::from_secs(seconds).unwrap()
}

fn secret() -> Secret {
    Secret::from_base32(SECRET).unwrap()
}

fn verifier() -> Verifier {
    Verifier::new(Keyring::generate(20261121).unwrap(), "app").unwrap()
}

#[track_caller]
fn kind<T>(result: Result<T, Error>) -> ErrorKind {
    let Err(error) = result else { panic!("no error") };
    for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
        assert!(!text.is_empty() && !text.contains(SECRET) && !text.contains("123456"), "{text}");
    }
    error.kind()
}

/// What people, browsers and attackers type.
fn odd_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "-",
        "1",
        "12345",
        "1234567",
        "123456789",
        "12345678901234567890",
        "+123456",
        "123_456",
        "123.456",
        "12345a",
        "0x1234",
        "１２３４５６",
        "٣٤٥٦٧٨",
        "123456\0",
        "123\u{b7}456",
        "123\u{2022}456",
        "123\u{2016}456",
        "e\u{301}&&&&&",
        "-------",
        "\u{7f}",
        "é",
        "🔑🔑🔑🔑",
        "ABCDE-FGHU",
        "ABCDE-FGHJ-KMNU",
        "00000-0000-0000",
        "OOOOO-IIII-LLLL",
        "ABCDE-FGHJK",
        "ABCD-EFGH-JKMN",
        "' OR 1=1 --",
        "%s%s%n",
    ]
    .map(String::from)
    .into();
    texts.push("1".repeat(65));
    texts.push(" ".repeat(65));
    // 64 characters are looked at, and 256 bytes: of four bytes each these are as many, and one more.
    texts.push(format!("123456{}", " ".repeat(59)));
    texts.push(format!("{}1", "\u{1f511}".repeat(64)));
    texts.push("123456".repeat(2_000_000));
    texts.push("\0".repeat(10_000_000));
    texts
}

#[test]
fn odd_codes_are_malformed_and_cost_nothing() {
    let verifier = verifier();
    let change =
        verifier.import("a.martin", ExistingCredential::new(secret(), Parameters::totp()), time(0)).unwrap();
    let record = change.record().unwrap().as_str();
    let stored = verifier.credential("a.martin", Some(record)).unwrap();
    for text in odd_texts() {
        let now = time(1_700_000_010);
        let verified = stored.verify(&text, now).unwrap();
        assert!(verified.record().is_none());
        assert!(matches!(verified.outcome(0), Err(Denied::Refused(Refusal::Malformed))), "{text:.40}");
        for pair in [[&*text, "123456"], ["123456", &*text]] {
            let attempt = stored.resynchronize(pair[0], pair[1], now).unwrap();
            assert!(attempt.record().is_none());
            assert!(matches!(attempt.outcome(0), Err(Denied::Refused(Refusal::Malformed))), "{text:.40}");
        }
        let matched = match_otp(&secret(), OtpFormat::default(), &text, 0..=9, None).unwrap();
        assert_eq!(matched, Match::Malformed);
    }
}

#[test]
fn odd_names_are_errors() {
    let long = "a".repeat(256);
    for name in ["", "   ", "a\0b", "a\nb", "a\u{85}b", "\u{7f}", long.as_str()] {
        assert_eq!(kind(verifier().credential(name, None)), ErrorKind::Argument);
        assert_eq!(kind(verifier().enroll(name, Parameters::totp(), time(0))), ErrorKind::Argument);
        assert_eq!(kind(Verifier::new(Keyring::generate(1).unwrap(), name)), ErrorKind::Argument);
        let enrollment = verifier().enroll("a.martin", Parameters::totp(), time(0)).unwrap();
        let record = enrollment.record().as_str();
        assert_eq!(
            kind(verifier().credential("a.martin", Some(record)).unwrap().rename(name)),
            ErrorKind::Argument
        );
    }
    assert_eq!(kind(Verifier::new(Keyring::generate(1).unwrap(), &"a".repeat(65))), ErrorKind::Argument);
    // The longest ones, and what is odd but a name.
    assert!(Verifier::new(Keyring::generate(1).unwrap(), &"a".repeat(64)).is_ok());
    for name in ["é".repeat(127).as_str(), "serial:GALT10057511", " a", "a b", "DOMAINE\\a.martin", "🔑"] {
        assert!(verifier().enroll(name, Parameters::totp(), time(0)).is_ok(), "{name}");
    }
}

#[test]
fn odd_secrets_are_errors() {
    for text in ["", " ", "=", "0", "1", "8", "ABC!", "A", "ABC", "é", "GEZD\0GNBV", "МFRGG"] {
        assert_eq!(kind(Secret::from_base32(text)), ErrorKind::Secret, "{text}");
    }
    assert_eq!(kind(Secret::from_base32(&"A".repeat(10_000_000))), ErrorKind::Secret);
    assert_eq!(kind(Secret::from_base32(&"A".repeat(1_640))), ErrorKind::Secret);
    assert_eq!(kind(Secret::from_bytes(&[])), ErrorKind::Secret);
    assert_eq!(kind(Secret::from_bytes(&[0; 1_025])), ErrorKind::Secret);
    for len in [0, 15, 65, usize::MAX] {
        assert_eq!(kind(Secret::generate(len)), ErrorKind::Secret);
        assert_eq!(kind(Parameters::totp().with_secret_len(len)), ErrorKind::Secret);
    }
    for text in ["", " ", "0", "0x31", "3g", "é", "31\0", "３１"] {
        assert_eq!(kind(Secret::from_hex(text)), ErrorKind::Secret, "{text}");
    }
    assert_eq!(kind(Secret::from_hex(&"31".repeat(1_025))), ErrorKind::Secret);
    assert_eq!(kind(Secret::from_hex(&"31".repeat(5_000_000))), ErrorKind::Secret);
    assert!(Secret::from_hex(&"31".repeat(1_024)).is_ok());
    let import_under = |algorithm, bytes: &[u8], policy: Policy| {
        let imported =
            ExistingCredential::new(Secret::from_bytes(bytes)?, Parameters::totp().with_algorithm(algorithm));
        verifier().with_policy(policy).import("a.martin", imported, time(0)).map(drop)
    };
    let import = |bytes: &[u8], policy| import_under(Algorithm::Sha1, bytes, policy);
    let strict = Policy::default();
    let lax = Policy::builder().allow_short_secret(true).build().unwrap();
    for (len, is_strict, is_lax) in [
        (9, false, false),
        (10, false, true),
        (15, false, true),
        (16, true, true),
        (64, true, true),
        (65, true, true),
        (1_024, true, true),
    ] {
        assert_eq!(import(&vec![7; len], strict).is_ok(), is_strict, "{len}");
        assert_eq!(import(&vec![7; len], lax).is_ok(), is_lax, "{len}");
    }
    // 1.4: from 65 to 128 bytes a key of SHA-512 is its own, and no record holds it.
    for (len, is_ok) in [(64, true), (65, false), (128, false), (129, true), (1_024, true)] {
        let imported = import_under(Algorithm::Sha512, &vec![7; len], strict);
        assert_eq!(imported.is_ok(), is_ok, "{len}");
        assert!(is_ok || kind(imported) == ErrorKind::Secret);
        assert!(import_under(Algorithm::Sha256, &vec![7; len], strict).is_ok());
    }
}

#[test]
fn odd_times_are_errors() {
    for seconds in [-1, i64::MIN, 253_402_300_800, i64::MAX] {
        assert_eq!(kind(UnixTime::from_secs(seconds)), ErrorKind::Time);
    }
    assert_eq!(UnixTime::from_secs(253_402_300_799).unwrap(), UnixTime::MAX);
    let before_1970 = std::time::UNIX_EPOCH - std::time::Duration::from_secs(1);
    assert_eq!(kind(UnixTime::try_from(before_1970)), ErrorKind::Time);
    let later = Parameters::totp().with_t0(time(1_000)).unwrap();
    assert_eq!(
        kind(totp::generate(&secret(), OtpFormat::default(), later.time_steps().unwrap(), time(999))),
        ErrorKind::Time
    );
    assert_eq!(
        kind(verifier().import("a", ExistingCredential::new(secret(), later), time(999))),
        ErrorKind::Time
    );
    assert!(
        totp::generate(&secret(), OtpFormat::default(), later.time_steps().unwrap(), time(1_000)).is_ok()
    );
    // The last second that there is.
    let change =
        verifier().import("a", ExistingCredential::new(secret(), Parameters::totp()), UnixTime::MAX).unwrap();
    assert_eq!(change.record().unwrap().as_str().len(), 504);
    let (verifier, otp) = (
        verifier(),
        totp::generate(&secret(), OtpFormat::default(), TimeSteps::default(), UnixTime::MAX).unwrap(),
    );
    let change =
        verifier.import("a", ExistingCredential::new(secret(), Parameters::totp()), UnixTime::MAX).unwrap();
    let attempt = verifier
        .credential("a", Some(change.record().unwrap().as_str()))
        .unwrap()
        .verify(otp.as_str(), UnixTime::MAX)
        .unwrap();
    assert!(attempt.outcome(1).is_ok());
}

#[test]
fn odd_parameters_are_errors() {
    for time_step in [0, 86_401, u32::MAX] {
        assert_eq!(kind(TimeSteps::new(time_step, time(0))), ErrorKind::Argument);
    }
    for digits in [0, 5, 9, u32::MAX] {
        assert_eq!(kind(Digits::new(digits)), ErrorKind::Argument);
    }
    assert_eq!(kind(Parameters::hotp().with_time_step(30)), ErrorKind::Argument);
    assert_eq!(kind(Parameters::hotp().with_t0(time(0))), ErrorKind::Argument);
    assert_eq!(kind(Parameters::totp().with_counter(1)), ErrorKind::Argument);
    assert_eq!(kind(Parameters::hotp().with_counter(1 << 63)), ErrorKind::Counter);
    assert_eq!(kind(Parameters::totp().with_validity(Some(time(2)), Some(time(1)))), ErrorKind::Argument);
    assert_eq!(kind(Parameters::hotp().time_steps()), ErrorKind::Argument);
    for time_step in [29, 121] {
        let parameters = Parameters::totp().with_time_step(time_step).unwrap();
        let token = HardwareToken::new(secret(), parameters);
        assert_eq!(kind(verifier().enroll_token("a", token, time(0))), ErrorKind::Argument);
        let by_token = parameters.with_authenticator(Authenticator::Token);
        assert_eq!(kind(verifier().enroll("a", by_token, time(0))), ErrorKind::Argument);
    }
    let revoked = ExistingCredential::new(secret(), Parameters::totp()).with_state(State::Revoked);
    assert_eq!(kind(verifier().import("a", revoked, time(0))), ErrorKind::Argument);
    let token = Parameters::totp().with_authenticator(Authenticator::Token);
    for (drift, is_ok) in [(-201, false), (-200, true), (200, true), (201, false), (i16::MIN, false)] {
        let imported = ExistingCredential::new(secret(), token).with_drift(drift);
        assert_eq!(verifier().import("a", imported, time(0)).is_ok(), is_ok, "{drift}");
    }
    let drifting_app = ExistingCredential::new(secret(), Parameters::totp()).with_drift(1);
    assert_eq!(kind(verifier().import("a", drifting_app, time(0))), ErrorKind::Argument);
    let marked_counter = ExistingCredential::new(secret(), Parameters::hotp()).with_watermark(Some(0));
    assert_eq!(kind(verifier().import("a", marked_counter, time(0))), ErrorKind::Argument);
}

#[test]
fn odd_keys_are_errors() {
    let mut keyring = Keyring::generate(1).unwrap();
    assert_eq!(kind(Keyring::generate(0)), ErrorKind::Argument);
    for id in [0, 1] {
        assert_eq!(kind(keyring.add(id)), ErrorKind::Argument);
    }
    for id in [0, 2] {
        assert_eq!(kind(keyring.promote(id)), ErrorKind::UnknownKey);
        assert_eq!(kind(keyring.remove(id)), ErrorKind::UnknownKey);
    }
    assert_eq!(kind(keyring.remove(1)), ErrorKind::Argument);
    for id in 2..=64 {
        keyring.add(id).unwrap();
    }
    assert_eq!(kind(keyring.add(65)), ErrorKind::Argument);
    // All 64 are there, and only they.
    assert_eq!(Keyring::parse(&keyring.to_text()).unwrap().to_text(), keyring.to_text());
    assert_eq!(keyring.to_text().lines().count(), 1 + 64);
}

#[test]
fn an_error_keeps_its_source_and_does_not_print_it() {
    let error = Error::unavailable("host 10.0.0.7 does not answer");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "host 10.0.0.7 does not answer");
    assert!(!format!("{error} {error:?}").contains("10.0.0.7"));
    let plain = Keyring::generate(0).unwrap_err();
    assert!(std::error::Error::source(&plain).is_none());
}

#[test]
fn the_ends_of_the_counter_are_errors() {
    let format = OtpFormat::default();
    let last = u64::MAX - 1;
    let otp = hotp::generate(&secret(), format, last);
    assert_eq!(
        match_otp(&secret(), format, otp.as_str(), last - 5..=u64::MAX, None).unwrap(),
        Match::Found(last)
    );
    assert_eq!(kind(match_otp(&secret(), format, "123456", u64::MAX..=u64::MAX, None)), ErrorKind::Counter);
    assert_eq!(kind(match_otp(&secret(), format, "123456", 0..=10_000, None)), ErrorKind::Argument);
    #[allow(clippy::reversed_empty_ranges, reason = "the test's point")]
    let reversed = match_otp(&secret(), format, "123456", 5..=4, None);
    assert_eq!(kind(reversed), ErrorKind::Argument);
    assert!(match_otp(&secret(), format, "123456", 0..=9_999, None).is_ok());
}

#[test]
fn rows_that_are_no_swap_are_errors() {
    let verifier = verifier();
    let change =
        verifier.import("a", ExistingCredential::new(secret(), Parameters::totp()), time(0)).unwrap();
    let record = change.record().unwrap().as_str();
    let stored = verifier.credential("a", Some(record)).unwrap();
    for rows in [2, 3, u64::MAX] {
        let attempt =
            verifier.credential("a", Some(record)).unwrap().verify("000000", time(1_700_000_010)).unwrap();
        assert!(attempt.record().is_some());
        let denied = attempt.outcome(rows).unwrap_err();
        assert_eq!(denied.error().map(Error::kind), Some(ErrorKind::Rows));
        let not_stored = stored.suspend().unwrap().outcome(rows).unwrap_err();
        assert_eq!(not_stored.error().map(Error::kind), Some(ErrorKind::Rows));
        let not_stored = stored.rename("b").unwrap().outcome(rows).unwrap_err();
        assert_eq!(not_stored.error().map(Error::kind), Some(ErrorKind::Rows));
    }
    assert!(matches!(stored.rename("b").unwrap().outcome(0), Err(NotStored::Conflict)));
    assert!(stored.rename("b").unwrap().outcome(1).is_ok());
    // Nothing changed: the rows do not matter.
    let attempt = verifier.credential("a", Some(record)).unwrap().verify("?", time(1_700_000_010)).unwrap();
    assert!(matches!(attempt.outcome(u64::MAX), Err(Denied::Refused(Refusal::Malformed))));
}

#[test]
fn counts_and_lifetimes_out_of_range_are_errors() {
    let verifier = verifier();
    let change =
        verifier.import("a", ExistingCredential::new(secret(), Parameters::totp()), time(0)).unwrap();
    let record = change.record().unwrap().as_str();
    for count in [0, 11, 256, u32::MAX] {
        assert_eq!(
            kind(verifier.credential("a", Some(record)).unwrap().recovery_codes(count)),
            ErrorKind::Argument
        );
    }
    for uses in [0, 51, 257, u32::MAX] {
        assert_eq!(
            kind(verifier.credential("a", Some(record)).unwrap().temporary_code(
                None,
                uses,
                MissingAuthenticator::Keep,
                time(9)
            )),
            ErrorKind::Argument
        );
    }
    let (now, month) = (time(1_000_000_000), 30 * 86_400);
    for (expiry, is_ok) in [(-1, false), (0, true), (month, true), (month + 1, false)] {
        let expiry = Some(time(1_000_000_000 + expiry));
        assert_eq!(
            verifier
                .credential("a", Some(record))
                .unwrap()
                .temporary_code(expiry, 1, MissingAuthenticator::Keep, now)
                .is_ok(),
            is_ok
        );
    }
    assert!(
        verifier
            .credential("a", Some(record))
            .unwrap()
            .temporary_code(None, 1, MissingAuthenticator::Keep, UnixTime::MAX)
            .is_ok()
    );
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    fn shown(value: &impl Debug) -> String {
        let text = format!("{value:?} {value:#?}");
        assert_ne!(text, " ", "it says nothing of itself");
        text
    }
    let keyring = Keyring::generate(20261121).unwrap();
    let keys = keyring.to_text().to_string();
    let mut texts = vec![shown(&keyring)];
    let verifier = Verifier::new(keyring, "app").unwrap();
    let enrollment = verifier.enroll("a.martin", Parameters::totp(), time(1_700_000_000)).unwrap();
    let uri = enrollment.otpauth_uri(OtpauthNames { issuer: "Département", label: "a.martin" }).unwrap();
    let fresh = uri.as_str().split(['=', '&']).nth(1).unwrap();
    let fresh_secret = Secret::from_base32(fresh).unwrap();
    let otp = totp::generate(&fresh_secret, OtpFormat::default(), TimeSteps::default(), time(1_700_000_010))
        .unwrap();
    texts.extend([shown(&verifier), shown(&enrollment), shown(&uri), shown(&fresh_secret), shown(&otp)]);
    texts.push(shown(&uri.qr().unwrap()));
    texts.push(shown(&OtpauthUri::parse(uri.as_str()).unwrap()));
    texts.push(shown(&Steps::<Accepted>::new()));
    texts.push(shown(&verifier.credential("a.martin", Some(enrollment.record().as_str())).unwrap()));
    texts.push(shown(enrollment.record()));
    let attempt = verifier
        .credential("a.martin", Some(enrollment.record().as_str()))
        .unwrap()
        .confirm(otp.as_str(), time(1_700_000_010))
        .unwrap();
    texts.push(shown(&attempt));
    let record = attempt.record().unwrap().as_str().to_owned();
    let outcome = attempt.outcome(1);
    texts.push(shown(&outcome));
    let confirmed = outcome.unwrap();
    texts.push(shown(confirmed.recovery_codes()));
    let change = verifier
        .credential("a.martin", Some(&record))
        .unwrap()
        .temporary_code(None, 1, MissingAuthenticator::Suspend, time(0))
        .unwrap();
    texts.push(shown(&change));
    let temporary = change.outcome(1).unwrap();
    texts.push(shown(&temporary));
    texts.push(shown(&verifier.credential("a.martin", Some(&record)).unwrap().inspect(time(0)).unwrap()));
    let mut secrets = vec![fresh, otp.as_str(), &record, enrollment.record().as_str(), temporary.as_str()];
    secrets.extend(confirmed.recovery_codes().iter());
    secrets.push(keys.lines().nth(1).and_then(|line| line.split(' ').nth(2)).unwrap());
    assert_eq!(secrets.len(), 5 + 8 + 1);
    for text in &texts {
        for secret in &secrets {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
