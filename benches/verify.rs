//! The time of the public calls, each in every case that could differ. It is the processor time of this thread, so that other work
//! on the machine counts as little as possible.

#![allow(missing_docs, reason = "criterion's macro makes an item")]

use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use poterne::{
    Algorithm, ExistingCredential, Keyring, Otp, OtpFormat, OtpauthNames, Parameters, Policy, PolicyOption,
    Secret, StoredCredential, UnixTime, Verifier, hotp, match_otp,
};

/// The bare match of a code: one step early, right, one step late, wrong, used.
fn bare_match(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("match");
    for (name, step, watermark) in [
        ("right-1", STEP - 1, None),
        ("right", STEP, None),
        ("right+1", STEP + 1, None),
        ("wrong", WRONG, None),
        ("replayed", STEP, Some(STEP)),
    ] {
        let (secret, format, otp) = (secret(), OtpFormat::default(), code(OtpFormat::default(), step));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let otp = black_box(otp.as_str());
                match_otp(black_box(&secret), format, otp, STEP - 1..=STEP + 1, black_box(watermark))
            });
        });
    }
    group.finish();
}

/// Each hash with each width of a window, up to the look-ahead of a counter.
fn window(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("window");
    for algorithm in Algorithm::ALL.iter().copied() {
        for candidates in [1, 3, 5, 10, 21, 100] {
            let format = OtpFormat::default().with_algorithm(algorithm);
            let (secret, otp) = (secret(), code(format, WRONG));
            group.bench_function(BenchmarkId::new(algorithm.name(), candidates), |bencher| {
                bencher.iter(|| {
                    let otp = black_box(otp.as_str());
                    match_otp(black_box(&secret), format, otp, 1..=candidates, None)
                });
            });
        }
    }
    group.finish();
}

/// The whole path of a login: opens the record, verifies, seals it, and asks for the verdict.
fn record(criterion: &mut Criterion<CpuTime>) {
    let verifier = verifier(Policy::default());
    let active = imported(&verifier, ExistingCredential::new(secret(), Parameters::totp()));
    let used =
        imported(&verifier, ExistingCredential::new(secret(), Parameters::totp()).with_watermark(Some(STEP)));
    let change = stored(&verifier, &active).recovery_codes(10).expect("an active record");
    let with_codes = change.record().expect("something to store").as_str().to_owned();
    let codes = change.outcome(1).expect("one row");
    let recovery_code = codes.iter().next().expect("ten codes");
    let (right, wrong) = (code(OtpFormat::default(), STEP), code(OtpFormat::default(), WRONG));
    let mut group = criterion.benchmark_group("record");
    for (name, record, typed) in [
        ("right", active.as_str(), right.as_str()),
        ("wrong", &active, wrong.as_str()),
        ("replayed", &used, right.as_str()),
        ("malformed", &active, "12345"),
        ("recovery code", &with_codes, recovery_code),
        ("not enrolled", "", right.as_str()),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let attempt = stored(&verifier, black_box(record)).verify(black_box(typed), now());
                attempt.map(|attempt| attempt.outcome(1))
            });
        });
    }
    group.finish();
}

/// A wrong pair of codes, so that the whole range is searched: 201 time steps, 1,000 and 10,000 counters.
fn resynchronize(criterion: &mut Criterion<CpuTime>) {
    let token = Parameters::totp().with_authenticator(poterne::Authenticator::Token);
    let mut group = criterion.benchmark_group("resynchronize");
    for (name, parameters, option, value) in [
        ("201 steps", token, PolicyOption::MaxDrift, 100),
        ("1000 counters", Parameters::hotp(), PolicyOption::ResyncLookAhead, 1_000),
        ("10000 counters", Parameters::hotp(), PolicyOption::ResyncLookAhead, 10_000),
    ] {
        let verifier = verifier(Policy::default().with(option, value).expect("in its bounds"));
        let record = imported(&verifier, ExistingCredential::new(secret(), parameters));
        let (first, second) =
            (code(OtpFormat::default(), STEP + 20_000), code(OtpFormat::default(), STEP + 30_000));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let (first, second) = (black_box(first.as_str()), black_box(second.as_str()));
                stored(&verifier, &record)
                    .resynchronize(first, second, now())
                    .map(|attempt| attempt.outcome(1))
            });
        });
    }
    group.finish();
}

/// The calls that happen once per account.
fn enrollment(criterion: &mut Criterion<CpuTime>) {
    let verifier = verifier(Policy::default());
    let active = imported(&verifier, ExistingCredential::new(secret(), Parameters::totp()));
    let enrollment = verifier.enroll(ACCOUNT, Parameters::totp(), now()).expect("an enrollment");
    let mut group = criterion.benchmark_group("enrollment");
    group.bench_function("enroll", |bencher| {
        bencher.iter(|| verifier.enroll(black_box(ACCOUNT), Parameters::totp(), now()));
    });
    group.bench_function("otpauth URI", |bencher| {
        bencher.iter(|| {
            enrollment.otpauth_uri(OtpauthNames { issuer: black_box("Grand Angle"), label: ACCOUNT })
        });
    });
    group.bench_function("8 recovery codes", |bencher| {
        bencher
            .iter(|| stored(&verifier, black_box(&active)).recovery_codes(8).map(|change| change.outcome(1)));
    });
    group.finish();
}

fn secret() -> Secret {
    Secret::from_bytes(b"12345678901234567890").expect("a secret")
}

fn code(format: OtpFormat, factor: u64) -> Otp {
    hotp::generate(&secret(), format, factor)
}

fn verifier(policy: Policy) -> Verifier {
    let keyring = Keyring::generate(20261121).expect("randomness");
    Verifier::new(keyring, "bench").expect("a verifier").with_policy(policy)
}

fn stored<'a>(verifier: &'a Verifier, record: &'a str) -> StoredCredential<'a> {
    verifier.credential(ACCOUNT, Some(record)).expect("a name")
}

fn imported(verifier: &Verifier, existing: ExistingCredential) -> String {
    let change = verifier.import(ACCOUNT, existing, now()).expect("an import");
    change.record().expect("something to store").as_str().to_owned()
}

fn now() -> UnixTime {
    UnixTime::from_secs(i64::try_from(STEP * 30).expect("small")).expect("a time")
}

/// The processor time of this thread, shown as criterion shows time.
struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = ThreadTime;
    type Value = Duration;

    fn start(&self) -> ThreadTime {
        ThreadTime::now()
    }

    fn end(&self, start: ThreadTime) -> Duration {
        start.elapsed()
    }

    fn add(&self, first: &Duration, second: &Duration) -> Duration {
        first.saturating_add(*second)
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// A step of RFC 6238 appendix B, and one that is far from it.
const STEP: u64 = 37_037_037;
const WRONG: u64 = STEP + 9;

const ACCOUNT: &str = "a.martin";

criterion_group!(
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = bare_match, window, record, resynchronize, enrollment
);
criterion_main!(benches);
