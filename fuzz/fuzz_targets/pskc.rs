//! Any bytes are a file or an error; what is read keeps the promises of a token. A file under a key that is altered never gives
//! another secret than it had.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use poterne::token::{FileKey, read_pskc};
use poterne::{Authenticator, ErrorKind};

/// Figure 6 of RFC 6030, which `fuzz/corpus/pskc` has too.
const SHARED: [u8; 16] = *b"\x12\x34\x56\x78\x90\x12\x34\x56\x78\x90\x12\x34\x56\x78\x90\x12";
/// The secrets of the files of the corpus that are encrypted.
const SEALED: [&[u8]; 4] = [b"12345678901234567890", COUNTED.0, COUNTED.1, COUNTED.2];
const COUNTED: (&[u8], &[u8], &[u8]) = (&counted::<20>(), &counted::<21>(), &counted::<22>());

const fn counted<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let mut at = 0;
    while at < N {
        bytes[at] = at as u8;
        at += 1;
    }
    bytes
}

/// The key and the password open files of the corpus: what is asserted of tokens is asserted of some.
static CONTROL: LazyLock<()> = LazyLock::new(|| {
    let files: [(&[u8], _); 3] = [
        (include_bytes!("../corpus/pskc/figure-6"), FileKey::PreShared(&SHARED)),
        (FEW, password(FEW)),
        (XENC11, password(XENC11)),
    ];
    for (file, key) in files {
        let read = read_pskc(file, key).expect("a file under this key");
        assert_eq!(read.entries()[0].as_ref().expect("its token").secret().as_bytes(), SEALED[0]);
    }
});

/// Figure 7 and a relative of it, encrypted anew under 4 iterations instead of 1,000.
const FEW: &[u8] = include_bytes!("../corpus/pskc/password-few-iterations");
const XENC11: &[u8] = include_bytes!("../corpus/pskc/password-xenc11");

/// The password of figure 7, for as many iterations as those have: under more, nearly all of the time would be PBKDF2's.
fn password(file: &[u8]) -> FileKey<'static> {
    let count = |piece: &[u8]| file.windows(piece.len()).filter(|window| *window == piece).count();
    let is_short = 2 * count(b"IterationCount>4<") == count(b"IterationCount");
    if is_short { FileKey::Password(b"qwerty") } else { FileKey::None }
}

fuzz_target!(|file: &[u8]| {
    LazyLock::force(&CONTROL);
    for key in [FileKey::None, FileKey::PreShared(&SHARED), password(file)] {
        let read = match read_pskc(file, key) {
            Ok(read) => read,
            Err(error) => {
                assert!(error.to_string().len() < 200);
                let kinds = [
                    ErrorKind::TokenFile,
                    ErrorKind::TokenPassword,
                    ErrorKind::TokenMac,
                    ErrorKind::TokenUnsupported,
                ];
                assert!(kinds.contains(&error.kind()), "{error}");
                continue;
            }
        };
        assert!(!read.entries().is_empty());
        let mut serials = Vec::new();
        for entry in read.into_entries() {
            match entry {
                Ok(entry) => {
                    assert!(matches!(entry.secret().as_bytes().len(), 1..=1024));
                    assert!(matches!(entry.serial().len(), 1..=128) && entry.line() > 0);
                    assert_eq!(entry.parameters().authenticator(), Authenticator::Token);
                    assert!((-200..=200).contains(&entry.drift()));
                    assert!(entry.watermark().is_none_or(|watermark| watermark <= u64::MAX >> 1));
                    if !matches!(key, FileKey::None) {
                        assert!(SEALED.contains(&entry.secret().as_bytes()), "a secret that nobody sealed");
                    }
                    assert!(!serials.contains(&entry.serial().to_owned()));
                    serials.push(entry.serial().to_owned());
                }
                Err(fault) => assert!(fault.line() > 0 && fault.to_string().len() < 400),
            }
        }
    }
});
