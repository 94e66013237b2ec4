//! The shared secret K of RFC 4226 5.1.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

#[cfg(feature = "getrandom")]
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::base32;
use crate::error::{Error, ErrorKind};
use crate::hex;

/// A shared secret: 1 to 1,024 bytes, wiped when dropped, never printed and never compared.
///
/// A record takes 16 or more of them, and of more than 64 the key that HMAC makes of it; the stateless functions of [`hotp`](crate::hotp) and [`totp`](crate::totp) take all.
///
/// ```
/// use poterne::Secret;
///
/// let secret = Secret::from_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq")?;
/// assert_eq!(secret.as_bytes(), b"12345678901234567890");
/// assert_eq!(secret.to_base32().as_str(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
/// # Ok::<(), poterne::Error>(())
/// ```
pub struct Secret(Box<[u8]>);

impl Secret {
    /// The longest secret, in bytes.
    pub const MAX_LEN: usize = 1024;

    /// A secret from its bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Secret`] unless it has 1 to 1,024 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.is_empty() || bytes.len() > Self::MAX_LEN {
            return Err(LENGTH);
        }
        Ok(Self(bytes.into()))
    }

    /// A secret from base32 as people write it: either case; spaces, dashes and invisible characters anywhere; padding at the end.
    ///
    /// # Errors
    /// [`ErrorKind::Secret`] if the text is not base32, is empty, stands for more than 1,024 bytes or has more than 8,192 itself.
    pub fn from_base32(text: &str) -> Result<Self, Error> {
        Self::from_text(text, base32::decode_lenient::<{ Self::MAX_LEN }>)
    }

    /// A secret from hexadecimal, as manufacturers of tokens print it: either case; spaces, dashes and invisible characters anywhere.
    ///
    /// Which of the two encodings a text has is never guessed: hexadecimal made of the digits 2 to 7 is base32 too.
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
    /// [`ErrorKind::Secret`] if the text is not hexadecimal, has an odd number of digits, is empty, stands for more than 1,024 bytes
    /// or has more than 8,192 itself.
    pub fn from_hex(text: &str) -> Result<Self, Error> {
        Self::from_text(text, hex::decode_lenient::<{ Self::MAX_LEN }>)
    }

    fn from_text(text: &str, decode: impl FnOnce(&str) -> Result<Box<[u8]>, Error>) -> Result<Self, Error> {
        // Several times the characters of the longest secret leave room for any grouping; more is not a secret.
        if text.len() > Self::MAX_LEN.saturating_mul(8) {
            return Err(Error::new(ErrorKind::Secret, "the text is too long for a secret"));
        }
        let bytes = decode(text)?;
        if bytes.is_empty() {
            return Err(LENGTH);
        }
        Ok(Self(bytes))
    }

    /// A fresh random secret of `len` bytes, 16 to 64; RFC 4226 R6 recommends 20.
    ///
    /// # Errors
    /// [`ErrorKind::Secret`] for another length, [`ErrorKind::Random`] if the system gives no randomness.
    #[cfg(feature = "getrandom")]
    pub fn generate(len: usize) -> Result<Self, Error> {
        if !(16..=64).contains(&len) {
            return Err(Error::new(ErrorKind::Secret, "a generated secret has 16 to 64 bytes"));
        }
        let mut bytes = alloc::vec![0; len].into_boxed_slice();
        crate::random::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether this is the same secret, without a branch on what differs. Lengths are not secret.
    #[cfg(feature = "getrandom")]
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        // The end of the secret computation: the caller is told that the secrets are the same.
        self.0.ct_eq(&other.0).into()
    }

    /// The base32 text: upper case, without padding; wiped when dropped.
    pub fn to_base32(&self) -> Zeroizing<String> {
        base32::encode(&self.0)
    }
}

const LENGTH: Error = Error::new(ErrorKind::Secret, "a secret has 1 to 1,024 bytes");

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret { .. }")
    }
}
