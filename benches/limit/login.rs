//! W, the whole path of a login, and a resynchronization, next to the compressions that they need at least.
//!
//! W is one 6-digit SHA-1 code and three candidates: two compressions for the key, and two for each candidate. On one state they take
//! longer than in W, where several run at the same time; the goals refer to one state. A resynchronization over 1,000 counters
//! computes 1,001 codes under one key: 2,004 compressions. The whole path of a login also needs the cipher, once to open and once to
//! seal, and a nonce from the system.

use std::hint::black_box;

use xaes_256_gcm::aead::{AeadInOut, KeyInit};
use xaes_256_gcm::{Nonce, Tag, Xaes256Gcm};

use poterne::{
    ExistingCredential, Keyring, Otp, OtpFormat, Parameters, Secret, StoredCredential, UnixTime, Verifier,
    hotp, match_otp,
};

use crate::{Contestant, compress, take_turns};

pub(crate) fn measure(rounds: usize) {
    let format = OtpFormat::default();
    let (verifier, key) = (verifier(), secret());
    let record = record(&verifier, Parameters::totp());
    let (right, wrong) = (code(STEP), code(STEP + 9));
    let w = |typed: &str| {
        let found = match_otp(black_box(&key), format, black_box(typed), STEP - 1..=STEP + 1, None);
        let _ = black_box(found);
    };
    let path = |typed: &str| {
        let attempt = stored(&verifier, black_box(&record)).verify(black_box(typed), now());
        let _ = black_box(attempt.map(|attempt| attempt.outcome(1)));
    };
    take_turns(
        "login",
        rounds,
        &mut [
            Contestant::new("8 compressions", 1_000, || compress(8)),
            Contestant::new("8 compressions, as W has them", 1_000, compress_as_w),
            Contestant::new("W, wrong", 1_000, || w(wrong.as_str())),
            Contestant::new("W, right", 1_000, || w(right.as_str())),
            Contestant::new("record path, wrong", 1_000, || path(wrong.as_str())),
            Contestant::new("record path, right", 1_000, || path(right.as_str())),
            Contestant::new("the cipher, to seal and to open", 1_000, seal_and_open),
            Contestant::new("a nonce from the system", 1_000, || {
                let mut nonce = [0; 24];
                let _ = black_box(getrandom::fill(black_box(&mut nonce)));
            }),
        ],
    );
}

pub(crate) fn measure_resynchronization(rounds: usize) {
    let verifier = verifier();
    let counters = record(&verifier, Parameters::hotp());
    let (first, second) = (code(STEP), code(STEP + 9));
    take_turns(
        "resynchronization",
        rounds,
        &mut [
            Contestant::new("2000 compressions", 5, || compress(2_000)),
            Contestant::new("1000 counters", 5, || {
                let (first, second) = (black_box(first.as_str()), second.as_str());
                let attempt = stored(&verifier, &counters).resynchronize(first, second, now());
                let _ = black_box(attempt.map(|attempt| attempt.outcome(1)));
            }),
        ],
    );
}

/// The plaintext of a record, and about as much associated data as a name takes. The library expands its key at each use.
fn seal_and_open() {
    let cipher = || Xaes256Gcm::new(&black_box([7; 32]).into());
    let (nonce, associated) = (Nonce::from(black_box([9; 24])), black_box([5; 40]));
    let mut text = black_box([3_u8; 266]);
    let tag = cipher().encrypt_inout_detached(&nonce, &associated, text.as_mut_slice().into());
    let tag = black_box(tag.unwrap_or(Tag::default()));
    let opened = cipher().decrypt_inout_detached(
        &nonce,
        &associated,
        black_box(&mut text).as_mut_slice().into(),
        &tag,
    );
    let _ = black_box(opened);
}

fn code(step: u64) -> Otp {
    hotp::generate(&secret(), OtpFormat::default(), step)
}

/// Two for the key, then three inner ones and three outer ones, which do not wait for each other.
fn compress_as_w() {
    let (mut inner, mut outer) = ([[0_u32; 5]; 3], [[0_u32; 5]; 3]);
    let block = [0x5c_u8; 64];
    let compress =
        |state: &mut [u32; 5]| sha1::block_api::compress(state, std::slice::from_ref(black_box(&block)));
    compress(&mut inner[0]);
    compress(&mut outer[0]);
    (inner, outer) = ([inner[0]; 3], [outer[0]; 3]);
    black_box(&mut inner).iter_mut().for_each(compress);
    black_box(&mut outer).iter_mut().for_each(compress);
    black_box(outer);
}

pub(crate) fn verifier() -> Verifier {
    Verifier::new(Keyring::generate(20261121).expect("randomness"), "bench").expect("a verifier")
}

pub(crate) fn record(verifier: &Verifier, parameters: Parameters) -> String {
    let change =
        verifier.import(ACCOUNT, ExistingCredential::new(secret(), parameters), now()).expect("an import");
    change.record().expect("something to store").as_str().to_owned()
}

pub(crate) fn stored<'a>(verifier: &'a Verifier, record: &'a str) -> StoredCredential<'a> {
    verifier.credential(ACCOUNT, Some(record)).expect("a name")
}

pub(crate) fn secret() -> Secret {
    Secret::from_bytes(b"12345678901234567890").expect("a secret")
}

pub(crate) fn now() -> UnixTime {
    UnixTime::from_secs(i64::try_from(STEP * 30).expect("small")).expect("a time")
}

/// A step of RFC 6238 appendix B.
pub(crate) const STEP: u64 = 37_037_037;
pub(crate) const ACCOUNT: &str = "a.martin";
