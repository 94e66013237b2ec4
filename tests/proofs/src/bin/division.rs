//! A program that holds the library's calls, and the twin that divides, to be disassembled. It does nothing when run.

use std::hint::black_box;

use poterne::{
    Denied, Keyring, OtpFormat, Parameters, Secret, UnixTime, Verifier, hotp, match_otp,
    split_password_and_code,
};
use poterne_proofs::leaky;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, text, account, first, second] = arguments.as_slice() else { return };
    println!("{}", calls(text, account, first, second).is_ok());
    println!("{}", leaky::remainder(black_box(0), black_box(6)));
}

fn calls(text: &str, account: &str, first: &str, second: &str) -> Result<(), Denied> {
    let (parameters, format) = black_box((Parameters::totp(), OtpFormat::default()));
    let secret = Secret::from_base32(text)?;
    black_box(Secret::from_hex(text)?);
    black_box(hotp::generate(&secret, format, 7));
    let _ = black_box(match_otp(&secret, format, first, 1..=3, None)?);
    black_box(split_password_and_code(first.as_bytes(), format.digits()));
    let verifier = Verifier::new(Keyring::parse(text)?, account)?;
    let now = UnixTime::from_secs(0)?;
    let enrollment = verifier.enroll(account, parameters, now)?;
    let credential = verifier.credential(account, Some(enrollment.record().as_str()))?;
    println!("{}", credential.verify(first, now)?.outcome(1)?.code());
    println!("{}", credential.confirm(first, now)?.outcome(1)?.code());
    println!("{}", credential.resynchronize(first, second, now)?.outcome(1)?.code());
    Ok(())
}
