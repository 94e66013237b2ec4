//! The library from Rust: the bare match, and the whole path of a login, with a record to open and to seal.

use std::hint::black_box;

use poterne::{
    ExistingCredential, Keyring, OtpFormat, Parameters, Secret, UnixTime, Verifier, hotp, match_otp,
};

use crate::{Contestant, NOW, SECRET, STEP};

pub(crate) struct Match {
    secret: Secret,
    format: OtpFormat,
}

impl Match {
    pub(crate) fn new() -> Self {
        Self { secret: secret(), format: OtpFormat::default() }
    }
}

impl Contestant for Match {
    fn accepts(&mut self, code: &str) -> bool {
        let found = match_otp(&self.secret, self.format, code, STEP - 1..=STEP + 1, None);
        matches!(found, Ok(poterne::Match::Found(_)))
    }
}

/// As the C interface does it, which gets the secret's bytes with every call.
pub(crate) struct MatchFromBytes {
    format: OtpFormat,
}

impl MatchFromBytes {
    pub(crate) fn new() -> Self {
        Self { format: OtpFormat::default() }
    }
}

impl Contestant for MatchFromBytes {
    fn accepts(&mut self, code: &str) -> bool {
        let found = match_otp(&secret(), self.format, code, STEP - 1..=STEP + 1, None);
        matches!(found, Ok(poterne::Match::Found(_)))
    }
}

pub(crate) struct Record {
    verifier: Verifier,
    record: String,
}

impl Record {
    pub(crate) fn new() -> Self {
        let keyring = Keyring::generate(1).expect("randomness");
        let verifier = Verifier::new(keyring, APPLICATION).expect("a verifier");
        let existing = ExistingCredential::new(secret(), Parameters::totp());
        let change = verifier.import(ACCOUNT, existing, now()).expect("an import");
        let record = change.record().expect("something to store").as_str().to_owned();
        Self { verifier, record }
    }
}

impl Contestant for Record {
    fn accepts(&mut self, code: &str) -> bool {
        let attempt = self
            .verifier
            .credential(ACCOUNT, Some(&self.record))
            .expect("a name")
            .verify(code, now())
            .expect("a record");
        attempt.outcome(1).is_ok()
    }
}

/// The code of a time step.
pub(crate) fn code(step: u64) -> String {
    hotp::generate(&secret(), OtpFormat::default(), step).as_str().to_owned()
}

/// A code of none of the time steps around the present one.
pub(crate) fn wrong_code() -> String {
    let near: Vec<String> = (STEP - 20..STEP + 20).map(code).collect();
    (0..).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).expect("most are wrong")
}

fn secret() -> Secret {
    Secret::from_bytes(black_box(SECRET)).expect("a secret")
}

fn now() -> UnixTime {
    UnixTime::from_secs(NOW.try_into().expect("small")).expect("a time")
}

pub(crate) const APPLICATION: &str = "peers";
pub(crate) const ACCOUNT: &str = "a.martin";
