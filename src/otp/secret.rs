//! The shared secret K of RFC 4226 5.1.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::base32;
use super::hex;
use crate::error::{Error, ErrorKind};
use crate::wipe;

/// A shared secret of 1 to 1,024 bytes. Dropping it wipes it. It is never printed and never compared.
///
/// The stateless functions of [`hotp`](crate::hotp) and [`totp`](crate::totp) take every length. A record takes 16 bytes or more.
/// For a secret of more than 64 bytes the record stores the key that HMAC derives from it.
///
/// ```
/// use poterne::Secret;
///
/// let secret = Secret::from_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq")?;
/// assert_eq!(secret.as_bytes(), b"12345678901234567890");
/// assert_eq!(secret.to_base32().as_str(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// Source: semantics [1.4](crate::guide::semantics#1.4), [1.8](crate::guide::semantics#1.8).
pub struct Secret(Bytes);

/// The place of the bytes. On the heap, moving a secret leaves no copy behind. In a record they are in the value itself, for work
/// that overwrites the stack afterwards: a login must not need memory.
enum Bytes {
    Boxed(Box<[u8]>),
    Short { bytes: [u8; Secret::SHORT_LEN], len: usize },
}

impl Secret {
    /// The longest secret, in bytes.
    pub const MAX_LEN: usize = 1024;

    /// Makes a secret from its bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Secret`] unless it has 1 to 1,024 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.is_empty() || bytes.len() > Self::MAX_LEN {
            return Err(LENGTH);
        }
        Ok(Self(Bytes::Boxed(bytes.into())))
    }

    /// Reads base32 as people write it: either case; spaces, dashes and invisible characters anywhere; padding at the end.
    ///
    /// Source: semantics [1.8](crate::guide::semantics#1.8).
    ///
    /// # Errors
    /// [`ErrorKind::Secret`] if the text is not base32, is empty, decodes to more than 1,024 bytes, or is itself longer than 8,192
    /// bytes.
    pub fn from_base32(text: &str) -> Result<Self, Error> {
        Self::from_text(text, base32::decode_lenient::<{ Self::MAX_LEN }>)
    }

    /// Reads hexadecimal as token manufacturers print it: either case; spaces, dashes and invisible characters anywhere.
    ///
    /// The library never guesses the encoding of a text: hexadecimal that consists of the digits 2 to 7 is also base32.
    ///
    /// ```
    /// use poterne::Secret;
    ///
    /// let secret = Secret::from_hex("3132 3334-3536 3738 3930 3132 3334 3536 3738 3930")?;
    /// assert_eq!(secret.as_bytes(), b"12345678901234567890");
    /// # Ok::<(), poterne::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Secret`] if the text is not hexadecimal, has an odd number of digits, is empty, decodes to more than 1,024
    /// bytes, or is itself longer than 8,192 bytes.
    pub fn from_hex(text: &str) -> Result<Self, Error> {
        Self::from_text(text, hex::decode_lenient::<{ Self::MAX_LEN }>)
    }

    fn from_text(text: &str, decode: impl FnOnce(&str) -> Result<Box<[u8]>, Error>) -> Result<Self, Error> {
        // Several times the length of the longest secret leaves room for any grouping; a longer text is not a secret.
        if text.len() > Self::MAX_LEN.saturating_mul(8) {
            return Err(Error::new(ErrorKind::Secret, "the text is too long for a secret"));
        }
        let bytes = decode(text)?;
        if bytes.is_empty() {
            return Err(LENGTH);
        }
        Ok(Self(Bytes::Boxed(bytes)))
    }

    /// Makes a secret of `len` bytes that `fill` draws.
    pub(crate) fn drawn(
        len: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let mut bytes = alloc::vec![0; len].into_boxed_slice();
        fill(&mut bytes)?;
        Ok(Self(Bytes::Boxed(bytes)))
    }

    /// Makes the secret of a record, only for [`record::wipe_after`](crate::record::wipe_after); 1 to [`Self::SHORT_LEN`] bytes.
    pub(crate) fn of_record(secret: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::SHORT_LEN];
        let filled = bytes.get_mut(..secret.len()).filter(|filled| !filled.is_empty())?;
        filled.copy_from_slice(secret);
        let secret = Self(Bytes::Short { bytes, len: secret.len() });
        wipe::value(&mut bytes);
        Some(secret)
    }

    /// The longest secret of a record.
    pub(crate) const SHORT_LEN: usize = 64;

    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Bytes::Boxed(bytes) => bytes,
            Bytes::Short { bytes, len } => bytes.get(..*len).unwrap_or_default(),
        }
    }

    /// Returns whether two secrets of records are one HMAC key: HMAC pads a short key with zeros (RFC 2104 section 2). No branch
    /// depends on the difference.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        let padded = |secret: &Self| Self::padded::<{ Self::SHORT_LEN }>(secret.as_bytes());
        let (mut key, mut other) = (padded(self), padded(other));
        // The end of the secret computation: the caller is told that the secrets are the same.
        let is_same = bool::from(key.ct_eq(&other));
        wipe::value(&mut key);
        wipe::value(&mut other);
        is_same
    }

    /// Returns a key with the zeros that HMAC puts behind it.
    pub(super) fn padded<const N: usize>(key: &[u8]) -> [u8; N] {
        let mut padded = [0; N];
        for (byte, key) in padded.iter_mut().zip(key) {
            *byte = *key;
        }
        padded
    }

    /// Returns a copy, on the heap.
    #[cfg(feature = "token-files")]
    pub(crate) fn copy(&self) -> Self {
        Self(Bytes::Boxed(self.as_bytes().into()))
    }

    /// Returns the base32 text: upper case, without padding. Dropping it wipes it.
    pub fn to_base32(&self) -> Zeroizing<String> {
        base32::encode(self.as_bytes())
    }
}

const LENGTH: Error = Error::new(ErrorKind::Secret, "a secret has 1 to 1,024 bytes");

impl Drop for Secret {
    fn drop(&mut self) {
        match &mut self.0 {
            Bytes::Boxed(bytes) => bytes.zeroize(),
            Bytes::Short { bytes, .. } => wipe::value(bytes),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret { .. }")
    }
}
