//! The one door to randomness.

use crate::error::{Error, ErrorKind};
use crate::otp::Secret;

/// Fills `bytes` from the operating system, which is asked at each use: there is nothing to seed, and a fork copies nothing.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|_| {
        Error::new(ErrorKind::Random, "the operating system gave no randomness: refuse, and try again later")
    })
}

/// Returns a random array.
pub(crate) fn array<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}

impl Secret {
    /// Makes a fresh random secret of `len` bytes, 16 to 64. RFC 4226 R6 recommends 20.
    ///
    /// # Errors
    /// [`ErrorKind::Secret`] for another length, [`ErrorKind::Random`] if the system gives no randomness.
    pub fn generate(len: usize) -> Result<Self, Error> {
        if !(16..=64).contains(&len) {
            return Err(Error::new(ErrorKind::Secret, "a generated secret has 16 to 64 bytes"));
        }
        Self::drawn(len, fill)
    }
}
