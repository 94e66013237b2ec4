//! Proposed records, and the answers that wait until they are stored (semantics [7](crate::guide::semantics#7)).

use core::fmt;

use crate::credential::{Answer, Confirmed, Decision, Denial, Denied, NotStored, Refusal};
use crate::error::{Error, ErrorKind};
use crate::record::Record;

/// A record to store, and an answer that can be read only once it is stored.
///
/// Replace the record that you loaded with [`record`](Self::record), by a compare-and-swap of one row. Commit. Then pass the
/// updated row count to [`outcome`](Self::outcome). So a code is accepted once, on any number of servers.
///
/// `T` is the answer: [`Accepted`](crate::Accepted) for a login, [`Confirmed`](crate::Confirmed) for the first code of an
/// authenticator, [`Resynchronized`](crate::Resynchronized) for two codes in a row. A [`Change`] of the help desk is an attempt
/// too.
///
/// There is no way to read the answer earlier. `outcome` consumes the attempt (semantics [7.5](crate::guide::semantics#7.5)):
///
/// ```compile_fail,E0616
/// # fn try_it(attempt: poterne::Attempt<poterne::Accepted>) {
/// let early = attempt.answer;
/// # }
/// ```
///
/// ```compile_fail,E0382
/// # fn try_it(attempt: poterne::Attempt<poterne::Accepted>) {
/// let first = attempt.outcome(0);
/// let second = attempt.outcome(1);
/// # }
/// ```
#[must_use = "store the record, commit, and ask for the outcome"]
pub struct Attempt<T, D: Denial = Denied> {
    basis: Option<Basis>,
    record: Option<Record>,
    answer: Result<T, D::Reason>,
}

/// Identifies the record that an attempt was made on: its key id and its nonce, which no other record has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Basis([u8; BASIS_LEN]);

impl Basis {
    /// Returns `None` if there is no record; spaces alone are not one.
    pub(super) fn of(record: Option<&str>) -> Option<Self> {
        let record = record?.trim_end_matches(' ');
        let mut basis = [0; BASIS_LEN];
        for (byte, text) in basis.iter_mut().zip(record.bytes()) {
            *byte = text;
        }
        (!record.is_empty()).then_some(Self(basis))
    }
}

/// `POTERNE1`, and 28 bytes in base32.
const BASIS_LEN: usize = 8 + 48;

/// A change by the help desk, and the value that it returns: nothing, or codes to hand over.
///
/// Every write of a record is a compare-and-swap, including this one. A blind write would make a used code valid again.
pub type Change<T> = Attempt<T, NotStored>;

impl<T> Attempt<T> {
    pub(super) fn decided(made_on: &str, record: Option<Record>, decision: Decision<T>) -> Self {
        Self { basis: Basis::of(Some(made_on)), record, answer: decision.answer }
    }

    pub(super) fn refused(made_on: &str, refusal: Refusal) -> Self {
        Self { basis: Basis::of(Some(made_on)), record: None, answer: Err(refusal) }
    }
}

impl<T> Change<T> {
    pub(super) fn change(made_on: &str, record: Option<Record>, value: T) -> Self {
        Self { basis: Basis::of(Some(made_on)), record, answer: Ok(value) }
    }
}

impl<T, D: Denial> Attempt<T, D> {
    /// Returns the record to store. `None` means that nothing changed: skip the swap, and call `outcome` with any number of rows
    /// (semantics [7.3](crate::guide::semantics#7.3)).
    pub fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }

    /// Returns the answer. Pass the number of rows that the committed swap updated (semantics [7.2](crate::guide::semantics#7.2)).
    ///
    /// 1 returns the answer. 0 is a conflict, even if the code was right. If the commit failed, or its answer was lost, pass 0.
    ///
    /// # Errors
    /// The refusal or the conflict; [`ErrorKind::Rows`] for any other number: the swap is wrong.
    pub fn outcome(self, rows_updated: u64) -> Result<T, D> {
        if self.record.is_none() || is_stored(rows_updated)? {
            self.answer.map_err(Into::into)
        } else {
            Err(D::CONFLICT)
        }
    }

    /// Converts the answer to [`Answer`], the one type that holds them all. The conversion runs no code of the caller, since the
    /// answer must still wait.
    ///
    /// ```compile_fail,E0599
    /// # fn early(attempt: poterne::Attempt<poterne::Accepted>) {
    /// let mut seen = None;
    /// let _ = attempt.map(|accepted| seen = Some(accepted));
    /// # }
    /// ```
    pub fn with_any_answer(self) -> Attempt<Answer>
    where
        T: Into<Answer>,
        D::Reason: Into<Refusal>,
    {
        Attempt {
            basis: self.basis,
            record: self.record,
            answer: self.answer.map(Into::into).map_err(Into::into),
        }
    }

    /// Checks whether the attempt was made on this record: the application must load and judge the same record.
    pub(crate) fn was_made_on(&self, record: Option<&str>) -> bool {
        self.basis == Basis::of(record)
    }
}

/// Converts a change to an attempt whose only refusal is [`Refusal::Conflict`], for programs that treat both alike.
impl<T> From<Change<T>> for Attempt<T> {
    fn from(change: Change<T>) -> Self {
        Self {
            basis: change.basis,
            record: change.record,
            answer: change.answer.map_err(|never| match never {}),
        }
    }
}

impl<T, D: Denial> fmt::Debug for Attempt<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("changed", &self.record.is_some()).finish_non_exhaustive()
    }
}

/// The record of a renamed account, for the row of the new name. It is not a [`Change`], because a change is stored in the old row.
///
/// ```sql
/// UPDATE poterne SET account = :new_account, record = :new WHERE account = :account AND record = :old
/// ```
///
/// ```compile_fail,E0308
/// # use poterne::{Store, Verifier};
/// # fn rename(verifier: &Verifier, table: &mut impl Store) {
/// let stored = table.apply(verifier, "a.martin", |credential| credential.rename("a.durand"));
/// # }
/// ```
#[must_use = "store the record under the new name, commit, and ask for the outcome"]
#[derive(Debug)]
pub struct Rename(Record);

impl Rename {
    pub(super) fn new(record: Record) -> Self {
        Self(record)
    }

    /// Returns the record to store, under the new name.
    pub fn record(&self) -> &Record {
        &self.0
    }

    /// Checks that the new record was stored. Pass the number of rows that the committed swap updated (semantics
    /// [7.2](crate::guide::semantics#7.2)).
    ///
    /// # Errors
    /// [`NotStored::Conflict`] for 0; [`ErrorKind::Rows`] unless it is 0 or 1: the swap is wrong.
    pub fn outcome(self, rows_updated: u64) -> Result<(), NotStored> {
        if is_stored(rows_updated)? { Ok(()) } else { Err(NotStored::Conflict) }
    }
}

/// The first code of an authenticator that replaces another. It is an attempt that is made once (semantics
/// [8.9](crate::guide::semantics#8.9)).
///
/// It is not an [`Attempt`]: [`Store::apply`](crate::Store::apply) would store that in place of whatever it loaded, even a record
/// that was suspended or revoked in the meantime. Swap it with the old record of the [`Replacement`](crate::Replacement).
///
/// ```compile_fail,E0308
/// # use poterne::{Replacement, Store, UnixTime, Verifier};
/// # fn replace(verifier: &Verifier, table: &mut impl Store, replacement: Replacement<'_>, now: UnixTime) {
/// let confirmed = table.apply(verifier, "a.martin", |_| verifier.replace(replacement, "123456", now));
/// # }
/// ```
#[must_use = "store the record in the place of the old one, commit, and ask for the outcome"]
#[derive(Debug)]
pub struct ReplacementAttempt(Attempt<Confirmed>);

impl ReplacementAttempt {
    pub(super) fn new(attempt: Attempt<Confirmed>) -> Self {
        Self(attempt)
    }

    /// Returns the record to store in place of the old one. `None` means that the code was refused: nothing changes.
    pub fn record(&self) -> Option<&Record> {
        self.0.record()
    }

    /// Returns the answer. Pass the number of rows that the committed swap updated (semantics [7.2](crate::guide::semantics#7.2)).
    ///
    /// # Errors
    /// As [`Attempt::outcome`]. After a conflict, enroll the new authenticator again.
    pub fn outcome(self, rows_updated: u64) -> Result<Confirmed, Denied> {
        self.0.outcome(rows_updated)
    }
}

/// Returns whether this number of updated rows means that the record is stored: rule 7.2 of the semantics, for bindings that keep
/// answers in the memory of their callers.
///
/// # Errors
/// [`ErrorKind::Rows`] unless it is 0 or 1: the swap is wrong.
#[doc(hidden)]
pub const fn is_stored(rows_updated: u64) -> Result<bool, Error> {
    match rows_updated {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::new(
            ErrorKind::Rows,
            "the swap must update 0 or 1 row: compare account and old record in its WHERE clause",
        )),
    }
}
