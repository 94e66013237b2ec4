//! A secret that was read from hexadecimal is what its digits say.

#![no_main]

use libfuzzer_sys::fuzz_target;
use poterne::Secret;

fuzz_target!(|text: &str| {
    let Ok(secret) = Secret::from_hex(text) else { return };
    assert!((1..=Secret::MAX_LEN).contains(&secret.as_bytes().len()));
    // Nothing but case and separators was dropped.
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    assert!(
        text.chars().all(|character| character.is_ascii_hexdigit() || !character.is_ascii_alphanumeric())
    );
    let printed: String = secret.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(printed, digits.to_ascii_lowercase());
});
