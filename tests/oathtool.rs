//! Codes agree with those of `oathtool` (OATH Toolkit; Debian package oathtool), an implementation of other people.
//!
//! Ignored by a plain `cargo test`, since it needs the tool: `cargo test --test oathtool -- --ignored`.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may panic and print"
)]

use std::process::Command;

use poterne::{Algorithm, Digits, Match, OtpFormat, Secret, TimeSteps, UnixTime, hotp, match_otp, totp};

const CASES: u64 = 10_000;

/// A linear congruential generator (Knuth's MMIX): the same cases each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 16) % limit
    }
}

fn oathtool(arguments: &[String]) -> String {
    let output =
        Command::new("oathtool").args(arguments).output().expect("oathtool, of the Debian package oathtool");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().into()
}

#[test]
#[ignore = "needs oathtool, of the Debian package of that name"]
fn codes_are_those_of_oathtool() {
    let mut random = Random(20_261_121);
    let (mut time_based, mut counter_based) = (0, 0);
    for case in 0..CASES {
        let len = 1 + random.below(if case % 10 == 0 { 200 } else { 64 });
        let bytes: Vec<u8> = (0..len).map(|_| random.below(256) as u8).collect();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let secret = Secret::from_bytes(&bytes).unwrap();
        let digits = 6 + random.below(3) as u32;
        let format = OtpFormat::default().with_digits(Digits::new(digits).unwrap());
        let digits = format!("--digits={digits}");
        if case % 4 == 0 {
            // oathtool's HOTP has SHA-1 only.
            counter_based += 1;
            let counter = [random.below(1_000), random.below(1 << 40), u64::MAX - 1 - random.below(9)]
                [random.below(3) as usize];
            let expected = oathtool(&[digits, format!("--counter={counter}"), hex]);
            assert_eq!(hotp::generate(&secret, format, counter).as_str(), expected, "counter {counter}");
            let matched = match_otp(&secret, format, &expected, counter..=counter, None).unwrap();
            assert_eq!(matched, Match::Found(counter));
            continue;
        }
        time_based += 1;
        let algorithm = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512][random.below(3) as usize];
        let time_step = [30, 60, 1 + random.below(86_400)][random.below(3) as usize];
        let t0 = [0, random.below(2_000_000_000)][random.below(2) as usize];
        let now = t0
            + [random.below(100), random.below(4_000_000_000), random.below(200_000_000_000)]
                [random.below(3) as usize];
        let expected = oathtool(&[
            format!("--totp={algorithm}"),
            digits,
            format!("--time-step-size={time_step}s"),
            format!("--start-time=@{t0}"),
            format!("--now=@{now}"),
            hex,
        ]);
        let time = |seconds| UnixTime::from_secs(i64::try_from(seconds).unwrap()).unwrap();
        let steps = TimeSteps::new(u32::try_from(time_step).unwrap(), time(t0)).unwrap();
        let otp = totp::generate(&secret, format.with_algorithm(algorithm), steps, time(now)).unwrap();
        assert_eq!(otp.as_str(), expected, "{algorithm}, {time_step} s from {t0}, at {now}");
    }
    println!("{time_based} time-based and {counter_based} counter-based codes agree with oathtool");
    assert_eq!(time_based + counter_based, CASES);
}
