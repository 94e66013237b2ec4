//! What the proofs share. Each program in `bin` is one of them, `run` runs them all.

pub mod fixture;
pub mod leaky;
pub mod valgrind;
