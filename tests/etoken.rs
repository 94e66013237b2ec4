//! Files of eToken PASS: what the vectors do not say.

#![cfg(feature = "token-files")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use poterne::token::{prove_etoken, read_etoken};
use poterne::{Algorithm, ErrorKind, OtpFormat, Secret, hotp};
use proptest::prelude::*;

const HEX: &str = "3132333435363738393031323334353637383930";

fn token(serial: &str, seed: &str, counter: &str) -> String {
    format!(
        "<Token serial=\"{serial}\"><ProductName>Safeword Alpine</ProductName><Applications><Application>\
         <Seed>{seed}</Seed><MovingFactor>{counter}</MovingFactor></Application></Applications></Token>"
    )
}

fn file(tokens: &str) -> String {
    format!("<Tokens>\n{tokens}\n</Tokens>")
}

#[test]
fn a_code_proves_the_hash() {
    let text = file(&token("7", HEX, "5"));
    let secret = Secret::from_hex(HEX).unwrap();
    for algorithm in Algorithm::ALL {
        let format = OtpFormat::default().with_algorithm(*algorithm);
        for (counter, is_found) in [(4, false), (5, true), (25, true), (26, false)] {
            let code = hotp::generate(&secret, format, counter);
            let fits = prove_etoken(text.as_bytes(), "7", code.as_str()).unwrap();
            assert_eq!(fits, if is_found { vec![*algorithm] } else { vec![] }, "{algorithm} {counter}");
        }
    }
    for (serial, code, kind) in [("8", "123456", ErrorKind::Argument), ("7", "1234567", ErrorKind::Argument)]
    {
        assert_eq!(prove_etoken(text.as_bytes(), serial, code).unwrap_err().kind(), kind);
    }
    assert_eq!(prove_etoken(b"", "7", "123456").unwrap_err().kind(), ErrorKind::TokenFile);
}

#[test]
fn faults_say_where_and_never_what() {
    let text = file(&format!("{}\n{}", token("7", HEX, "1"), token("8", &HEX[1..], "1")));
    let read = read_etoken(text.as_bytes(), None).unwrap();
    let [Ok(first), Err(fault)] = read.entries() else { panic!("{read:?}") };
    assert_eq!((first.line(), fault.line(), fault.serial()), (2, 3, Some("8")));
    assert_eq!(first.model(), Some("Safeword Alpine"));
    let said = fault.to_string();
    assert!(said.starts_with("line 3, serial 8: ") && !said.contains(&HEX[1..]), "{said}");
    let error = read_etoken(b"\n<Key/>", None).unwrap_err();
    assert!(error.to_string().starts_with("line 2: "), "{error}");
}

/// 100,000 tokens are read, and 100 MB of anything are not read for long.
#[test]
fn size_is_bounded() {
    let tokens: String =
        (1..=100_000).map(|serial| token(&serial.to_string(), &format!("{serial:040x}"), "0")).collect();
    let read = read_etoken(file(&tokens).as_bytes(), None).unwrap();
    assert_eq!(read.entries().iter().filter(|entry| entry.is_ok()).count(), 100_000);
    for text in ["<Tokens>", "<a>", "<a/>", "<!--", "&x;", "<a b='"] {
        let rubbish = text.repeat(100_000_000 / text.len());
        assert_eq!(read_etoken(rubbish.as_bytes(), None).unwrap_err().kind(), ErrorKind::TokenFile, "{text}");
    }
}

proptest! {
    /// What is written is read.
    #[test]
    fn written_and_read(
        serial in "[A-Z]{2}[0-9]{1,10}",
        secret in proptest::collection::vec(any::<u8>(), 20),
        counter in 0..=u64::MAX >> 1,
        is_upper: bool,
    ) {
        prop_assume!(secret.iter().any(|byte| *byte != secret[0]));
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let hex = if is_upper { hex.to_uppercase() } else { hex };
        let read = read_etoken(file(&token(&serial, &hex, &counter.to_string())).as_bytes(), None).unwrap();
        let [Ok(entry)] = read.entries() else { panic!("{read:?}") };
        prop_assert_eq!(entry.serial(), serial);
        prop_assert_eq!(entry.secret().as_bytes(), secret);
        prop_assert_eq!(entry.parameters().counter(), counter);
        prop_assert_eq!(entry.parameters().algorithm(), Algorithm::Sha1);
    }

    /// Nothing panics.
    #[test]
    fn anything(text in "[<>/!A-Za-z =\"&;?-]{0,200}") {
        let _ = read_etoken(text.as_bytes(), None);
        let _ = read_etoken(file(&text).as_bytes(), Some(Algorithm::Sha256));
    }
}
