//! Wiping what a call leaves behind.

use zeroize::optimization_barrier;

/// Overwrites the stack below the caller with zeros.
///
/// The functions of the cryptographic crates leave key blocks in frames that they have left; a public call ends with this,
/// once. 16 KiB cover the deepest of these calls.
#[cfg(feature = "getrandom")]
#[inline(never)]
pub(crate) fn stack() {
    zeroize::zeroize_stack::<{ 16 * 1024 }>();
}

/// Overwrites plain values with zeros, by whole words.
///
/// `Zeroize` writes an array of bytes one volatile byte at a time, which costs as much as the hash whose block it was.
#[inline(always)]
pub(crate) fn value<T: Copy + Default>(values: &mut [T]) {
    values.fill(T::default());
    optimization_barrier(values);
}
