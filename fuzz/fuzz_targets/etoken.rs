//! An eToken PASS file is read or refused, with or without a declared hash: the same tokens, as far as the hash goes.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use poterne::token::read_etoken;
use poterne::{Algorithm, ErrorKind, MovingFactor};

/// A file that must be read: what is asserted of tokens is asserted of some.
static CONTROL: LazyLock<()> = LazyLock::new(|| {
    let file = b"<Tokens><Token serial=\"GALT1\"><Applications><Application ConnectorID=\"{a}\">\
        <Seed>3132333435363738393031323334353637383930</Seed><MovingFactor>7</MovingFactor>\
        </Application></Applications></Token></Tokens>";
    let read = read_etoken(file, None).expect("an eToken PASS file");
    let token = read.entries()[0].as_ref().expect("its token");
    assert_eq!((token.serial(), token.secret().as_bytes()), ("GALT1", &b"12345678901234567890"[..]));
});

fuzz_target!(|file: &[u8]| {
    LazyLock::force(&CONTROL);
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
