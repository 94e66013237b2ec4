//! The guide: long documents, compiled with the crate.

#[doc = include_str!("guide/semantics.md")]
pub mod semantics {}

/// The examples of the README, compiled like all others.
#[cfg(all(doctest, feature = "std", feature = "getrandom"))]
#[doc = include_str!("../README.md")]
mod readme {}
