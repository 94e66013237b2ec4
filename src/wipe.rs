//! Wiping what a call leaves behind.

use core::mem::MaybeUninit;

use zeroize::optimization_barrier;

use crate::algorithm::Algorithm;

/// Runs what opens or seals a record, then overwrites the stack that it used.
#[cfg(feature = "getrandom")]
pub(crate) fn after_record<T>(work: impl FnOnce() -> T) -> T {
    after::<{ 13 * PIECES }, T>(work)
}

/// Runs what only computes OTPs, then overwrites the stack that it used. That is less, and these calls are short.
#[inline(always)]
pub(crate) fn after_otp<T>(algorithm: Algorithm, work: impl FnOnce() -> T) -> T {
    match algorithm {
        Algorithm::Sha1 => after::<{ 3 * PIECES }, T>(work),
        Algorithm::Sha256 => after::<{ 4 * PIECES }, T>(work),
        Algorithm::Sha512 => after::<{ 7 * PIECES }, T>(work),
    }
}

/// Runs `work` in a frame of its own, then overwrites `N` pieces of the stack below the caller with zeros.
///
/// The functions of the cryptographic crates leave key blocks in frames that they have left. Optimized builds use 6.1 KiB at
/// most for a record; for an OTP 1.5, 1.7 or 3.0 KiB, after the algorithm. The proofs look through the memory of processes for
/// what is left.
#[inline(always)]
fn after<const N: usize, T>(work: impl FnOnce() -> T) -> T {
    #[inline(never)]
    fn frame<T>(work: impl FnOnce() -> T) -> T {
        work()
    }
    /// In pieces, since C libraries are slow to start on more than one KiB.
    #[inline(never)]
    fn overwrite<const N: usize>() {
        let mut stack = [const { MaybeUninit::<[u8; PIECE]>::uninit() }; N];
        for piece in &mut stack {
            optimization_barrier(piece.write([0; PIECE]));
        }
    }
    let result = frame(work);
    overwrite::<N>();
    result
}

/// Builds without optimization use more stack, up to seven times as much.
const PIECES: usize = if cfg!(debug_assertions) { 7 } else { 1 };

/// Bytes.
const PIECE: usize = 512;

/// Overwrites plain values with zeros, by whole words.
///
/// `Zeroize` writes an array of bytes one volatile byte at a time, which costs as much as the hash whose block it was.
#[inline(always)]
pub(crate) fn value<T: Copy + Default>(values: &mut [T]) {
    values.fill(T::default());
    optimization_barrier(values);
}
