//! The fault that the tests of the boundary plant, with `--cfg poterne_planted_panics`: exports panic, and what their panic carries
//! panics when it is dropped. In every other build there is nothing planted.

/// Before the work of an export.
pub const BEFORE: i32 = 1;

/// After its work.
pub const AFTER: i32 = 2;

#[cfg(not(poterne_planted_panics))]
pub(crate) fn panic_at(_: i32) {}

#[cfg(poterne_planted_panics)]
pub use fault::from_here_on;
#[cfg(poterne_planted_panics)]
pub(crate) use fault::panic_at;

#[cfg(poterne_planted_panics)]
#[allow(clippy::panic, reason = "the fault that is planted")]
mod fault {
    use std::cell::Cell;

    thread_local! {
        static PLACE: Cell<i32> = const { Cell::new(0) };
    }

    struct Payload;

    impl Drop for Payload {
        fn drop(&mut self) {
            panic!("once more");
        }
    }

    pub(crate) fn panic_at(place: i32) {
        if PLACE.get() == place {
            std::panic::panic_any(Payload);
        }
    }

    /// Where the exports panic from here on, in this thread; 0 nowhere.
    pub fn from_here_on(place: i32) {
        PLACE.set(place);
    }
}
