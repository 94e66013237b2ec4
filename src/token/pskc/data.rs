//! The values of a key: plain or encrypted, binary or numbers (RFC 6030 section 4.2).

use alloc::vec::Vec;

use roxmltree::Node;
use zeroize::Zeroizing;

use super::encryption::Encryption;
use super::vocabulary::{PSKC, check_children, child, damaged, unsupported};
use crate::error::{Error, ErrorKind};
use crate::otp::Secret;
use crate::token::{base64, value, xml};

/// What stands in an element of `Data`.
pub(super) enum Value<'a> {
    /// As it is written.
    Plain(&'a str),
    /// Authenticated and decrypted.
    Opened(Zeroizing<Vec<u8>>),
}

impl<'a> Value<'a> {
    /// Reads an element of `Data`. A value that stands in it twice, once in clear, is an error.
    pub(super) fn read(element: Node<'a, '_>, encryption: Option<&Encryption>) -> Result<Self, Error> {
        check_children(element, &["PlainValue", "EncryptedValue", "ValueMAC"], UNKNOWN)?;
        let plain = child(element, PSKC, "PlainValue")?;
        let encrypted = child(element, PSKC, "EncryptedValue")?;
        let mac = child(element, PSKC, "ValueMAC")?;
        match (plain, encrypted, encryption) {
            (Some(plain), None, _) if mac.is_none() => xml::value(plain).map(Self::Plain),
            (Some(_), None, _) => Err(unsupported(
                "a value that is not encrypted has an authentication code: RFC 6030 knows none",
            )),
            (None, Some(encrypted), Some(encryption)) => encryption.open(encrypted, mac).map(Self::Opened),
            (None, Some(_), None) => Err(Error::new(
                ErrorKind::TokenMac,
                "the value is encrypted, but the file names neither key nor authentication: ask for the file anew",
            )),
            (None, None, _) => Err(damaged("a value is missing: ask for the file anew")),
            (Some(_), Some(_), _) => {
                Err(damaged("a value stands in the file twice, plain and encrypted: ask for the file anew"))
            }
        }
    }

    /// Returns it as a secret.
    pub(super) fn into_secret(self, encryption: Option<&Encryption>) -> Result<Secret, Error> {
        let not_base64 = Error::new(
            ErrorKind::Secret,
            "the secret is not base64, or has more than 1,024 bytes: take the file as the manufacturer sent it",
        );
        match self {
            // Somebody who does not have the key could have added the token.
            Self::Plain(_) if encryption.is_some() => Err(Error::new(
                ErrorKind::TokenMac,
                "the secret is not encrypted, but the file is: the token may have been added on the way. Ask for the file anew",
            )),
            Self::Plain(text) => {
                Secret::from_bytes(&base64::decode(text, Secret::MAX_LEN).ok_or(not_base64)?)
            }
            Self::Opened(bytes) => Secret::from_bytes(&bytes),
        }
    }

    /// Returns it as a number that is not negative.
    pub(super) fn number(&self, max: u64, wrong: Error) -> Result<u64, Error> {
        let number = match self {
            Self::Plain(text) => value::number(text, max),
            Self::Opened(bytes) => match opened(bytes)? {
                Integer::Text(text) => value::number(text, max),
                Integer::Binary(number) => u64::try_from(number).ok().filter(|number| *number <= max),
            },
        };
        number.ok_or(wrong)
    }

    /// Returns it as a number that may be negative.
    pub(super) fn signed(&self, max: i16, wrong: Error) -> Result<i16, Error> {
        let number = match self {
            Self::Plain(text) => value::signed(text, max),
            Self::Opened(bytes) => match opened(bytes)? {
                Integer::Text(text) => value::signed(text, max),
                Integer::Binary(number) => {
                    i16::try_from(number).ok().filter(|number| number.unsigned_abs() <= max.unsigned_abs())
                }
            },
        };
        number.ok_or(wrong)
    }
}

/// A number that was encrypted.
enum Integer<'a> {
    Text(&'a str),
    Binary(i64),
}

/// Reads a decrypted number: binary, big-endian, of 4 or 8 bytes as RFC 6030 says, or without the zeros before it, as multiOTP writes
/// it; longer ones are decimal text. Up to eight bytes that are decimal digits could be both, and are an error: a counter that is read
/// too low would accept used codes.
fn opened(bytes: &[u8]) -> Result<Integer<'_>, Error> {
    if bytes.is_empty() {
        return Err(NO_NUMBER);
    }
    let is_decimal = bytes.iter().all(u8::is_ascii_digit);
    match bytes {
        [a, b, c, d] if !is_decimal => Ok(Integer::Binary(i64::from(i32::from_be_bytes([*a, *b, *c, *d])))),
        [_, _, _, _, _, _, _, _, _, ..] => {
            core::str::from_utf8(bytes).map(Integer::Text).map_err(|_| NO_NUMBER)
        }
        _ if is_decimal => Err(unsupported(
            "an encrypted number can be read as binary and as decimal text: find out which, and enroll the token by hand",
        )),
        _ => Ok(Integer::Binary(bytes.iter().fold(0, |number, byte| number << 8 | i64::from(*byte)))),
    }
}

const NO_NUMBER: Error = damaged("an encrypted number is neither binary nor decimal: ask for the file anew");
const UNKNOWN: Error = damaged("there is an unknown element in a value, or one in another namespace");

#[cfg(test)]
mod tests {
    use super::*;

    const WRONG: Error = Error::new(ErrorKind::Counter, "wrong");

    fn number(bytes: &[u8]) -> Result<u64, ErrorKind> {
        Value::Opened(Zeroizing::new(bytes.to_vec()))
            .number(u64::MAX >> 1, WRONG)
            .map_err(|error| error.kind())
    }

    fn signed(bytes: &[u8]) -> Result<i16, ErrorKind> {
        Value::Opened(Zeroizing::new(bytes.to_vec())).signed(200, WRONG).map_err(|error| error.kind())
    }

    #[test]
    fn numbers_that_were_encrypted() {
        assert_eq!(number(b"2985071234"), Ok(2_985_071_234));
        assert_eq!(number(&[0]), Ok(0));
        assert_eq!(number(&[30]), Ok(30));
        assert_eq!(number(&[0x3b, 0xfe, 0xc5, 0x21, 0x9f, 0x87, 0x96]), Ok(0x3b_fec5_219f_8796));
        assert_eq!(number(&961_392_u32.to_be_bytes()), Ok(961_392));
        assert_eq!(number(&961_392_u64.to_be_bytes()), Ok(961_392));
        assert_eq!(number(&(u64::MAX >> 1).to_be_bytes()), Ok(u64::MAX >> 1));
        assert_eq!(number(&u64::MAX.to_be_bytes()), Err(ErrorKind::Counter));
        for digits in ["0", "30", "1234", "298507", "12345678"] {
            assert_eq!(number(digits.as_bytes()), Err(ErrorKind::TokenUnsupported), "{digits}");
        }
        assert_eq!(number(b"12345678x"), Err(ErrorKind::Counter));
        assert_eq!(number(&[0xff; 9]), Err(ErrorKind::TokenFile));
        assert_eq!(number(b""), Err(ErrorKind::TokenFile));
        assert_eq!(signed(&[12]), Ok(12));
        assert_eq!(signed(b"000000012"), Ok(12));
        assert_eq!(signed(b"-00000012"), Ok(-12));
        assert_eq!(signed(b"000000201"), Err(ErrorKind::Counter));
        assert_eq!(signed(&[201]), Err(ErrorKind::Counter));
        assert_eq!(signed(&(-200_i32).to_be_bytes()), Ok(-200));
        assert_eq!(signed(&200_i64.to_be_bytes()), Ok(200));
        assert_eq!(signed(&(-201_i32).to_be_bytes()), Err(ErrorKind::Counter));
        assert_eq!(signed(&i64::MIN.to_be_bytes()), Err(ErrorKind::Counter));
    }
}
