//! A CSV file of tokens is read or refused; what was read names lines of the file and can be enrolled or is refused there.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use poterne::token::{CsvLayout, CsvOptions, Encoding, Separator, read_csv};
use poterne::{Algorithm, Digits, ErrorKind};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    layout: u8,
    options: u8,
    file: &'a [u8],
}

/// A file that must be read: what is asserted of tokens is asserted of some.
static CONTROL: LazyLock<()> = LazyLock::new(|| {
    let options = CsvOptions::new(CsvLayout::Oath).with_algorithm(Algorithm::Sha1);
    let file = b"GALT1,3132333435363738393031323334353637383930,hotp,6,7\n";
    let read = read_csv(file, &options).expect("the OATH layout");
    let token = read.entries()[0].as_ref().expect("its token");
    assert_eq!((token.serial(), token.secret().as_bytes()), ("GALT1", &b"12345678901234567890"[..]));
});

fuzz_target!(|input: Input<'_>| {
    LazyLock::force(&CONTROL);
    let mut options = match CsvLayout::ALL.get(usize::from(input.layout % 6)) {
        Some(layout) => CsvOptions::new(*layout),
        None => CsvOptions::of_columns(
            "serial,secret,type,algorithm,digits,time_step,counter,drift,watermark,not_before,not_after",
        )
        .expect("it is a map"),
    };
    let bit = |at: u8| input.options >> at & 1 == 1;
    if bit(0) {
        options = options.with_encoding(if bit(1) { Encoding::Hex } else { Encoding::Base32 });
    }
    if bit(2) {
        options = options.with_algorithm(Algorithm::Sha256);
    }
    if bit(3) {
        options = options.with_digits(Digits::Eight);
    }
    options = options.with_separator(match (bit(4), bit(5)) {
        (false, _) => Separator::Comma,
        (true, false) => Separator::Semicolon,
        (true, true) => Separator::Tab,
    });
    match read_csv(input.file, &options) {
        Ok(read) => {
            let lines = input.file.iter().filter(|byte| **byte == b'\n').count() + 1;
            let mut last = 0;
            let mut serials = std::collections::BTreeSet::new();
            for entry in read.entries() {
                let line = entry.as_ref().map_or_else(|fault| fault.line(), |token| token.line());
                assert!(line > last && line <= lines, "lines come in their order");
                last = line;
                if let Ok(token) = entry {
                    assert!(!token.secret().as_bytes().is_empty());
                    assert!(serials.insert(token.serial()), "a serial number twice");
                }
            }
        }
        Err(error) => {
            let kinds = [ErrorKind::Argument, ErrorKind::TokenFile, ErrorKind::TokenUnsupported];
            assert!(kinds.contains(&error.kind()));
        }
    }
});
