//! A keyring that was read is printed in one way, and read again from it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use poterne::{ErrorKind, Keyring};

fuzz_target!(|text: &str| {
    let keyring = match Keyring::parse(text) {
        Ok(keyring) => keyring,
        Err(error) => return assert_eq!(error.kind(), ErrorKind::Keyring),
    };
    assert!((1..=64).contains(&keyring.key_ids().len()));
    assert!(keyring.key_ids().any(|id| id == keyring.primary_key_id()));
    let printed = keyring.to_text();
    let again = Keyring::parse(&printed).expect("what was printed can be read");
    assert_eq!(again.to_text(), printed);
    // Every key of the text stands in it as it was written.
    for word in printed.split_ascii_whitespace() {
        assert!(text.contains(word));
    }
});
