//! otpauth URIs that others have made, and what applications honor.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use poterne::apps::{APPS, Feature, Support};
use poterne::{
    Algorithm, Authenticator, Digits, ErrorKind, Keyring, OtpauthNames, OtpauthUri, Parameters, Policy,
    UnixTime, Verifier,
};

const NAMES: OtpauthNames<'_> = OtpauthNames { issuer: "i", label: "l" };

const URI: &str = "otpauth://totp/i:l?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=i";

#[test]
fn a_uri_of_another_system_is_kept_as_it_is() {
    let odd = URI.replace("totp", "TOTP");
    assert_eq!(OtpauthUri::from_text(&odd).unwrap().as_str(), odd);
    assert_eq!(OtpauthUri::from_text("https://example.org").unwrap_err().kind(), ErrorKind::Uri);
}

/// 8.10: at most 4,096 bytes.
#[test]
fn a_long_uri_is_refused() {
    let of_len = |len: usize| format!("{URI}&x={}", "x".repeat(len - URI.len() - 3));
    assert_eq!(OtpauthUri::parse(&of_len(4096)).unwrap().label(), "l");
    assert_eq!(OtpauthUri::parse(&of_len(4097)).unwrap_err().kind(), ErrorKind::Uri);
}

/// 1.4: 20 bytes unless asked otherwise, 16 to 64.
#[test]
fn a_generated_secret_has_the_length_that_is_asked_for() {
    let now = UnixTime::from_secs(1_700_000_010).unwrap();
    let policy = Policy::builder().allow_incompatible(true).build().unwrap();
    let verifier = Verifier::new(Keyring::generate(1).unwrap(), "app").unwrap().with_policy(policy);
    let generated = |parameters: Parameters| {
        let uri = verifier.enroll("a", parameters, now).unwrap().otpauth_uri(NAMES).unwrap();
        OtpauthUri::parse(uri.as_str()).unwrap().secret().as_bytes().len()
    };
    assert_eq!(generated(Parameters::totp()), 20);
    for len in [16, 64] {
        assert_eq!(generated(Parameters::totp().with_secret_len(len).unwrap()), len);
    }
    for len in [0, 15, 65] {
        assert_eq!(Parameters::totp().with_secret_len(len).unwrap_err().kind(), ErrorKind::Secret);
    }
}

/// 8.1: as long as it is pending the record gives the same URI as the enrollment did, whatever its parameters.
#[test]
fn the_uri_can_be_had_again_from_a_pending_record() {
    let now = UnixTime::from_secs(1_700_000_010).unwrap();
    let verifier = Verifier::new(Keyring::generate(1).unwrap(), "app").unwrap();
    assert_eq!(Parameters::hotp().authenticator(), Authenticator::Token);
    let token = Parameters::totp().with_authenticator(Authenticator::Token);
    for parameters in [
        Parameters::totp(),
        Parameters::hotp().with_counter(5).unwrap(),
        token.with_algorithm(Algorithm::Sha256).with_digits(Digits::Eight).with_time_step(60).unwrap(),
        token.with_algorithm(Algorithm::Sha512).with_digits(Digits::Seven),
    ] {
        let enrollment = verifier.enroll("a", parameters, now).unwrap();
        let again = verifier
            .credential("a", Some(enrollment.record().as_str()))
            .unwrap()
            .otpauth_uri(NAMES, now)
            .unwrap();
        assert_eq!(again.as_str(), enrollment.otpauth_uri(NAMES).unwrap().as_str());
        let content = OtpauthUri::parse(again.as_str()).unwrap();
        assert_eq!(content.parameters().digits(), parameters.digits());
        assert_eq!(content.parameters().counter(), parameters.counter());
    }
}

#[test]
fn parameters_that_not_all_applications_honor_are_refused_unless_allowed() {
    let now = UnixTime::from_secs(1_700_000_010).unwrap();
    let eight = Parameters::totp().with_digits(Digits::Eight);
    let verifier = Verifier::new(Keyring::generate(1).unwrap(), "app").unwrap();
    assert_eq!(verifier.enroll("a", eight, now).unwrap_err().kind(), ErrorKind::Uri);
    let policy = Policy::builder().allow_incompatible(true).build().unwrap();
    assert!(verifier.with_policy(policy).enroll("a", eight, now).is_ok());
}

#[test]
fn the_table_of_applications_can_be_read() {
    let google = APPS.iter().find(|app| app.name().starts_with("Google Authenticator")).unwrap();
    assert!(google.platforms().contains("iOS") || google.platforms().contains("Android"), "{google:?}");
    for app in &APPS {
        assert!(
            matches!(app.free_of_charge().support(), Support::Honored | Support::Unknown),
            "{}",
            app.name()
        );
        for feature in Feature::ALL {
            let fact = app.fact(feature);
            assert_eq!(fact.source().is_none(), fact.support() == Support::Unknown, "{}", app.name());
            if let Some(source) = fact.source() {
                assert!(!source.place().is_empty() && source.date().contains("20"), "{}", app.name());
            }
        }
    }
}
