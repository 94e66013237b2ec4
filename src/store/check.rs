//! The check that a store swaps, compares, commits and keeps (semantics [7.9](crate::guide::semantics#7.9)).

use alloc::string::String;
use core::fmt;

use crate::credential::NotStored;
use crate::error::{Error, ErrorKind};
use crate::random;
use crate::record::Record;
use crate::verifier::{Verifier, is_stored};

/// A check of a store, without I/O: it says what to do next, and you report back what happened.
///
/// It takes two handles on the table. Open the second one separately: on a shared connection it would see what the first has not
/// committed. [`Verifier::check_store`] is the loop around it.
///
/// ```
/// use poterne::{CheckStep, NotStored, Store, StoreCheck, Verifier};
///
/// fn check(verifier: &Verifier, table: &mut impl Store, second: &mut impl Store) -> Result<(), NotStored> {
///     let mut check = StoreCheck::new("check");
///     loop {
///         match check.step() {
///             CheckStep::Load => check.loaded(verifier, table.load("check")?.as_deref())?, // select(account).await
///             CheckStep::LoadBySecond => check.loaded(verifier, second.load("check")?.as_deref())?,
///             CheckStep::Swap { old, new } => check.swapped(table.swap("check", old, new)?)?,
///             CheckStep::Pause { milliseconds: _ } => check.paused()?, // sleep(milliseconds).await
///             CheckStep::Done => break check.outcome(),
///         }
///     }
/// }
/// ```
#[must_use = "follow its steps, then ask for the outcome"]
pub struct StoreCheck {
    account: String,
    tries: u8,
    progress: Progress,
}

/// The next step of a [`StoreCheck`].
#[derive(Debug)]
pub enum CheckStep<'c> {
    /// Load the stored record, and call [`StoreCheck::loaded`].
    Load,
    /// Load it by the second handle, and call [`StoreCheck::loaded`].
    LoadBySecond,
    /// Replace `old` with `new` in a transaction of its own, commit, and call [`StoreCheck::swapped`].
    Swap {
        /// The record to compare with. `None` means: store `new` as the account's first record, although the account has one.
        old: Option<&'c str>,
        /// The record to store.
        new: &'c Record,
    },
    /// Somebody else wrote the record. Wait, then call [`StoreCheck::paused`].
    Pause {
        /// The time to wait, 0 to 200. It is random, so that servers that start together do not meet again.
        milliseconds: u8,
    },
    /// There is no next step. Call [`StoreCheck::outcome`].
    Done,
}

enum Progress {
    Load,
    /// Inserts as a first record, over the one that is stored.
    Insert {
        old: String,
        new: Record,
    },
    /// Swaps with an old record that differs from the stored one at its end.
    SwapOtherEnd {
        old: String,
        other: String,
        new: Record,
    },
    /// Swaps with one that differs near its beginning.
    SwapOtherStart {
        old: String,
        other: String,
        new: Record,
    },
    Swap {
        old: String,
        new: Record,
    },
    LoadNew {
        old: String,
        new: Record,
    },
    /// Loads again, because the new record was not found.
    LoadAgain {
        old: String,
        new: Record,
    },
    /// Swaps with the old record, which is no longer stored.
    SwapFormer {
        old: String,
        new: Record,
        stored: String,
    },
    /// Loads by the first handle again: it must not answer from what it loaded before.
    LoadLast {
        old: String,
        new: String,
    },
    Pause(u8),
    Done,
    Conflict,
    /// A step failed, or was reported out of turn.
    Failed,
}

impl StoreCheck {
    /// Starts a check on the record of this account: an account kept for this check, with a revoked record, or any account that has
    /// a record. Its credential stays the same and is sealed anew.
    pub fn new(account: &str) -> Self {
        Self { account: account.into(), tries: 0, progress: Progress::Load }
    }

    /// Returns the next step.
    pub fn step(&self) -> CheckStep<'_> {
        match &self.progress {
            Progress::Load | Progress::LoadLast { .. } => CheckStep::Load,
            Progress::LoadNew { .. } | Progress::LoadAgain { .. } => CheckStep::LoadBySecond,
            Progress::Insert { new, .. } => CheckStep::Swap { old: None, new },
            Progress::SwapOtherEnd { other: old, new, .. }
            | Progress::SwapOtherStart { other: old, new, .. }
            | Progress::Swap { old, new }
            | Progress::SwapFormer { old, new, .. } => CheckStep::Swap { old: Some(old), new },
            Progress::Pause(milliseconds) => CheckStep::Pause { milliseconds: *milliseconds },
            Progress::Done | Progress::Conflict | Progress::Failed => CheckStep::Done,
        }
    }

    /// Takes the stored record; `None` if there is no row.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if there is none; [`ErrorKind::Record`] and the like if it does not open: the column cuts or alters it;
    /// [`ErrorKind::Rows`] if the store did not replace or keep the record; [`ErrorKind::Attempt`] if no record was asked for.
    pub fn loaded(&mut self, verifier: &Verifier, record: Option<&str>) -> Result<(), Error> {
        let progress = self.take();
        // Trailing spaces of a wider column are not part of a record (semantics 9.1), but the store compares with them.
        let loaded = record.unwrap_or_default();
        let stored = loaded.trim_end_matches(' ');
        match progress {
            Progress::Load if stored.is_empty() => {
                return Err(Error::new(
                    ErrorKind::State,
                    "the account has no record: check the store with an account that has one",
                ));
            }
            Progress::LoadNew { .. } | Progress::LoadAgain { .. } | Progress::LoadLast { .. }
                if stored.is_empty() =>
            {
                return Err(NOT_KEEPING);
            }
            _ => {}
        }
        let reseal = || verifier.credential(&self.account, Some(stored))?.resealed();
        // Between the first load and the last, only this check wrote, or others wrote whole records.
        let altered = |error: Error| if error.kind() == ErrorKind::Record { ALTERED } else { error };
        self.progress = match progress {
            Progress::Load => Progress::Insert { old: loaded.into(), new: reseal()? },
            Progress::LoadNew { old, new } if stored == new.as_str() => {
                Progress::SwapFormer { old, new: reseal()?, stored: stored.into() }
            }
            // The swap reported that it was stored, and a former record never comes back.
            Progress::LoadNew { old, .. } | Progress::LoadLast { old, .. }
                if stored == old.trim_end_matches(' ') =>
            {
                return Err(NOT_KEEPING);
            }
            Progress::LoadLast { new, .. } if stored == new => Progress::Done,
            // A lock timeout counts as 0 rows too: only a store that never swaps is wrong.
            Progress::LoadAgain { old, .. } if stored == old.trim_end_matches(' ') => {
                self.again_unless_last(NOT_KEEPING)?
            }
            // A commit whose answer was lost counts as 0 rows too.
            Progress::LoadAgain { new, .. } if stored == new.as_str() => {
                self.again_unless_last(NOT_TELLING)?
            }
            Progress::LoadNew { .. } | Progress::LoadAgain { .. } | Progress::LoadLast { .. } => {
                reseal().map_err(altered)?;
                self.again()?
            }
            _ => return Err(OUT_OF_TURN),
        };
        Ok(())
    }

    /// Takes the number of rows that the committed swap updated.
    ///
    /// # Errors
    /// [`ErrorKind::Rows`] if the store updates without comparing, takes a first record for an account that has one, or reports a
    /// number other than 0 and 1; [`ErrorKind::Attempt`] if no swap was asked for.
    pub fn swapped(&mut self, rows_updated: u64) -> Result<(), Error> {
        is_stored(rows_updated)?;
        self.progress = match (self.take(), rows_updated) {
            (Progress::Insert { old, new }, 0) => {
                Progress::SwapOtherEnd { other: with_another_character(&old, Record::LEN - 1), old, new }
            }
            (Progress::Insert { .. }, _) => return Err(OVERWRITING),
            (Progress::SwapOtherEnd { old, new, .. }, 0) => {
                Progress::SwapOtherStart { other: with_another_character(&old, NONCE_AT), old, new }
            }
            (Progress::SwapOtherStart { old, new, .. }, 0) => Progress::Swap { old, new },
            (Progress::Swap { old, new }, 0) => Progress::LoadAgain { old, new },
            (Progress::Swap { old, new }, 1) => Progress::LoadNew { old, new },
            (Progress::SwapFormer { old, stored, .. }, 0) => Progress::LoadLast { old, new: stored },
            (
                Progress::SwapOtherEnd { .. }
                | Progress::SwapOtherStart { .. }
                | Progress::Swap { .. }
                | Progress::SwapFormer { .. },
                _,
            ) => return Err(NOT_COMPARING),
            _ => return Err(OUT_OF_TURN),
        };
        Ok(())
    }

    /// Continues after a pause.
    ///
    /// # Errors
    /// [`ErrorKind::Attempt`] if no pause was asked for.
    pub fn paused(&mut self) -> Result<(), Error> {
        let Progress::Pause(_) = self.take() else { return Err(OUT_OF_TURN) };
        self.progress = Progress::Load;
        Ok(())
    }

    /// Returns whether the store is right.
    ///
    /// # Errors
    /// [`NotStored::Conflict`] proves nothing either way: others kept writing the record. [`ErrorKind::Attempt`] before the last
    /// step, or after one that failed.
    pub fn outcome(self) -> Result<(), NotStored> {
        match self.progress {
            Progress::Done => Ok(()),
            Progress::Conflict => Err(NotStored::Conflict),
            _ => Err(OUT_OF_TURN.into()),
        }
    }

    /// Tries again after somebody else's write.
    fn again(&mut self) -> Result<Progress, Error> {
        self.tries = self.tries.saturating_add(1);
        if self.tries >= MAX_TRIES {
            return Ok(Progress::Conflict);
        }
        let [random] = random::array()?;
        // 0 to 200, evenly enough.
        let [milliseconds, _] = (u16::from(random) * 201).to_be_bytes();
        Ok(Progress::Pause(milliseconds))
    }

    /// Tries again like [`again`](Self::again). If the last try fails the same way, that is a fault of the store.
    fn again_unless_last(&mut self, fault: Error) -> Result<Progress, Error> {
        match self.again()? {
            Progress::Conflict => Err(fault),
            pause => Ok(pause),
        }
    }

    fn take(&mut self) -> Progress {
        core::mem::replace(&mut self.progress, Progress::Failed)
    }
}

impl fmt::Debug for StoreCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreCheck { .. }")
    }
}

/// Returns the record with one character replaced by another one of base32, trailing spaces included. A store that compares only a
/// part of the record takes it for the stored one.
fn with_another_character(loaded: &str, at: usize) -> String {
    let another = |(position, character)| match character {
        'A' if position == at => 'B',
        _ if position == at => 'A',
        _ => character,
    };
    loaded.chars().enumerate().map(another).collect()
}

/// In characters: behind `POTERNE1` and the key id.
const NONCE_AT: usize = 8 + 8;

const OVERWRITING: Error = Error::new(
    ErrorKind::Rows,
    "the store takes a first record for an account that has one: make the account column unique, and return 0 rows if a plain INSERT finds the account",
);

const NOT_COMPARING: Error = Error::new(
    ErrorKind::Rows,
    "the store updates without comparing the whole old record: add AND record = :old to its WHERE clause",
);

const NOT_KEEPING: Error = Error::new(
    ErrorKind::Rows,
    "the store did not replace the record, or another connection does not see it: commit, and load from the database that you write to",
);

const ALTERED: Error = Error::new(
    ErrorKind::Record,
    "the column cuts or alters the record: it must keep 504 characters as they are, as VARCHAR(504) does",
);

const NOT_TELLING: Error = Error::new(
    ErrorKind::Rows,
    "the store writes the record and reports 0 rows: return the updated row count of the database",
);

const OUT_OF_TURN: Error = Error::new(
    ErrorKind::Attempt,
    "the steps of the check were reported out of order: do each step that is asked for, and start again",
);

/// How often the check starts again while others write the record.
const MAX_TRIES: u8 = 5;
