//! The text of a record (semantics [9.1](crate::guide::semantics#9.1)).

use core::fmt;

use super::plaintext::PLAINTEXT_LEN;
use crate::error::{Error, ErrorKind};
use crate::otp::base32;

/// The record to keep in the application's table: 504 characters, capital letters and digits.
///
/// It holds everything about a credential, sealed. Only this library makes records, so the type has no public constructor; calls
/// take the stored text as `&str`.
///
/// The text is in the value itself, not on the heap: a login needs no memory.
///
/// Source: semantics [9.1](crate::guide::semantics#9.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    text: [u8; Self::LEN],
}

impl Record {
    /// The length of every record, in characters: the column is `VARCHAR(504)`.
    pub const LEN: usize = 8 * TEXT_BLOCKS;

    /// Returns the text to store.
    pub fn as_str(&self) -> &str {
        // Capital letters and digits.
        core::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Returns the id of the key that sealed a stored record, without opening it: which keys the records of a table need.
    ///
    /// It is not proven: only opening a record shows that its key sealed it.
    ///
    /// ```
    /// use poterne::{Keyring, Parameters, Record, UnixTime, Verifier};
    ///
    /// let verifier = Verifier::new(Keyring::generate(20261121)?, "grand-angle")?;
    /// let enrollment = verifier.enroll("a.martin", Parameters::totp(), UnixTime::now()?)?;
    /// assert_eq!(Record::key_id_of(enrollment.record().as_str())?, 20261121);
    /// # Ok::<(), poterne::Error>(())
    /// ```
    ///
    /// Source: semantics [9.1](crate::guide::semantics#9.1).
    ///
    /// # Errors
    /// [`ErrorKind::State`] for an empty text, [`ErrorKind::Record`] for one that is no record, [`ErrorKind::RecordFormat`] for a
    /// record of a later version.
    pub fn key_id_of(stored: &str) -> Result<u32, Error> {
        Parts::parse(stored.trim_end_matches(' ')).map(|parts| parts.key_id())
    }

    pub(super) fn from_parts(parts: &Parts) -> Self {
        let mut text = [MAGIC; TEXT_BLOCKS];
        let [_, encoded @ ..] = &mut text;
        base32::encode_blocks(&parts.0, encoded);
        let mut record = Self { text: [0; Self::LEN] };
        // Base32 is UTF-8, and the text has exactly that many blocks.
        record.text.copy_from_slice(text.as_flattened());
        record
    }
}

impl AsRef<str> for Record {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// Prints nothing of the record: it does not belong in a log.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Record { .. }")
    }
}

/// The bytes of a record: key id, nonce, ciphertext, tag.
pub(super) struct Parts([[u8; 5]; PARTS_LEN / 5]);

impl Parts {
    pub(super) const fn new() -> Self {
        Self([[0; 5]; PARTS_LEN / 5])
    }

    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(Error::new(ErrorKind::State, "the account has no record: enroll it first"));
        }
        let Some(([generation @ .., format], _)) = text.as_bytes().split_first_chunk::<8>() else {
            return Err(DAMAGED);
        };
        let [known @ .., known_format] = &MAGIC;
        if generation != known || !format.is_ascii() {
            return Err(DAMAGED);
        }
        if format != known_format {
            return Err(Error::new(
                ErrorKind::RecordFormat,
                "the record was written by a later version: update poterne on this server",
            ));
        }
        let whole: &[u8; Record::LEN] = text.as_bytes().try_into().map_err(|_| DAMAGED)?;
        let mut blocks = [MAGIC; TEXT_BLOCKS];
        blocks.as_flattened_mut().copy_from_slice(whole);
        let [_, encoded @ ..] = &blocks;
        let mut parts = Self::new();
        base32::decode_blocks(encoded, &mut parts.0).ok_or(DAMAGED)?;
        Ok(parts)
    }

    /// Key id, nonce, ciphertext and tag.
    pub(super) fn split(&mut self) -> (&mut [u8; 4], &mut [u8; 24], &mut [u8; PLAINTEXT_LEN], &mut [u8; 16]) {
        // The lengths are those of the array: see `PARTS_LEN`.
        let (key_id, rest) = self.0.as_flattened_mut().split_first_chunk_mut().expect("4 of 310 bytes");
        let (nonce, rest) = rest.split_first_chunk_mut().expect("24 of 306 bytes");
        let (ciphertext, tag) = rest.split_first_chunk_mut().expect("266 of 282 bytes");
        (key_id, nonce, ciphertext, tag.first_chunk_mut().expect("16 bytes"))
    }

    pub(super) fn key_id(&self) -> u32 {
        let [[a, b, c, d, _], ..] = self.0;
        u32::from_be_bytes([a, b, c, d])
    }
}

/// One error for every record that does not belong to this account: the exact reason is nobody's business.
pub(super) const DAMAGED: Error = Error::new(
    ErrorKind::Record,
    "the record does not open: compare the server's keyring, the application and the spelling of the account; if they are right, the record is damaged",
);

const MAGIC: [u8; 8] = *b"POTERNE1";

const PARTS_LEN: usize = 4 + 24 + PLAINTEXT_LEN + 16;

/// The magic is as long as a block of base32, and 310 bytes are 62 whole blocks: one record, one text.
const TEXT_BLOCKS: usize = 1 + PARTS_LEN / 5;

const _: () = assert!(PARTS_LEN % 5 == 0 && Record::LEN == 504);
