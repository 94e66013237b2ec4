//! The application's table, and the loop that logs someone in.

mod check;
pub(crate) mod conflict;
mod steps;

use alloc::boxed::Box;
use alloc::string::String;

pub use self::check::{CheckStep, StoreCheck};
pub use self::steps::{Step, Steps};
use crate::credential::{Account, Record};
use crate::error::Error;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::outcome::{Accepted, Denial, Denied, NotStored};
use crate::time::UnixTime;
use crate::verifier::{Attempt, StoredCredential, Verifier};

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
    /// Source: semantics [7.2](crate::guide::semantics#7.2).
    ///
    /// # Errors
    /// Whatever else the database says, by [`Error::unavailable`].
    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error>;

    /// Makes an attempt on the stored record and stores what it gives; after a conflict again, three times in all (semantics
    /// [7.7](crate::guide::semantics#7.7)). For confirmations, resynchronizations and changes of the help desk; [`Verifier::login`] is this with
    /// [`StoredCredential::verify`].
    ///
    /// ```
    /// use poterne::{Confirmed, Denied, NotStored, Store, UnixTime, Verifier};
    ///
    /// fn confirm(verifier: &Verifier, table: &mut impl Store, code: &str, now: UnixTime) -> Result<Confirmed, Denied> {
    ///     table.apply(verifier, "a.martin", |credential| credential.confirm(code, now))
    /// }
    ///
    /// fn unlock(verifier: &Verifier, table: &mut impl Store) -> Result<(), NotStored> {
    ///     table.apply(verifier, "a.martin", |credential| credential.unlock())
    /// }
    /// ```
    ///
    /// # Errors
    /// Those of `make` and of the store; the refusal or the conflict; [`ErrorKind::Rows`] if a swap updates more than one row;
    /// [`ErrorKind::Argument`] if `make` uses another credential than the one that is handed in.
    fn apply<T, D: Denial>(
        &mut self,
        verifier: &Verifier,
        account: &str,
        make: impl FnMut(StoredCredential<'_>) -> Result<Attempt<T, D>, Error>,
    ) -> Result<T, D>
    where
        Self: Sized,
    {
        follow(self, verifier, account, Steps::new(), make)
    }
}

/// A store behind a reference is one, so that a function can take `&mut dyn Store`.
impl<S: Store + ?Sized> Store for &mut S {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        (**self).load(account)
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        (**self).swap(account, old, new)
    }
}

impl<S: Store + ?Sized> Store for Box<S> {
    fn load(&mut self, account: &str) -> Result<Option<String>, Error> {
        (**self).load(account)
    }

    fn swap(&mut self, account: &str, old: Option<&str>, new: &Record) -> Result<u64, Error> {
        (**self).swap(account, old, new)
    }
}

impl Verifier {
    /// Logs someone in: loads, verifies, swaps; after a conflict again, three times in all (semantics [7.7](crate::guide::semantics#7.7)).
    ///
    /// `Ok` is a login, and nothing else is: a wrong code is an `Err`, like a database that does not answer.
    ///
    /// # Errors
    /// [`Denied::Refused`](crate::Denied::Refused) for what the user typed. [`Denied::Error`](crate::Denied::Error) as
    /// [`StoredCredential::verify`], for the store's errors, and [`ErrorKind::Rows`] if a swap updates more than one row.
    pub fn login(
        &self,
        account: &str,
        submitted: &str,
        now: UnixTime,
        store: &mut impl Store,
    ) -> Result<Accepted, Denied> {
        store.apply(self, account, |credential| credential.verify(submitted, now))
    }

    /// The same login, beginning with a record that the application has loaded with its own row; none if it has no record.
    ///
    /// After a conflict the store loads it anew. A refusal that has nothing to store is that of the given record: load it when the code
    /// is judged, not when the page was made.
    ///
    /// Source: semantics [7.7](crate::guide::semantics#7.7).
    ///
    /// # Errors
    /// As [`login`](Self::login).
    pub fn login_with_record(
        &self,
        account: &str,
        record: Option<String>,
        submitted: &str,
        now: UnixTime,
        store: &mut impl Store,
    ) -> Result<Accepted, Denied> {
        let mut steps = Steps::new();
        steps.loaded(record, |record| self.credential(account, record)?.verify(submitted, now))?;
        follow(store, self, account, steps, |credential| credential.verify(submitted, now))
    }

    /// Checks that a store swaps, compares, commits and keeps, for the start of an application, before the first login.
    ///
    /// It does not find a store that compares in the application and then writes without a condition, since nobody comes in between
    /// here: the comparison must stand in the UPDATE itself.
    ///
    /// `account` is one that is kept for this, with a revoked record, or any that has a record; it gets the same credential, sealed
    /// anew. `second` is another handle on the same table, opened on its own: one that shares a connection with `store` would see what
    /// `store` has not committed. [`NotStored::Conflict`] proves nothing either way: others wrote this record all the time. Source:
    /// semantics [7.9](crate::guide::semantics#7.9).
    ///
    /// ```
    /// use poterne::{NotStored, Store, Verifier};
    ///
    /// /// `second` has a connection of its own.
    /// fn at_start(verifier: &Verifier, table: &mut impl Store, second: &mut impl Store) -> Result<(), NotStored> {
    ///     match verifier.check_store("poterne check", table, second) {
    ///         // Others are at work: nothing is proven.
    ///         Err(NotStored::Conflict) => Ok(()),
    ///         checked => checked,
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Rows`] if the store updates without comparing, updates nothing, takes a first record for an account that has
    /// one, does not keep what it has committed, or reports 0 rows for what it wrote;
    /// [`ErrorKind::Record`] if what it gives back does not open: the column cuts or alters the text; [`ErrorKind::State`] if the
    /// account has no record; as [`StoredCredential::inspect`] for its record; the store's errors.
    pub fn check_store(
        &self,
        account: &str,
        store: &mut impl Store,
        second: &mut impl Store,
    ) -> Result<(), NotStored> {
        Account::new(account)?;
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
                CheckStep::Done => return check.outcome(),
            }
        }
    }
}

/// Does what the steps ask for.
fn follow<T, D: Denial>(
    store: &mut impl Store,
    verifier: &Verifier,
    account: &str,
    mut steps: Steps<T, D>,
    mut make: impl FnMut(StoredCredential<'_>) -> Result<Attempt<T, D>, Error>,
) -> Result<T, D> {
    // What cannot be an account is not asked of the database, which may take it for a fault of its own.
    Account::new(account)?;
    loop {
        match steps.step() {
            Step::Load => {
                let record = store.load(account)?;
                steps.loaded(record, |record| make(verifier.credential(account, record)?))?;
            }
            Step::Swap { old, new } => {
                let rows = store.swap(account, Some(old), new)?;
                steps.swapped(rows)?;
            }
            Step::Done => return steps.outcome(),
        }
    }
}

/// Lets the others go first; without a clock to wait by, not at all.
fn pause(milliseconds: u8) {
    #[cfg(feature = "std")]
    std::thread::sleep(core::time::Duration::from_millis(milliseconds.into()));
    #[cfg(not(feature = "std"))]
    let _ = milliseconds;
}
