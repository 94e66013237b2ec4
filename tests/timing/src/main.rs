//! Times of two kinds of input, told apart by a t-test: whoever can measure them must learn nothing.
//!
//! The proofs cannot see the processor's own instructions for SHA; here they run. Both kinds lie in the same memory when they are
//! measured, and take turns at random.

use std::hint::black_box;

use dudect_bencher::{BenchRng, Class, CtRunner, ctbench_main, rand::Rng};
use poterne::{OtpFormat, Parameters, match_otp};
use poterne_proofs::fixture::{self, SECRET, STEP, now};
use poterne_proofs::leaky;

const SAMPLES: usize = 100_000;

/// Measures `call` on two inputs of one length.
fn compare(runner: &mut CtRunner, rng: &mut BenchRng, kinds: [&str; 2], call: impl Fn(&str)) {
    sample(runner, rng, SAMPLES, kinds, call);
}

fn sample(
    runner: &mut CtRunner,
    rng: &mut BenchRng,
    samples: usize,
    [left, right]: [&str; 2],
    call: impl Fn(&str),
) {
    assert!(left.len() == right.len() && left != right, "two kinds of one length");
    let mut input = left.to_owned();
    for _ in 0..samples {
        let (class, kind) = if rng.r#gen() { (Class::Left, left) } else { (Class::Right, right) };
        input.clear();
        input.push_str(kind);
        runner.run_one(class, || call(black_box(&input)));
    }
}

/// The record with another character in one place.
fn damaged(record: &str, at: usize) -> String {
    let other = if &record[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &record[..at], &record[at + 1..])
}

/// A record that was changed: at the begin of the ciphertext, behind magic, key id and nonce, or at the end of the tag.
fn damage(runner: &mut CtRunner, rng: &mut BenchRng) {
    let verifier = fixture::verifier();
    let record = fixture::record(&verifier, &Parameters::totp(), None);
    let (first, last) = (damaged(&record, 54), damaged(&record, 503));
    compare(runner, rng, [&first, &last], |record| {
        assert!(fixture::stored(&verifier, record).inspect(now()).is_err());
    });
}

/// A right code, of the first candidate, and a wrong one.
fn code(runner: &mut CtRunner, rng: &mut BenchRng) {
    let secret = fixture::secret();
    let (right, wrong) =
        (fixture::code(&Parameters::totp(), STEP - 1), fixture::wrong_code(&Parameters::totp()));
    compare(runner, rng, [&right, &wrong], |code| {
        let _ = black_box(
            match_otp(&secret, OtpFormat::default(), code, STEP - 1..=STEP + 1, None)
                .expect("three candidates"),
        );
    });
}

/// A code in the first slot and one in the last. The codes are drawn anew again and again: which letters somebody types takes
/// its time too, and is known to whoever types them.
fn slot(runner: &mut CtRunner, rng: &mut BenchRng) {
    const SETS: usize = 200;
    let verifier = fixture::verifier();
    let record = fixture::record(&verifier, &Parameters::totp(), None);
    for _ in 0..SETS {
        let change = fixture::stored(&verifier, &record).recovery_codes(10).expect("an active credential");
        let record = change.record().expect("something to store").as_str().to_owned();
        let codes = change.outcome(1).expect("one row");
        let credential = fixture::stored(&verifier, &record);
        let (first, last) = (codes.iter().next().expect("ten"), codes.iter().last().expect("ten"));
        for code in [first, last] {
            let attempt = credential.verify(code, now()).expect("the record opens");
            assert!(attempt.outcome(1).is_ok());
        }
        sample(runner, rng, SAMPLES / SETS, [first, last], |code| {
            drop(black_box(credential.verify(code, now()).expect("the record opens")));
        });
    }
}

/// The twin of `damage`: a comparison with an early exit.
fn leaky_damage(runner: &mut CtRunner, rng: &mut BenchRng) {
    let right = "a".repeat(64);
    compare(runner, rng, [&damaged(&right, 0), &damaged(&right, 63)], |text| {
        assert!(!leaky::compare_bytes(right.as_bytes(), text.as_bytes()));
    });
}

/// The twin of `code`: a window with an early exit.
fn leaky_code(runner: &mut CtRunner, rng: &mut BenchRng) {
    let (right, wrong) =
        (fixture::code(&Parameters::totp(), STEP - 1), fixture::wrong_code(&Parameters::totp()));
    compare(runner, rng, [&right, &wrong], |code| {
        black_box(leaky::window(SECRET, STEP - 1, code.parse().expect("digits")));
    });
}

/// The twin of `slot`: a search with an early exit.
fn leaky_slot(runner: &mut CtRunner, rng: &mut BenchRng) {
    let mut hashes = [*b"--------"; 10];
    hashes[0] = *b"in first";
    hashes[9] = *b"in tenth";
    compare(runner, rng, ["in first", "in tenth"], |text| {
        black_box(leaky::slot(&hashes, text.as_bytes().try_into().expect("8 bytes")));
    });
}

ctbench_main!(damage, code, slot, leaky_damage, leaky_code, leaky_slot);
