//! An eToken PASS file is read or refused, with or without a declared hash: the same tokens, as far as the hash goes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use poterne::token::read_etoken;
use poterne::{Algorithm, ErrorKind, MovingFactor};

fuzz_target!(|file: &[u8]| {
    let undeclared = match read_etoken(file, None) {
        Ok(read) => read,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::TokenFile);
            return assert!(read_etoken(file, Some(Algorithm::Sha1)).is_err());
        }
    };
    let declared = read_etoken(file, Some(Algorithm::Sha512)).expect("the hash does not make the file");
    assert_eq!(undeclared.entries().len(), declared.entries().len());
    let lines = file.iter().filter(|byte| **byte == b'\n').count() + 1;
    for token in undeclared.entries().iter().flatten() {
        assert!((1..=lines).contains(&token.line()));
        assert_eq!(token.parameters().moving_factor(), MovingFactor::Counter);
        assert!([20, 32].contains(&token.secret().as_bytes().len()));
        assert!(!token.serial().is_empty());
    }
});
