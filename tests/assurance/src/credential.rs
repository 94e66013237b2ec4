//! Credentials whose secret is known here, so that their codes are.

use poterne::{Change, ExistingCredential, Keyring, Parameters, Secret, UnixTime, Verifier, hotp};

/// Each number is a secret of its own.
pub fn secret(number: u64) -> Secret {
    let mut bytes = *b"assurance of poterne";
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Secret::from_bytes(&bytes).expect("20 bytes")
}

pub fn code(number: u64, parameters: &Parameters, factor: u64) -> String {
    hotp::generate(&secret(number), parameters.format(), factor).as_str().into()
}

/// The code that an application shows at this time.
pub fn code_at(number: u64, seconds: u64) -> String {
    code(number, &Parameters::totp(), seconds / 30)
}

/// The sealed record of such a credential, active and never used.
pub fn record(
    verifier: &Verifier,
    account: &str,
    number: u64,
    parameters: Parameters,
    now: UnixTime,
) -> Change<()> {
    let existing = ExistingCredential::new(secret(number), parameters);
    verifier.import(account, existing, now).expect("a credential")
}

pub fn time(seconds: u64) -> UnixTime {
    i64::try_from(seconds).ok().and_then(|seconds| UnixTime::from_secs(seconds).ok()).expect("a time")
}

/// The same keyring in every process, given by its text.
pub fn verifier(keyring: &str) -> Verifier {
    Verifier::new(Keyring::parse(keyring).expect("a keyring"), "assurance").expect("a verifier")
}

/// The text of a fresh keyring.
pub fn keyring() -> String {
    Keyring::generate(1).expect("a keyring").to_text().as_str().into()
}
