//! The guide: long documents, compiled with the crate.

#[doc = include_str!("guide/semantics.md")]
pub mod semantics {}
