//! A change of the help desk, which counts once it is stored.

use core::fmt;

use crate::credential::Record;
use crate::error::{Error, ErrorKind};

/// A changed record to store, and what can be had once it is.
///
/// Every write of a record is a compare-and-swap, this one too: a blind write would bring a used code back to life.
#[must_use = "store the record, commit, and ask whether it is stored"]
pub struct Change<T> {
    record: Record,
    changed: bool,
    value: T,
}

/// Whether a change was stored.
#[derive(Debug)]
#[must_use = "a conflict means that nothing changed: load the record and try again"]
pub enum Stored<T> {
    /// It is: here is what it brings, codes to show for instance.
    Done(T),
    /// The stored record changed in between: load it and make the change again.
    Conflict,
}

impl<T> Change<T> {
    pub(super) fn new(record: Record, value: T) -> Self {
        Self { record, changed: true, value }
    }

    /// A change that found nothing to do: the record is the one that was given.
    pub(super) fn nothing(record: Record, value: T) -> Self {
        Self { record, changed: false, value }
    }

    /// Whether there is something to store. Only [`Verifier::repair_clock`](crate::Verifier::repair_clock) may find nothing: then skip
    /// the swap, and ask with any number of rows.
    pub fn changed(&self) -> bool {
        self.changed
    }

    /// The record to store; the one that was given if nothing changed.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What the change brings, for the number of rows that the committed swap updated: 1, or 0 for a conflict.
    ///
    /// # Errors
    /// [`ErrorKind::Rows`] for any other number: the swap is wrong.
    pub fn stored(self, rows_updated: u64) -> Result<Stored<T>, Error> {
        if !self.changed {
            return Ok(Stored::Done(self.value));
        }
        Ok(match rows(rows_updated)? {
            Rows::Stored => Stored::Done(self.value),
            Rows::Conflict => Stored::Conflict,
        })
    }
}

impl<T> Stored<T> {
    /// What the change brings; none if it was not stored.
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(value) => Some(value),
            Self::Conflict => None,
        }
    }
}

/// The record of a renamed account, for the row of the new name. It is no [`Change`], which would store it in the old one.
///
/// ```sql
/// UPDATE poterne SET account = :new_account, record = :new WHERE account = :account AND record = :old
/// ```
///
/// ```compile_fail,E0308
/// # use poterne::{Store, Verifier};
/// # fn rename(verifier: &Verifier, table: &mut impl Store) {
/// let stored = table.change("a.martin", |record| verifier.rename(record, "a.martin", "a.durand"));
/// # }
/// ```
#[must_use = "store the record under the new name, commit, and ask whether it is stored"]
#[derive(Debug)]
pub struct Rename(Change<()>);

impl Rename {
    pub(super) fn new(record: Record) -> Self {
        Self(Change::new(record, ()))
    }

    /// The record to store, under the new name.
    pub fn record(&self) -> &Record {
        self.0.record()
    }

    /// Whether the renaming counts, for the number of rows that the committed swap updated: 1, or 0 for a conflict.
    ///
    /// # Errors
    /// [`ErrorKind::Rows`] for any other number: the swap is wrong.
    pub fn stored(self, rows_updated: u64) -> Result<Stored<()>, Error> {
        self.0.stored(rows_updated)
    }
}

impl<T> fmt::Debug for Change<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Change { .. }")
    }
}

/// What a number of updated rows says of a swap.
pub(super) enum Rows {
    Stored,
    Conflict,
}

pub(super) fn rows(updated: u64) -> Result<Rows, Error> {
    match updated {
        1 => Ok(Rows::Stored),
        0 => Ok(Rows::Conflict),
        _ => Err(Error::new(
            ErrorKind::Rows,
            "the swap must update 0 or 1 row: compare account and old record in its WHERE clause",
        )),
    }
}
