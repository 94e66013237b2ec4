//! The randomness of this program, in place of the system's: known numbers, so that two runs do the same, and marked as
//! undefined where they are secret.
//!
//! The `getrandom` crate asks the dynamic linker for this symbol, which finds the program's own before the C library's.

#![allow(dead_code, reason = "each program uses a part of it")]

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use poterne_proofs::valgrind;

/// From here on, the numbers from `next` on.
pub fn start_at(next: u64) {
    NEXT.store(next, Ordering::Relaxed);
}

/// Runs `call` with secret numbers, nonces apart; also gives how many requests were secret.
pub fn secret<T>(call: impl FnOnce() -> T) -> (T, usize) {
    MARKED.store(0, Ordering::Relaxed);
    IS_SECRET.store(true, Ordering::Relaxed);
    let result = call();
    IS_SECRET.store(false, Ordering::Relaxed);
    (result, MARKED.load(Ordering::Relaxed))
}

/// # Safety
/// As getrandom(2): `buffer` is valid for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn getrandom(buffer: *mut u8, len: usize, _flags: u32) -> isize {
    if len == 0 {
        // The crate's question whether there is a getrandom at all, with a pointer to nothing.
        return 0;
    }
    // SAFETY: the caller's promise.
    let bytes = unsafe { std::slice::from_raw_parts_mut(buffer, len) };
    for chunk in bytes.chunks_mut(8) {
        chunk.copy_from_slice(&number(NEXT.fetch_add(1, Ordering::Relaxed)).to_le_bytes()[..chunk.len()]);
    }
    if IS_SECRET.load(Ordering::Relaxed) && len != NONCE_LEN {
        valgrind::mark_undefined(bytes);
        MARKED.fetch_add(1, Ordering::Relaxed);
    }
    len.try_into().expect("a slice")
}

static NEXT: AtomicU64 = AtomicU64::new(0);
static IS_SECRET: AtomicBool = AtomicBool::new(false);
static MARKED: AtomicUsize = AtomicUsize::new(0);

/// Guide, semantics 9.3: nothing else has 24 bytes.
const NONCE_LEN: usize = 24;

/// SplitMix64 (Steele, Lea and Flood, 2014).
fn number(index: u64) -> u64 {
    let mut z = index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}
