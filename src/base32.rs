//! Base32 (RFC 4648) as people write shared secrets.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use base32ct::{Base32UpperUnpadded, Encoding};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};

/// Decodes what a person or an application wrote: any case, with spaces, tabs, line ends and dashes anywhere and padding at
/// the end. Spare bits of the last character are ignored, as authenticator applications do.
pub(crate) fn decode_lenient(text: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut characters = Zeroizing::new(Vec::with_capacity(text.len()));
    let unpadded = text.trim_end_matches(['=', ' ', '\t', '\r', '\n', '-']);
    for byte in unpadded.bytes() {
        if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'-') {
            characters.push(byte.to_ascii_uppercase());
        }
    }
    decode(&characters).ok_or(Error::new(
        ErrorKind::Secret,
        "the secret is not base32: it has the letters A to Z and the digits 2 to 7, and is copied whole",
    ))
}

/// Decodes upper-case unpadded text, ignoring spare bits.
pub(crate) fn decode(characters: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; decoded_len(characters.len())?]);
    decode_into(characters, &mut bytes)?;
    Some(bytes)
}

/// Decodes upper-case unpadded text of exactly the length that fills `bytes`.
pub(crate) fn decode_into(characters: &[u8], bytes: &mut [u8]) -> Option<()> {
    if decoded_len(characters.len())? != bytes.len() {
        return None;
    }
    Base32UpperUnpadded::decode(characters, bytes).ok().map(|_| ())
}

/// Encodes in upper case, without padding.
pub(crate) fn encode(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(vec![0; Base32UpperUnpadded::encoded_len(bytes)]);
    // The buffer has the length that the codec asked for.
    Zeroizing::new(Base32UpperUnpadded::encode(bytes, &mut text).map(String::from).unwrap_or_default())
}

/// How many bytes this many characters hold; none for 1, 3 and 6 beyond a multiple of 8, which encode nothing.
fn decoded_len(characters: usize) -> Option<usize> {
    match characters & 7 {
        1 | 3 | 6 => None,
        _ => characters.checked_mul(5).map(|bits| bits >> 3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648 section 10, without padding.
    const RFC4648: [(&[u8], &str); 7] = [
        (b"", ""),
        (b"f", "MY"),
        (b"fo", "MZXQ"),
        (b"foo", "MZXW6"),
        (b"foob", "MZXW6YQ"),
        (b"fooba", "MZXW6YTB"),
        (b"foobar", "MZXW6YTBOI"),
    ];

    #[test]
    fn rfc4648_section_10() {
        for (bytes, text) in RFC4648 {
            assert_eq!(encode(bytes).as_str(), text);
            assert_eq!(decode(text.as_bytes()).expect("a vector").as_slice(), bytes);
        }
    }

    #[test]
    fn lengths_that_encode_nothing_are_refused() {
        for length in 0..64 {
            let text = "A".repeat(length);
            assert_eq!(decode(text.as_bytes()).is_none(), matches!(length % 8, 1 | 3 | 6), "{length}");
        }
    }
}
