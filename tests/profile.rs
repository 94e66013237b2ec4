//! The tests run with every check of a debug build: what overflows panics, and what is asserted holds.

use std::hint::black_box;
use std::panic::catch_unwind;

#[test]
fn an_overflow_panics() {
    #[allow(clippy::arithmetic_side_effects, reason = "what must panic")]
    let sum = catch_unwind(|| black_box(u8::MAX) + black_box(1));
    assert!(sum.is_err(), "the tests are built without overflow-checks: {sum:?}");
}

#[test]
fn a_false_assertion_panics() {
    let asserted = catch_unwind(|| debug_assert!(black_box(false)));
    assert!(asserted.is_err(), "the tests are built without debug-assertions");
}
