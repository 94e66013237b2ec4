//! One login try, whose verdict cannot be read yet.

use core::fmt;

use super::change::{Rows, rows};
use crate::credential::Record;
use crate::error::Error;
use crate::outcome::{Outcome, Refusal};
use crate::verify::Decision;

/// A login try: the record to store, and a verdict that can be read only once it is stored.
///
/// The application replaces the record that it loaded with [`record`](Self::record) in a compare-and-swap of one row, commits,
/// and reports how many rows were updated to [`outcome`](Self::outcome). So one code is accepted once, on any number of
/// servers.
///
/// The verdict cannot be had before, and an attempt is spent once it was asked:
///
/// ```compile_fail,E0616
/// # fn try_it(attempt: poterne::Attempt) {
/// let early = attempt.outcome;
/// # }
/// ```
///
/// ```compile_fail,E0382
/// # fn try_it(attempt: poterne::Attempt) {
/// let first = attempt.outcome(0);
/// let second = attempt.outcome(1);
/// # }
/// ```
#[must_use = "store the record, commit, and ask for the outcome"]
pub struct Attempt {
    record: Record,
    changed: bool,
    outcome: Outcome,
}

impl Attempt {
    pub(super) fn new(record: Record, decision: Decision) -> Self {
        Self { record, changed: decision.changed, outcome: decision.outcome }
    }

    /// The record to store; the one that was given if nothing changed.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Whether there is something to store. If not, skip the swap and ask for the outcome with any number of rows.
    pub fn changed(&self) -> bool {
        self.changed
    }

    /// The verdict, for the number of rows that the committed swap updated.
    ///
    /// 1 is the verdict; 0 is [`Refusal::Conflict`], whatever the code was. A commit that failed, or whose answer was lost, is
    /// 0 as well.
    ///
    /// # Errors
    /// [`ErrorKind::Rows`](crate::ErrorKind::Rows) for any other number: the swap is wrong.
    pub fn outcome(self, rows_updated: u64) -> Result<Outcome, Error> {
        if !self.changed {
            return Ok(self.outcome);
        }
        Ok(match rows(rows_updated)? {
            Rows::Stored => self.outcome,
            Rows::Conflict => Outcome::Refused(Refusal::Conflict),
        })
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("changed", &self.changed).finish_non_exhaustive()
    }
}
