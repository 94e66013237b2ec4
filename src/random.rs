//! The one door to randomness.

use crate::error::{Error, ErrorKind};

/// Fills `bytes` from the operating system, asked at each use: nothing to seed, nothing that a fork would copy.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|_| {
        Error::new(ErrorKind::Random, "the operating system gave no randomness: refuse, and try again later")
    })
}

/// A random array.
pub(crate) fn array<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}
