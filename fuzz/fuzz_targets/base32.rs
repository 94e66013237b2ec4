//! A secret that was read is printed in one way, and read again from it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use poterne::Secret;

fuzz_target!(|text: &str| {
    let Ok(secret) = Secret::from_base32(text) else { return };
    assert!((1..=Secret::MAX_LEN).contains(&secret.as_bytes().len()));
    let canonical = secret.to_base32();
    assert!(canonical.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7')));
    let again = Secret::from_base32(&canonical).expect("what was printed can be read");
    assert_eq!(again.as_bytes(), secret.as_bytes());
    // Nothing but case, padding and separators was dropped; the spare bits of the last character may differ.
    let plain = text
        .to_ascii_uppercase()
        .replace(|character: char| character == '=' || !character.is_ascii_alphanumeric(), "");
    assert_eq!(plain.len(), canonical.len());
    assert_eq!(plain[..plain.len() - 1], canonical[..canonical.len() - 1]);
});
