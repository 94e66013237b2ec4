//! The shared secret K of RFC 4226 5.1.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

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
pub struct Secret {
    blocks: Blocks,
    len: usize,
}

/// The bytes, and zeros up to whole blocks: HMAC pads its key so, and whole blocks are copied in one piece, whatever their length.
///
/// On the heap, moving a secret leaves no copy behind. A short one is in the value itself, for work that overwrites the stack
/// afterwards: a login must not need memory.
enum Blocks {
    Boxed(Box<[Block]>),
    Short(Block),
}

type Block = [u8; Secret::SHORT_LEN];

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
        let mut secret = Self::zeros(bytes.len());
        for (byte, given) in secret.as_bytes_mut().iter_mut().zip(bytes) {
            *byte = *given;
        }
        Ok(secret)
    }

    /// Reads base32 as people write it: either case; spaces, dashes and invisible characters anywhere; padding at the end.
    ///
    /// Source: semantics [1.8](crate::guide::semantics#1.8).
    ///
    /// # Errors
    /// [`ErrorKind::Secret`] if the text is not base32, is empty, decodes to more than 1,024 bytes, or is itself longer than 8,192
    /// bytes.
    pub fn from_base32(text: &str) -> Result<Self, Error> {
        Self::from_text(text, base32::decode_lenient::<{ Self::MAX_LEN }, _>)
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
        Self::from_text(text, hex::decode_lenient::<{ Self::MAX_LEN }, _>)
    }

    fn from_text(
        text: &str,
        decode: impl FnOnce(&str, fn(&[u8]) -> Result<Self, Error>) -> Result<Self, Error>,
    ) -> Result<Self, Error> {
        // Several times the length of the longest secret leaves room for any grouping; a longer text is not a secret.
        if text.len() > Self::MAX_LEN.saturating_mul(8) {
            return Err(Error::new(ErrorKind::Secret, "the text is too long for a secret"));
        }
        decode(text, Self::from_bytes)
    }

    /// Makes a secret of `len` bytes that `fill` draws.
    pub(crate) fn drawn(
        len: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let mut secret = Self::zeros(len);
        fill(secret.as_bytes_mut())?;
        Ok(secret)
    }

    fn zeros(len: usize) -> Self {
        let blocks = alloc::vec![[0; Self::SHORT_LEN]; len.div_ceil(Self::SHORT_LEN)];
        Self { blocks: Blocks::Boxed(blocks.into_boxed_slice()), len }
    }

    /// Makes a secret that needs no memory, only for work that overwrites the stack. Returns `None` unless it has 1 to
    /// [`Self::SHORT_LEN`] bytes, as those of records have.
    #[inline(always)]
    pub(crate) fn short(bytes: &[u8]) -> Option<Self> {
        let mut secret = Self { blocks: Blocks::Short([0; Self::SHORT_LEN]), len: bytes.len() };
        let short = secret.as_bytes_mut();
        if short.is_empty() {
            return None;
        }
        short.copy_from_slice(bytes);
        Some(secret)
    }

    /// The longest secret of a record, in bytes.
    pub(crate) const SHORT_LEN: usize = 64;

    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.blocks().as_flattened().get(..self.len).unwrap_or_default()
    }

    fn as_bytes_mut(&mut self) -> &mut [u8] {
        let len = self.len;
        self.blocks_mut().as_flattened_mut().get_mut(..len).unwrap_or_default()
    }

    fn blocks(&self) -> &[Block] {
        match &self.blocks {
            Blocks::Boxed(blocks) => blocks,
            Blocks::Short(block) => core::slice::from_ref(block),
        }
    }

    fn blocks_mut(&mut self) -> &mut [Block] {
        match &mut self.blocks {
            Blocks::Boxed(blocks) => blocks,
            Blocks::Short(block) => core::slice::from_mut(block),
        }
    }

    /// Returns the key with the zeros that HMAC puts behind it (RFC 2104 section 2). Returns `None` if it has more than `N` bytes.
    #[inline(always)]
    pub(super) fn padded<const N: usize>(&self) -> Option<[u8; N]> {
        (self.len <= N).then(|| {
            let mut padded = [0; N];
            for (part, block) in padded.chunks_exact_mut(Self::SHORT_LEN).zip(self.blocks()) {
                part.copy_from_slice(block);
            }
            padded
        })
    }

    /// Returns whether two secrets of records are one HMAC key. No branch depends on the difference.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        // The end of the secret computation: the caller is told that the secrets are the same.
        self.blocks().as_flattened().ct_eq(other.blocks().as_flattened()).into()
    }

    /// Returns a copy, on the heap.
    #[cfg(feature = "token-files")]
    pub(crate) fn copy(&self) -> Self {
        Self { blocks: Blocks::Boxed(self.blocks().into()), len: self.len }
    }

    /// Returns the base32 text: upper case, without padding. Dropping it wipes it.
    pub fn to_base32(&self) -> Zeroizing<String> {
        base32::encode(self.as_bytes())
    }
}

const LENGTH: Error = Error::new(ErrorKind::Secret, "a secret has 1 to 1,024 bytes");

impl Drop for Secret {
    fn drop(&mut self) {
        wipe::value(self.blocks_mut().as_flattened_mut());
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret { .. }")
    }
}
