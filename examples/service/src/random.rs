//! Random bytes, and text that stands for bytes.

use std::fmt::Write;

use poterne::Error;
use sha2::{Digest, Sha256};

/// 32 bytes that nobody can guess: the value of a cookie.
pub(crate) fn token() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::unavailable(error.to_string()))?;
    Ok(hex(&bytes))
}

/// SHA-256 over the parts, each behind its length: no other parts give the same.
pub(crate) fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        hash.update(length.to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The text whose UTF-8 is in hexadecimal.
pub(crate) fn unhex(text: &str) -> Option<String> {
    let pairs =
        text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    (text.len() % 2 == 0)
        .then(|| pairs.collect::<Option<Vec<u8>>>())?
        .and_then(|bytes| String::from_utf8(bytes).ok())
}
