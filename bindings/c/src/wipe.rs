//! Wiping by whole words: one volatile byte at a time, an attempt would cost as much as its code.

/// Overwrites bytes with zeros, in a way that no compiler removes.
pub(crate) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    zeroize::optimization_barrier(bytes);
}
