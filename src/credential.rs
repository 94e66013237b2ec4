//! From an opened credential to its sealed record, and back (semantics [9](crate::guide::semantics#9)).

mod keyring;
mod name;
mod record;
mod seal;
mod state;
mod ticket;

pub use keyring::Keyring;
pub use record::Record;
pub use ticket::{Ticket, TicketBinding};

pub(crate) use name::{Account, Application};
pub(crate) use seal::{Opened, open, seal};
pub(crate) use state::{MAX_DRIFT, RECORD_SECRET_LENS};
pub(crate) use ticket::{TicketKind, open_ticket, seal_ticket};
