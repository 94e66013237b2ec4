//! What C and Java share where their calls enter and leave: no panic passes, and what was copied is wiped.

#![forbid(unsafe_code)]

pub mod planted;

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs the body of an export; none if it panicked, silently: a panic must not end the program, and the default hook would print to
/// its standard error and read its environment.
pub fn caught<T>(body: impl FnOnce() -> T) -> Option<T> {
    silence_panics();
    let body = || {
        planted::panic_at(planted::BEFORE);
        let result = body();
        planted::panic_at(planted::AFTER);
        result
    };
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => Some(result),
        Err(payload) => {
            // Dropping what a panic carries could panic again.
            std::mem::forget(payload);
            None
        }
    }
}

/// Overwrites bytes with zeros, in a way that no compiler removes; by whole words: one volatile byte at a time, an attempt would cost
/// as much as its code.
pub fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    zeroize::optimization_barrier(bytes);
}

/// The first call takes the hook away, that of this library's own copy of std: all that the library leaves behind in a process.
///
/// Nobody waits for the one who does it, as with a `Once`: a child of `fork` would wait forever for a thread that it does not have.
fn silence_panics() {
    static SILENT: AtomicBool = AtomicBool::new(false);
    // Loaded first: after the first call nobody writes.
    if !SILENT.load(Ordering::Relaxed) && !SILENT.swap(true, Ordering::Relaxed) {
        set_hook(Box::new(|_| {}));
    }
}
