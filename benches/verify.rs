//! Time of the public calls: the bare match (W: one code, three candidates), and the whole record path of a login.

#![allow(missing_docs, reason = "criterion's macro makes an item")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use poterne::{Imported, Keyring, Parameters, Secret, UnixTime, Verifier, hotp, match_otp};

/// A step of RFC 6238 appendix B.
const STEP: u64 = 37_037_037;

fn bare_match(criterion: &mut Criterion) {
    let secret = Secret::from_bytes(b"12345678901234567890").expect("a secret");
    let parameters = Parameters::totp();
    let mut group = criterion.benchmark_group("match");
    for (name, step, watermark) in [
        ("right-1", STEP - 1, None),
        ("right", STEP, None),
        ("right+1", STEP + 1, None),
        ("wrong", STEP + 9, None),
        ("replayed", STEP, Some(STEP)),
    ] {
        let otp = hotp::generate(&secret, &parameters, step);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                match_otp(
                    black_box(&secret),
                    &parameters,
                    black_box(otp.as_str()),
                    STEP - 1..=STEP + 1,
                    black_box(watermark),
                )
            });
        });
    }
    group.finish();
}

fn record_path(criterion: &mut Criterion) {
    let secret = || Secret::from_bytes(b"12345678901234567890").expect("a secret");
    let verifier =
        Verifier::new(Keyring::generate(20261121).expect("randomness"), "bench").expect("a verifier");
    let now = UnixTime::from_secs(i64::try_from(STEP * 30).expect("small")).expect("a time");
    let imported = Imported::new(secret(), Parameters::totp());
    let change = verifier.import("a.martin", imported, now).expect("an import");
    let record = change.record().as_str();
    let mut group = criterion.benchmark_group("record");
    for (name, step) in [("right", STEP), ("wrong", STEP + 9)] {
        let otp = hotp::generate(&secret(), &Parameters::totp(), step);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let attempt = verifier.verify(black_box(record), "a.martin", black_box(otp.as_str()), now);
                attempt.and_then(|attempt| attempt.outcome(1))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bare_match, record_path);
criterion_main!(benches);
