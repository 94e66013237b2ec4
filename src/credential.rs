//! From an opened credential to its sealed record, and back (semantics [9](crate::guide::semantics#9)).

mod keyring;
mod name;
mod record;
mod seal;
mod state;

pub use keyring::Keyring;
pub use record::Record;

pub(crate) use name::{Account, Application};
pub(crate) use seal::{Opened, open, seal};
pub(crate) use state::{MAX_DRIFT, RECORD_SECRET_LENS};
