//! The loop around a compare-and-swap, without its I/O (semantics [7.7](crate::guide::semantics#7.7)).

use alloc::string::String;
use core::fmt;

use crate::credential::{Denial, Denied};
use crate::error::{Error, ErrorKind};
use crate::record::Record;
use crate::verifier::{Attempt, is_stored};

/// A login, a confirmation or a change, without I/O: it says what to do next, and you report back what happened.
///
/// It borrows nothing, so the calls between its steps may be asynchronous. After a conflict it asks for the record again, up to
/// three tries in all (semantics [7.7](crate::guide::semantics#7.7)). [`Store::apply`](crate::Store::apply) is the loop around it.
///
/// ```
/// use poterne::{Accepted, Denied, Step, Steps, UnixTime, Verifier};
///
/// # fn select(account: &str) -> Result<Option<String>, Denied> { Ok(None) }
/// # fn update(account: &str, old: &str, new: &str) -> Result<u64, Denied> { Ok(1) }
/// fn login(verifier: &Verifier, account: &str, code: &str) -> Result<Accepted, Denied> {
///     let mut steps = Steps::new();
///     loop {
///         match steps.step() {
///             Step::Load => {
///                 let record = select(account)?; // .await
///                 let now = UnixTime::now()?;
///                 steps.loaded(record, |record| verifier.credential(account, record)?.verify(code, now))?;
///             }
///             Step::Swap { old, new } => {
///                 let rows = update(account, old, new.as_str())?; // .await, and COMMIT
///                 steps.swapped(rows)?;
///             }
///             Step::Done => break steps.outcome(),
///         }
///     }
/// }
/// # let verifier = Verifier::new(poterne::Keyring::generate(20261121)?, "grand-angle")?;
/// # assert!(matches!(login(&verifier, "a.martin", "123456"), Err(Denied::Refused(poterne::Refusal::NotEnrolled))));
/// # Ok::<(), poterne::Error>(())
/// ```
///
/// If the application has loaded the record with its own row, pass it to [`loaded`](Self::loaded) at once and skip the first load.
#[must_use = "follow its steps, then ask for the outcome"]
pub struct Steps<T, D: Denial = Denied, R = String> {
    swaps: u8,
    progress: Progress<T, D, R>,
}

/// The next step of [`Steps`].
#[derive(Debug)]
pub enum Step<'s> {
    /// Load the stored record, and call [`Steps::loaded`].
    Load,
    /// Replace `old` with `new` in a transaction of its own, commit, and call [`Steps::swapped`].
    Swap {
        /// The record, exactly as it was loaded.
        old: &'s str,
        /// The record to store.
        new: &'s Record,
    },
    /// There is no next step. Call [`Steps::outcome`].
    Done,
}

enum Progress<T, D: Denial, R> {
    Load,
    Swap {
        old: R,
        attempt: Attempt<T, D>,
    },
    Done {
        attempt: Attempt<T, D>,
        rows_updated: u64,
    },
    /// A step failed, or was reported out of turn.
    Failed,
}

impl<T, D: Denial, R: AsRef<str>> Steps<T, D, R> {
    /// The highest number of swaps in one login (semantics [7.7](crate::guide::semantics#7.7)).
    pub const MAX_SWAPS: u8 = 3;

    /// Starts with loading the record.
    pub const fn new() -> Self {
        Self { swaps: 0, progress: Progress::Load }
    }

    /// Returns the next step.
    pub fn step(&self) -> Step<'_> {
        match &self.progress {
            Progress::Load => Step::Load,
            Progress::Swap { old, attempt } => {
                attempt.record().map_or(Step::Done, |new| Step::Swap { old: old.as_ref(), new })
            }
            Progress::Done { .. } | Progress::Failed => Step::Done,
        }
    }

    /// Takes the stored record, `None` if there is no row, and makes the attempt on it now, with the time that `make` takes.
    ///
    /// # Errors
    /// The errors of `make`; [`ErrorKind::Argument`] if the attempt was made on another record; [`ErrorKind::Attempt`] if no record
    /// was asked for.
    pub fn loaded(
        &mut self,
        record: Option<R>,
        make: impl FnOnce(Option<&str>) -> Result<Attempt<T, D>, Error>,
    ) -> Result<(), Error> {
        let Progress::Load = self.take() else { return Err(OUT_OF_TURN) };
        let attempt = make(record.as_ref().map(AsRef::as_ref))?;
        // Another record's answer would be stored over this one's, or a guess would not be counted.
        let was_loaded = attempt.was_made_on(record.as_ref().map(AsRef::as_ref));
        if !was_loaded || (record.is_none() && attempt.record().is_some()) {
            return Err(OTHER_RECORD);
        }
        self.progress = match record {
            Some(old) if attempt.record().is_some() => Progress::Swap { old, attempt },
            // There is nothing to store: the number of rows does not matter.
            _ => Progress::Done { attempt, rows_updated: 0 },
        };
        Ok(())
    }

    /// Takes the number of rows that the committed swap updated.
    ///
    /// # Errors
    /// [`ErrorKind::Rows`] unless it is 0 or 1; [`ErrorKind::Attempt`] if no swap was asked for.
    pub fn swapped(&mut self, rows_updated: u64) -> Result<(), Error> {
        let Progress::Swap { attempt, .. } = self.take() else { return Err(OUT_OF_TURN) };
        self.swaps = self.swaps.saturating_add(1);
        let is_lost = !is_stored(rows_updated)?;
        self.progress = if is_lost && self.swaps < Self::MAX_SWAPS {
            Progress::Load
        } else {
            Progress::Done { attempt, rows_updated }
        };
        Ok(())
    }

    /// Returns the answer.
    ///
    /// # Errors
    /// The refusal or the conflict; [`ErrorKind::Attempt`] before the last step, or after one that failed.
    pub fn outcome(self) -> Result<T, D> {
        match self.progress {
            Progress::Done { attempt, rows_updated } => attempt.outcome(rows_updated),
            _ => Err(OUT_OF_TURN.into()),
        }
    }

    fn take(&mut self) -> Progress<T, D, R> {
        core::mem::replace(&mut self.progress, Progress::Failed)
    }
}

impl<T, D: Denial, R: AsRef<str>> Default for Steps<T, D, R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, D: Denial, R> fmt::Debug for Steps<T, D, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Steps { .. }")
    }
}

const OTHER_RECORD: Error = Error::new(
    ErrorKind::Argument,
    "the attempt was made on a record other than the loaded one: use the credential that the call passes in",
);

const OUT_OF_TURN: Error = Error::new(
    ErrorKind::Attempt,
    "the steps were reported out of order: do each step that is asked for, and start again",
);
