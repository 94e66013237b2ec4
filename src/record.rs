//! From an opened credential to its sealed record, and back (semantics [9](crate::guide::semantics#9)).

// In the order of their dependencies: each uses only what stands above it.
mod name;
mod plaintext;
mod text;
mod keyring;
mod seal;

pub use keyring::Keyring;
pub use text::Record;

pub(crate) use name::{Account, Application};
pub(crate) use plaintext::RECORD_SECRET_LENS;
pub(crate) use seal::{Opened, open, seal};

use crate::wipe;

/// Runs what opens or seals a record, then overwrites the stack that it used, which is 6.1 KiB at most.
pub(crate) fn wipe_after<T>(work: impl FnOnce() -> T) -> T {
    wipe::after::<{ 13 * wipe::PIECES }, T>(work)
}
