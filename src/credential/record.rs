//! The text of a record (guide, semantics 9.1).

use alloc::string::String;
use core::fmt;

use base32ct::{Base32UpperUnpadded, Encoding};

use super::state::PLAINTEXT_LEN;
use crate::base32;
use crate::error::{Error, ErrorKind};

/// The record to keep in the application's table: 504 characters, capital letters and digits.
///
/// It holds everything about a credential, sealed. Only a record that this library gave can be one, so it has no public
/// constructor; calls take the stored text as `&str`.
#[derive(Clone, PartialEq, Eq)]
pub struct Record(String);

impl Record {
    /// The length of every record, in characters: the column is `VARCHAR(504)`.
    pub const LEN: usize = MAGIC.len() + ENCODED_LEN;

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text that the application has: a record without its trailing spaces, or nothing.
    pub(crate) fn as_given(text: &str) -> Self {
        Self(text.into())
    }

    pub(super) fn from_parts(parts: &Parts) -> Self {
        let mut text = [0; Self::LEN];
        let (magic, encoded) = text.split_at_mut(MAGIC.len());
        magic.copy_from_slice(MAGIC.as_bytes());
        // 310 bytes fill 496 characters, and base32 is UTF-8: nothing here can fail.
        let _ = Base32UpperUnpadded::encode(parts.as_bytes(), encoded);
        Self(core::str::from_utf8(&text).unwrap_or_default().into())
    }
}

impl AsRef<str> for Record {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Nothing of the record: it does not belong in a log.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Record { .. }")
    }
}

/// The bytes of a record: key id, nonce, ciphertext, tag.
pub(super) struct Parts([u8; PARTS_LEN]);

impl Parts {
    pub(super) const fn new() -> Self {
        Self([0; PARTS_LEN])
    }

    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(Error::new(ErrorKind::Record, "there is no record: enroll the account first"));
        }
        let (Some(generation), Some(format)) = (text.get(..7), text.get(7..8)) else { return Err(DAMAGED) };
        if generation != &MAGIC[..7] {
            return Err(DAMAGED);
        }
        if format != &MAGIC[7..] {
            return Err(Error::new(
                ErrorKind::RecordFormat,
                "the record was written by a later version: update poterne on this server",
            ));
        }
        let mut parts = Self::new();
        let encoded = text.as_bytes().get(MAGIC.len()..).unwrap_or_default();
        base32::decode_into(encoded, &mut parts.0).ok_or(DAMAGED)?;
        Ok(parts)
    }

    fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Key id, nonce, ciphertext and tag.
    pub(super) fn split(&mut self) -> (&mut [u8; 4], &mut [u8; 24], &mut [u8; PLAINTEXT_LEN], &mut [u8; 16]) {
        // The lengths are those of the array: see `PARTS_LEN`.
        let (key_id, rest) = self.0.split_first_chunk_mut().expect("4 of 310 bytes");
        let (nonce, rest) = rest.split_first_chunk_mut().expect("24 of 306 bytes");
        let (ciphertext, tag) = rest.split_first_chunk_mut().expect("266 of 282 bytes");
        (key_id, nonce, ciphertext, tag.first_chunk_mut().expect("16 bytes"))
    }

    pub(super) fn key_id(&self) -> u32 {
        let [a, b, c, d, ..] = self.0;
        u32::from_be_bytes([a, b, c, d])
    }
}

/// One error for every way of not being a record of this account: which one is nobody's business.
pub(super) const DAMAGED: Error = Error::new(
    ErrorKind::Record,
    "the record is damaged, or not of this account and application: look at the row, restore it or enroll again",
);

const MAGIC: &str = "POTERNE1";

const PARTS_LEN: usize = 4 + 24 + PLAINTEXT_LEN + 16;

/// 310 bytes are 2,480 bits, a multiple of 5: one record, one text.
const ENCODED_LEN: usize = PARTS_LEN * 8 / 5;

const _: () = assert!(PARTS_LEN * 8 % 5 == 0 && Record::LEN == 504);
