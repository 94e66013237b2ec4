//! One account, and records for it.

use poterne::{ExistingCredential, Keyring, Parameters, Secret, StoredCredential, UnixTime, Verifier, hotp};

/// The present time step, in January 2005 for steps of 30 seconds.
pub const STEP: u64 = 37_037_037;

pub const ACCOUNT: &str = "a.martin";

/// RFC 4226 appendix D.
pub const SECRET: &[u8; 20] = b"12345678901234567890";

pub fn now() -> UnixTime {
    UnixTime::from_secs((STEP * 30).try_into().expect("small")).expect("a time")
}

pub fn secret() -> Secret {
    Secret::from_bytes(SECRET).expect("20 bytes")
}

pub fn verifier() -> Verifier {
    Verifier::new(Keyring::generate(20261121).expect("randomness"), "proofs").expect("a verifier")
}

/// The OTP of a moving factor.
pub fn code(parameters: &Parameters, factor: u64) -> String {
    hotp::generate(&secret(), parameters.format(), factor).as_str().to_owned()
}

/// An OTP that no moving factor near [`STEP`] has.
pub fn wrong_code(parameters: &Parameters) -> String {
    let [code, _] = wrong_codes(parameters);
    code
}

/// Two of them.
pub fn wrong_codes(parameters: &Parameters) -> [String; 2] {
    // As far as a resynchronization looks.
    let near: Vec<String> = (STEP - 400..STEP + 1100).map(|factor| code(parameters, factor)).collect();
    let mut wrong =
        (STEP + 1100..).map(|factor| code(parameters, factor)).filter(|code| !near.contains(code));
    [wrong.next().expect("a million codes"), wrong.next().expect("a million codes")]
}

/// An active record; of a counter-based one the counter is [`STEP`].
pub fn record(verifier: &Verifier, parameters: &Parameters, watermark: Option<u64>) -> String {
    import(verifier, ExistingCredential::new(secret(), *parameters).with_watermark(watermark))
}

pub fn import(verifier: &Verifier, existing: ExistingCredential) -> String {
    let change = verifier.import(ACCOUNT, existing, now()).expect("it fits together");
    change.record().expect("a record to insert").as_str().to_owned()
}

/// What the table holds; an empty record is none.
pub fn stored<'a>(verifier: &'a Verifier, record: &'a str) -> StoredCredential<'a> {
    verifier.credential(ACCOUNT, Some(record)).expect("a name")
}
