//! Wipes what a call leaves behind.

use core::mem::MaybeUninit;

use zeroize::optimization_barrier;

/// Runs `work` in a frame of its own, then overwrites `N` pieces of the stack below the caller with zeros.
///
/// The cryptographic crates leave key blocks in the frames of their functions. The proofs search the memory of processes for what
/// is left.
#[inline(always)]
pub(crate) fn after<const N: usize, T>(work: impl FnOnce() -> T) -> T {
    #[inline(never)]
    fn frame<T>(work: impl FnOnce() -> T) -> T {
        work()
    }
    /// Works in pieces, since C libraries are slow to start with more than one KiB.
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

/// The number of pieces that make half a KiB of an optimized build: builds without optimization use up to seven times as much
/// stack.
pub(crate) const PIECES: usize = if cfg!(debug_assertions) { 7 } else { 1 };

/// The length of a piece, in bytes.
const PIECE: usize = 512;

/// Overwrites plain values with zeros, by whole words.
///
/// `Zeroize` writes an array one volatile byte at a time, which costs as much as the hash whose block it was.
#[inline(always)]
pub(crate) fn value<T: Copy + Default>(values: &mut [T]) {
    values.fill(T::default());
    optimization_barrier(values);
}
