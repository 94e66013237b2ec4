//! Converts a credential to its sealed record, and back (semantics [9](crate::guide::semantics#9)).

// In the order of their dependencies: each uses only what stands above it.
mod name;
mod plaintext;
mod text;
mod keyring;
mod seal;
mod rows;
mod ticket;

pub use keyring::Keyring;
pub use rows::{person_and_row, rows_of_person};
pub use text::Record;
pub use ticket::{Ticket, TicketBinding};

pub(crate) use name::{Account, Application};
pub(crate) use plaintext::RECORD_SECRET_LENS;
pub(crate) use seal::{Opened, open, seal};
pub(crate) use ticket::{TicketKind, open_ticket, seal_ticket};

use crate::wipe;

/// Runs `work`, which opens or seals a record, then overwrites the stack that it used, at most 7.2 KiB.
pub(crate) fn wipe_after<T>(work: impl FnOnce() -> T) -> T {
    wipe::after::<{ 15 * wipe::PIECES }, T>(work)
}
