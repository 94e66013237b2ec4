//! The application's table, and the loop that logs someone in.

mod check;

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

pub use self::check::{CheckStep, StoreCheck};
use crate::credential::Record;
use crate::error::{Error, ErrorKind};
use crate::outcome::{Outcome, Refusal};
use crate::time::UnixTime;
use crate::verifier::{Attempt, Change, Stored, Verifier};

pub(crate) mod conflict;

/// The table in which the application keeps records: one row an account.
///
/// ```sql
/// CREATE TABLE poterne (account VARCHAR(255) PRIMARY KEY, record VARCHAR(504) NOT NULL)
/// ```
///
/// Errors are made with [`Error::unavailable`]: the database did not answer, so nobody logs in.
pub trait Store {
    /// The stored record of an account; none if there is no row. Read it where it is written, never from a replica.
    ///
    /// # Errors
    /// Whatever the database says, by [`Error::unavailable`].
    fn load(&mut self, account: &str) -> Result<Option<String>, Error>;

    /// Replaces `old` by `new`, or inserts `new` without an old record, and COMMITS, in a transaction of its own:
    ///
    /// ```sql
    /// UPDATE poterne SET record = :new WHERE account = :account AND record = :old
    /// ```
    ///
    /// Without an old record it is the account's first: an INSERT, or where the row has none an UPDATE with `record IS NULL`. Is a
    /// record there, it stays and that is 0 rows, no error (semantics 7.2).
    ///
    /// Returns the number of updated rows. A serialization failure, a deadlock, a lock that others kept, a commit that failed or
    /// whose answer was lost are 0 rows; what waits for a lock waits three times in a login, so let it wait a second or two.
    /// [`is_conflict`](crate::is_conflict) knows the codes of databases.
    ///
    /// # Errors
    /// Whatever else the database says, by [`Error::unavailable`].
    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error>;

    /// Makes an attempt on the stored record, stores what it gives, and says what it came to; after a conflict again, at most
    /// three times. [`Verifier::login`] is this with [`Verifier::verify`].
    ///
    /// ```
    /// # use poterne::{Error, Outcome, Store, UnixTime, Verifier};
    /// # fn confirm(verifier: &Verifier, table: &mut impl Store, code: &str, now: UnixTime) -> Result<Outcome, Error> {
    /// table.attempt("a.martin", |record| verifier.confirm(record, "a.martin", code, now))
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of `make` and of the store, and [`ErrorKind::Rows`] if a swap updates more than one row. An error is never a
    /// verdict.
    fn attempt(
        &mut self,
        account: &str,
        make: impl FnMut(&str) -> Result<Attempt, Error>,
    ) -> Result<Outcome, Error>
    where
        Self: Sized,
    {
        attempt_on(
            self,
            |store| store.load(account).map(Option::unwrap_or_default),
            make,
            |store, old, new| store.swap(account, Some(old), new),
        )
    }

    /// Makes a change on the stored record and stores it; after a conflict again, at most three times.
    ///
    /// ```
    /// # use poterne::{Error, Store, Stored, Verifier};
    /// # fn unlock(verifier: &Verifier, table: &mut impl Store) -> Result<Stored<()>, Error> {
    /// table.change("a.martin", |record| verifier.unlock(record, "a.martin"))
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`attempt`](Self::attempt).
    fn change<T>(
        &mut self,
        account: &str,
        mut make: impl FnMut(&str) -> Result<Change<T>, Error>,
    ) -> Result<Stored<T>, Error>
    where
        Self: Sized,
    {
        for _ in 0..MAX_SWAPS {
            let old = self.load(account)?.unwrap_or_default();
            let change = make(&old)?;
            let rows = if change.changed() { self.swap(account, Some(&old), change.record())? } else { 0 };
            if let Stored::Done(value) = change.stored(rows)? {
                return Ok(Stored::Done(value));
            }
        }
        Ok(Stored::Conflict)
    }
}

/// [`Store::attempt`] on a table whose records lie anywhere, and whose errors are of any kind: a login through the C interface needs
/// no memory, and neither the texts nor the errors of a [`Store`] can be had without.
#[doc(hidden)]
pub fn attempt_on<T, R, E>(
    table: &mut T,
    load: impl Fn(&mut T) -> Result<R, E>,
    mut make: impl FnMut(&str) -> Result<Attempt, Error>,
    swap: impl Fn(&mut T, &str, &Record) -> Result<u64, E>,
) -> Result<Outcome, E>
where
    R: AsRef<str>,
    E: From<Error>,
{
    for _ in 0..MAX_SWAPS {
        let old = load(table)?;
        let attempt = make(old.as_ref())?;
        let rows = if attempt.changed() { swap(table, old.as_ref(), attempt.record())? } else { 0 };
        let outcome = attempt.outcome(rows)?;
        if !matches!(outcome, Outcome::Refused(Refusal::Conflict)) {
            return Ok(outcome);
        }
    }
    Ok(Outcome::Refused(Refusal::Conflict))
}

impl Verifier {
    /// Logs someone in: loads, verifies, swaps; after a conflict again, at most three times.
    ///
    /// # Errors
    /// As [`verify`](Self::verify), the store's errors, and [`ErrorKind::Rows`] if a swap updates more than one row. An error
    /// is never a login.
    pub fn login(
        &self,
        account: &str,
        submitted: &str,
        now: UnixTime,
        store: &mut impl Store,
    ) -> Result<Outcome, Error> {
        store.attempt(account, |record| self.verify(record, account, submitted, now))
    }

    /// Checks that a store swaps, compares, commits and keeps, for the start of an application, before the first login.
    ///
    /// It does not find a store that compares in the application and then writes without a condition, since nobody comes in between
    /// here: the comparison must stand in the UPDATE itself.
    ///
    /// `account` is one that is kept for this, with a revoked record, or any that has a record; it gets the same credential, sealed
    /// anew. `second` is another handle on the same table, opened on its own: one that shares a connection with `store` would see what
    /// `store` has not committed. [`Stored::Conflict`] proves nothing either way: others wrote this record all the time. Source: guide,
    /// semantics 7.9.
    ///
    /// ```
    /// use poterne::{Error, Store, Stored, Verifier};
    ///
    /// fn at_start(verifier: &Verifier, table: &mut impl Store, second: &mut impl Store) -> Result<(), Error> {
    ///     match verifier.check_store("poterne check", table, second)? {
    ///         Stored::Done(()) => {}
    ///         Stored::Conflict => eprintln!("the store is not proven: others wrote the record of the check"),
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Rows`] if the store updates without comparing, updates nothing, takes a first record for an account that has
    /// one, or does not keep what it has committed;
    /// [`ErrorKind::Record`] if what it gives back does not open: the column cuts or alters the text; [`ErrorKind::State`] if the
    /// account has no record; as [`inspect`](Self::inspect) for its record; the store's errors.
    pub fn check_store(
        &self,
        account: &str,
        store: &mut impl Store,
        second: &mut impl Store,
    ) -> Result<Stored<()>, Error> {
        let mut check = StoreCheck::new(account);
        loop {
            match check.step() {
                CheckStep::Load => check.loaded(self, store.load(account)?.as_deref())?,
                CheckStep::LoadBySecond => check.loaded(self, second.load(account)?.as_deref())?,
                CheckStep::Swap { old, new } => {
                    let rows = store.swap(account, old, new)?;
                    check.swapped(rows)?;
                }
                CheckStep::Pause { milliseconds } => {
                    pause(milliseconds);
                    check.paused()?;
                }
                CheckStep::Done => return check.result(),
            }
        }
    }

    /// The same login, step by step, for callers whose database calls are asynchronous.
    ///
    /// ```
    /// use poterne::{Keyring, LoginStep, Outcome, Refusal, UnixTime, Verifier};
    ///
    /// let verifier = Verifier::new(Keyring::generate(20261121)?, "grand-angle")?;
    /// let mut login = verifier.start_login("a.martin", "123456", UnixTime::from_secs(1_763_800_000)?);
    /// let outcome = loop {
    ///     match login.step() {
    ///         LoginStep::Load => login.loaded(None)?, // select(account).await
    ///         LoginStep::Swap { old, new } => login.swapped(0)?, // update(account, old, new).await
    ///         LoginStep::Done => break login.outcome()?,
    ///     }
    /// };
    /// assert!(matches!(outcome, Outcome::Refused(Refusal::NotEnrolled)));
    /// # Ok::<(), poterne::Error>(())
    /// ```
    pub fn start_login<'v>(&'v self, account: &str, submitted: &str, now: UnixTime) -> Login<'v> {
        Login {
            verifier: self,
            account: account.into(),
            submitted: Zeroizing::new(submitted.into()),
            now,
            swaps: 0,
            progress: Progress::Load,
        }
    }
}

/// A login under way, which does no I/O: it says what to do, and is told what came of it.
#[must_use = "follow its steps, then ask for the outcome"]
pub struct Login<'v> {
    verifier: &'v Verifier,
    account: String,
    submitted: Zeroizing<String>,
    now: UnixTime,
    swaps: u8,
    progress: Progress,
}

/// What a [`Login`] wants next.
#[derive(Debug)]
pub enum LoginStep<'l> {
    /// Load the stored record, and call [`Login::loaded`].
    Load,
    /// Replace `old` by `new` in a transaction of its own, commit, and call [`Login::swapped`].
    Swap {
        /// The record that was loaded, as it was loaded.
        old: &'l str,
        /// The record to store.
        new: &'l Record,
    },
    /// Nothing any more: call [`Login::outcome`].
    Done,
}

enum Progress {
    Load,
    Swap {
        old: String,
        attempt: Box<Attempt>,
    },
    Done(Outcome),
    /// A step failed, or was reported out of turn.
    Failed,
}

impl Login<'_> {
    /// What to do next.
    pub fn step(&self) -> LoginStep<'_> {
        match &self.progress {
            Progress::Load => LoginStep::Load,
            Progress::Swap { old, attempt } => LoginStep::Swap { old, new: attempt.record() },
            Progress::Done(_) | Progress::Failed => LoginStep::Done,
        }
    }

    /// Takes the stored record; none if there is no row.
    ///
    /// # Errors
    /// As [`Verifier::verify`]; [`ErrorKind::Attempt`] if no record was asked for.
    pub fn loaded(&mut self, record: Option<&str>) -> Result<(), Error> {
        let Progress::Load = self.take() else { return Err(OUT_OF_TURN) };
        let old = record.unwrap_or_default();
        let attempt = self.verifier.verify(old, &self.account, &self.submitted, self.now)?;
        self.progress = if attempt.changed() {
            Progress::Swap { old: old.into(), attempt: Box::new(attempt) }
        } else {
            Progress::Done(attempt.outcome(0)?)
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
        let outcome = attempt.outcome(rows_updated)?;
        let again = matches!(outcome, Outcome::Refused(Refusal::Conflict)) && self.swaps < MAX_SWAPS;
        self.progress = if again { Progress::Load } else { Progress::Done(outcome) };
        Ok(())
    }

    /// The verdict.
    ///
    /// # Errors
    /// [`ErrorKind::Attempt`] before the last step, or after one that failed.
    pub fn outcome(self) -> Result<Outcome, Error> {
        match self.progress {
            Progress::Done(outcome) => Ok(outcome),
            _ => Err(OUT_OF_TURN),
        }
    }

    fn take(&mut self) -> Progress {
        core::mem::replace(&mut self.progress, Progress::Failed)
    }
}

impl fmt::Debug for Login<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login { .. }")
    }
}

const OUT_OF_TURN: Error =
    Error::new(ErrorKind::Attempt, "a login does the steps that it asks for, in their order: start it again");

/// Lets the others go first; without a clock to wait by, not at all.
fn pause(milliseconds: u8) {
    #[cfg(feature = "std")]
    std::thread::sleep(core::time::Duration::from_millis(milliseconds.into()));
    #[cfg(not(feature = "std"))]
    let _ = milliseconds;
}

/// Semantics 7.7.
const MAX_SWAPS: u8 = 3;
